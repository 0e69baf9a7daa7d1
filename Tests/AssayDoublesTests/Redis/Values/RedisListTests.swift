import AssayCore
import Testing

@testable import AssayDoubles

@Suite("Redis list")
struct RedisListTests {
    private static func elements(_ list: RedisList) -> [[UInt8]] {
        var all: [[UInt8]] = []
        list.forEach { _, element in
            all.append(element)
            return true
        }
        return all
    }

    @Test("It holds what an array holds after the same changes", arguments: [1, 2, 3, 4, 5] as [UInt64])
    func model(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let list = RedisList()
        var model: [[UInt8]] = []
        for step in 0..<8000 {
            let element = Array("\(random.integer(in: 0...50))".utf8)
            switch random.integer(in: 0...11) {
            case 0...2: list.pushFront(element); model.insert(element, at: 0)
            case 3...5: list.pushBack(element); model.append(element)
            case 6: #expect(list.popFront() == (model.isEmpty ? nil : model.removeFirst()))
            case 7: #expect(list.popBack() == model.popLast())
            case 8:
                let index = random.integer(in: 0...model.count)
                list.insert(element, at: index)
                model.insert(element, at: index)
            case 9 where step % 7 == 0:
                let start = random.integer(in: 0...model.count)
                let range = start..<min(model.count, start + random.integer(in: 0...300))
                list.removeSubrange(range)
                model.removeSubrange(range)
            case 10 where step % 50 == 0:
                let (limit, fromEnd) = (random.integer(in: 0...5), random.chance(0.5))
                let removed = element.withSlice {
                    list.removeAll(equalTo: $0, limit: limit, fromEnd: fromEnd)
                }
                #expect(removed == Self.remove(element, limit, fromEnd, &model))
            default:
                guard !model.isEmpty else { continue }
                let index = random.integer(in: 0...model.count - 1)
                #expect(list[index] == model[index])
                list[index] = element
                model[index] = element
            }
            #expect(list.count == model.count)
        }
        #expect(Self.elements(list) == model)
        var backward: [[UInt8]] = []
        list.forEachReversed { _, element in
            backward.append(element)
            return true
        }
        #expect(backward == model.reversed())
    }

    private static func remove(
        _ element: [UInt8], _ limit: Int, _ fromEnd: Bool, _ model: inout [[UInt8]]
    ) -> Int {
        let places = model.indices.filter { model[$0] == element }
        let chosen = limit == 0 ? places : Array(fromEnd ? places.suffix(limit) : places.prefix(limit))
        for place in chosen.reversed() { model.remove(at: place) }
        return chosen.count
    }

    @Test("A queue that is filled at one end and emptied at the other gives its room back")
    func queue() {
        let list = RedisList()
        for number in 0..<100_000 {
            list.pushBack([UInt8(truncatingIfNeeded: number)])
            if number >= 500 { _ = list.popFront() }
        }
        #expect(list.count == 500)
        #expect(list.runCount < 20)
    }

    @Test("A copy shares nothing with its original")
    func copying() throws {
        let list = RedisList()
        list.pushBack([1])
        let copy = try #require(list.copied() as? RedisList)
        copy.pushBack([2])
        #expect(list.count == 1 && copy.count == 2)
    }
}
