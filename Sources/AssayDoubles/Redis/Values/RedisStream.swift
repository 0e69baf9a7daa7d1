/// An entry of a stream.
struct StreamEntry {
    var id: StreamID
    /// Field, value, field, value…
    var fields: [[UInt8]]
}

/// A stream: entries in the order of their IDs, and the groups that read it.
///
/// Entries lie in nodes as Redis keeps them, so that approximate trimming takes out as much: a node takes up
/// to `stream-node-max-entries` entries, removed ones among them, and goes with its last.
final class RedisStream: RedisCollection {
    private struct Node {
        var entries: [StreamEntry]
        /// How many entries were ever put into it.
        var slots: Int
        /// About what Redis would need for it.
        var bytes: Int
    }

    /// Nodes before `start` are gone.
    private var nodes: [Node] = []
    private var start = 0
    private var length = 0
    /// The highest ID there ever was.
    var lastID = StreamID.lowest
    /// Of the first entry there is; 0-0 when there is none.
    private(set) var firstID = StreamID.lowest
    /// The highest ID that XDEL removed.
    var maxDeletedID = StreamID.lowest
    /// Entries that were ever added.
    var entriesAdded: Int64 = 0
    /// In the byte order of their names.
    private(set) var groups: [StreamGroup] = []

    override class var type: RedisType { .stream }
    override var count: Int { length }
    /// How many nodes there are.
    var nodeCount: Int { nodes.count - start }
    /// The highest ID of the entries there are.
    var lastEntryID: StreamID? { nodes.last?.entries.last?.id }

    override func encoding(_ limits: EncodingLimits) -> String { "stream" }

    override func copied() -> RedisCollection {
        let copy = RedisStream()
        copy.nodes = Array(nodes[start...])
        copy.length = length
        copy.lastID = lastID
        copy.firstID = firstID
        copy.maxDeletedID = maxDeletedID
        copy.entriesAdded = entriesAdded
        copy.groups = groups.map { $0.copy() }
        return copy
    }

    override var digestParts: [[UInt8]] {
        var parts: [[UInt8]] = []
        forEach {
            parts.append($0.id.text)
            parts += $0.fields
            return true
        }
        return parts
    }

    // MARK: Entries

    /// Adds an entry; its ID is above ``lastID``.
    func append(_ id: StreamID, _ fields: [[UInt8]], _ limits: EncodingLimits) {
        let size = fields.reduce(0) { $0 + $1.count }
        let entry = StreamEntry(id: id, fields: fields)
        let last = nodes.count - 1
        let maxBytes = limits.streamNodeMaxBytes == 0 ? 1 << 30 : min(limits.streamNodeMaxBytes, 1 << 30)
        let isFull =
            last < start || nodes[last].bytes + size >= maxBytes
            || limits.streamNodeMaxEntries > 0 && nodes[last].slots >= limits.streamNodeMaxEntries
        // Flags, both parts of the ID, the count, and two bytes around each text.
        let bytes = 8 + size + 2 * fields.count
        if isFull {
            nodes.append(Node(entries: [entry], slots: 1, bytes: 16 + bytes))
        } else {
            nodes[last].entries.append(entry)
            nodes[last].slots += 1
            nodes[last].bytes += bytes
        }
        length += 1
        entriesAdded += 1
        lastID = id
        if length == 1 { firstID = id }
    }

    func entry(_ id: StreamID) -> StreamEntry? {
        guard let (node, offset) = locate(id) else { return nil }
        return nodes[node].entries[offset]
    }

    /// Removes entries.
    ///
    /// - Returns: how many there were.
    func remove(_ ids: [StreamID]) -> Int {
        var removed = 0
        var first = false
        for id in ids {
            guard let (node, offset) = locate(id) else { continue }
            nodes[node].entries.remove(at: offset)
            length -= 1
            removed += 1
            if nodes[node].entries.isEmpty { dropNode(node) }
            if id == firstID { first = true }
            maxDeletedID = max(maxDeletedID, id)
        }
        if removed > 0, first || length == 0 { refreshFirst() }
        return removed
    }

    /// Gives entries from `lower` to `upper`, both included, until the body says false.
    func forEach(
        from lower: StreamID = .lowest, through upper: StreamID = .highest, reversed: Bool = false,
        _ body: (StreamEntry) -> Bool
    ) {
        guard length > 0, lower <= upper else { return }
        if reversed {
            var node = nodeIndex(upper)
            while node >= start {
                let entries = nodes[node].entries
                for offset in entries.indices.reversed() where entries[offset].id <= upper {
                    guard entries[offset].id >= lower, body(entries[offset]) else { return }
                }
                node -= 1
            }
            return
        }
        var node = max(start, nodeIndex(lower))
        var offset = node < nodes.count ? Self.offset(of: lower, in: nodes[node].entries) : 0
        while node < nodes.count {
            let entries = nodes[node].entries
            while offset < entries.count {
                guard entries[offset].id <= upper, body(entries[offset]) else { return }
                offset += 1
            }
            offset = 0
            node += 1
        }
    }

    // MARK: Trimming

