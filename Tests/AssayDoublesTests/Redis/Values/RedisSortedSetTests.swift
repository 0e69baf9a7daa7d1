import AssayCore
import Testing

@testable import AssayDoubles

@Suite("Redis sorted set")
struct RedisSortedSetTests {
    @Test("Scores, ranks and ranges are those of a sorted array", arguments: [1, 2, 3] as [UInt64])
    func model(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let sorted = RedisSortedSet()
        var model: [[UInt8]: Double] = [:]
        for _ in 0..<4000 {
            let member = Array("m\(random.integer(in: 0...800))".utf8)
            if random.chance(0.75) {
                let score = Double(random.integer(in: -20...20)) / 2
                let isNew = member.withSlice { sorted.set($0, score, EncodingLimits()) }
                #expect(isNew == (model.updateValue(score, forKey: member) == nil))
            } else {
                #expect(member.withSlice { sorted.remove($0) } == model.removeValue(forKey: member))
            }
        }
        let expected = model.map { ScoredMember(score: $0.value, member: $0.key) }.sorted()
        #expect(sorted.count == expected.count)
        for (rank, entry) in expected.enumerated() {
            #expect(entry.member.withSlice { sorted.rank(of: $0) } == rank)
            #expect(sorted[rank] == entry)
        }
        for _ in 0..<200 {
            let (low, high) = (Double(random.integer(in: -12...12)), Double(random.integer(in: -12...12)))
            let range = ScoreRange(low, high, excludesUpper: random.chance(0.5))
            var found: [ScoredMember] = []
            sorted.forEach(in: sorted.ranks(in: range)) { found.append($0) }
            #expect(found == expected.filter { range.contains($0.score) })
        }
    }

    @Test("Bounds of scores are read as Redis reads them")
    func scoreBounds() throws {
        func range(_ low: String, _ high: String) -> ScoreRange? {
            Array(low.utf8).withSlice { low in Array(high.utf8).withSlice { ScoreRange(low, $0) } }
        }
        let open = try #require(range("(1", "(3"))
        #expect(!open.contains(1) && open.contains(2) && !open.contains(3))
        #expect(try #require(range("-inf", "+inf")).contains(1e300))
        #expect(range("str", "1") == nil && range("1", "nan") == nil && range("((1", "2") == nil)
    }

    @Test(
        "Bounds of byte order leave out or take in what they name",
        arguments: [
            ("-", "+", "abcd"), ("[b", "[c", "bc"), ("(b", "+", "cd"), ("-", "(c", "ab"), ("+", "-", ""),
            ("[x", "+", ""),
        ])
    func lexBounds(low: String, high: String, expected: String) throws {
        let sorted = RedisSortedSet()
        for member in ["a", "b", "c", "d"] {
            Array(member.utf8).withSlice { _ = sorted.set($0, 0, EncodingLimits()) }
        }
        let parsed = Array(low.utf8).withSlice { low in Array(high.utf8).withSlice { LexRange(low, $0) } }
        var found = ""
        sorted.forEach(in: sorted.ranks(in: try #require(parsed))) {
            found += String(decoding: $0.member, as: UTF8.self)
        }
        #expect(found == expected)
    }

    @Test("It is a list pack until a limit is passed, and never again")
    func encodings() {
        var limits = EncodingLimits()
        limits.sortedSetMaxListpackEntries = 2
        let sorted = RedisSortedSet()
        for member in ["a", "b"] { Array(member.utf8).withSlice { _ = sorted.set($0, 1, limits) } }
        #expect(sorted.encoding(limits) == "listpack")
        [0x63].withSlice { _ = sorted.set($0, 1, limits) }
        #expect(sorted.encoding(limits) == "skiplist")
        [0x63].withSlice { _ = sorted.remove($0) }
        #expect(sorted.encoding(limits) == "skiplist")
    }
}
