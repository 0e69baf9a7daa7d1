/// The commands of ranges: of places, scores and byte order.
extension SortedSetCommands {
    static func zrange(_ call: RedisCall) throws(RedisFailure) { try range(call, nil, nil) }
    static func zrevrange(_ call: RedisCall) throws(RedisFailure) { try range(call, .rank, true) }
    static func zrangebyscore(_ call: RedisCall) throws(RedisFailure) { try range(call, .score, false) }
    static func zrevrangebyscore(_ call: RedisCall) throws(RedisFailure) { try range(call, .score, true) }
    static func zrangebylex(_ call: RedisCall) throws(RedisFailure) { try range(call, .lex, false) }
    static func zrevrangebylex(_ call: RedisCall) throws(RedisFailure) { try range(call, .lex, true) }

    private static func range(
        _ call: RedisCall, _ kind: RangeRequest.Kind?, _ reversed: Bool?
    ) throws(RedisFailure) {
        let request = try RangeRequest(call, 1, kind, reversed: reversed, stores: false)
        guard let sorted = try call.database.read(call[1], as: RedisSortedSet.self) else {
            call.reply.array(0)
            return
        }
        let ranks = request.ranks(in: sorted)
        var answer = MemberReply(call, count: ranks.count, withScores: request.withScores)
        sorted.forEach(in: ranks, reversed: request.isReversed) { answer.append($0) }
    }

    static func zrangestore(_ call: RedisCall) throws(RedisFailure) {
        let request = try RangeRequest(call, 2, nil, reversed: nil, stores: true)
        let result = RedisSortedSet()
        if let sorted = try call.database.read(call[2], as: RedisSortedSet.self) {
            sorted.forEach(in: request.ranks(in: sorted)) { member in
                member.member.withSlice { _ = result.set($0, member.score, call.limits) }
            }
        }
        call.store(result, at: call[1], .sortedSet, "zrangestore")
        call.reply.integer(result.count)
    }

    // MARK: Counting

    static func zcount(_ call: RedisCall) throws(RedisFailure) {
        guard let range = ScoreRange(call[2], call[3]) else { throw RangeRequest.notAScore }
        let sorted = try call.database.read(call[1], as: RedisSortedSet.self)
        call.reply.integer(sorted?.ranks(in: range).count ?? 0)
    }

    static func zlexcount(_ call: RedisCall) throws(RedisFailure) {
        guard let range = LexRange(call[2], call[3]) else { throw RangeRequest.notAMember }
        let sorted = try call.database.read(call[1], as: RedisSortedSet.self)
        call.reply.integer(sorted?.ranks(in: range).count ?? 0)
    }

    // MARK: Removing

    static func zremrangebyrank(_ call: RedisCall) throws(RedisFailure) {
        let (start, stop) = (try call.integer(2), try call.integer(3))
        try remove(call, "zremrangebyrank") { Ranks.range(start, stop, count: $0.count) }
    }

    static func zremrangebyscore(_ call: RedisCall) throws(RedisFailure) {
        guard let range = ScoreRange(call[2], call[3]) else { throw RangeRequest.notAScore }
        try remove(call, "zremrangebyscore") { $0.ranks(in: range) }
    }

    static func zremrangebylex(_ call: RedisCall) throws(RedisFailure) {
        guard let range = LexRange(call[2], call[3]) else { throw RangeRequest.notAMember }
        try remove(call, "zremrangebylex") { $0.ranks(in: range) }
    }

    private static func remove(
        _ call: RedisCall, _ event: StaticString, _ ranks: (RedisSortedSet) -> Range<Int>
    ) throws(RedisFailure) {
        guard let sorted = try call.database.find(call[1], as: RedisSortedSet.self) else {
            call.reply.integer(0)
            return
        }
        let removed = ranks(sorted)
        sorted.removeRanks(removed)
        if !removed.isEmpty {
            call.changed(call[1], .sortedSet, event)
            call.database.removeIfEmpty(call[1], sorted)
        }
        call.reply.integer(removed.count)
    }
}

/// What ZRANGE and its older forms ask for.
struct RangeRequest {
    enum Kind { case rank, score, lex }

    private enum Bounds {
        case ranks(Int64, Int64)
        case scores(ScoreRange)
        case members(LexRange)
    }

    static let notAScore = RedisFailure.err("min or max is not a float")
    static let notAMember = RedisFailure.err("min or max not valid string range item")

    private let bounds: Bounds
    private var offset: Int64 = 0
    /// Negative: as many as there are.
    private var limit: Int64 = -1
    private(set) var isReversed: Bool
    private(set) var withScores = false

    /// - Parameters:
    ///   - place: of the key; the bounds and the options follow.
    ///   - kind: `nil` when an option says it, likewise `reversed`.
    init(
        _ call: RedisCall, _ place: Int, _ kind: Kind?, reversed: Bool?, stores: Bool
    ) throws(RedisFailure) {
        var (chosen, direction) = (kind, reversed)
        var next = place + 3
        while next < call.count {
            if !stores, call.isWord(next, "withscores") {
                withScores = true
            } else if call.isWord(next, "limit"), next + 2 < call.count {
                offset = try call.integer(next + 1)
                limit = try call.integer(next + 2)
                next += 2
            } else if direction == nil, call.isWord(next, "rev") {
                direction = true
            } else if chosen == nil, call.isWord(next, "bylex") {
                chosen = .lex
            } else if chosen == nil, call.isWord(next, "byscore") {
                chosen = .score
            } else {
                throw .syntax
            }
            next += 1
        }
        let selected = chosen ?? .rank
        isReversed = direction ?? false
        if limit != -1, selected == .rank {
            throw .err("syntax error, LIMIT is only supported in combination with either BYSCORE or BYLEX")
        }
        if withScores, selected == .lex {
            throw .err("syntax error, WITHSCORES not supported in combination with BYLEX")
        }
        let low = call[place + (isReversed ? 2 : 1)]
        let high = call[place + (isReversed ? 1 : 2)]
        switch selected {
        case .rank: bounds = .ranks(try call.integer(place + 1), try call.integer(place + 2))
        case .score:
            guard let range = ScoreRange(low, high) else { throw Self.notAScore }
            bounds = .scores(range)
        case .lex:
            guard let range = LexRange(low, high) else { throw Self.notAMember }
            bounds = .members(range)
        }
    }

    /// The ranks asked for, counted from the lowest score also when the answer goes backwards.
    func ranks(in sorted: RedisSortedSet) -> Range<Int> {
        let found: Range<Int>
        switch bounds {
        case .ranks(let start, let stop):
            let ranks = Ranks.range(start, stop, count: sorted.count)
            return isReversed ? sorted.count - ranks.upperBound..<sorted.count - ranks.lowerBound : ranks
        case .scores(let range): found = sorted.ranks(in: range)
        case .members(let range): found = sorted.ranks(in: range)
        }
        guard offset >= 0, offset < Int64(found.count) else { return 0..<0 }
        let left = found.count - Int(offset)
        let count = limit < 0 ? left : Int(min(Int64(left), limit))
        if isReversed {
            let end = found.upperBound - Int(offset)
            return end - count..<end
        }
        let start = found.lowerBound + Int(offset)
        return start..<start + count
    }
}