    enum Trimming: Equatable {
        /// Down to so many entries.
        case length(Int)
        /// Away with entries below an ID.
        case below(StreamID)
    }

    /// Removes the oldest entries.
    ///
    /// - Parameters:
    ///   - onlyWholeNodes: as `~` asks.
    ///   - limit: removes no more entries than that; 0: as many as there are.
    /// - Returns: how many were removed.
    func trim(_ trimming: Trimming, onlyWholeNodes: Bool, limit: Int) -> Int {
        var removed = 0
        while start < nodes.count {
            if case .length(let wanted) = trimming, length <= wanted { break }
            let entries = nodes[start].entries.count
            if limit > 0, removed + entries > limit { break }
            let whole =
                switch trimming {
                case .length(let wanted): length - entries >= wanted
                case .below(let id): nodes[start].entries[entries - 1].id < id
                }
            if whole {
                length -= entries
                removed += entries
                dropNode(start)
                continue
            }
            if onlyWholeNodes { break }
            let surplus =
                switch trimming {
                case .length(let wanted): length - wanted
                case .below(let id): Self.offset(of: id, in: nodes[start].entries)
                }
            nodes[start].entries.removeFirst(surplus)
            length -= surplus
            removed += surplus
            break
        }
        if removed > 0 || length == 0 { refreshFirst() }
        return removed
    }

    // MARK: Groups

    func group(_ name: [UInt8]) -> StreamGroup? {
        let (index, found) = groups.place(of: name) { $0.name }
        return found ? groups[index] : nil
    }

    /// - Returns: false when there is a group of this name already.
    func createGroup(_ name: [UInt8], lastID: StreamID, entriesRead: Int64?) -> Bool {
        let (index, found) = groups.place(of: name) { $0.name }
        guard !found else { return false }
        groups.insert(StreamGroup(name, lastID: lastID, entriesRead: entriesRead), at: index)
        return true
    }

    /// - Returns: false when there is no such group.
    func removeGroup(_ name: [UInt8]) -> Bool {
        let (index, found) = groups.place(of: name) { $0.name }
        if found { groups.remove(at: index) }
        return found
    }

    /// Notes that a group goes on to an entry, and counts it as read as far as that can be known.
    func advance(_ group: StreamGroup, to id: StreamID) {
        guard id > group.lastID else { return }
        if let read = group.entriesRead, !hasDeletions(from: id) {
            group.entriesRead = read + 1
        } else if entriesAdded > 0 {
            group.entriesRead = entriesBefore(id)
        }
        group.lastID = id
    }

    /// How many entries a group has yet to read; `nil` when that cannot be said.
    func lag(of group: StreamGroup) -> Int64? {
        if entriesAdded == 0 { return 0 }
        if let read = group.entriesRead, !hasDeletions(from: group.lastID) { return entriesAdded - read }
        return entriesBefore(group.lastID).map { entriesAdded - $0 }
    }

    /// Whether XDEL took entries out at or above an ID, as far as the first entry and the highest removed
    /// tell.
    private func hasDeletions(from id: StreamID) -> Bool {
        guard length > 0, maxDeletedID != .lowest, firstID <= maxDeletedID else { return false }
        return id <= maxDeletedID
    }

    /// Which number in the stream's history an ID has or would have; `nil` when that cannot be said.
    private func entriesBefore(_ id: StreamID) -> Int64? {
        if entriesAdded == 0 { return 0 }
        if length == 0, id <= lastID { return entriesAdded }
        if id == lastID { return entriesAdded }
        if id > lastID { return nil }
        if maxDeletedID == .lowest || maxDeletedID < firstID {
            if id < firstID { return entriesAdded - Int64(length) }
            if id == firstID { return entriesAdded - Int64(length) + 1 }
        }
        return nil
    }

    // MARK: Nodes

    /// The last node that begins at or before an ID, or the one before the first.
    private func nodeIndex(_ id: StreamID) -> Int {
        var (low, high) = (start, nodes.count)
        while low < high {
            let middle = (low + high) / 2
            if nodes[middle].entries[0].id <= id { low = middle + 1 } else { high = middle }
        }
        return low - 1
    }

    /// The first entry of a node at or after an ID.
    private static func offset(of id: StreamID, in entries: [StreamEntry]) -> Int {
        var (low, high) = (0, entries.count)
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].id < id { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private func locate(_ id: StreamID) -> (node: Int, offset: Int)? {
        let node = nodeIndex(id)
        guard node >= start else { return nil }
        let offset = Self.offset(of: id, in: nodes[node].entries)
        guard offset < nodes[node].entries.count, nodes[node].entries[offset].id == id else { return nil }
        return (node, offset)
    }

    private func dropNode(_ node: Int) {
        if node == start {
            nodes[start].entries = []
            start += 1
            if start == nodes.count || start > 16 && start > nodes.count / 2 {
                nodes.removeFirst(start)
                start = 0
            }
        } else {
            nodes.remove(at: node)
        }
    }

    private func refreshFirst() {
        firstID = start < nodes.count ? nodes[start].entries[0].id : .lowest
    }
}
