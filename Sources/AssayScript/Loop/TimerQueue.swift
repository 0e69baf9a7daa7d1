/// Timers in the order in which they come due; equal ones in the order in which they were set.
struct TimerQueue<Payload> {
    struct Entry {
        var id: Int
        /// CLOCK_MONOTONIC nanoseconds.
        var due: Int64
        /// Between two times; `nil` for once.
        var interval: Int64?
        var payload: Payload
    }

    private(set) var entries: [Entry] = []

    var isEmpty: Bool { entries.isEmpty }
    /// When the first comes due; `Int64.max` for never.
    var nextDue: Int64 { entries.first?.due ?? .max }

    mutating func add(_ entry: Entry) {
        var (low, high) = (0, entries.count)
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].due <= entry.due { low = middle + 1 } else { high = middle }
        }
        entries.insert(entry, at: low)
    }

    /// Takes the first, if it is due.
    mutating func take(at now: Int64) -> Entry? {
        guard let first = entries.first, first.due <= now else { return nil }
        return entries.removeFirst()
    }

    /// - Returns: whether there was one.
    mutating func remove(_ id: Int) -> Bool {
        guard let place = entries.firstIndex(where: { $0.id == id }) else { return false }
        entries.remove(at: place)
        return true
    }

    mutating func removeAll() { entries.removeAll() }

    /// A delay as scripts give it.
    ///
    /// - Parameter milliseconds: what is no time (NaN, negative, beyond 292 years) counts as 0.
    static func nanoseconds(_ milliseconds: Double) -> Int64 {
        guard milliseconds > 0, milliseconds < 9e12 else { return 0 }
        return Int64(milliseconds * 1_000_000)
    }
}
