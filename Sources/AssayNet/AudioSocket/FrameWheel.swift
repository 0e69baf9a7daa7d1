internal import AssayWire

/// When each call's next frame is due: an absolute grid of 20 ms for each, in twenty slots of 1 ms.
///
/// A call joins the emptiest slot, so that 1,000 calls are 50 frames every millisecond and not 1,000 at once. A grid never moves:
/// a frame that goes out late delays none behind it. Pure: the time is passed in, nanoseconds of any clock. Nothing is allocated
/// for a frame.
struct FrameWheel<Member: AnyObject> {
    /// A frame of a call.
    struct Due {
        var member: Member
        var at: Int64
        /// Frames of the call before this one that were left out, because they were due longer ago than the catch-up limit.
        var skipped: Int
    }

    private struct Entry {
        let member: Member
        var due: Int64
    }

    private static var tickNanoseconds: Int64 { 1_000_000 }
    private static var slotCount: Int { 20 }

    private let origin: Int64
    private let catchUpTicks: Int64
    private var slots: [[Entry]]
    /// A bit for each slot that has entries.
    private var occupied: UInt32 = 0
    /// The first tick whose frames are not all out.
    private var tick: Int64 = 0
    /// The entry of its slot that was taken last; they are taken from the last to the first. `nil`: none yet.
    private var place: Int?
    private(set) var count = 0

    /// - Parameters:
    ///   - now: the time that the wheel starts at.
    ///   - catchUpLimit: how far back due frames are still given, nanoseconds.
    init(now: Int64, catchUpLimit: Int64) {
        origin = now
        catchUpTicks = catchUpLimit / Self.tickNanoseconds
        slots = Array(repeating: [], count: Self.slotCount)
    }

    /// Takes a call in; its first frame is due after `now` and within 21 ms.
    ///
    /// - Returns: its slot, for ``leave(_:slot:)``.
    mutating func join(_ member: Member, now: Int64) -> Int {
        let current = ticks(at: now)
        if count == 0 { restart(at: current &+ 1) }
        let slot = emptiestSlot()
        let earliest = max(tick, current &+ 1)
        let size = Int64(Self.slotCount)
        let first = earliest &+ (Int64(slot) &+ size &- earliest % size) % size
        slots[slot].append(Entry(member: member, due: origin &+ first &* Self.tickNanoseconds))
        occupied |= 1 << UInt32(slot)
        count += 1
        return slot
    }

    /// Takes a call out, the one whose frame was given last or any other.
    mutating func leave(_ member: Member, slot: Int) {
        guard let place = slots[slot].firstIndex(where: { $0.member === member }) else { return }
        // The last takes its place: it has had its turn, as entries are taken from the last on, or will be found there.
        slots[slot].swapAt(place, slots[slot].count - 1)
        slots[slot].removeLast()
        if slots[slot].isEmpty { occupied &= ~(1 << UInt32(slot)) }
        count -= 1
    }

    /// The next frame that is due at `now`, in the order of time; `nil` when all are out.
    mutating func next(at now: Int64) -> Due? {
        guard occupied != 0 else { return nil }
        let last = ticks(at: now)
        if last &- tick > catchUpTicks { restart(at: last &- catchUpTicks) }
        while tick <= last {
            let slot = Int(tick % Int64(Self.slotCount))
            let due = origin &+ tick &* Self.tickNanoseconds
            if occupied & 1 << UInt32(slot) != 0, let entry = take(slot, due) { return entry }
            restart(at: tick &+ 1)
        }
        return nil
    }

    /// When ``next(at:)`` will have something; `nil` without calls.
    var nextDue: Int64? {
        guard occupied != 0 else { return nil }
        let slot = UInt32(tick % Int64(Self.slotCount))
        let ahead = occupied >> slot | occupied << (UInt32(Self.slotCount) - slot)
        return origin &+ (tick &+ Int64(ahead.trailingZeroBitCount)) &* Self.tickNanoseconds
    }

    private mutating func take(_ slot: Int, _ due: Int64) -> Due? {
        var place = min(self.place ?? .max, slots[slot].count)
        while place > 0 {
            place -= 1
            let late = due &- slots[slot][place].due
            // One that has joined or moved here meanwhile has had its turn or waits for its first.
            guard late >= 0 else { continue }
            slots[slot][place].due = due &+ AudioSocketFormat.frameNanoseconds
            self.place = place
            return Due(
                member: slots[slot][place].member, at: due,
                skipped: Int(late / AudioSocketFormat.frameNanoseconds))
        }
        return nil
    }

    private mutating func restart(at tick: Int64) {
        self.tick = max(self.tick, tick)
        place = nil
    }

    private func ticks(at now: Int64) -> Int64 { max(0, now &- origin) / Self.tickNanoseconds }

    /// Slots are tried in steps of seven, which spreads few calls as evenly as many.
    private func emptiestSlot() -> Int {
        var best = 0
        for step in 1..<Self.slotCount {
            let slot = step * 7 % Self.slotCount
            if slots[slot].count < slots[best].count { best = slot }
        }
        return best
    }
}
