/// A set of byte strings; small sets of integers are sorted numbers, as Redis has them.
final class RedisSet: RedisCollection {
    override class var type: RedisType { .set }

    private enum Form {
        /// Ascending.
        case integers([Int64])
        case table(BucketTable<Void>)
    }

    private var form = Form.integers([])

    override var count: Int {
        switch form {
        case .integers(let numbers): numbers.count
        case .table(let table): table.count
        }
    }
    override func encoding(_ limits: EncodingLimits) -> String {
        if case .integers = form { "intset" } else { "hashtable" }
    }

    override func copied() -> RedisCollection {
        let copy = RedisSet()
        copy.form = form
        return copy
    }

    func contains(_ member: ByteSlice) -> Bool {
        switch form {
        case .integers(let numbers):
            guard let number = member.canonicalInteger else { return false }
            return Self.find(number, numbers).found
        case .table(let table): return table.contains(member)
        }
    }

    /// - Returns: true when the member is new.
    @discardableResult
    func insert(_ member: ByteSlice, _ limits: EncodingLimits) -> Bool {
        switch form {
        case .table(var table):
            form = .integers([])  // the one reference is the local one: no copy
            let isNew = table.insert(member, ())
            form = .table(table)
            return isNew
        case .integers(var numbers):
            guard let number = member.canonicalInteger else {
                convert()
                return insert(member, limits)
            }
            let (index, found) = Self.find(number, numbers)
            if found { return false }
            form = .integers([])
            numbers.insert(number, at: index)
            form = .integers(numbers)
            // Redis bounds the entries also by 2^30, so that offsets fit.
            if numbers.count > min(limits.setMaxIntsetEntries, 1 << 30) { convert() }
            return true
        }
    }

    /// - Returns: true when the member was there.
    @discardableResult
    func remove(_ member: ByteSlice) -> Bool {
        switch form {
        case .table(var table):
            form = .integers([])
            let removed = table.remove(member) != nil
            form = .table(table)
            return removed
        case .integers(var numbers):
            guard let number = member.canonicalInteger else { return false }
            let (index, found) = Self.find(number, numbers)
            guard found else { return false }
            form = .integers([])
            numbers.remove(at: index)
            form = .integers(numbers)
            return true
        }
    }

    func removeAll() { form = .integers([]) }

    /// A member by its place, which is only good for drawing lots; places change with every removal.
    func member(at index: Int) -> [UInt8] {
        switch form {
        case .integers(let numbers): Array(String(numbers[index]).utf8)
        case .table(let table): table.entries[index].key
        }
    }

    func forEach(_ body: ([UInt8]) -> Void) {
        switch form {
        case .integers(let numbers): for number in numbers { body(Array(String(number).utf8)) }
        case .table(let table): for entry in table.entries { body(entry.key) }
        }
    }

    override var digestParts: [[UInt8]] { members.sorted { $0.lexicographicallyPrecedes($1) } }

    var members: [[UInt8]] {
        var all: [[UInt8]] = []
        all.reserveCapacity(count)
        forEach { all.append($0) }
        return all
    }

    /// One step of a scan; see ``BucketTable/scan(from:_:)``. Sorted numbers come all at once.
    func scan(from cursor: UInt64, _ visit: ([UInt8]) -> Void) -> UInt64 {
        guard case .table(let table) = form else {
            forEach(visit)
            return 0
        }
        return table.scan(from: cursor) { visit($0.key) }
    }

    /// From here on it is a hash table.
    func convert() {
        guard case .integers(let numbers) = form else { return }
        var table = BucketTable<Void>(minimumCapacity: numbers.count + 1)
        for number in numbers { table.add(Array(String(number).utf8), ()) }
        form = .table(table)
    }

    private static func find(_ number: Int64, _ numbers: [Int64]) -> (index: Int, found: Bool) {
        var (low, high) = (0, numbers.count)
        while low < high {
            let middle = (low + high) / 2
            if numbers[middle] < number { low = middle + 1 } else { high = middle }
        }
        return (low, low < numbers.count && numbers[low] == number)
    }
}
