/// When waits end: a two-level wheel of 1 ms slots over entries that are indices, so nothing is allocated per wait.
///
/// Level 0 holds the next 1,024 ms exactly, level 1 the next 17 minutes in slots of 1,024 ms, a list the rest. An
/// entry keeps its exact deadline: firing and ``nextDeadline(now:)`` are exact to the nanosecond, not to the slot.
/// Pure: the time is passed in.
struct TimerWheel {
    private struct Link {
        var deadline: Int64 = 0
        var next: Int32 = -1
        var previous: Int32 = -1
        /// Slot it hangs in, -1 when in none.
        var slot: Int32 = -1
    }

    private static let slots = 1024
    private static let tickNanoseconds: Int64 = 1_000_000
    /// Level 0 is slots 0..<1024, level 1 1024..<2048, the far list 2048.
    private static let farSlot = Int32(2 * slots)

    private var links: [Link] = []
    private var heads: [Int32]
    private var occupied: [UInt64]
    /// Everything before this tick has fired.
    private var currentTick: Int64
    private(set) var count = 0

    /// - Parameter now: the time that the wheel starts at, nanoseconds.
    init(now: Int64) {
        heads = [Int32](repeating: -1, count: 2 * Self.slots + 1)
        occupied = [UInt64](repeating: 0, count: 2 * Self.slots / 64)
        currentTick = now / Self.tickNanoseconds
    }

    /// Lets `entry` end at `deadline`; one in the past fires at the next ``advance(to:_:)``.
    mutating func insert(_ entry: Int32, at deadline: Int64) {
        let place = Int(entry)
        if place >= links.count {
            links.append(
                contentsOf: repeatElement(Link(), count: max(64, place + 1 - links.count, links.count)))
        }
        links[place].deadline = deadline
        hang(entry, in: slot(for: deadline))
        count += 1
    }

    /// Takes an entry out; does nothing when it is not in.
    mutating func remove(_ entry: Int32) {
        let place = Int(entry)
        guard place < links.count, links[place].slot >= 0 else { return }
        unhang(entry)
        count -= 1
    }

    /// Fires everything due by `now`, within a slot in no particular order.
    mutating func advance(to now: Int64, _ due: inout [Int32]) {
        let tick = now / Self.tickNanoseconds
        guard count > 0 else {
            currentTick = max(currentTick, tick)
            return
        }
        while true {
            collect(slot: Int32(currentTick & 1023), upTo: now, &due)
            guard currentTick < tick else { return }
            currentTick += 1
            if currentTick & 1023 == 0 { cascade() }
        }
    }

    /// A time by which ``advance(to:_:)`` must be called: the earliest deadline, or when far entries must be looked at.
    func nextDeadline() -> Int64? {
        guard count > 0 else { return nil }
        // The rest of this rotation, from the current slot on; what lies beyond waits for the cascade.
        let from = Int(currentTick & 1023)
        var word = from / 64
        var bits = occupied[word] & (~0 << UInt64(from % 64))
        while true {
            if bits != 0 { return earliest(in: word * 64 + bits.trailingZeroBitCount) }
            word += 1
            guard word < Self.slots / 64 else { return ((currentTick | 1023) + 1) * Self.tickNanoseconds }
            bits = occupied[word]
        }
    }

    private func earliest(in slot: Int) -> Int64 {
        var entry = heads[slot]
        var earliest = Int64.max
        while entry >= 0 {
            earliest = min(earliest, links[Int(entry)].deadline)
            entry = links[Int(entry)].next
        }
        return earliest
    }

    private func slot(for deadline: Int64) -> Int32 {
        let tick = max(deadline / Self.tickNanoseconds, currentTick)
        if tick >> 10 == currentTick >> 10 { return Int32(tick & 1023) }
        if (tick >> 10) - (currentTick >> 10) < 1024 { return Int32(1024 + (tick >> 10 & 1023)) }
        return Self.farSlot
    }

    /// Brings the level-1 slot that has come down to level 0, and once a turn the far list to level 1.
    private mutating func cascade() {
        rehang(slot: Int32(1024 + (currentTick >> 10 & 1023)))
        if currentTick >> 10 & 1023 == 0 { rehang(slot: Self.farSlot) }
    }

    private mutating func rehang(slot: Int32) {
        var entry = heads[Int(slot)]
        while entry >= 0 {
            let next = links[Int(entry)].next
            unhang(entry)
            hang(entry, in: self.slot(for: links[Int(entry)].deadline))
            entry = next
        }
    }

    private mutating func collect(slot: Int32, upTo now: Int64, _ due: inout [Int32]) {
        var entry = heads[Int(slot)]
        while entry >= 0 {
            let next = links[Int(entry)].next
            if links[Int(entry)].deadline <= now {
                unhang(entry)
                count -= 1
                due.append(entry)
            }
            entry = next
        }
    }

    private mutating func hang(_ entry: Int32, in slot: Int32) {
        let place = Int(entry)
        let head = heads[Int(slot)]
        links[place].slot = slot
        links[place].previous = -1
        links[place].next = head
        if head >= 0 { links[Int(head)].previous = entry }
        heads[Int(slot)] = entry
        if slot < Self.farSlot { occupied[Int(slot) / 64] |= 1 << UInt64(slot % 64) }
    }

    private mutating func unhang(_ entry: Int32) {
        let link = links[Int(entry)]
        if link.previous >= 0 {
            links[Int(link.previous)].next = link.next
        } else {
            heads[Int(link.slot)] = link.next
        }
        if link.next >= 0 { links[Int(link.next)].previous = link.previous }
        if heads[Int(link.slot)] < 0, link.slot < Self.farSlot {
            occupied[Int(link.slot) / 64] &= ~(1 << UInt64(link.slot % 64))
        }
        links[Int(entry)].slot = -1
    }
}
