/// The commands of several sorted sets; plain sets count as sorted ones of score 1.
extension SortedSetCommands {
    static func zunion(_ call: RedisCall) throws(RedisFailure) { try answer(call, .union) }
    static func zinter(_ call: RedisCall) throws(RedisFailure) { try answer(call, .intersection) }
    static func zdiff(_ call: RedisCall) throws(RedisFailure) { try answer(call, .difference) }
    static func zunionstore(_ call: RedisCall) throws(RedisFailure) {
        try store(call, .union, "zunionstore")
    }
    static func zinterstore(_ call: RedisCall) throws(RedisFailure) {
        try store(call, .intersection, "zinterstore")
    }
    static func zdiffstore(_ call: RedisCall) throws(RedisFailure) {
        try store(call, .difference, "zdiffstore")
    }

    static func zintercard(_ call: RedisCall) throws(RedisFailure) {
        let request = try Combination(call, 1, .intersection, .cardinality)
        call.reply.integer(request.run(call.limits).count)
    }

    private static func answer(_ call: RedisCall, _ operation: Combination.Operation) throws(RedisFailure) {
        let request = try Combination(call, 1, operation, .reply)
        let result = request.run(call.limits)
        var reply = MemberReply(call, count: result.count, withScores: request.withScores)
        result.forEach { reply.append($0) }
    }

    private static func store(
        _ call: RedisCall, _ operation: Combination.Operation, _ event: StaticString
    ) throws(RedisFailure) {
        let result = try Combination(call, 2, operation, .store).run(call.limits)
        call.store(result, at: call[1], .sortedSet, event)
        call.reply.integer(result.count)
    }
}

/// A union, intersection or difference with its weights and options.
struct Combination {
    enum Operation { case union, intersection, difference }
    /// What becomes of the result, which decides over the options there are.
    enum Purpose { case reply, store, cardinality }

    private enum Aggregate { case sum, minimum, maximum }

    private enum Source {
        case nothing
        case set(RedisSet)
        case sorted(RedisSortedSet)

        var count: Int {
            switch self {
            case .nothing: 0
            case .set(let set): set.count
            case .sorted(let sorted): sorted.count
            }
        }

        func score(of member: ByteSlice) -> Double? {
            switch self {
            case .nothing: nil
            case .set(let set): set.contains(member) ? 1 : nil
            case .sorted(let sorted): sorted.score(of: member)
            }
        }

        func forEach(_ body: ([UInt8], Double) -> Void) {
            switch self {
            case .nothing: break
            case .set(let set): set.forEach { body($0, 1) }
            case .sorted(let sorted): sorted.forEach { body($0.member, $0.score) }
            }
        }
    }

    private let operation: Operation
    private var inputs: [(source: Source, weight: Double)] = []
    private var aggregate = Aggregate.sum
    private(set) var withScores = false
    private var limit = 0

    /// Reads `numkeys key… [WEIGHTS weight…] [AGGREGATE …] [WITHSCORES] [LIMIT limit]` from a place on.
    init(
        _ call: RedisCall, _ place: Int, _ operation: Operation, _ purpose: Purpose
    ) throws(RedisFailure) {
        self.operation = operation
        let number = try call.integer(place)
        guard number >= 1 else {
            throw .err("at least 1 input key is needed for '\(call.command.fullName)' command")
        }
        guard number <= Int64(call.count - place - 1) else { throw .syntax }
        let end = place + 1 + Int(number)
        for key in place + 1..<end { inputs.append((try Self.source(call, key), 1)) }
        try readOptions(call, end, purpose)
    }

    private static func source(_ call: RedisCall, _ place: Int) throws(RedisFailure) -> Source {
        guard let slot = call.database.read(call[place]) else { return .nothing }
        switch call.database[slot].value.type {
        case .set: return .set(try call.database.collection(at: slot))
        case .sortedSet: return .sorted(try call.database.collection(at: slot))
        default: throw .wrongType
        }
    }

    private mutating func readOptions(
        _ call: RedisCall, _ start: Int, _ purpose: Purpose
    ) throws(RedisFailure) {
        var place = start
        let combines = operation != .difference && purpose != .cardinality
        while place < call.count {
            if combines, call.isWord(place, "weights"), call.count - place > inputs.count {
                for index in inputs.indices {
                    place += 1
                    inputs[index].weight = try call.double(place, .err("weight value is not a float"))
                }
            } else if combines, call.isWord(place, "aggregate"), place + 1 < call.count {
                place += 1
                if call.isWord(place, "sum") {
                    aggregate = .sum
                } else if call.isWord(place, "min") {
                    aggregate = .minimum
                } else if call.isWord(place, "max") {
                    aggregate = .maximum
                } else {
                    throw .syntax
                }
            } else if purpose == .reply, call.isWord(place, "withscores") {
                withScores = true
            } else if purpose == .cardinality, call.isWord(place, "limit"), place + 1 < call.count {
                place += 1
                limit = Int(try call.integer(place, in: 0...Int64.max, .err("LIMIT can't be negative")))
            } else {
                throw .syntax
            }
            place += 1
        }
    }

    func run(_ limits: EncodingLimits) -> RedisSortedSet {
        let result = RedisSortedSet()
        switch operation {
        case .union:
            var scores = BucketTable<Double>()
            for input in inputs {
                input.source.forEach { member, score in
                    let weighted = Self.product(score, input.weight)
                    if let index = scores.index(of: member) {
                        scores.setValue(combined(scores.entries[index].value, weighted), at: index)
                    } else {
                        scores.add(member, weighted)
                    }
                }
            }
            for entry in scores.entries { entry.key.withSlice { _ = result.set($0, entry.value, limits) } }
        case .intersection: intersect(into: result, limits)
        case .difference:
            inputs[0].source.forEach { member, score in
                member.withSlice { name in
                    let isElsewhere = inputs.dropFirst().contains { $0.source.score(of: name) != nil }
                    if !isElsewhere { result.set(name, score, limits) }
                }
            }
        }
        return result
    }

    private func intersect(into result: RedisSortedSet, _ limits: EncodingLimits) {
        let ordered = inputs.sorted { $0.source.count < $1.source.count }
        let first = ordered[0]
        first.source.forEach { member, score in
            if limit > 0, result.count >= limit { return }
            member.withSlice { name in
                var total = Self.product(score, first.weight)
                for other in ordered.dropFirst() {
                    guard let found = other.source.score(of: name) else { return }
                    total = combined(total, found * other.weight)
                }
                result.set(name, total, limits)
            }
        }
    }

    /// Infinity times zero is zero here.
    private static func product(_ score: Double, _ weight: Double) -> Double {
        let product = score * weight
        return product.isNaN ? 0 : product
    }

    private func combined(_ left: Double, _ right: Double) -> Double {
        switch aggregate {
        case .sum:
            let sum = left + right
            return sum.isNaN ? 0 : sum
        case .minimum: return right < left ? right : left
        case .maximum: return right > left ? right : left
        }
    }
}
