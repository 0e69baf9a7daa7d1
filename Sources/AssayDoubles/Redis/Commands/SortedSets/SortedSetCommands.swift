/// The commands of one sorted set that change it or ask for single members.
enum SortedSetCommands {
    // MARK: Adding

    static func zadd(_ call: RedisCall) throws(RedisFailure) { try add(call, ScoreUpdate()) }

    static func zincrby(_ call: RedisCall) throws(RedisFailure) {
        var update = ScoreUpdate()
        update.increments = true
        try add(call, update)
    }

    private static func add(_ call: RedisCall, _ update: ScoreUpdate) throws(RedisFailure) {
        var update = update
        let first = try update.readOptions(call)
        for place in stride(from: first, to: call.count, by: 2) { _ = try call.double(place) }
        let sorted: RedisSortedSet
        if let found = try call.database.find(call[1], as: RedisSortedSet.self) {
            sorted = found
        } else if update.onlyExisting {
            update.increments ? call.reply.null() : call.reply.integer(0)
            return
        } else {
            sorted = RedisSortedSet()
            call.database.add([UInt8](call[1]), .collection(sorted))
        }
        var (added, updated) = (0, 0)
        var score: Double?
        for place in stride(from: first, to: call.count, by: 2) {
            let outcome = try update.apply(call[place + 1], try call.double(place), to: sorted, call.limits)
            added += outcome.isNew ? 1 : 0
            updated += outcome.isUpdated ? 1 : 0
            score = outcome.score
        }
        if added + updated > 0 { call.changed(call[1], .sortedSet, update.increments ? "zincr" : "zadd") }
        if !update.increments {
            call.reply.integer(update.countsChanges ? added + updated : added)
        } else if let score {
            call.reply.double(score)
        } else {
            call.reply.null()
        }
    }

    static func zrem(_ call: RedisCall) throws(RedisFailure) {
        guard let sorted = try call.database.find(call[1], as: RedisSortedSet.self) else {
            call.reply.integer(0)
            return
        }
        var removed = 0
        for place in 2..<call.count where sorted.remove(call[place]) != nil { removed += 1 }
        if removed > 0 {
            call.changed(call[1], .sortedSet, "zrem")
            call.database.removeIfEmpty(call[1], sorted)
        }
        call.reply.integer(removed)
    }

    // MARK: Single members

    static func zcard(_ call: RedisCall) throws(RedisFailure) {
        call.reply.integer(try call.database.read(call[1], as: RedisSortedSet.self)?.count ?? 0)
    }

    static func zscore(_ call: RedisCall) throws(RedisFailure) {
        answer(call, try call.database.read(call[1], as: RedisSortedSet.self)?.score(of: call[2]))
    }

    static func zmscore(_ call: RedisCall) throws(RedisFailure) {
        let sorted = try call.database.read(call[1], as: RedisSortedSet.self)
        call.reply.array(call.count - 2)
        for place in 2..<call.count { answer(call, sorted?.score(of: call[place])) }
    }

    private static func answer(_ call: RedisCall, _ score: Double?) {
        if let score { call.reply.double(score) } else { call.reply.null() }
    }

    static func zrank(_ call: RedisCall) throws(RedisFailure) { try rank(call, reversed: false) }
    static func zrevrank(_ call: RedisCall) throws(RedisFailure) { try rank(call, reversed: true) }

    private static func rank(_ call: RedisCall, reversed: Bool) throws(RedisFailure) {
        guard let sorted = try call.database.read(call[1], as: RedisSortedSet.self),
            let rank = sorted.rank(of: call[2])
        else {
            call.reply.null()
            return
        }
        call.reply.integer(reversed ? sorted.count - 1 - rank : rank)
    }

    static func zscan(_ call: RedisCall) throws(RedisFailure) {
        let step = try ScanStep(call)
        let sorted = try call.database.read(call[1], as: RedisSortedSet.self)
        step.run(call) { cursor, visit in
            sorted?.scan(from: cursor) { visit($0.member, Array(NumberText.digits17($0.score).utf8)) } ?? 0
        }
    }

