/// A member with its score; in the order of a sorted set.
struct ScoredMember: Comparable {
    var score: Double
    var member: [UInt8]

    @inline(__always)
    static func < (left: ScoredMember, right: ScoredMember) -> Bool {
        if left.score != right.score { return left.score < right.score }
        return left.member.compared(to: right.member) < 0
    }

    static func == (left: ScoredMember, right: ScoredMember) -> Bool {
        left.score == right.score && left.member == right.member
    }
}

extension [UInt8] {
    /// Byte order, the shorter first when one begins with the other: negative, zero or positive.
    @inline(__always)
    func compared(to other: [UInt8]) -> Int {
        withSlice { left in other.withSlice { left.compared(to: $0) } }
    }
}

/// A sorted set: scores by member in a table, and members by score in a ranked sequence.
final class RedisSortedSet: RedisCollection {
    override class var type: RedisType { .sortedSet }

    private var scores = BucketTable<Double>()
    private var ranked = RankedSequence<ScoredMember>()
    /// Once a skip list, never a list pack again.
    private(set) var isListpack: Bool

    init(asListpack: Bool = true) {
        isListpack = asListpack
        super.init()
    }

    override var count: Int { scores.count }
    override func encoding(_ limits: EncodingLimits) -> String { isListpack ? "listpack" : "skiplist" }
    var first: ScoredMember? { ranked.first }
    var last: ScoredMember? { ranked.last }

    override func copied() -> RedisCollection {
        let copy = RedisSortedSet(asListpack: isListpack)
        copy.scores = scores
        copy.ranked = ranked
        return copy
    }

    override var digestParts: [[UInt8]] {
        var parts: [[UInt8]] = []
        forEach { parts += [$0.member, Array(NumberText.digits17($0.score).utf8)] }
        return parts
    }

    func score(of member: ByteSlice) -> Double? { scores.value(for: member) }

    /// - Returns: true when the member is new.
    @discardableResult
    func set(_ member: ByteSlice, _ given: Double, _ limits: EncodingLimits) -> Bool {
        // A list pack keeps whole numbers as such, so that zero has no sign.
        let score = isListpack && given == 0 ? 0 : given
        if let index = scores.index(of: member) {
            let old = scores.entries[index]
            guard old.value != score else { return false }
            ranked.remove(ScoredMember(score: old.value, member: old.key))
            ranked.insert(ScoredMember(score: score, member: old.key))
            scores.setValue(score, at: index)
            return false
        }
        let kept = [UInt8](member)
        scores.add(kept, score)
        ranked.insert(ScoredMember(score: score, member: kept))
        if isListpack,
            scores.count > limits.sortedSetMaxListpackEntries
                || member.count > limits.sortedSetMaxListpackValue
        {
            isListpack = false
        }
        return true
    }

    /// - Returns: the score that the member had.
    @discardableResult
    func remove(_ member: ByteSlice) -> Double? {
        guard let index = scores.index(of: member) else { return nil }
        let removed = scores.remove(at: index)
        ranked.remove(ScoredMember(score: removed.value, member: removed.key))
        return removed.value
    }

    /// Takes out the members of a range of ranks.
    func removeRanks(_ ranks: Range<Int>) {
        guard !ranks.isEmpty else { return }
        ranked.forEach(in: ranks) { remove(score: $0.member) }
        ranked.removeSubrange(ranks)
    }

    func popFirst() -> ScoredMember? {
        guard !isEmpty else { return nil }
        let popped = ranked.remove(atRank: 0)
        remove(score: popped.member)
        return popped
    }

    func popLast() -> ScoredMember? {
        guard !isEmpty else { return nil }
        let popped = ranked.remove(atRank: count - 1)
        remove(score: popped.member)
        return popped
    }

    private func remove(score member: [UInt8]) {
        if let index = scores.index(of: member) { scores.remove(at: index) }
    }

    /// The place of a member, 0 for the lowest score.
    func rank(of member: ByteSlice) -> Int? {
        guard let index = scores.index(of: member) else { return nil }
        let entry = scores.entries[index]
        return ranked.rank(of: ScoredMember(score: entry.value, member: entry.key))
    }

    subscript(rank: Int) -> ScoredMember { ranked[rank] }

    /// The ranks of the members whose scores are in a range.
    func ranks(in range: ScoreRange) -> Range<Int> {
        let start = ranked.prefixCount { !range.isAtOrAboveLower($0.score) }
        let end = ranked.prefixCount { range.isAtOrBelowUpper($0.score) }
        return start..<max(start, end)
    }

