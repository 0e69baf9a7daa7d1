/// The commands of lists that wait for an element.
extension ListCommands {
    static func blpop(_ call: RedisCall) throws(RedisFailure) { try blockingPop(call, .left) }
    static func brpop(_ call: RedisCall) throws(RedisFailure) { try blockingPop(call, .right) }

    private static func blockingPop(_ call: RedisCall, _ end: End) throws(RedisFailure) {
        let milliseconds = try call.timeout(call.count - 1)
        let keys = 1..<call.count - 1
        for place in call.readyFirst(keys) {
            guard let list = try call.waited(place, as: RedisList.self), let element = take(from: list, end)
            else { continue }
            call.reply.array(2)
            call.reply.bulk(call[place])
            call.reply.bulk(element)
            removed(call, call[place], list, end)
            return
        }
        call.block(on: keys, type: .list, milliseconds: milliseconds)
    }

    static func blmpop(_ call: RedisCall) throws(RedisFailure) {
        let (keys, end, wanted) = try multiplePop(call, 2)
        let milliseconds = try call.timeout(1)
        for place in call.readyFirst(keys) {
            guard let list = try call.waited(place, as: RedisList.self) else { continue }
            call.reply.array(2)
            call.reply.bulk(call[place])
            popRange(call, call[place], list, end, wanted)
            return
        }
        call.block(on: keys, type: .list, milliseconds: milliseconds)
    }

    static func blmove(_ call: RedisCall) throws(RedisFailure) {
        let from = try End(call[3])
        let to = try End(call[4])
        try blockingMove(call, from, to, try call.timeout(5))
    }

    static func brpoplpush(_ call: RedisCall) throws(RedisFailure) {
        try blockingMove(call, .right, .left, try call.timeout(3))
    }

    private static func blockingMove(
        _ call: RedisCall, _ from: End, _ to: End, _ milliseconds: Int64
    ) throws(RedisFailure) {
        if try call.waited(1, as: RedisList.self) != nil {
            try move(call, from, to)
        } else if call.mayBlock {
            call.block(on: [1], type: .list, milliseconds: milliseconds)
        } else {
            call.reply.null()
        }
    }
}
