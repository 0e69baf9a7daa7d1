/// A hash table over byte keys that can be walked in pieces while it changes.
///
/// Entries lie in one array and are named by their *slot*; buckets chain them by index. A slot is good until the next
/// insertion or removal. Entries come in the order of their insertion as long as nothing is removed.
///
/// ``scan(_:_:)`` gives every entry that is there from the first call to the last at least once, however often the
/// table grows or shrinks in between: buckets are a power of two and the cursor counts with its bits reversed, so that
/// a bucket's parts are always behind it or always before it. Source: the cursor of Redis's SCAN.
struct ByteTable<Value> {
    private struct Entry {
        var key: [UInt8]
        /// The vacant one in a slot that is free.
        var value: Value
        var hash: UInt32
        /// The next of its bucket; -1 for none, -2 when the slot is free.
        var next: Int32
    }

    private var entries: ContiguousArray<Entry> = []
    private var buckets: ContiguousArray<Int32>
    private var free: ContiguousArray<Int32> = []
    private let vacant: Value
    private(set) var count = 0

    private static var smallest: Int { 4 }

    /// - Parameter vacant: what free slots hold, so that what was in them is given back.
    init(vacant: Value) {
        self.vacant = vacant
        buckets = ContiguousArray(repeating: -1, count: Self.smallest)
    }

    var isEmpty: Bool { count == 0 }
    /// How many buckets there are: a power of two.
    var bucketCount: Int { buckets.count }
    /// All slots are below it; see ``isLive(_:)``.
    var slotBound: Int { entries.count }

    /// Whether a slot below ``slotBound`` holds an entry.
    func isLive(_ slot: Int) -> Bool { slot < entries.count && entries[slot].next != -2 }

    // MARK: one entry

    /// - Returns: the slot of a key, `nil` when it is not there.
    @inline(__always)
    func find(_ key: ByteSlice) -> Int? {
        let hash = key.hash
        var slot = buckets[Int(hash) & (buckets.count &- 1)]
        while slot >= 0 {
            let place = Int(slot)
            if entries[place].hash == hash, key.equals(entries[place].key) { return place }
            slot = entries[place].next
        }
        return nil
    }

    func find(_ key: [UInt8]) -> Int? { key.withSlice { find($0) } }

    func contains(_ key: ByteSlice) -> Bool { find(key) != nil }

    func key(at slot: Int) -> [UInt8] { entries[slot].key }

    /// The value in a slot, changed in place.
    subscript(slot: Int) -> Value {
        @inline(__always) _read { yield entries[slot].value }
        @inline(__always) _modify { yield &entries[slot].value }
    }

    /// Adds a key that is not there yet.
    ///
    /// - Returns: its slot.
    @discardableResult
    mutating func insert(_ key: [UInt8], _ value: Value) -> Int {
        if count >= buckets.count { rebuild(bucketCount: buckets.count * 2) }
        let hash = key.withSlice { $0.hash }
        let bucket = Int(hash) & (buckets.count &- 1)
        let entry = Entry(key: key, value: value, hash: hash, next: buckets[bucket])
        let slot: Int
        if let recycled = free.popLast() {
            slot = Int(recycled)
            entries[slot] = entry
        } else {
            slot = entries.count
            entries.append(entry)
        }
        buckets[bucket] = Int32(slot)
        count += 1
        return slot
    }

    /// Takes an entry out; other slots may be others afterwards.
    @discardableResult
    mutating func remove(at slot: Int) -> Value {
        precondition(entries[slot].next != -2, "a free slot has nothing to remove")
        let value = entries[slot].value
        let bucket = Int(entries[slot].hash) & (buckets.count &- 1)
        if buckets[bucket] == Int32(slot) {
            buckets[bucket] = entries[slot].next
        } else {
            var before = Int(buckets[bucket])
            while entries[before].next != Int32(slot) { before = Int(entries[before].next) }
            entries[before].next = entries[slot].next
        }
        entries[slot] = Entry(key: [], value: vacant, hash: 0, next: -2)
        count -= 1
        if slot == entries.count - 1 {
            entries.removeLast()
        } else {
            free.append(Int32(slot))
        }
        if buckets.count > Self.smallest, count * 8 < buckets.count {
            rebuild(bucketCount: buckets.count / 4)
        }
        return value
    }

    mutating func removeAll() { self = ByteTable(vacant: vacant) }

    private mutating func rebuild(bucketCount: Int) {
        let size = max(bucketCount, Self.smallest)
        if size < buckets.count {
            entries = ContiguousArray(entries.lazy.filter { $0.next != -2 })
            free = []
        }
        buckets = ContiguousArray(repeating: -1, count: size)
        for slot in entries.indices where entries[slot].next != -2 {
            let bucket = Int(entries[slot].hash) & (size &- 1)
            entries[slot].next = buckets[bucket]
            buckets[bucket] = Int32(slot)
        }
    }

    // MARK: all entries

    /// The slots that hold entries, in the order of insertion as long as nothing was removed.
    var slots: some Sequence<Int> { entries.indices.lazy.filter { entries[$0].next != -2 } }

    /// Walks one bucket; see the type.
    ///
    /// - Parameters:
    ///   - cursor: 0 to begin, else what the call before returned.
    ///   - visit: is given slots; it must not change the table.
    /// - Returns: the cursor to go on with, 0 at the end.
    func scan(_ cursor: UInt64, _ visit: (_ slot: Int) -> Void) -> UInt64 {
        guard count > 0 else { return 0 }
        let mask = UInt64(buckets.count - 1)
        var slot = buckets[Int(cursor & mask)]
        while slot >= 0 {
            visit(Int(slot))
            slot = entries[Int(slot)].next
        }
        return Self.next(cursor | ~mask)
    }

    /// Counts up from the highest bit.
    private static func next(_ cursor: UInt64) -> UInt64 {
        reversed(reversed(cursor) &+ 1)
    }

    private static func reversed(_ value: UInt64) -> UInt64 {
        var value = value
        value = (value >> 1) & 0x5555_5555_5555_5555 | (value & 0x5555_5555_5555_5555) << 1
        value = (value >> 2) & 0x3333_3333_3333_3333 | (value & 0x3333_3333_3333_3333) << 2
        value = (value >> 4) & 0x0F0F_0F0F_0F0F_0F0F | (value & 0x0F0F_0F0F_0F0F_0F0F) << 4
        return value.byteSwapped
    }

    /// A slot at random, each as likely as any other; `nil` when the table is empty.
    func randomSlot(_ random: inout some RandomNumberGenerator) -> Int? {
        guard count > 0 else { return nil }
        while true {
            let slot = Int.random(in: 0..<entries.count, using: &random)
            if entries[slot].next != -2 { return slot }
        }
    }
}
