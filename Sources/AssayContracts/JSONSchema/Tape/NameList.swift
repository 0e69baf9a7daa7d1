/// Names in one run of bytes, to be found without building texts.
struct NameList: Sendable {
    private var bytes: [UInt8] = []
    private var ends: [Int32] = []
    /// Open addressing by hash, only for lists too long to search one by one; places count from 1.
    private var table: [Int32] = []
    private static let searchedLimit = 24

    var count: Int { ends.count }

    /// - Returns: the name's place; a name that is there already keeps its own.
    mutating func add(_ name: String) -> Int {
        let text = Array(name.utf8)
        let known = find(text, 0, text.count, hint: 0)
        if known >= 0 { return known }
        bytes += text
        ends.append(Int32(bytes.count))
        if !table.isEmpty || ends.count > Self.searchedLimit { index() }
        return ends.count - 1
    }

    private mutating func index() {
        if table.count < ends.count * 2 {
            table = [Int32](repeating: 0, count: max(64, ends.count * 4).nextPowerOfTwo)
            for place in ends.indices { insert(place) }
        } else {
            insert(ends.count - 1)
        }
    }

    private mutating func insert(_ place: Int) {
        let start = place == 0 ? 0 : Int(ends[place - 1])
        var slot = Self.hash(bytes, start, Int(ends[place])) & (table.count - 1)
        while table[slot] != 0 { slot = (slot + 1) & (table.count - 1) }
        table[slot] = Int32(place + 1)
    }

    /// FNV-1a.
    private static func hash(_ text: [UInt8], _ start: Int, _ end: Int) -> Int {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for place in start..<end { hash = (hash ^ UInt64(text[place])) &* 0x100_0000_01B3 }
        return Int(truncatingIfNeeded: hash >> 20)
    }

    /// - Parameters:
    ///   - text: has the name from `start` to `end`.
    ///   - hint: where to look first; documents often have their members in the schema's order.
    /// - Returns: the name's place, or -1.
    func find(_ text: [UInt8], _ start: Int, _ end: Int, hint: Int) -> Int {
        if !table.isEmpty {
            var slot = Self.hash(text, start, end) & (table.count - 1)
            while table[slot] != 0 {
                let place = Int(table[slot]) - 1
                if isEqual(place, text, start, end) { return place }
                slot = (slot + 1) & (table.count - 1)
            }
            return -1
        }
        var place = hint
        for _ in 0..<ends.count {
            if place >= ends.count { place = 0 }
            if isEqual(place, text, start, end) { return place }
            place += 1
        }
        return -1
    }

    @inline(__always)
    private func isEqual(_ place: Int, _ text: [UInt8], _ start: Int, _ end: Int) -> Bool {
        let from = place == 0 ? 0 : Int(ends[place - 1])
        guard Int(ends[place]) - from == end - start else { return false }
        var own = from
        for other in start..<end {
            if bytes[own] != text[other] { return false }
            own += 1
        }
        return true
    }
}

extension Int {
    fileprivate var nextPowerOfTwo: Int {
        self <= 1 ? 1 : 1 << (Int.bitWidth - (self - 1).leadingZeroBitCount)
    }
}
