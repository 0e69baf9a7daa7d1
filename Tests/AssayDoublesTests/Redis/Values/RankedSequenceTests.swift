import AssayCore
import Testing

@testable import AssayDoubles

@Suite("Ranked sequence")
struct RankedSequenceTests {
    @Test("It holds what a sorted array holds after the same changes", arguments: [1, 2, 3] as [UInt64])
    func model(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var sequence = RankedSequence<Int>()
        var model: [Int] = []
        for step in 0..<6000 {
            let number = random.integer(in: 0...4000)
            let place = model.firstIndex { $0 >= number } ?? model.count
            let isThere = place < model.count && model[place] == number
            if random.chance(step < 4000 ? 0.8 : 0.3) {
                #expect(sequence.insert(number) == !isThere)
                if !isThere { model.insert(number, at: place) }
            } else {
                #expect(sequence.remove(number) == isThere)
                if isThere { model.remove(at: place) }
            }
        }
        check(sequence, model, &random)
    }

    private func check(_ sequence: RankedSequence<Int>, _ model: [Int], _ random: inout SeededRandom) {
        #expect(sequence.count == model.count)
        #expect(sequence.first == model.first && sequence.last == model.last)
        for (rank, number) in model.enumerated() {
            #expect(sequence[rank] == number)
            #expect(sequence.rank(of: number) == rank)
        }
        for _ in 0..<200 {
            let bound = random.integer(in: -5...4005)
            #expect(sequence.prefixCount { $0 < bound } == model.prefix { $0 < bound }.count)
        }
        for _ in 0..<50 where !model.isEmpty {
            let start = random.integer(in: 0...model.count)
            let range = start..<random.integer(in: start...model.count)
            var forward: [Int] = []
            sequence.forEach(in: range) { forward.append($0) }
            #expect(forward == Array(model[range]))
            var backward: [Int] = []
            sequence.forEachReversed(in: range) { backward.append($0) }
            #expect(backward == model[range].reversed())
        }
    }

    @Test("Ranges of ranks are taken out wherever they begin and end")
    func removingRanges() {
        var random = SeededRandom(seed: 4)
        for _ in 0..<60 {
            var model = (0..<random.integer(in: 1...1500)).map { $0 * 2 }
            var sequence = RankedSequence(sorted: model)
            let start = random.integer(in: 0...model.count)
            let range = start..<random.integer(in: start...model.count)
            model.removeSubrange(range)
            sequence.removeSubrange(range)
            check(sequence, model, &random)
        }
    }

    @Test("Insertions at one end leave runs full")
    func ascending() {
        var sequence = RankedSequence<Int>()
        for number in 0..<1000 { sequence.insert(number) }
        #expect(sequence[999] == 999 && sequence.rank(of: 500) == 500)
    }
}
