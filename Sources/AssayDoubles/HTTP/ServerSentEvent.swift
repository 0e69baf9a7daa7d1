/// One event of a `text/event-stream`. Source: WHATWG HTML, "Server-sent events".
public struct ServerSentEvent: Sendable, Equatable {
    /// Its type; `message` for the client when `nil`.
    public var event: String?
    public var id: String?
    /// May have several lines.
    public var data: String
    /// How long the client shall wait before it connects again, milliseconds.
    public var retryMilliseconds: Int64?

    public init(event: String? = nil, id: String? = nil, data: String, retryMilliseconds: Int64? = nil) {
        self.event = event
        self.id = id
        self.data = data
        self.retryMilliseconds = retryMilliseconds
    }

    /// As it stands on the wire, the empty line at its end included.
    public var bytes: [UInt8] {
        var bytes: [UInt8] = []
        if let event { Self.append("event", event, to: &bytes) }
        if let id { Self.append("id", id, to: &bytes) }
        if let retryMilliseconds { Self.append("retry", String(retryMilliseconds), to: &bytes) }
        // A line break in any of its forms (CR, LF, CRLF) begins a new field of the same name.
        var line: [UInt8] = []
        var previous: UInt8 = 0
        func flush() {
            bytes.append(contentsOf: "data: ".utf8)
            bytes.append(contentsOf: line)
            bytes.append(0x0A)
            line.removeAll(keepingCapacity: true)
        }
        for byte in data.utf8 {
            if byte == 0x0A, previous == 0x0D {
                previous = 0
                continue
            }
            previous = byte
            if byte == 0x0A || byte == 0x0D { flush() } else { line.append(byte) }
        }
        flush()
        bytes.append(0x0A)
        return bytes
    }

    /// A field of one line: what would break it, or NUL, is left out.
    private static func append(_ name: String, _ value: String, to bytes: inout [UInt8]) {
        bytes.append(contentsOf: name.utf8)
        bytes.append(contentsOf: ": ".utf8)
        bytes.append(contentsOf: value.utf8.filter { $0 != 0x0A && $0 != 0x0D && $0 != 0 })
        bytes.append(0x0A)
    }

    /// A comment, which clients skip; keeps a quiet connection alive.
    public static let keepAlive = Array(": keep-alive\n\n".utf8)
}