    /// The ranks of the members in a range of byte order; all scores are taken to be the same.
    func ranks(in range: LexRange) -> Range<Int> {
        let start = ranked.prefixCount { !range.isAtOrAboveLower($0.member) }
        let end = ranked.prefixCount { range.isAtOrBelowUpper($0.member) }
        return start..<max(start, end)
    }

    func forEach(in ranks: Range<Int>, reversed: Bool = false, _ body: (ScoredMember) -> Void) {
        reversed ? ranked.forEachReversed(in: ranks, body) : ranked.forEach(in: ranks, body)
    }

    /// All members, lowest score first.
    func forEach(_ body: (ScoredMember) -> Void) { ranked.forEach(in: 0..<count, body) }

    /// A member by its place in the table, which is only good for drawing lots.
    func entry(at index: Int) -> ScoredMember {
        ScoredMember(score: scores.entries[index].value, member: scores.entries[index].key)
    }

    /// One step of a scan; see ``BucketTable/scan(from:_:)``. A list pack comes all at once.
    func scan(from cursor: UInt64, _ visit: (ScoredMember) -> Void) -> UInt64 {
        if isListpack {
            forEach(visit)
            return 0
        }
        return scores.scan(from: cursor) { visit(ScoredMember(score: $0.value, member: $0.key)) }
    }

    /// From here on it is a skip list.
    func convert() { isListpack = false }
}

/// A range of scores, `(1` leaving the bound out.
struct ScoreRange: Equatable {
    var lower: Double
    var upper: Double
    var excludesLower = false
    var excludesUpper = false

    func isAtOrAboveLower(_ score: Double) -> Bool { excludesLower ? score > lower : score >= lower }
    func isAtOrBelowUpper(_ score: Double) -> Bool { excludesUpper ? score < upper : score <= upper }
    func contains(_ score: Double) -> Bool { isAtOrAboveLower(score) && isAtOrBelowUpper(score) }

    /// Reads two bounds: `-inf`, `5`, `(1.5`; `nil` when one is not a number.
    init?(_ lower: ByteSlice, _ upper: ByteSlice) {
        guard let low = Self.bound(lower), let high = Self.bound(upper) else { return nil }
        (self.lower, excludesLower) = low
        (self.upper, excludesUpper) = high
    }

    init(_ lower: Double, _ upper: Double, excludesUpper: Bool = false) {
        self.lower = lower
        self.upper = upper
        self.excludesUpper = excludesUpper
    }

    private static func bound(_ text: ByteSlice) -> (Double, Bool)? {
        let excludes = text.first == UInt8(ascii: "(")
        let digits = text[(excludes ? 1 : 0)..<text.count]
        // Nothing reads as 0, as C has it.
        guard let value = digits.isEmpty ? 0 : digits.double else { return nil }
        return (value, excludes)
    }
}

/// A range of members in byte order: `[a`, `(a`, `-`, `+`.
struct LexRange: Equatable {
    enum Bound: Equatable {
        case lowest
        case highest
        case including([UInt8])
        case excluding([UInt8])

        init?(_ text: ByteSlice) {
            switch text.first {
            case UInt8(ascii: "-") where text.count == 1: self = .lowest
            case UInt8(ascii: "+") where text.count == 1: self = .highest
            case UInt8(ascii: "["): self = .including(Array(text.dropFirst()))
            case UInt8(ascii: "("): self = .excluding(Array(text.dropFirst()))
            default: return nil
            }
        }
    }

    var lower: Bound
    var upper: Bound

    /// Reads two bounds; `nil` when one has none of the forms.
    init?(_ lower: ByteSlice, _ upper: ByteSlice) {
        guard let low = Bound(lower), let high = Bound(upper) else { return nil }
        self.lower = low
        self.upper = high
    }

    func isAtOrAboveLower(_ member: [UInt8]) -> Bool {
        switch lower {
        case .lowest: true
        case .highest: false
        case .including(let bound): member.compared(to: bound) >= 0
        case .excluding(let bound): member.compared(to: bound) > 0
        }
    }

    func isAtOrBelowUpper(_ member: [UInt8]) -> Bool {
        switch upper {
        case .lowest: false
        case .highest: true
        case .including(let bound): member.compared(to: bound) <= 0
        case .excluding(let bound): member.compared(to: bound) < 0
        }
    }
}
