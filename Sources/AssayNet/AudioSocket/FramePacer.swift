internal import AssayCore
internal import CLinux

/// Writes the frames of all calls of one reactor on time, each on a grid of 20 ms of its own.
///
/// A wheel of twenty slots of 1 ms: a call joins the emptiest slot, so that 1,000 calls are 50 writes every millisecond and not
/// 1,000 at once. The grid is absolute: a frame that goes out late delays none behind it. Frames are written in the loop itself;
/// no task is resumed and nothing is allocated for one.
///
/// When the loop itself comes late, the frames that have become due meanwhile are written one after the other, each with the time
/// at which it was due, as Asterisk does with what its network queued for it: no audio is lost and the call's own time stays true.
/// Beyond ``catchUpLimit`` they are left out and counted: what is that late is heard by nobody.
///
/// `@unchecked Sendable`: touched on its reactor's thread only.
public final class FramePacer: @unchecked Sendable {
    /// Of one call.
    public static let frameNanoseconds: Int64 = 20_000_000
    /// How far back due frames are still written.
    public static let catchUpLimit: Duration = .milliseconds(500)

    private struct Member {
        let link: AudioSocketLink
        var due: Int64
    }

    private static let slotCount = 20
    private static let tickNanoseconds: Int64 = 1_000_000

    private var slots: [[Member]]
    /// A bit for each slot that has members.
    private var occupied: UInt32 = 0
    /// Where time 0 of the wheel is.
    private let origin: Int64
    /// The first tick that has not been fired.
    private var tick: Int64 = 0
    private var nextFire = Int64.max
    private var isFiring = false
    /// Calls that are paced.
    public private(set) var count = 0
    /// Frames that were left out because the loop came too late for them.
    public private(set) var skippedFrames = 0

    /// What a call's next payload is put into, and the whole message: used again for every frame.
    var payload: [UInt8] = []
    let message = OutputBuffer(capacityBytes: 8 * 1024)
    private var clock = KernelClock()

    /// Of `reactor`, which fires it from then on; ``Reactor/pacer`` is the usual way to it.
    public init(on reactor: Reactor) {
        origin = reactor.now
        slots = Array(repeating: [], count: Self.slotCount)
        payload.reserveCapacity(8 * 1024)
        reactor.framePacer = self
    }

    // MARK: members

    /// Takes a call in; its first frame is due within the next 20 ms.
    ///
    /// - Returns: its slot, for ``leave(_:slot:)``.
    func join(_ link: AudioSocketLink, now: Int64) -> Int {
        if count == 0 { tick = max(tick, (now &- origin) / Self.tickNanoseconds) }
        let slot = emptiestSlot()
        let current = max(tick, (now &- origin) / Self.tickNanoseconds) &+ 1
        let first =
            current &+ (Int64(slot + Self.slotCount) &- current % Int64(Self.slotCount))
            % Int64(Self.slotCount)
        slots[slot].append(Member(link: link, due: origin &+ first &* Self.tickNanoseconds))
        occupied |= 1 << UInt32(slot)
        count += 1
        findNextFire()
        return slot
    }

    /// Takes a call out; it may be the one whose frame is being written.
    func leave(_ link: AudioSocketLink, slot: Int) {
        guard let place = slots[slot].firstIndex(where: { $0.link === link }) else { return }
        // The last takes its place. Firing goes from the last to the first, so it misses nobody.
        slots[slot].swapAt(place, slots[slot].count - 1)
        slots[slot].removeLast()
        if slots[slot].isEmpty { occupied &= ~(1 << UInt32(slot)) }
        count -= 1
        if !isFiring { findNextFire() }
    }

    /// Slots are taken in steps of seven, which spreads few calls as evenly as many.
    private func emptiestSlot() -> Int {
        var best = 0
        for step in 1..<Self.slotCount {
            let slot = step * 7 % Self.slotCount
            if slots[slot].count < slots[best].count { best = slot }
        }
        return best
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
        if now >= nextFire { fire(at: now) }
    }

    /// Writes all frames that are due.
    func fire(at now: Int64) {
        guard now >= nextFire, !isFiring else { return }
        isFiring = true
        let last = (now &- origin) / Self.tickNanoseconds
        tick = max(tick, last &- Self.catchUpLimit.nanoseconds / Self.tickNanoseconds)
        while tick <= last {
            let slot = Int(tick % Int64(Self.slotCount))
            if occupied & 1 << UInt32(slot) != 0 { fire(slot, due: origin &+ tick &* Self.tickNanoseconds) }
            tick &+= 1
        }
        isFiring = false
        findNextFire()
    }

    private func fire(_ slot: Int, due: Int64) {
        var place = slots[slot].count - 1
        while place >= 0 {
            defer { place -= 1 }
            // Whoever hangs up meanwhile takes others with it to other places.
            guard place < slots[slot].count, slots[slot][place].due <= due else { continue }
            let late = (due &- slots[slot][place].due) / Self.frameNanoseconds
            slots[slot][place].due = due &+ Self.frameNanoseconds
            let link = slots[slot][place].link
            if late > 0 {
                skippedFrames += Int(late)
                link.skippedFrames += Int(late)
            }
            link.writeFrame(due: due, by: self)
        }
    }

    private func findNextFire() {
        guard occupied != 0 else {
            nextFire = .max
            return
        }
        let slot = UInt32(tick % Int64(Self.slotCount))
        let ahead = occupied >> slot | occupied << (UInt32(Self.slotCount) - slot)
        nextFire = origin &+ (tick &+ Int64(ahead.trailingZeroBitCount)) &* Self.tickNanoseconds
    }

    // MARK: time

    /// When bytes came, on the loop's clock.
    ///
    /// - Parameters:
    ///   - realtime: as the kernel says it, 0 when it does not.
    ///   - earliest: nothing can have come before.
    func arrival(realtime: Int64, now: Int64, earliest: Int64) -> (at: Int64, isKernel: Bool) {
        guard realtime != 0 else { return (now, false) }
        let at = clock.monotonic(ofRealtime: realtime, now: now)
        // The wall clock was set in between: its times are of no use until the next comparison.
        guard at >= earliest, at <= now || at <= clinux_monotonic() else { return (now, false) }
        return (at, true)
    }
}

/// CLOCK_REALTIME, in which the kernel stamps, against CLOCK_MONOTONIC, compared again every 50 ms.
struct KernelClock {
    private var offset: Int64 = 0
    private var comparedAt = Int64.min

    mutating func monotonic(ofRealtime realtime: Int64, now: Int64) -> Int64 {
        if now &- comparedAt > 50_000_000 || comparedAt == .min {
            let before = clinux_monotonic()
            let wall = clinux_realtime()
            let after = clinux_monotonic()
            offset = wall &- (before &+ (after &- before) / 2)
            comparedAt = now
        }
        return realtime &- offset
    }
}

extension Reactor {
    /// What paces the calls of this reactor.
    public var pacer: FramePacer { framePacer ?? FramePacer(on: self) }
}
