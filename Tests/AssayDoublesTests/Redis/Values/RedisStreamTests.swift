import AssayCore
import Testing

@testable import AssayDoubles

@Suite("Redis stream")
struct RedisStreamTests {
    private static func ids(_ stream: RedisStream, reversed: Bool = false) -> [StreamID] {
        var ids: [StreamID] = []
        stream.forEach(reversed: reversed) {
            ids.append($0.id)
            return true
        }
        return ids
    }

    @Test("It holds what an array holds after the same changes", arguments: [1, 2, 3] as [UInt64])
    func model(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let stream = RedisStream()
        var model: [StreamID] = []
        for step in 1...6000 {
            switch random.integer(in: 0...20) {
            case 0 where !model.isEmpty:
                let id = model.remove(at: random.integer(in: 0...model.count - 1))
                #expect(stream.remove([id]) == 1)
            case 1 where step % 5 == 0:
                let wanted = random.integer(in: 0...model.count)
                let removed = stream.trim(.length(wanted), onlyWholeNodes: false, limit: 0)
                #expect(removed == model.count - wanted)
                model.removeFirst(removed)
            case 2 where step % 3 == 0:
                guard let bound = random.pick(model) else { continue }
                let removed = stream.trim(.below(bound), onlyWholeNodes: false, limit: 0)
                #expect(removed == model.prefix { $0 < bound }.count)
                model.removeFirst(removed)
            default:
                let id = StreamID(UInt64(step), 0)
                stream.append(id, [[1], [2]], EncodingLimits())
                model.append(id)
            }
            #expect(stream.count == model.count && stream.lastEntryID == model.last)
            #expect(stream.firstID == model.first ?? .lowest)
        }
        #expect(Self.ids(stream) == model && Self.ids(stream, reversed: true) == model.reversed())
        for _ in 0..<100 {
            let low = StreamID(UInt64(random.integer(in: 0...6100)), 0)
            let high = StreamID(UInt64(random.integer(in: 0...6100)), 0)
            var found: [StreamID] = []
            stream.forEach(from: low, through: high, reversed: true) {
                found.append($0.id)
                return true
            }
            #expect(found == model.filter { $0 >= low && $0 <= high }.reversed())
        }
    }

    @Test("Approximate trimming takes whole nodes and no more than its limit")
    func approximateTrimming() {
        let stream = RedisStream()
        var limits = EncodingLimits()
        limits.streamNodeMaxEntries = 10
        for number in 1...95 { stream.append(StreamID(UInt64(number), 0), [[1], [2]], limits) }
        #expect(stream.nodeCount == 10)
        #expect(stream.trim(.length(42), onlyWholeNodes: true, limit: 0) == 50)
        #expect(stream.trim(.length(0), onlyWholeNodes: true, limit: 15) == 10)
        #expect(stream.trim(.below(StreamID(75, 0)), onlyWholeNodes: true, limit: 0) == 10)
        #expect(stream.firstID == StreamID(71, 0))
    }

    @Test("A group's lag is known as long as nothing was deleted ahead of it")
    func lag() throws {
        let stream = RedisStream()
        for number in 1...5 { stream.append(StreamID(UInt64(number), 0), [[1], [2]], EncodingLimits()) }
        #expect(stream.createGroup([1], lastID: .lowest, entriesRead: nil))
        let group = try #require(stream.group([1]))
        #expect(stream.lag(of: group) == 5)
        stream.advance(group, to: StreamID(1, 0))
        #expect(group.entriesRead == 1 && stream.lag(of: group) == 4)
        #expect(stream.remove([StreamID(3, 0)]) == 1)
        #expect(stream.lag(of: group) == nil)
        for id in [2, 4, 5] as [UInt64] { stream.advance(group, to: StreamID(id, 0)) }
        #expect(stream.lag(of: group) == 0)
    }

    @Test("A pending entry has one owner at a time")
    func pending() throws {
        let group = StreamGroup([1], lastID: .lowest, entriesRead: nil)
        let first = try #require(group.createConsumer([2], at: 0))
        let second = try #require(group.createConsumer([3], at: 0))
        for number in 1...300 { group.deliver(StreamID(UInt64(number), 0), to: first, at: 10) }
        group.deliver(StreamID(7, 0), to: second, at: 20)
        #expect(first.pending.count == 299 && second.pending.count == 1 && group.pending.count == 300)
        let entry = try #require(group.pending[StreamID(7, 0)])
        group.acknowledge(entry)
        group.removeConsumer(first)
        #expect(group.pending.isEmpty && second.pending.isEmpty)
    }

    @Test(
        "IDs are read with and without their second part",
        arguments: [("5-3", "5-3"), ("5", "5-9"), ("18446744073709551615-0", "18446744073709551615-0")])
    func identifiers(text: String, expected: String) {
        let id = Array(text.utf8).withSlice { StreamID($0, missing: 9) }
        #expect(id?.text == Array(expected.utf8))
    }

    @Test(
        "What is no ID is refused", arguments: ["", "-", "a", "1-a", "18446744073709551616", "1-2-3", "-1"])
    func noIdentifiers(text: String) {
        #expect(Array(text.utf8).withSlice { StreamID($0, missing: 0) } == nil)
    }
}
