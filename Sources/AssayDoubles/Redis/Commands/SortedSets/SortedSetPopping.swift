/// The commands that pop members, those that wait for one among them.
extension SortedSetCommands {
    /// An end of a sorted set.
    enum End {
        case lowest, highest

        var event: StaticString { self == .lowest ? "zpopmin" : "zpopmax" }
    }

    static func zpopmin(_ call: RedisCall) throws(RedisFailure) { try pop(call, .lowest) }
    static func zpopmax(_ call: RedisCall) throws(RedisFailure) { try pop(call, .highest) }

    private static func pop(_ call: RedisCall, _ end: End) throws(RedisFailure) {
        guard call.count <= 3 else { throw .syntax }
        let wanted = call.count == 3 ? try call.positive(2) : nil
        guard let sorted = try call.database.find(call[1], as: RedisSortedSet.self), wanted != 0 else {
            call.reply.array(0)
            return
        }
        let count = min(wanted ?? 1, sorted.count)
        let isNested = call.reply.isRESP3 && wanted != nil
        call.reply.array(isNested ? count : 2 * count)
        take(call, call[1], sorted, end, count, isNested: isNested)
    }

    static func zmpop(_ call: RedisCall) throws(RedisFailure) {
        let (keys, end, wanted) = try multiplePop(call, 1)
        for place in keys {
            guard let sorted = try call.database.find(call[place], as: RedisSortedSet.self) else { continue }
            popNested(call, place, sorted, end, wanted)
            return
        }
        call.reply.nullArray()
    }

    static func bzmpop(_ call: RedisCall) throws(RedisFailure) {
        let (keys, end, wanted) = try multiplePop(call, 2)
        let milliseconds = try call.timeout(1)
        for place in call.readyFirst(keys) {
            guard let sorted = try call.waited(place, as: RedisSortedSet.self) else { continue }
            popNested(call, place, sorted, end, wanted)
            return
        }
        call.block(on: keys, type: .sortedSet, milliseconds: milliseconds)
    }

    static func bzpopmin(_ call: RedisCall) throws(RedisFailure) { try blockingPop(call, .lowest) }
    static func bzpopmax(_ call: RedisCall) throws(RedisFailure) { try blockingPop(call, .highest) }

    private static func blockingPop(_ call: RedisCall, _ end: End) throws(RedisFailure) {
        let milliseconds = try call.timeout(call.count - 1)
        let keys = 1..<call.count - 1
        for place in call.readyFirst(keys) {
            guard let sorted = try call.waited(place, as: RedisSortedSet.self) else { continue }
            call.reply.array(3)
            call.reply.bulk(call[place])
            take(call, call[place], sorted, end, 1, isNested: false)
            return
        }
        call.block(on: keys, type: .sortedSet, milliseconds: milliseconds)
    }

    /// Reads `numkeys key… MIN|MAX [COUNT count]`.
    private static func multiplePop(
        _ call: RedisCall, _ place: Int
    ) throws(RedisFailure) -> (keys: Range<Int>, end: End, count: Int) {
        let keys = try call.countedKeys(place, atLeast: 1)
        let end: End
        if call.isWord(keys.upperBound, "min") {
            end = .lowest
        } else if call.isWord(keys.upperBound, "max") {
            end = .highest
        } else {
            throw .syntax
        }
        return (keys, end, try call.popCount(from: keys.upperBound + 1))
    }

    /// Answers the key with pairs of members and scores.
    private static func popNested(
        _ call: RedisCall, _ place: Int, _ sorted: RedisSortedSet, _ end: End, _ wanted: Int
    ) {
        let count = min(wanted, sorted.count)
        call.reply.array(2)
        call.reply.bulk(call[place])
        call.reply.array(count)
        take(call, call[place], sorted, end, count, isNested: true)
    }

    private static func take(
        _ call: RedisCall, _ key: ByteSlice, _ sorted: RedisSortedSet, _ end: End, _ count: Int,
        isNested: Bool
    ) {
        for _ in 0..<count {
            guard let popped = end == .lowest ? sorted.popFirst() : sorted.popLast() else { break }
            if isNested { call.reply.array(2) }
            call.reply.bulk(popped.member)
            call.reply.double(popped.score)
        }
        call.changed(key, .sortedSet, end.event)
        call.database.removeIfEmpty(key, sorted)
    }
}
