/// Why bytes are not an HTTP/1.1 message that we accept. Source: RFC 9112.
public enum HTTP1Error: Error, Sendable, Equatable, CustomStringConvertible {
    case badStatusLine
    case badRequestLine
    case unsupportedVersion
    /// A name with a character that no token may hold, or none at all.
    case badHeaderName
    /// White space between name and colon (RFC 9112 §5.1).
    case spaceBeforeColon
    /// A line that continues the one before (obs-fold, RFC 9112 §5.2).
    case foldedHeader
    case badHeaderValue
    /// A line feed without a carriage return, where that is not accepted.
    case bareLineFeed
    case badContentLength
    case differingContentLengths
    /// Both framings at once: one of the two parties would be misled (RFC 9112 §6.3).
    case lengthAndChunked
    case unknownTransferEncoding
    case badChunkSize
    case badChunkEnd
    case badHost
    /// The connection ended inside the message.
    case endedEarly
    case lineTooLong(limit: Int)
    case headTooLong(limit: Int)
    case tooManyHeaders(limit: Int)
    case bodyTooLong(limit: Int)

    /// Whether a limit was passed, as opposed to bytes that are no HTTP.
    public var isLimit: Bool {
        switch self {
        case .lineTooLong, .headTooLong, .tooManyHeaders, .bodyTooLong: true
        default: false
        }
    }

    public var description: String {
        switch self {
        case .badStatusLine: "expected a status line like 'HTTP/1.1 200 OK'"
        case .badRequestLine: "expected a request line like 'GET / HTTP/1.1'"
        case .unsupportedVersion: "expected HTTP/1.0 or HTTP/1.1, got another version"
        case .badHeaderName: "a header name is empty or holds a character that is no token"
        case .spaceBeforeColon: "white space stands between a header name and its colon"
        case .foldedHeader: "a header line is folded (begins with white space)"
        case .badHeaderValue: "a header value holds a control character"
        case .bareLineFeed: "a line ends with LF instead of CR LF"
        case .badContentLength: "Content-Length is no whole number"
        case .differingContentLengths: "Content-Length is given twice with different values"
        case .lengthAndChunked: "both Content-Length and Transfer-Encoding are given"
        case .unknownTransferEncoding: "Transfer-Encoding is something other than chunked"
        case .badChunkSize: "a chunk size is no hexadecimal number"
        case .badChunkEnd: "a chunk does not end with CR LF"
        case .badHost: "expected exactly one Host header"
        case .endedEarly: "the connection ended inside the message"
        case .lineTooLong(let limit): "a line is longer than \(limit) bytes"
        case .headTooLong(let limit): "the head is longer than \(limit) bytes"
        case .tooManyHeaders(let limit): "there are more than \(limit) headers"
        case .bodyTooLong(let limit): "the body is longer than \(limit) bytes"
        }
    }
}

/// Bounds on what a peer may send.
public struct HTTP1Limits: Sendable {
    public var lineBytes: Int
    public var headBytes: Int
    public var headers: Int
    /// Of a body as it is on the wire.
    public var bodyBytes: Int

    public init(
        lineBytes: Int = 16 * 1024, headBytes: Int = 64 * 1024, headers: Int = 200, bodyBytes: Int = 256 << 20
    ) {
        self.lineBytes = lineBytes
        self.headBytes = headBytes
        self.headers = headers
        self.bodyBytes = bodyBytes
    }
}

/// What the next bytes were; see ``HTTP1ResponseParser/next(_:isEnd:)``.
public enum HTTP1Event: Sendable, Equatable {
    /// Nothing whole yet: offer what was not consumed again, with more behind it.
    case needMore
    /// The head is complete and consumed.
    case head
    /// These bytes, counted from the start of what was offered, belong to the body; consumed.
    case body(Range<Int>)
    /// The message is complete.
    case end
    case failed(HTTP1Error)
}
