/// Bounds on what a peer may send, so that no peer decides how much memory we use.
public struct HTTP1Limits: Sendable {
    /// Of a first line or a header line, without its CR LF.
    public var lineBytes: Int
    /// Of all lines of a head together, interim responses and empty lines before it included.
    public var headBytes: Int
    /// Of headers in a head, and of trailers behind a body.
    public var headers: Int
    /// Of a chunk's size and its extensions.
    public var chunkLineBytes: Int
    /// Of all trailers together.
    public var trailerBytes: Int
    /// Of a body as it is on the wire, without chunk sizes.
    public var bodyBytes: Int

    public init(
        lineBytes: Int = 16 * 1024, headBytes: Int = 64 * 1024, headers: Int = 200,
        chunkLineBytes: Int = 1024,
        trailerBytes: Int = 16 * 1024, bodyBytes: Int = 256 << 20
    ) {
        self.lineBytes = lineBytes
        self.headBytes = headBytes
        self.headers = headers
        self.chunkLineBytes = chunkLineBytes
        self.trailerBytes = trailerBytes
        self.bodyBytes = bodyBytes
    }
}

/// What the next bytes were; see ``HTTP1ResponseParser/next(_:isEnd:limits:)``.
public enum HTTP1Event: Sendable, Equatable {
    /// Nothing whole yet: offer what was not consumed again, with more behind it.
    case needMore
    /// The head is complete and consumed.
    case head
    /// These bytes, counted from the start of what was offered, belong to the body; consumed.
    case body(Range<Int>)
    /// The message is complete.
    case end
    /// The bytes are no message, and nothing behind them can be trusted; the connection is of no more use.
    case failed(HTTP1Error)
}

/// What of a request's method decides how its response is read (RFC 9112 §6.3).
public enum HTTPMethodKind: Sendable {
    /// The response has no body, whatever its headers say.
    case head
    /// A response with a status of 2xx turns the connection into a tunnel.
    case connect
    case other
}
