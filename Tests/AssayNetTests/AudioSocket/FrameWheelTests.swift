import AssayCore
import Testing

@testable import AssayNet

private let millisecond: Int64 = 1_000_000

@Suite("The wheel of frames")
struct FrameWheelTests {
    private final class Call {
        let name: Int
        init(_ name: Int) { self.name = name }
    }

    private static func wheel(limit: Int64 = 500 * millisecond) -> FrameWheel<Call> {
        FrameWheel(now: 0, catchUpLimit: limit)
    }

    /// All that is due, as call and milliseconds.
    private static func all(_ wheel: inout FrameWheel<Call>, at now: Int64) -> [(
        call: Int, at: Int64, skipped: Int
    )] {
        var due: [(Int, Int64, Int)] = []
        while let next = wheel.next(at: now) {
            due.append((next.member.name, next.at / millisecond, next.skipped))
        }
        return due
    }

    @Test("a call has a frame every 20 ms, and each is given once, when it is due and not before")
    func grid() throws {
        var wheel = Self.wheel()
        let call = Call(1)
        _ = wheel.join(call, now: 5 * millisecond)
        let first = try #require(wheel.nextDue)
        #expect(first > 5 * millisecond && first <= 26 * millisecond)
        for index in 0..<200 {
            let due = first + Int64(index) * 20 * millisecond
            #expect(wheel.nextDue == due)
            #expect(wheel.next(at: due - 1) == nil)
            #expect(wheel.next(at: due + 12345)?.at == due)
            #expect(wheel.next(at: due + 12345) == nil)
        }
    }

    @Test("calls are spread evenly over the 20 ms, few as well as many", arguments: [1, 2, 5, 20, 50, 1000])
    func spread(_ count: Int) {
        var wheel = Self.wheel(limit: 2000 * millisecond)
        let calls = (0..<count).map(Call.init)
        var perSlot: [Int: Int] = [:]
        for call in calls { perSlot[wheel.join(call, now: 0), default: 0] += 1 }
        #expect(perSlot.count == min(count, 20))
        #expect((perSlot.values.max() ?? 0) - (perSlot.values.min() ?? 0) <= 1)
        let due = Self.all(&wheel, at: 1020 * millisecond)
        #expect(due.count == count * 51)
        #expect(due.map(\.at) == due.map(\.at).sorted())
    }

    @Test("a late loop is given every frame with the time it was due")
    func catchingUp() {
        var wheel = Self.wheel()
        let calls = [Call(1), Call(2)]
        for call in calls { _ = wheel.join(call, now: 0) }
        _ = Self.all(&wheel, at: 20 * millisecond)
        let due = Self.all(&wheel, at: 120 * millisecond)
        #expect(due.map(\.call) == [2, 1, 2, 1, 2, 1, 2, 1, 2, 1])
        #expect(due.map(\.at) == [27, 40, 47, 60, 67, 80, 87, 100, 107, 120])
        #expect(due.allSatisfy { $0.skipped == 0 })
    }

    @Test("frames older than the limit are left out and counted, and the grid stays where it was")
    func skipping() {
        var wheel = Self.wheel(limit: 100 * millisecond)
        let call = Call(1)
        _ = wheel.join(call, now: 0)
        #expect(Self.all(&wheel, at: 20 * millisecond).map(\.at) == [20])
        let due = Self.all(&wheel, at: 1000 * millisecond)
        #expect(due.map(\.at) == [900, 920, 940, 960, 980, 1000])
        #expect(due.map(\.skipped) == [43, 0, 0, 0, 0, 0])
        #expect(Self.all(&wheel, at: 1020 * millisecond).map(\.at) == [1020])
    }

    @Test("the limit is exact", arguments: [(121, 0), (140, 0), (141, 1), (160, 1), (161, 2)])
    func limit(_ now: Int64, _ skipped: Int) {
        var wheel = Self.wheel(limit: 100 * millisecond)
        let call = Call(1)
        _ = wheel.join(call, now: 0)
        #expect(Self.all(&wheel, at: 20 * millisecond).count == 1)
        #expect(Self.all(&wheel, at: now * millisecond).first?.skipped == skipped)
    }

    @Test("an empty wheel wants nothing, and begins anew where it is joined")
    func empty() throws {
        var wheel = Self.wheel()
        #expect(wheel.nextDue == nil && wheel.next(at: .max / 2) == nil)
        let call = Call(1)
        let slot = wheel.join(call, now: 7_000 * millisecond)
        wheel.leave(call, slot: slot)
        #expect(wheel.nextDue == nil && wheel.count == 0)
        _ = wheel.join(call, now: 9_000 * millisecond)
        #expect(try #require(wheel.nextDue) > 9_000 * millisecond)
        #expect(Self.all(&wheel, at: 9_021 * millisecond).map(\.skipped) == [0])
    }

    @Test(
        "calls that come and go while frames are given cost no other call a frame", arguments: UInt64(1)...30)
    func comingAndGoing(_ seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var wheel = Self.wheel()
        var slots: [Int: (call: Call, slot: Int, joined: Int64)] = [:]
        var given: [Int: [Int64]] = [:]
        var names = 0
        func join(_ now: Int64) {
            names += 1
            let call = Call(names)
            slots[names] = (call, wheel.join(call, now: now), now)
        }
        for _ in 0..<50 { join(0) }
        var now: Int64 = 0
        for _ in 0..<300 {
            now += Int64.random(in: 0...(3 * millisecond), using: &random)
            while let due = wheel.next(at: now) {
                #expect(due.skipped == 0 && due.at <= now)
                #expect(slots[due.member.name] != nil, "a call that has left has no frame")
                given[due.member.name, default: []].append(due.at)
                if Int.random(in: 0..<20, using: &random) == 0,
                    let victim = slots.keys.sorted().randomElement(using: &random),
                    let gone = slots.removeValue(forKey: victim)
                {
                    wheel.leave(gone.call, slot: gone.slot)
                }
                if Int.random(in: 0..<20, using: &random) == 0 { join(now) }
            }
        }
        #expect(wheel.count == slots.count)
        for (name, call) in slots {
            let times = given[name] ?? []
            #expect(zip(times, times.dropFirst()).allSatisfy { $1 - $0 == 20 * millisecond })
            let expected = (now - call.joined) / (20 * millisecond)
            #expect((expected - 1...expected + 1).contains(Int64(times.count)))
        }
    }
}
