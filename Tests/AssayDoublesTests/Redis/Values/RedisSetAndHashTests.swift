import AssayCore
import Testing

@testable import AssayDoubles

@Suite("Redis set and hash")
struct RedisSetAndHashTests {
    private static func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

    @Test("A set holds what a set holds, as numbers and as texts", arguments: [100, 5000])
    func setModel(range: Int) {
        var random = SeededRandom(seed: UInt64(range))
        let set = RedisSet()
        var model: Set<[UInt8]> = []
        for step in 0..<5000 {
            let text =
                step > 2500 && random.chance(0.1) ? "t\(step % 50)" : "\(random.integer(in: -range...range))"
            let member = Self.bytes(text)
            if random.chance(0.6) {
                #expect(
                    member.withSlice { set.insert($0, EncodingLimits()) } == model.insert(member).inserted)
            } else {
                #expect(member.withSlice { set.remove($0) } == (model.remove(member) != nil))
            }
            #expect(member.withSlice { set.contains($0) } == model.contains(member))
        }
        #expect(set.count == model.count && Set(set.members) == model)
    }

    @Test("Numbers are in order and in 64 bits; anything else makes it a hash table")
    func integers() {
        let set = RedisSet()
        for number in ["5", "-9223372036854775808", "9223372036854775807", "-1"] {
            Self.bytes(number).withSlice { _ = set.insert($0, EncodingLimits()) }
        }
        #expect(set.encoding(EncodingLimits()) == "intset")
        #expect(
            set.members.map { String(decoding: $0, as: UTF8.self) }
                == ["-9223372036854775808", "-1", "5", "9223372036854775807"])
        Self.bytes("007").withSlice { _ = set.insert($0, EncodingLimits()) }
        #expect(set.encoding(EncodingLimits()) == "hashtable" && set.count == 5)
    }

    @Test("A small hash keeps its fields in their order, a large one does not need to")
    func hashOrder() {
        let hash = RedisHash()
        for field in ["z", "a", "m"] {
            Self.bytes(field).withSlice { _ = hash.set($0, [1], EncodingLimits()) }
        }
        Self.bytes("a").withSlice { _ = hash.remove($0) }
        Self.bytes("b").withSlice { _ = hash.set($0, [2], EncodingLimits()) }
        var fields = ""
        hash.forEach { field, _ in fields += String(decoding: field, as: UTF8.self) }
        #expect(fields == "zmb")
        Self.bytes("c").withSlice { _ = hash.set($0, [UInt8](repeating: 0, count: 65), EncodingLimits()) }
        #expect(hash.encoding(EncodingLimits()) == "hashtable")
    }

    @Test("Every choice of different numbers is about as likely as any other", arguments: [2, 7])
    func drawing(count: Int) {
        var random = SeededRandom(seed: 9)
        var times = [Int](repeating: 0, count: 8)
        for _ in 0..<8000 {
            let drawn = RandomDraw.distinct(count, below: 8, &random)
            #expect(Set(drawn).count == count)
            for number in drawn { times[number] += 1 }
        }
        let expected = 8000 * count / 8
        #expect(times.allSatisfy { abs($0 - expected) < expected / 5 })
    }
}
