/// A delivered entry that nobody has acknowledged yet.
final class PendingEntry {
    let id: StreamID
    /// `nil` only while XCLAIM with FORCE makes it.
    var consumer: StreamConsumer?
    /// Milliseconds since 1970 UTC of the last delivery.
    var deliveredAt: Int64
    var deliveries: Int64

    init(_ id: StreamID, of consumer: StreamConsumer?, at time: Int64, deliveries: Int64 = 1) {
        self.id = id
        self.consumer = consumer
        deliveredAt = time
        self.deliveries = deliveries
    }
}

/// Pending entries in the order of their IDs.
struct PendingList {
    private struct Item: Comparable {
        var id: StreamID
        var entry: PendingEntry?

        static func < (left: Item, right: Item) -> Bool { left.id < right.id }
        static func == (left: Item, right: Item) -> Bool { left.id == right.id }
    }

    private var items = RankedSequence<Item>()

    var count: Int { items.count }
    var isEmpty: Bool { items.isEmpty }
    var first: PendingEntry? { items.first?.entry }
    var last: PendingEntry? { items.last?.entry }

    subscript(id: StreamID) -> PendingEntry? { items.find(Item(id: id))?.entry }

    /// The entry at a rank, 0 for the lowest ID.
    func entry(atRank rank: Int) -> PendingEntry? { rank < count ? items[rank].entry : nil }

    /// How many entries come before an ID.
    func rank(from id: StreamID) -> Int { items.prefixCount { $0.id < id } }

    mutating func insert(_ entry: PendingEntry) { items.insert(Item(id: entry.id, entry: entry)) }

    @discardableResult
    mutating func remove(_ id: StreamID) -> Bool { items.remove(Item(id: id)) }

    /// Entries from the lowest ID up.
    func forEach(limit: Int = .max, _ body: (PendingEntry) -> Void) {
        items.forEach(in: 0..<min(limit, count)) { if let entry = $0.entry { body(entry) } }
    }
}

/// One of those who share a group's entries.
final class StreamConsumer {
    let name: [UInt8]
    /// Milliseconds since 1970 UTC of its last command.
    var seenAt: Int64
    var pending = PendingList()

    init(_ name: [UInt8], at time: Int64) {
        self.name = name
        seenAt = time
    }
}

/// Consumers who share a stream's entries, each entry going to one of them.
final class StreamGroup {
    let name: [UInt8]
    /// The last entry that was delivered.
    var lastID: StreamID
    /// How many entries were delivered in the stream's history; `nil` when that cannot be said.
    var entriesRead: Int64?
    var pending = PendingList()
    /// In the byte order of their names.
    private(set) var consumers: [StreamConsumer] = []

    init(_ name: [UInt8], lastID: StreamID, entriesRead: Int64?) {
        self.name = name
        self.lastID = lastID
        self.entriesRead = entriesRead
    }

    func consumer(_ name: [UInt8]) -> StreamConsumer? {
        let (index, found) = consumers.place(of: name) { $0.name }
        return found ? consumers[index] : nil
    }

    /// - Returns: the consumer; `nil` when there is one of this name already.
    func createConsumer(_ name: [UInt8], at time: Int64) -> StreamConsumer? {
        let (index, found) = consumers.place(of: name) { $0.name }
        guard !found else { return nil }
        let created = StreamConsumer(name, at: time)
        consumers.insert(created, at: index)
        return created
    }

    /// Forgets a consumer with what is pending for it.
    func removeConsumer(_ consumer: StreamConsumer) {
        consumer.pending.forEach { pending.remove($0.id) }
        consumers.removeAll { $0 === consumer }
    }

    /// Forgets a pending entry.
    func acknowledge(_ entry: PendingEntry) {
        pending.remove(entry.id)
        entry.consumer?.pending.remove(entry.id)
    }

    /// Gives a pending entry to a consumer, who may be its owner already.
    func assign(_ entry: PendingEntry, to consumer: StreamConsumer) {
        guard entry.consumer !== consumer else { return }
        entry.consumer?.pending.remove(entry.id)
        entry.consumer = consumer
        consumer.pending.insert(entry)
    }

    /// Notes that an entry was delivered, to somebody else perhaps before.
    func deliver(_ id: StreamID, to consumer: StreamConsumer, at time: Int64) {
        if let known = pending[id] {
            assign(known, to: consumer)
            known.deliveredAt = time
            known.deliveries = 1
        } else {
            let entry = PendingEntry(id, of: consumer, at: time)
            pending.insert(entry)
            consumer.pending.insert(entry)
        }
    }

    func copy() -> StreamGroup {
        let copy = StreamGroup(name, lastID: lastID, entriesRead: entriesRead)
        for consumer in consumers {
            let other = StreamConsumer(consumer.name, at: consumer.seenAt)
            copy.consumers.append(other)
            consumer.pending.forEach {
                let entry = PendingEntry($0.id, of: other, at: $0.deliveredAt, deliveries: $0.deliveries)
                other.pending.insert(entry)
                copy.pending.insert(entry)
            }
        }
        return copy
    }
}

extension Array {
    /// Where a name is, or would be, among elements in the byte order of their names.
    func place(of name: [UInt8], _ nameOf: (Element) -> [UInt8]) -> (index: Int, found: Bool) {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if nameOf(self[middle]).compared(to: name) < 0 { low = middle + 1 } else { high = middle }
        }
        return (low, low < count && nameOf(self[low]) == name)
    }
}
