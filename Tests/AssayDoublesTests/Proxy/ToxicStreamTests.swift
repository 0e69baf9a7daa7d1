import AssayCore
@testable import AssayDoubles
import Testing

@Suite("One direction of a proxied connection")
struct ToxicStreamTests {
    private static let millisecond: Int64 = 1_000_000

    private static func stream(_ toxics: Toxic..., number: Int = 1) -> ToxicStream {
        var stream = ToxicStream(.downstream, number: number, began: 0, random: SeededRandom(seed: 3))
        stream.update(toxics, at: 0)
        return stream
    }

    /// What comes out, with the milliseconds at which it does, until it wants to wait for ever.
    private static func drain(_ stream: inout ToxicStream, from start: Int64 = 0) -> [String] {
        var now = start
        var seen: [String] = []
        for _ in 0..<1000 {
            switch stream.next(at: now) {
            case .send(let bytes): seen.append("\(now / millisecond) \(bytes.count)")
            case .wait(.max): return seen
            case .wait(let until): now = until
            case .finish: return seen + ["\(now / millisecond) finish"]
            case .close: return seen + ["\(now / millisecond) close"]
            case .reset: return seen + ["\(now / millisecond) reset"]
            }
        }
        return seen + ["endless"]
    }

    private static func bytes(_ count: Int) -> [UInt8] { [UInt8](repeating: 65, count: count) }

    @Test("without toxics everything comes through at once, and the end after it")
    func plain() {
        var stream = Self.stream()
        stream.take(Self.bytes(10), at: 0)
        stream.take(Self.bytes(20), at: 0)
        stream.end(at: 0)
        #expect(Self.drain(&stream) == ["0 10", "0 20", "0 finish"])
    }

    @Test("latency moves every piece by as much, and none overtakes another")
    func latency() {
        var stream = Self.stream(Toxic(name: "a", .latency(.milliseconds(100), jitter: .zero)))
        stream.take(Self.bytes(10), at: 0)
        stream.take(Self.bytes(20), at: 30 * Self.millisecond)
        stream.end(at: 40 * Self.millisecond)
        #expect(Self.drain(&stream, from: 30 * Self.millisecond) == ["100 10", "130 20", "130 finish"])
        var jittered = Self.stream(Toxic(name: "a", .latency(.milliseconds(100), jitter: .milliseconds(100))))
        for count in 1...50 { jittered.take(Self.bytes(count), at: 0) }
        let seen = Self.drain(&jittered).map { $0.split(separator: " ").compactMap { Int($0) } }
        #expect(seen.map { $0[1] } == Array(1...50))
        #expect(seen.map { $0[0] } == seen.map { $0[0] }.sorted())
        #expect((100...200).contains(seen.last?[0] ?? 0))
    }

    @Test("bandwidth gives every tenth of a second its share")
    func bandwidth() {
        var stream = Self.stream(Toxic(name: "a", .bandwidth(bytesPerSecond: 1000)))
        stream.take(Self.bytes(250), at: 0)
        stream.end(at: 0)
        #expect(Self.drain(&stream) == ["100 100", "200 100", "250 50", "250 finish"])
    }

    @Test("a slicer waits after each piece, a limit closes behind its last byte")
    func slicerAndLimit() {
        var sliced = Self.stream(Toxic(name: "a", .slicer(average: 4, variation: 0, delay: .milliseconds(5))))
        sliced.take(Self.bytes(10), at: 0)
        #expect(Self.drain(&sliced) == ["0 4", "5 4", "10 2"])
        var limited = Self.stream(Toxic(name: "a", .limitData(bytes: 12)))
        limited.take(Self.bytes(10), at: 0)
        limited.take(Self.bytes(10), at: 0)
        #expect(Self.drain(&limited) == ["0 10", "0 2", "0 close"])
    }

    @Test("a slow close, a timeout and a reset come at their times")
    func ends() {
        var slow = Self.stream(Toxic(name: "a", .slowClose(.milliseconds(300))))
        slow.take(Self.bytes(1), at: 0)
        slow.end(at: 50 * Self.millisecond)
        #expect(Self.drain(&slow) == ["0 1", "350 finish"])
        var timeout = Self.stream(Toxic(name: "a", .timeout(.milliseconds(200))))
        timeout.take(Self.bytes(1), at: 0)
        #expect(Self.drain(&timeout) == ["200 close"])
        var never = Self.stream(Toxic(name: "a", .timeout(.zero)))
        never.take(Self.bytes(1), at: 0)
        never.end(at: 0)
        #expect(Self.drain(&never).isEmpty)
        never.update([], at: 5)
        #expect(Self.drain(&never) == ["0 close"])
        var reset = Self.stream(Toxic(name: "a", .resetPeer(.milliseconds(70))))
        #expect(Self.drain(&reset).isEmpty)
        reset.take(Self.bytes(1), at: 10 * Self.millisecond)
        #expect(Self.drain(&reset) == ["80 reset"])
    }

    @Test("instead of a ServerHello comes garbage, and then nothing more")
    func garbage() {
        var stream = Self.stream(Toxic(name: "a", .garbage(bytes: 128)))
        #expect(Self.drain(&stream).isEmpty)
        stream.take([0x16, 3, 1], at: 0)
        guard case .send(let bytes) = stream.next(at: 0) else {
            Issue.record("nothing was sent")
            return
        }
        #expect(bytes.count == 128)
        #expect(bytes.allSatisfy { $0 >= 0x80 })
        #expect(Self.drain(&stream) == ["0 close"])
    }

    @Test("a schedule begins and ends by itself, and every third connection is the third")
    func schedules() {
        var toxic = Toxic(name: "a", .bandwidth(bytesPerSecond: 0))
        toxic.from = .milliseconds(10)
        toxic.to = .milliseconds(500)
        var stream = Self.stream(toxic)
        stream.take(Self.bytes(1), at: 0)
        #expect(stream.next(at: 0) == .send([65]))
        stream.take(Self.bytes(2), at: 20 * Self.millisecond)
        #expect(Self.drain(&stream, from: 20 * Self.millisecond) == ["500 2"])
        var third = Toxic(name: "a", .down)
        third.every = 3
        let ends = (1...6).map { number in
            var stream = Self.stream(third, number: number)
            return Self.drain(&stream)
        }
        #expect(ends == [[], [], ["0 close"], [], [], ["0 close"]])
    }

    @Test("toxicity is the share of connections, the other direction is left alone")
    func toxicity() {
        var random = SeededRandom(seed: 5)
        let struck = (1...1000).filter { number in
            var stream = ToxicStream(
                .downstream, number: number, began: 0, random: SeededRandom(seed: random.next()))
            stream.update([Toxic(name: "a", .down, toxicity: 0.3)], at: 0)
            return stream.next(at: 0) == .close
        }
        #expect((250...350).contains(struck.count))
        var upstream = ToxicStream(.upstream, number: 1, began: 0, random: random)
        upstream.update([Toxic(name: "a", .down)], at: 0)
        #expect(upstream.next(at: 0) == .wait(until: .max))
    }

    @Test("what waits is bounded")
    func bounded() {
        var stream = Self.stream()
        while stream.takesMore { stream.take(Self.bytes(65_536), at: 0) }
        #expect(stream.queuedBytes == 4 * 65_536)
    }
}
