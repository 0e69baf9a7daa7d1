/// A hash: fields with values.
///
/// As long as Redis would have it as a list pack, its fields are in the order they came.
final class RedisHash: RedisCollection {
    override class var type: RedisType { .hash }

    private var table = BucketTable<[UInt8]>()
    /// Once a table, never a list pack again.
    private(set) var isListpack = true

    override var count: Int { table.count }
    override func encoding(_ limits: EncodingLimits) -> String { isListpack ? "listpack" : "hashtable" }

    override func copied() -> RedisCollection {
        let copy = RedisHash()
        copy.table = table
        copy.isListpack = isListpack
        return copy
    }

    override var digestParts: [[UInt8]] {
        table.entries.sorted { $0.key.lexicographicallyPrecedes($1.key) }.flatMap { [$0.key, $0.value] }
    }

    subscript(field: ByteSlice) -> [UInt8]? { table.value(for: field) }

    func contains(_ field: ByteSlice) -> Bool { table.contains(field) }

    /// - Returns: true when the field is new.
    @discardableResult
    func set(_ field: ByteSlice, _ value: [UInt8], _ limits: EncodingLimits) -> Bool {
        let isNew = table.set(field, value)
        if isListpack,
            field.count > limits.hashMaxListpackValue || value.count > limits.hashMaxListpackValue
                || table.count > limits.hashMaxListpackEntries
        {
            isListpack = false
        }
        return isNew
    }

    /// - Returns: true when the field was there.
    @discardableResult
    func remove(_ field: ByteSlice) -> Bool {
        guard let index = table.index(of: field) else { return false }
        if isListpack { table.removeKeepingOrder(at: index) } else { table.remove(at: index) }
        return true
    }

    /// A field by its place, which is only good for drawing lots.
    func entry(at index: Int) -> (field: [UInt8], value: [UInt8]) {
        (table.entries[index].key, table.entries[index].value)
    }

    func forEach(_ body: ([UInt8], [UInt8]) -> Void) {
        for entry in table.entries { body(entry.key, entry.value) }
    }

    /// One step of a scan; see ``BucketTable/scan(from:_:)``. A list pack comes all at once.
    func scan(from cursor: UInt64, _ visit: ([UInt8], [UInt8]) -> Void) -> UInt64 {
        if isListpack {
            forEach(visit)
            return 0
        }
        return table.scan(from: cursor) { visit($0.key, $0.value) }
    }

    /// From here on it is a hash table.
    func convert() { isListpack = false }
}
