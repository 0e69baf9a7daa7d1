/// One event of a `text/event-stream`.
public struct ServerSentEvent: Sendable, Equatable {
    /// Its name; `message` when it has none.
    public var type: String
    /// Its lines of data, joined by line feeds.
    public var data: String
    /// Of the last event that had one, this one included; empty before the first.
    public var lastID: String

    public init(type: String = "message", data: String, lastID: String = "") {
        self.type = type
        self.data = data
        self.lastID = lastID
    }
}

/// Why a stream of events cannot be read on.
public enum SSEError: Error, Sendable, Equatable, CustomStringConvertible {
    /// A line, or the lines of one event together.
    case eventTooLong(limit: Int)

    public var description: String {
        switch self {
        case .eventTooLong(let limit): "an event is longer than \(limit) bytes"
        }
    }
}
