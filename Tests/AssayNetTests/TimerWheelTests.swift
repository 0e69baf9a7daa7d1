import AssayCore
import Testing

@testable import AssayNet

@Suite("Timer wheel")
struct TimerWheelTests {
    @Test("fires what a sorted list would, at the times a sorted list would", arguments: 0..<20)
    func agreesWithList(seed: Int) {
        var random = SeededRandom(seed: UInt64(seed))
        var now: Int64 = 5_000_000_000
        var wheel = TimerWheel(now: now)
        var list: [Int32: Int64] = [:]
        var next: Int32 = 0
        for _ in 0..<3000 {
            switch random.integer(in: 0...9) {
            case 0...4:
                // From the past to far beyond the second level.
                let span: Int64 = [1_000_000, 300_000_000, 5_000_000_000, 4_000_000_000_000][
                    random.integer(in: 0...3)]
                let deadline = now - 1_000_000 + Int64(random.fraction() * Double(span))
                wheel.insert(next, at: deadline)
                list[next] = deadline
                next += 1
            case 5:
                guard let victim = list.keys.sorted().first else { continue }
                wheel.remove(victim)
                list[victim] = nil
            default:
                now += Int64(random.fraction() * [1e5, 5e6, 2e9][random.integer(in: 0...2)])
                var due: [Int32] = []
                wheel.advance(to: now, &due)
                let expected = list.filter { $0.value <= now }.keys.sorted()
                #expect(due.sorted() == expected)
                for entry in expected { list[entry] = nil }
            }
            #expect(wheel.count == list.count)
            // It may ask to be looked at early, never late.
            if let earliest = list.values.min() {
                let asked = wheel.nextDeadline()
                #expect(asked != nil && (asked ?? 0) <= max(earliest, now))
            }
        }
    }
}
