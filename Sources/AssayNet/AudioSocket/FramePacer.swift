internal import AssayCore
internal import CLinux

/// Writes the frames of all calls of one reactor on time, each on an absolute grid of 20 ms of its own.
///
/// Frames are written in the loop itself, between events and tasks; no task is resumed and nothing is allocated for one.
///
/// When the loop itself comes late, the frames that have become due meanwhile are written one after the other, each with the time
/// at which it was due, as Asterisk does with what its network queued for it: no audio is lost and the call's own time stays true.
/// Beyond ``catchUpLimit`` they are left out and counted: what is that late is heard by nobody. A machine that is too slow for its
/// calls does not starve the rest: between two rounds of frames, events and tasks have an eighth of the time that the frames had.
///
/// `@unchecked Sendable`: touched on its reactor's thread only.
public final class FramePacer: @unchecked Sendable {
    /// How far back due frames are still written.
    public static let catchUpLimit: Duration = .milliseconds(500)

    private var wheel: FrameWheel<AudioSocketLink>
    private var nextFire = Int64.max
    private var isFiring = false
    /// Between events and tasks, the next round is not before.
    private var restsUntil = Int64.min
    /// One round of frames is over by then, whatever is left.
    private static let longestRound: Int64 = 20_000_000
    private var clock = KernelClock()
    /// The reactor's buffer holds messages that are being handed out.
    var isReceiving = false
    /// Frames that were left out because the loop came too late for them.
    public private(set) var skippedFrames = 0

    /// What a call's next payload is put into, and the whole message: used again for every frame.
    var payload: [UInt8] = []
    let message = OutputBuffer(capacityBytes: 8 * 1024)

    /// Of `reactor`, which fires it from then on; ``Reactor/pacer`` is the usual way to it.
    public init(on reactor: Reactor) {
        wheel = FrameWheel(now: reactor.now, catchUpLimit: Self.catchUpLimit.nanoseconds)
        payload.reserveCapacity(8 * 1024)
        reactor.framePacer = self
    }

    /// Calls that are paced.
    public var count: Int { wheel.count }

    // MARK: members

    /// Takes a call in; its first frame is due within 21 ms.
    ///
    /// - Returns: its slot, for ``leave(_:slot:)``.
    func join(_ link: AudioSocketLink, now: Int64) -> Int {
        defer { findNextFire() }
        return wheel.join(link, now: now)
    }

    /// Takes a call out; it may be the one whose frame is being written.
    func leave(_ link: AudioSocketLink, slot: Int) {
        wheel.leave(link, slot: slot)
        findNextFire()
    }

    // MARK: firing

    /// How long the loop may wait for events; negative is for ever.
    func timeout(atMost limit: Int64) -> Int64 {
        guard nextFire != .max, limit != 0 else { return limit }
        let wait = max(0, nextFire &- clinux_monotonic())
        return limit < 0 ? wait : min(limit, wait)
    }

    /// Fires when something has become due since the loop last waited: between events and tasks, which may take long together.
    @inline(__always)
    func fireIfDue() {
        guard nextFire != .max else { return }
        let now = clinux_monotonic()
        if now >= nextFire, now >= restsUntil { fire(at: now) }
    }

    /// Writes the frames that are due, for 20 ms at most.
    func fire(at now: Int64) {
        guard now >= nextFire, !isFiring else { return }
        isFiring = true
        var last = now
        // One at a time: whoever is asked for a frame may hang up, and others join.
        while last &- now < Self.longestRound, let due = wheel.next(at: now) {
            skippedFrames += due.skipped
            due.member.skippedFrames += due.skipped
            last = due.member.writeFrame(due: due.at, by: self) ?? last
        }
        isFiring = false
        restsUntil = last &+ (last &- now) / 8
        findNextFire()
    }

    private func findNextFire() { nextFire = wheel.nextDue ?? .max }

    // MARK: time

    /// When bytes came, on the loop's clock.
    ///
    /// - Parameters:
    ///   - realtime: as the kernel says it, 0 when it does not.
    ///   - earliest: nothing can have come long before.
    func arrival(realtime: Int64, now: Int64, earliest: Int64) -> (at: Int64, isKernel: Bool) {
        guard realtime != 0 else { return (now, false) }
        let at = clock.monotonic(ofRealtime: realtime, now: now)
        // When the wall clock was set in between, its times are of no use until the next comparison.
        guard at >= earliest &- 10_000_000_000, at <= now || at <= clinux_monotonic() else {
            return (now, false)
        }
        return (at, true)
    }
}

/// CLOCK_REALTIME, in which the kernel stamps, against CLOCK_MONOTONIC, compared again every 50 ms.
struct KernelClock {
    private var offset: Int64 = 0
    private var comparedAt = Int64.min

    mutating func monotonic(ofRealtime realtime: Int64, now: Int64) -> Int64 {
        if now &- comparedAt > 50_000_000 || comparedAt == .min {
            compare()
            comparedAt = now
        }
        return realtime &- offset
    }

    /// Three readings, as the thread may be interrupted within one; the quickest is the truest.
    private mutating func compare() {
        var quickest = Int64.max
        for _ in 0..<3 {
            let before = clinux_monotonic()
            let wall = clinux_realtime()
            let length = clinux_monotonic() &- before
            guard length < quickest else { continue }
            quickest = length
            offset = wall &- before &- length / 2
        }
    }
}

extension Reactor {
    /// What paces the calls of this reactor.
    public var pacer: FramePacer { framePacer ?? FramePacer(on: self) }
}
