/// Values that lapse, by key, at most ``capacity`` of them.
///
/// All live about equally long, so the oldest lapse first.
struct ExpiringTable<Value> {
    private struct Entry {
        var value: Value
        var expires: Int64
        var serial: UInt64
    }

    let capacity: Int
    private var entries: [String: Entry] = [:]
    /// In the order they came; those replaced or removed meanwhile are passed over.
    private var order: [(key: String, serial: UInt64)] = []
    private var first = 0
    private var serial: UInt64 = 0

    init(capacity: Int) { self.capacity = capacity }

    var count: Int { entries.count }

    /// Whether one more fits, once what has lapsed by `now` is gone. Times are in one unit of the caller's.
    mutating func hasRoom(at now: Int64) -> Bool {
        prune(at: now)
        return entries.count < capacity
    }

    /// - Returns: `false` when there is no room.
    mutating func insert(_ value: Value, for key: String, until expires: Int64, at now: Int64) -> Bool {
        guard entries[key] != nil || hasRoom(at: now) else { return false }
        serial += 1
        entries[key] = Entry(value: value, expires: expires, serial: serial)
        order.append((key, serial))
        return true
    }

    /// A value that has not lapsed. Setting changes one that is there, or removes it; it lapses when it would have.
    subscript(key: String, at now: Int64) -> Value? {
        get {
            guard let entry = entries[key], now < entry.expires else { return nil }
            return entry.value
        }
        set {
            guard let newValue else {
                entries[key] = nil
                return
            }
            entries[key]?.value = newValue
        }
    }

    /// Removes every value that fits.
    mutating func removeAll(where fits: (Value) -> Bool) {
        for (key, entry) in entries where fits(entry.value) { entries[key] = nil }
    }

    private mutating func prune(at now: Int64) {
        while first < order.count {
            let (key, serial) = order[first]
            if let entry = entries[key], entry.serial == serial {
                guard now >= entry.expires else { break }
                entries[key] = nil
            }
            first += 1
        }
        if first > order.count / 2 {
            order.removeFirst(first)
            first = 0
        }
        // Many may have been removed behind one that lasts.
        if order.count > 2 * capacity {
            order = order[first...].filter { entries[$0.key]?.serial == $0.serial }
            first = 0
        }
    }
}
