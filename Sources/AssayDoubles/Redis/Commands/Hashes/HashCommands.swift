/// The commands of hashes.
enum HashCommands {
    // MARK: Setting

    static func hset(_ call: RedisCall) throws(RedisFailure) {
        let created = try set(call)
        call.reply.integer(created)
    }

    static func hmset(_ call: RedisCall) throws(RedisFailure) {
        _ = try set(call)
        call.reply.ok()
    }

    private static func set(_ call: RedisCall) throws(RedisFailure) -> Int {
        guard call.count % 2 == 0 else { throw call.wrongArgumentCount }
        let hash = try call.database.findOrAdd(call[1], RedisHash())
        var created = 0
        for place in stride(from: 2, to: call.count, by: 2)
        where hash.set(call[place], [UInt8](call[place + 1]), call.limits) {
            created += 1
        }
        call.changed(call[1], .hash, "hset")
        return created
    }

    static func hsetnx(_ call: RedisCall) throws(RedisFailure) {
        let hash = try call.database.findOrAdd(call[1], RedisHash())
        if hash.contains(call[2]) {
            call.reply.integer(0)
            return
        }
        hash.set(call[2], [UInt8](call[3]), call.limits)
        call.changed(call[1], .hash, "hset")
        call.reply.integer(1)
    }

    static func hincrby(_ call: RedisCall) throws(RedisFailure) {
        let increment = try call.integer(3)
        let found = try call.database.find(call[1], as: RedisHash.self)
        var number: Int64 = 0
        if let old = found?[call[2]] {
            guard let parsed = old.withSlice({ $0.canonicalInteger }) else {
                throw .err("hash value is not an integer")
            }
            number = parsed
        }
        let (sum, overflowed) = number.addingReportingOverflow(increment)
        guard !overflowed else { throw .overflow }
        let hash = try call.database.findOrAdd(call[1], RedisHash())
        hash.set(call[2], Array(String(sum).utf8), call.limits)
        call.changed(call[1], .hash, "hincrby")
        call.reply.integer(sum)
    }

    static func hincrbyfloat(_ call: RedisCall) throws(RedisFailure) {
        guard let increment = call[3].longDouble else { throw .notFloat }
        guard increment.isFinite else { throw .err("value is NaN or Infinity") }
        let found = try call.database.find(call[1], as: RedisHash.self)
        var number: LongDouble = 0
        if let old = found?[call[2]] {
            guard let parsed = old.withSlice({ $0.longDouble }) else {
                throw .err("hash value is not a float")
            }
            number = parsed
        }
        let sum = number + increment
        guard sum.isFinite else { throw .err("increment would produce NaN or Infinity") }
        let text = Array(NumberText.plain(sum).utf8)
        let hash = try call.database.findOrAdd(call[1], RedisHash())
        hash.set(call[2], text, call.limits)
        call.changed(call[1], .hash, "hincrbyfloat")
        call.reply.bulk(text)
    }

    static func hdel(_ call: RedisCall) throws(RedisFailure) {
        guard let hash = try call.database.find(call[1], as: RedisHash.self) else {
            call.reply.integer(0)
            return
        }
        var removed = 0
        for place in 2..<call.count where hash.remove(call[place]) { removed += 1 }
        if removed > 0 {
            call.changed(call[1], .hash, "hdel")
            call.database.removeIfEmpty(call[1], hash)
        }
        call.reply.integer(removed)
    }

    // MARK: Reading

    static func hget(_ call: RedisCall) throws(RedisFailure) {
        call.reply.bulkOrNull(try call.database.read(call[1], as: RedisHash.self)?[call[2]])
    }

    static func hmget(_ call: RedisCall) throws(RedisFailure) {
        let hash = try call.database.read(call[1], as: RedisHash.self)
        call.reply.array(call.count - 2)
        for place in 2..<call.count { call.reply.bulkOrNull(hash?[call[place]]) }
    }

    static func hexists(_ call: RedisCall) throws(RedisFailure) {
        let hash = try call.database.read(call[1], as: RedisHash.self)
        call.reply.integer(hash?.contains(call[2]) == true ? 1 : 0)
    }

    static func hlen(_ call: RedisCall) throws(RedisFailure) {
        call.reply.integer(try call.database.read(call[1], as: RedisHash.self)?.count ?? 0)
    }

    static func hstrlen(_ call: RedisCall) throws(RedisFailure) {
        call.reply.integer(try call.database.read(call[1], as: RedisHash.self)?[call[2]]?.count ?? 0)
    }

    static func hkeys(_ call: RedisCall) throws(RedisFailure) {
        let hash = try call.database.read(call[1], as: RedisHash.self)
        call.reply.array(hash?.count ?? 0)
        hash?.forEach { field, _ in call.reply.bulk(field) }
    }

    static func hvals(_ call: RedisCall) throws(RedisFailure) {
        let hash = try call.database.read(call[1], as: RedisHash.self)
        call.reply.array(hash?.count ?? 0)
        hash?.forEach { _, value in call.reply.bulk(value) }
    }

    static func hgetall(_ call: RedisCall) throws(RedisFailure) {
        let hash = try call.database.read(call[1], as: RedisHash.self)
        call.reply.map(hash?.count ?? 0)
        hash?.forEach { field, value in
            call.reply.bulk(field)
            call.reply.bulk(value)
        }
    }

    static func hscan(_ call: RedisCall) throws(RedisFailure) {
        let step = try ScanStep(call)
        let hash = try call.database.read(call[1], as: RedisHash.self)
        step.run(call) { cursor, visit in hash?.scan(from: cursor) { visit($0, $1) } ?? 0 }
    }

    static func hrandfield(_ call: RedisCall) throws(RedisFailure) {
        guard call.count > 2 else {
            if let hash = try call.database.read(call[1], as: RedisHash.self) {
                call.reply.bulk(
                    hash.entry(at: Int.random(in: 0..<hash.count, using: &call.server.random)).field)
            } else {
                call.reply.null()
            }
            return
        }
        let withValues = call.count == 4 && call.isWord(3, "withvalues")
        _ = try call.integer(2)
        guard call.count == 3 || withValues else { throw .syntax }
        let request = try RandomDraw.Request(call, 2, halves: withValues)
        guard let hash = try call.database.read(call[1], as: RedisHash.self) else {
            call.reply.array(0)
            return
        }
        let places = request.places(below: hash.count, &call.server.random)
        let nested = withValues && call.reply.isRESP3
        call.reply.array(withValues && !nested ? 2 * places.count : places.count)
        for place in places {
            let entry = hash.entry(at: place)
            if nested { call.reply.array(2) }
            call.reply.bulk(entry.field)
            if withValues { call.reply.bulk(entry.value) }
        }
    }
}
