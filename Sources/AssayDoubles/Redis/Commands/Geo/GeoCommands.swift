/// The commands of places, which are sorted sets with geohashes as scores.
enum GeoCommands {
    static func geoadd(_ call: RedisCall) throws(RedisFailure) {
        var (onlyNew, onlyExisting, countsChanges) = (false, false, false)
        var first = 2
        options: while first < call.count {
            if call.isWord(first, "nx") {
                onlyNew = true
            } else if call.isWord(first, "xx") {
                onlyExisting = true
            } else if call.isWord(first, "ch") {
                countsChanges = true
            } else {
                break options
            }
            first += 1
        }
        let words = call.count - first
        guard words > 0, words % 3 == 0, !(onlyNew && onlyExisting) else { throw .syntax }
        var places: [(member: Int, score: Double)] = []
        for place in stride(from: first, to: call.count, by: 3) {
            let hash = Geohash(try point(call, place), step: Geohash.finest)
            places.append((place + 2, Double(hash.aligned)))
        }
        let found = try call.database.find(call[1], as: RedisSortedSet.self)
        if found == nil, onlyExisting {
            call.reply.integer(0)
            return
        }
        let sorted = try call.database.findOrAdd(call[1], RedisSortedSet())
        var (added, updated) = (0, 0)
        for (member, score) in places {
            let old = sorted.score(of: call[member])
            if old == nil ? onlyExisting : onlyNew || old == score { continue }
            if sorted.set(call[member], score, call.limits) { added += 1 } else { updated += 1 }
        }
        if added + updated > 0 { call.changed(call[1], .sortedSet, "zadd") }
        call.reply.integer(countsChanges ? added + updated : added)
    }

    static func geopos(_ call: RedisCall) throws(RedisFailure) {
        let sorted = try call.database.read(call[1], as: RedisSortedSet.self)
        call.reply.array(call.count - 2)
        for place in 2..<call.count {
            guard let score = sorted?.score(of: call[place]) else {
                call.reply.nullArray()
                continue
            }
            coordinates(call, Geohash(score: score).point)
        }
    }

    static func geohash(_ call: RedisCall) throws(RedisFailure) {
        let sorted = try call.database.read(call[1], as: RedisSortedSet.self)
        call.reply.array(call.count - 2)
        for place in 2..<call.count {
            call.reply.bulkOrNull(sorted?.score(of: call[place]).map { Geohash(score: $0).text })
        }
    }

    static func geodist(_ call: RedisCall) throws(RedisFailure) {
        guard call.count <= 5 else { throw .syntax }
        let metres = call.count == 5 ? try unit(call, 4) : 1
        guard let sorted = try call.database.read(call[1], as: RedisSortedSet.self),
            let from = sorted.score(of: call[2]), let to = sorted.score(of: call[3])
        else {
            call.reply.null()
            return
        }
        distance(call, Geohash(score: from).point.distance(to: Geohash(score: to).point) / metres)
    }

    // MARK: Arguments

    static func point(_ call: RedisCall, _ place: Int) throws(RedisFailure) -> GeoPoint {
        let point = GeoPoint(longitude: try call.double(place), latitude: try call.double(place + 1))
        guard GeoPoint.longitudes.contains(point.longitude), GeoPoint.latitudes.contains(point.latitude)
        else {
            throw .err(
                "invalid longitude,latitude pair "
                    + NumberText.formatted("%f,%f", [point.longitude, point.latitude]))
        }
        return point
    }

    /// How many metres a unit has.
    static func unit(_ call: RedisCall, _ place: Int) throws(RedisFailure) -> Double {
        if call.isWord(place, "m") { return 1 }
        if call.isWord(place, "km") { return 1000 }
        if call.isWord(place, "ft") { return 0.3048 }
        if call.isWord(place, "mi") { return 1609.34 }
        throw .err("unsupported unit provided. please use M, KM, FT, MI")
    }

    // MARK: Replies

    static func distance(_ call: RedisCall, _ distance: Double) {
        call.reply.bulk(
            NumberText.formatted("%.4f", [(distance * 10_000).rounded(.toNearestOrEven) / 10_000]))
    }

    static func coordinates(_ call: RedisCall, _ point: GeoPoint) {
        call.reply.array(2)
        for number in [point.longitude, point.latitude] {
            let text = NumberText.plain(LongDouble(number))
            if call.reply.isRESP3 {
                call.reply.append(0x2C)
                call.reply.append(text)
                call.reply.append("\r\n")
            } else {
                call.reply.bulk(text)
            }
        }
    }
}
