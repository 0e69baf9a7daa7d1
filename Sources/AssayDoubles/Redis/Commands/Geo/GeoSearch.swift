/// GEOSEARCH, GEOSEARCHSTORE and the GEORADIUS family.
extension GeoCommands {
    static func georadius(_ call: RedisCall) throws(RedisFailure) { try GeoSearch(call, .coordinates).run() }
    static func georadiusbymember(_ call: RedisCall) throws(RedisFailure) {
        try GeoSearch(call, .member).run()
    }
    static func geosearch(_ call: RedisCall) throws(RedisFailure) { try GeoSearch(call, .search).run() }
    static func geosearchstore(_ call: RedisCall) throws(RedisFailure) {
        try GeoSearch(call, .searchStore).run()
    }

    /// Which arguments of GEORADIUS and GEORADIUSBYMEMBER are keys: the first, and what follows STORE or
    /// STOREDIST.
    static let radiusKeys: @Sendable (ArgumentList) -> [Int] = { arguments in
        var keys = [1]
        var place = 5
        while place < arguments.count - 1 {
            if arguments[place].isWord("store") || arguments[place].isWord("storedist") {
                // The last one counts.
                keys = [1, place + 1]
                place += 1
            }
            place += 1
        }
        return keys
    }
}

/// One search of places.
struct GeoSearch {
    enum Variant { case coordinates, member, search, searchStore }
    private enum Order { case unsorted, ascending, descending }

    private let call: RedisCall
    private let variant: Variant
    private let sorted: RedisSortedSet?
    private var center: GeoPoint?
    private var form: GeoShape.Form?
    /// Metres of the unit that distances are given in.
    private var unit = 1.0
    private var hasCenter = false
    private var withDistance = false
    private var withHash = false
    private var withCoordinates = false
    private var stopsEarly = false
    private var order = Order.unsorted
    private var limit = 0
    /// The place of the key to store at.
    private var target: Int?
    private var storesDistance = false

    init(_ call: RedisCall, _ variant: Variant) throws(RedisFailure) {
        self.call = call
        self.variant = variant
        let source = variant == .searchStore ? 2 : 1
        sorted = try call.database.read(call[source], as: RedisSortedSet.self)
        var first = source + 1
        switch variant {
        case .coordinates:
            center = try GeoCommands.point(call, 2)
            form = try radius(4)
            first = 6
        case .member:
            if let sorted {
                center = try Self.place(call, 2, in: sorted)
                form = try radius(3)
            }
            first = 5
        case .search: break
        case .searchStore: target = 1
        }
        while first < call.count { first += try readOption(first) }
        try check()
    }

    private static func place(
        _ call: RedisCall, _ place: Int, in sorted: RedisSortedSet
    ) throws(RedisFailure) -> GeoPoint {
        guard let score = sorted.score(of: call[place]) else {
            throw .err("could not decode requested zset member")
        }
        return Geohash(score: score).point
    }

    /// Reads `radius unit`.
    private mutating func radius(_ place: Int) throws(RedisFailure) -> GeoShape.Form {
        let radius = try call.double(place, .err("need numeric radius"))
        guard radius >= 0 else { throw .err("radius cannot be negative") }
        unit = try GeoCommands.unit(call, place + 1)
        return .circle(radius: radius * unit)
    }

    /// Reads `width height unit`.
    private mutating func box(_ place: Int) throws(RedisFailure) -> GeoShape.Form {
        let width = try call.double(place, .err("need numeric width"))
        let height = try call.double(place + 1, .err("need numeric height"))
        guard width >= 0, height >= 0 else { throw .err("height or width cannot be negative") }
        unit = try GeoCommands.unit(call, place + 2)
        return .box(width: width * unit, height: height * unit)
    }

    /// - Returns: how many words the option has.
    private mutating func readOption(_ place: Int) throws(RedisFailure) -> Int {
        let more = call.count - place - 1
        if call.isWord(place, "withdist") {
            withDistance = true
        } else if call.isWord(place, "withhash") {
            withHash = true
        } else if call.isWord(place, "withcoord") {
            withCoordinates = true
        } else if call.isWord(place, "any") {
            stopsEarly = true
        } else if call.isWord(place, "asc") {
            order = .ascending
        } else if call.isWord(place, "desc") {
            order = .descending
        } else if call.isWord(place, "count"), more >= 1 {
            limit = Int(try call.integer(place + 1))
            guard limit > 0 else { throw .err("COUNT must be > 0") }
            return 2
        } else if variant == .search || variant == .searchStore {
            return try readSearchOption(place, more)
        } else if !call.command.flags.contains(.readonly), more >= 1,
            call.isWord(place, "store") || call.isWord(place, "storedist")
        {
            storesDistance = call.isWord(place, "storedist")
            target = place + 1
            return 2
        } else {
            throw .syntax
        }
        return 1
    }

