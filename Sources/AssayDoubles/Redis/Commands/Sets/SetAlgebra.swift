/// The commands of several sets.
extension SetCommands {
    static func sinter(_ call: RedisCall) throws(RedisFailure) {
        answer(call, intersection(try sets(call, 1..<call.count), limit: 0))
    }

    static func sunion(_ call: RedisCall) throws(RedisFailure) {
        answer(call, union(try sets(call, 1..<call.count)))
    }

    static func sdiff(_ call: RedisCall) throws(RedisFailure) {
        answer(call, difference(try sets(call, 1..<call.count)))
    }

    static func sinterstore(_ call: RedisCall) throws(RedisFailure) {
        store(call, intersection(try sets(call, 2..<call.count), limit: 0), "sinterstore")
    }

    static func sunionstore(_ call: RedisCall) throws(RedisFailure) {
        store(call, union(try sets(call, 2..<call.count)), "sunionstore")
    }

    static func sdiffstore(_ call: RedisCall) throws(RedisFailure) {
        store(call, difference(try sets(call, 2..<call.count)), "sdiffstore")
    }

    static func sintercard(_ call: RedisCall) throws(RedisFailure) {
        let (keys, limit) = try call.cardinalityArguments()
        call.reply.integer(intersection(try sets(call, keys), limit: limit).count)
    }

    private static func sets(_ call: RedisCall, _ places: Range<Int>) throws(RedisFailure) -> [RedisSet?] {
        var sets: [RedisSet?] = []
        for place in places { sets.append(try call.database.read(call[place], as: RedisSet.self)) }
        return sets
    }

    /// - Parameter limit: no more members than that are looked for; 0: all.
    private static func intersection(_ sets: [RedisSet?], limit: Int) -> [[UInt8]] {
        let there = sets.compactMap { $0 }
        guard there.count == sets.count else { return [] }
        let ordered = there.sorted { $0.count < $1.count }
        guard let smallest = ordered.first else { return [] }
        var found: [[UInt8]] = []
        smallest.forEach { member in
            guard limit == 0 || found.count < limit else { return }
            let isEverywhere = ordered.dropFirst().allSatisfy { other in
                other === smallest || member.withSlice { other.contains($0) }
            }
            if isEverywhere { found.append(member) }
        }
        return found
    }

    private static func union(_ sets: [RedisSet?]) -> [[UInt8]] {
        var table = BucketTable<Void>()
        for set in sets { set?.forEach { member in member.withSlice { _ = table.insert($0, ()) } } }
        return table.entries.map { $0.key }
    }

    private static func difference(_ sets: [RedisSet?]) -> [[UInt8]] {
        guard let first = sets.first ?? nil else { return [] }
        let others = sets.dropFirst().compactMap { $0 }
        var found: [[UInt8]] = []
        first.forEach { member in
            let isElsewhere = others.contains { other in member.withSlice { other.contains($0) } }
            if !isElsewhere { found.append(member) }
        }
        return found
    }

    private static func answer(_ call: RedisCall, _ members: [[UInt8]]) {
        call.reply.set(members.count)
        for member in members { call.reply.bulk(member) }
    }

    private static func store(_ call: RedisCall, _ members: [[UInt8]], _ event: StaticString) {
        let result = RedisSet()
        for member in members { member.withSlice { _ = result.insert($0, call.limits) } }
        call.store(result, at: call[1], .set, event)
        call.reply.integer(members.count)
    }
}

extension RedisCall {
    /// Reads `numkeys key… [LIMIT limit]` of SINTERCARD and ZINTERCARD.
    func cardinalityArguments() throws(RedisFailure) -> (keys: Range<Int>, limit: Int) {
        let number = try integer(1, in: 1...Int64.max, .err("numkeys should be greater than 0"))
        guard number <= Int64(count - 2) else {
            throw .err("Number of keys can't be greater than number of args")
        }
        let keys = 2..<2 + Int(number)
        var limit: Int64 = 0
        var place = keys.upperBound
        while place < count {
            guard isWord(place, "limit"), place + 1 < count else { throw .syntax }
            limit = try integer(place + 1, in: 0...Int64.max, .err("LIMIT can't be negative"))
            place += 2
        }
        return (keys, Int(limit))
    }
}