    static func zrandmember(_ call: RedisCall) throws(RedisFailure) {
        guard call.count > 2 else {
            if let sorted = try call.database.read(call[1], as: RedisSortedSet.self) {
                let place = Int.random(in: 0..<sorted.count, using: &call.server.random)
                call.reply.bulk(sorted.entry(at: place).member)
            } else {
                call.reply.null()
            }
            return
        }
        let withScores = call.count == 4 && call.isWord(3, "withscores")
        _ = try call.integer(2)
        guard call.count == 3 || withScores else { throw .syntax }
        let request = try RandomDraw.Request(call, 2, halves: withScores)
        guard let sorted = try call.database.read(call[1], as: RedisSortedSet.self) else {
            call.reply.array(0)
            return
        }
        let places = request.places(below: sorted.count, &call.server.random)
        var answer = MemberReply(call, count: places.count, withScores: withScores)
        for place in places { answer.append(sorted.entry(at: place)) }
    }
}

/// What ZADD and ZINCRBY do with a score.
struct ScoreUpdate {
    /// `NX`
    private var onlyNew = false
    /// `XX`
    private(set) var onlyExisting = false
    /// `GT`
    private var onlyGreater = false
    /// `LT`
    private var onlyLess = false
    /// `CH`
    private(set) var countsChanges = false
    /// `INCR`
    var increments = false

    struct Outcome {
        var isNew = false
        var isUpdated = false
        /// The member's score; `nil` when nothing was to be done.
        var score: Double?
    }

    /// - Returns: the place of the first score.
    mutating func readOptions(_ call: RedisCall) throws(RedisFailure) -> Int {
        var place = 2
        options: while place < call.count {
            let word = call[place]
            // Options have two to four letters, none of them a digit.
            guard let first = word.first, first >= 0x41, word.count <= 4 else { break }
            if word.isWord("nx") {
                onlyNew = true
            } else if word.isWord("xx") {
                onlyExisting = true
            } else if word.isWord("ch") {
                countsChanges = true
            } else if word.isWord("incr") {
                increments = true
            } else if word.isWord("gt") {
                onlyGreater = true
            } else if word.isWord("lt") {
                onlyLess = true
            } else {
                break options
            }
            place += 1
        }
        let words = call.count - place
        guard words > 0, words % 2 == 0 else { throw .syntax }
        if onlyNew, onlyExisting { throw .err("XX and NX options at the same time are not compatible") }
        if onlyNew && (onlyGreater || onlyLess) || onlyGreater && onlyLess {
            throw .err("GT, LT, and/or NX options at the same time are not compatible")
        }
        if increments, words > 2 { throw .err("INCR option supports a single increment-element pair") }
        return place
    }

    func apply(
        _ member: ByteSlice, _ given: Double, to sorted: RedisSortedSet, _ limits: EncodingLimits
    ) throws(RedisFailure) -> Outcome {
        guard let current = sorted.score(of: member) else {
            if onlyExisting { return Outcome() }
            sorted.set(member, given, limits)
            return Outcome(isNew: true, score: given)
        }
        if onlyNew { return Outcome() }
        let score = increments ? current + given : given
        guard !score.isNaN else { throw .err("resulting score is not a number (NaN)") }
        if onlyLess && score >= current || onlyGreater && score <= current { return Outcome() }
        guard score != current else { return Outcome(score: score) }
        sorted.set(member, score, limits)
        return Outcome(isUpdated: true, score: score)
    }
}

/// An array of members, with scores beside them in RESP2 and nested in RESP3.
struct MemberReply {
    private let call: RedisCall
    private let withScores: Bool

    /// Writes the head.
    init(_ call: RedisCall, count: Int, withScores: Bool) {
        self.call = call
        self.withScores = withScores
        call.reply.array(withScores && !call.reply.isRESP3 ? 2 * count : count)
    }

    mutating func append(_ member: ScoredMember) {
        if withScores, call.reply.isRESP3 { call.reply.array(2) }
        call.reply.bulk(member.member)
        if withScores { call.reply.double(member.score) }
    }
}