    private mutating func readSearchOption(_ place: Int, _ more: Int) throws(RedisFailure) -> Int {
        let (isBox, isCircle) =
            switch form {
            case .box: (true, false)
            case .circle: (false, true)
            case nil: (false, false)
            }
        if call.isWord(place, "storedist"), variant == .searchStore {
            storesDistance = true
            return 1
        }
        if call.isWord(place, "frommember"), more >= 1, center == nil || hasCenter {
            hasCenter = true
            if let sorted { center = try Self.place(call, place + 1, in: sorted) }
            return 2
        }
        if call.isWord(place, "fromlonlat"), more >= 2, !hasCenter {
            center = try GeoCommands.point(call, place + 1)
            return 3
        }
        if call.isWord(place, "byradius"), more >= 2, !isBox {
            form = try radius(place + 1)
            return 3
        }
        if call.isWord(place, "bybox"), more >= 3, !isCircle {
            form = try box(place + 1)
            return 4
        }
        throw .syntax
    }

    private func check() throws(RedisFailure) {
        if target != nil, withDistance || withHash || withCoordinates {
            let name = variant == .searchStore ? "GEOSEARCHSTORE" : "STORE option in GEORADIUS"
            throw .err("\(name) is not compatible with WITHDIST, WITHHASH and WITHCOORD options")
        }
        if variant == .search || variant == .searchStore {
            guard hasCenter || center != nil else {
                throw .err("exactly one of FROMMEMBER or FROMLONLAT can be specified for \(call[0].text)")
            }
            guard form != nil else {
                throw .err("exactly one of BYRADIUS and BYBOX can be specified for \(call[0].text)")
            }
        }
        if stopsEarly, limit == 0 { throw .err("the ANY argument requires COUNT argument") }
    }

    private struct Found {
        var member: ScoredMember
        var point: GeoPoint
        /// In the unit asked for.
        var distance: Double
    }

    func run() throws(RedisFailure) {
        let found = search()
        guard let target else { return answer(found) }
        let result = RedisSortedSet()
        for place in found {
            let score = storesDistance ? place.distance : place.member.score
            place.member.member.withSlice { _ = result.set($0, score, call.limits) }
        }
        let isSearch = variant == .searchStore
        call.store(result, at: call[target], .sortedSet, isSearch ? "geosearchstore" : "georadiusstore")
        call.reply.integer(found.count)
    }

    private func search() -> [Found] {
        guard let sorted, let center, let form else { return [] }
        let shape = GeoShape(center: center, form: form)
        var found: [Found] = []
        for range in shape.scoreRanges {
            sorted.forEach(in: sorted.ranks(in: range)) { member in
                if stopsEarly, found.count >= limit { return }
                let point = Geohash(score: member.score).point
                guard let distance = shape.distance(to: point) else { return }
                found.append(Found(member: member, point: point, distance: distance / unit))
            }
        }
        // The nearest ones are meant, unless any will do.
        switch order == .unsorted && limit > 0 && !stopsEarly ? .ascending : order {
        case .unsorted: break
        case .ascending: found.sort { $0.distance < $1.distance }
        case .descending: found.sort { $0.distance > $1.distance }
        }
        return limit > 0 ? Array(found.prefix(limit)) : found
    }

    private func answer(_ found: [Found]) {
        let extras = [withDistance, withHash, withCoordinates].count { $0 }
        call.reply.array(found.count)
        for place in found {
            if extras > 0 { call.reply.array(1 + extras) }
            call.reply.bulk(place.member.member)
            if withDistance { GeoCommands.distance(call, place.distance) }
            if withHash { call.reply.integer(Int64(place.member.score)) }
            if withCoordinates { GeoCommands.coordinates(call, place.point) }
        }
    }
}
