/// A hash table whose entries lie side by side in the order they came, with the chains as indices.
///
/// Side by side makes a random entry a random index, and a walk as fast as one of an array. The buckets, a
/// power of two, are there for look-ups and for cursors: a scan goes through them in the order of their
/// bit-reversed numbers, so an entry that is there from the first call to the last is given at least once,
/// also when the table grows or shrinks in between.
struct BucketTable<Value> {
    struct Entry {
        var key: [UInt8]
        var value: Value
        fileprivate var hash: UInt32
        fileprivate var next: Int32
    }

    private(set) var entries: [Entry] = []
    private var buckets: [Int32] = []

    var count: Int { entries.count }
    var isEmpty: Bool { entries.isEmpty }
    /// How many buckets a scan goes through.
    var bucketCount: Int { buckets.count }

    init() {}

    init(minimumCapacity: Int) {
        entries.reserveCapacity(minimumCapacity)
        resize(to: Self.bucketCount(for: minimumCapacity))
    }

    /// Where a key lies; indices hold until the next change.
    @inline(__always)
    func index(of key: ByteSlice) -> Int? {
        guard !buckets.isEmpty else { return nil }
        return find(key, key.hash)
    }

    @inline(__always)
    func index(of key: [UInt8]) -> Int? { key.withSlice { index(of: $0) } }

    @inline(__always)
    func value(for key: ByteSlice) -> Value? {
        guard let index = index(of: key) else { return nil }
        return entries[index].value
    }

    func contains(_ key: ByteSlice) -> Bool { index(of: key) != nil }

    mutating func setValue(_ value: Value, at index: Int) { entries[index].value = value }

    /// Puts a value to a key.
    ///
    /// - Returns: true when the key is new.
    @discardableResult
    mutating func set(_ key: ByteSlice, _ value: Value) -> Bool {
        let hash = key.hash
        if !buckets.isEmpty, let index = find(key, hash) {
            entries[index].value = value
            return false
        }
        append([UInt8](key), value, hash)
        return true
    }

    /// Puts a value to a key that is not there yet.
    ///
    /// - Returns: false, and nothing is changed, when the key is there.
    mutating func insert(_ key: ByteSlice, _ value: Value) -> Bool {
        let hash = key.hash
        if !buckets.isEmpty, find(key, hash) != nil { return false }
        append([UInt8](key), value, hash)
        return true
    }

    /// As ``insert(_:_:)``, for a key that is known not to be there; the bytes are taken over.
    mutating func add(_ key: [UInt8], _ value: Value) { append(key, value, key.withSlice { $0.hash }) }

    /// Takes an entry out in O(1); the last entry takes its place.
    @discardableResult
    mutating func remove(_ key: ByteSlice) -> Value? {
        guard let index = index(of: key) else { return nil }
        return remove(at: index).value
    }

    /// ``remove(_:)`` by index.
    @discardableResult
    mutating func remove(at index: Int) -> Entry {
        unlink(index)
        let last = entries.count - 1
        let removed: Entry
        if index == last {
            removed = entries.removeLast()
        } else {
            relink(from: last, to: index)
            removed = entries[index]
            entries[index] = entries.removeLast()
        }
        if buckets.count > 4, entries.count * 8 < buckets.count {
            resize(to: Self.bucketCount(for: entries.count))
        }
        return removed
    }

    /// Takes an entry out and keeps the others in their order; O(entries).
    @discardableResult
    mutating func removeKeepingOrder(at index: Int) -> Entry {
        let removed = entries.remove(at: index)
        resize(to: Self.bucketCount(for: entries.count))
        return removed
    }

    mutating func removeAll() { self = BucketTable() }

    // MARK: Scanning

    /// Gives the entries of the next bucket.
    ///
    /// - Parameter cursor: 0 at first, then what the call before returned.
    /// - Returns: where to go on; 0 at the end.
    func scan(from cursor: UInt64, _ visit: (Entry) -> Void) -> UInt64 {
        guard !buckets.isEmpty else { return 0 }
        let mask = UInt64(buckets.count - 1)
        var index = buckets[Int(cursor & mask)]
        while index >= 0 {
            visit(entries[Int(index)])
            index = entries[Int(index)].next
        }
        return Self.following(cursor, mask)
    }

    /// Counts up in the bits of the mask, from the highest down.
    static func following(_ cursor: UInt64, _ mask: UInt64) -> UInt64 {
        var reversed = reverse(cursor | ~mask)
        reversed &+= 1
        return reverse(reversed)
    }

    private static func reverse(_ word: UInt64) -> UInt64 {
        var bits = word
        bits = (bits >> 1) & 0x5555_5555_5555_5555 | (bits & 0x5555_5555_5555_5555) << 1
        bits = (bits >> 2) & 0x3333_3333_3333_3333 | (bits & 0x3333_3333_3333_3333) << 2
        bits = (bits >> 4) & 0x0F0F_0F0F_0F0F_0F0F | (bits & 0x0F0F_0F0F_0F0F_0F0F) << 4
        return bits.byteSwapped
    }

    // MARK: Chains

    @inline(__always)
    private func find(_ key: ByteSlice, _ hash: UInt32) -> Int? {
        var index = buckets[Int(hash) & (buckets.count &- 1)]
        while index >= 0 {
            let position = Int(index)
            if entries[position].hash == hash, key.equals(entries[position].key) { return position }
            index = entries[position].next
        }
        return nil
    }

    private mutating func append(_ key: [UInt8], _ value: Value, _ hash: UInt32) {
        if entries.count >= buckets.count { resize(to: max(4, buckets.count * 2)) }
        let bucket = Int(hash) & (buckets.count &- 1)
        entries.append(Entry(key: key, value: value, hash: hash, next: buckets[bucket]))
        buckets[bucket] = Int32(truncatingIfNeeded: entries.count &- 1)
    }

    private mutating func unlink(_ index: Int) {
        relink(from: index, to: Int(entries[index].next))
    }

    /// Makes whatever points at an entry point elsewhere.
    private mutating func relink(from old: Int, to new: Int) {
        let bucket = Int(entries[old].hash) & (buckets.count &- 1)
        var index = Int(buckets[bucket])
        if index == old {
            buckets[bucket] = Int32(truncatingIfNeeded: new)
            return
        }
        while Int(entries[index].next) != old { index = Int(entries[index].next) }
        entries[index].next = Int32(truncatingIfNeeded: new)
    }

    private static func bucketCount(for count: Int) -> Int {
        var size = 4
        while size < count { size *= 2 }
        return size
    }

    private mutating func resize(to size: Int) {
        buckets = [Int32](repeating: -1, count: size)
        for index in entries.indices {
            let bucket = Int(entries[index].hash) & (size &- 1)
            entries[index].next = buckets[bucket]
            buckets[bucket] = Int32(truncatingIfNeeded: index)
        }
    }
}
