internal import AssayFormats

/// Answers of `/v1/responses` that later requests go on from, the oldest making room.
struct StoredResponses: Sendable {
    struct Entry: Sendable {
        var id: String
        var answer: JSON
        /// The conversation up to its end.
        var messages: [OpenAIPrompt.Message]
        var costBytes: Int
    }

    private var entries: [Entry] = []
    private var bytes = 0
    private static let countLimit = 500
    private static let byteLimit = 8 << 20

    subscript(id: String) -> Entry? { entries.last { $0.id == id } }

    mutating func keep(_ entry: Entry) {
        entries.append(entry)
        bytes += entry.costBytes
        while entries.count > 1, entries.count > Self.countLimit || bytes > Self.byteLimit {
            bytes -= entries.removeFirst().costBytes
        }
    }

    /// - Returns: whether it was there.
    mutating func remove(_ id: String) -> Bool {
        guard let place = entries.lastIndex(where: { $0.id == id }) else { return false }
        bytes -= entries.remove(at: place).costBytes
        return true
    }
}
