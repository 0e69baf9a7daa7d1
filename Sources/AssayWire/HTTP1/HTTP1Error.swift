/// A byte of a message that is not what the grammar asks for.
public struct HTTP1Place: Sendable, Equatable {
    /// Counted from the first byte of the message, interim responses and empty lines before it included.
    public var offset: Int
    public var byte: UInt8

    public init(offset: Int, byte: UInt8) {
        self.offset = offset
        self.byte = byte
    }

    var got: String {
        switch byte {
        case 0x0D, 0x0A: "got the end of the line at byte \(offset)"
        case 0x20: "got a space at byte \(offset)"
        case 0x09: "got a tab at byte \(offset)"
        // A handshake or an alert in the clear: the commonest reason why bytes are no HTTP at all.
        case 0x15...0x16 where offset == 0: "got \(shown(byte)) at byte 0, which is how TLS begins"
        default: "got \(shown(byte)) at byte \(offset)"
        }
    }
}

/// Why bytes are not an HTTP/1.1 message that we accept. Source: RFC 9112.
public enum HTTP1Error: Error, Sendable, Equatable, CustomStringConvertible {
    case badStatusLine(HTTP1Place)
    case badRequestLine(HTTP1Place)
    /// A request target of no form that its method allows (RFC 9112 §3.2).
    case badTarget(HTTP1Place)
    case unsupportedVersion(HTTP1Place)
    /// A name with a character that no token may hold, or none at all.
    case badHeaderName(HTTP1Place)
    /// White space between name and colon (RFC 9112 §5.1).
    case spaceBeforeColon(HTTP1Place)
    /// A line that continues the one before (obs-fold, RFC 9112 §5.2).
    case foldedHeader(HTTP1Place)
    case badHeaderValue(HTTP1Place)
    /// A line feed without a carriage return, where that is not accepted.
    case bareLineFeed(HTTP1Place)
    case badContentLength(HTTP1Place)
    case differingContentLengths(first: Int64, second: Int64)
    /// Both framings at once: one of the two parties would be misled (RFC 9112 §6.3).
    case lengthAndChunked
    /// HTTP/1.0 has no Transfer-Encoding, so somebody on the way did not understand it (RFC 9112 §6.1).
    case transferEncodingInHTTP10
    case unknownTransferEncoding(HTTP1Place)
    case badChunkSize(HTTP1Place)
    case badChunkEnd(HTTP1Place)
    case missingHost
    case severalHosts
    case badHost(HTTP1Place)
    /// The connection ended inside the message.
    case endedEarly
    case requestLineTooLong(limit: Int)
    case lineTooLong(limit: Int)
    /// The head, or the head and the interim responses before it.
    case headTooLong(limit: Int)
    case tooManyHeaders(limit: Int)
    case chunkLineTooLong(limit: Int)
    case trailersTooLong(limit: Int)
    case bodyTooLong(limit: Int)

    /// Whether a limit was passed, as opposed to bytes that are no HTTP.
    public var isLimit: Bool {
        switch self {
        case .requestLineTooLong, .lineTooLong, .headTooLong, .tooManyHeaders, .chunkLineTooLong,
            .trailersTooLong, .bodyTooLong:
            true
        default: false
        }
    }

    /// The status with which a server refuses a request for this (RFC 9110 §15.5, §15.6; RFC 6585 §5).
    public var refusalStatus: Int {
        switch self {
        case .requestLineTooLong: 414
        case .bodyTooLong: 413
        case .lineTooLong, .headTooLong, .tooManyHeaders, .trailersTooLong: 431
        case .unknownTransferEncoding: 501
        case .unsupportedVersion: 505
        default: 400
        }
    }

    public var description: String {
        switch self {
        case .badStatusLine(let place): "expected a status line like 'HTTP/1.1 200 OK', \(place.got)"
        case .badRequestLine(let place): "expected a request line like 'GET / HTTP/1.1', \(place.got)"
        case .badTarget(let place): "expected a request target like '/path?query', \(place.got)"
        case .unsupportedVersion(let place): "expected HTTP/1.0 or HTTP/1.1, \(place.got)"
        case .badHeaderName(let place): "expected a header name and a colon, \(place.got)"
        case .spaceBeforeColon(let place): "expected a colon right behind a header name, \(place.got)"
        case .foldedHeader(let place):
            "expected a header name; a line that continues the one before is not accepted; \(place.got)"
        case .badHeaderValue(let place): "expected a header value without control characters, \(place.got)"
        case .bareLineFeed(let place):
            "expected CR LF at the end of a line, got LF alone at byte \(place.offset)"
        case .badContentLength(let place): "expected a whole number as Content-Length, \(place.got)"
        case .differingContentLengths(let first, let second):
            "expected one Content-Length, got \(first) and \(second)"
        case .lengthAndChunked: "expected either Content-Length or Transfer-Encoding, got both"
        case .transferEncodingInHTTP10: "expected no Transfer-Encoding in an HTTP/1.0 message, got one"
        case .unknownTransferEncoding(let place):
            "expected 'chunked' as the only Transfer-Encoding, \(place.got)"
        case .badChunkSize(let place): "expected a chunk size in hexadecimal digits, \(place.got)"
        case .badChunkEnd(let place): "expected CR LF behind a chunk's data, \(place.got)"
        case .missingHost: "expected a Host header, got none"
        case .severalHosts: "expected one Host header, got several"
        case .badHost(let place): "expected a host and perhaps a port as Host, \(place.got)"
        case .endedEarly: "the connection ended inside the message"
        case .requestLineTooLong(let limit): "the request line is longer than \(limit) bytes"
        case .lineTooLong(let limit): "a line of the head is longer than \(limit) bytes"
        case .headTooLong(let limit): "the head is longer than \(limit) bytes"
        case .tooManyHeaders(let limit): "there are more than \(limit) headers"
        case .chunkLineTooLong(let limit): "a chunk's first line is longer than \(limit) bytes"
        case .trailersTooLong(let limit): "the trailers are longer than \(limit) bytes"
        case .bodyTooLong(let limit): "the body is longer than \(limit) bytes"
        }
    }
}
