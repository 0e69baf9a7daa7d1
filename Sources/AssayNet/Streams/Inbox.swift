/// Bytes that came and were not asked for yet, each with the time of its piece.
struct Inbox {
    /// When to stop reading.
    var capacity = Inbox.spareBytes
    /// Read beyond what a message may be long.
    static let spareBytes = 64 * 1024
    /// Times that are told apart; pieces beyond that share the last one's.
    private static let markLimit = 1024

    private var storage: [UInt8] = []
    /// Of the first byte in ``storage`` that was not taken.
    private var begin = 0
    private var marks: [(end: Int, at: Int64)] = []
    private(set) var lastAt: Int64 = 0

    var count: Int { storage.count - begin }
    var bytes: ArraySlice<UInt8> { storage[begin...] }

    mutating func append(_ bytes: [UInt8], at: Int64) {
        storage += bytes
        lastAt = at
        if marks.count >= Self.markLimit { marks.removeLast() }
        marks.append((storage.count, at))
    }

    /// Takes a message out.
    ///
    /// - Parameters:
    ///   - range: counted from the first byte that was not taken.
    ///   - consumed: how many bytes are dealt with.
    mutating func take(_ range: Range<Int>, consuming consumed: Int) -> TCPConnection.Message {
        let message = TCPConnection.Message(
            bytes: Array(storage[(begin + range.lowerBound)..<(begin + range.upperBound)]),
            firstByteAt: consumed > 0 ? time(of: begin) : 0,
            at: consumed > 0 ? time(of: begin + consumed - 1) : lastAt)
        begin += consumed
        marks.removeAll { $0.end <= begin }
        if begin == storage.count {
            storage.removeAll(keepingCapacity: storage.capacity <= 2 * Self.spareBytes)
            begin = 0
        } else if begin > storage.count / 2 {
            storage.removeFirst(begin)
            for place in marks.indices { marks[place].end -= begin }
            begin = 0
        }
        return message
    }

    private func time(of byte: Int) -> Int64 { marks.first { $0.end > byte }?.at ?? lastAt }
}
