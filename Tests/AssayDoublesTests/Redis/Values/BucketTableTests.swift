import AssayCore
import Testing

@testable import AssayDoubles

@Suite("Bucket table")
struct BucketTableTests {
    private static func key(_ number: Int) -> [UInt8] { Array("key \(number)".utf8) }

    @Test("It holds what a dictionary holds after the same changes", arguments: [1, 2, 3] as [UInt64])
    func model(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var table = BucketTable<Int>()
        var model: [[UInt8]: Int] = [:]
        for step in 0..<20_000 {
            // First mostly insertions, then mostly removals, so that it grows and shrinks.
            let key = Self.key(random.integer(in: 0...2000))
            if random.chance(step < 10_000 ? 0.7 : 0.2) {
                let isNew = key.withSlice { table.set($0, step) }
                #expect(isNew == (model.updateValue(step, forKey: key) == nil))
            } else {
                let removed = key.withSlice { table.remove($0) }
                #expect(removed == model.removeValue(forKey: key))
            }
        }
        #expect(table.count == model.count)
        #expect(Dictionary(uniqueKeysWithValues: table.entries.map { ($0.key, $0.value) }) == model)
        for (key, value) in model { #expect(key.withSlice { table.value(for: $0) } == value) }
    }

    @Test("A scan gives what was there from its first step to its last, while the table grows and shrinks")
    func scanning() {
        for seed in UInt64(1)...20 {
            var random = SeededRandom(seed: seed)
            var table = BucketTable<Bool>()
            for number in 0..<300 { table.add(Self.key(number), true) }
            var (cursor, seen) = (UInt64(0), Set<[UInt8]>())
            var steps = 0
            repeat {
                cursor = table.scan(from: cursor) { seen.insert($0.key) }
                steps += 1
                // Others come and go in bursts that resize the table several times.
                for _ in 0..<random.integer(in: 0...60) {
                    let key = Self.key(random.integer(in: 1000...4000))
                    if steps % 40 < 20 {
                        key.withSlice { _ = table.insert($0, false) }
                    } else {
                        key.withSlice { _ = table.remove($0) }
                    }
                }
            } while cursor != 0 && steps < 100_000
            #expect(cursor == 0)
            #expect((0..<300).allSatisfy { seen.contains(Self.key($0)) }, "seed \(seed)")
        }
    }

    @Test("Entries stay in their order where a removal is to keep it")
    func order() {
        var table = BucketTable<Int>()
        for number in 0..<10 { table.add(Self.key(number), number) }
        table.removeKeepingOrder(at: 3)
        #expect(table.entries.map { $0.value } == [0, 1, 2, 4, 5, 6, 7, 8, 9])
        #expect(Self.key(9).withSlice { table.value(for: $0) } == 9)
    }
}
