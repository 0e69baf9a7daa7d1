/// What HTTP/1.1 messages are written to: an array, or a buffer of the network layer.
public protocol HTTP1Output {
    mutating func append(_ text: String)
    mutating func append(_ bytes: [UInt8])
}

extension [UInt8]: HTTP1Output {
    public mutating func append(_ text: String) { append(contentsOf: text.utf8) }
    public mutating func append(_ bytes: [UInt8]) { append(contentsOf: bytes) }
}

/// Why a part of a message cannot be written: put in as it is, it would end its line and begin another.
public enum HTTP1WriteError: Error, Sendable, Equatable, CustomStringConvertible {
    case badMethod(String)
    case badTarget(String)
    case badStatus(Int)
    case badReason(String)
    case badHeaderName(String)
    /// The value is not shown: it may be a secret.
    case badHeaderValue(name: String, byte: UInt8)

    public var description: String {
        switch self {
        case .badMethod(let text): "expected a method like GET, got \(text.debugDescription)"
        case .badTarget(let text):
            "expected a request target of visible ASCII without '#', got \(text.debugDescription)"
        case .badStatus(let code): "expected a status from 100 to 999, got \(code)"
        case .badReason(let text):
            "expected a reason without control characters, got \(text.debugDescription)"
        case .badHeaderName(let text):
            "expected a header name of letters, digits and -, got \(text.debugDescription)"
        case .badHeaderValue(let name, let byte):
            "expected a value without control characters for header \(name), got \(shown(byte)) in it"
        }
    }
}

/// Writing HTTP/1.1 messages. What was written before an error stays: the message is to be dropped then.
extension HTTP1Output {
    /// `GET /path HTTP/1.1`
    public mutating func appendRequestLine(
        _ method: String, _ target: String
    ) throws(HTTP1WriteError) {
        guard isHeaderName(method) else { throw .badMethod(method) }
        let isTarget = target.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != 0x23 }
        guard isTarget, !target.isEmpty else { throw .badTarget(target) }
        append("\(method) \(target) HTTP/1.1\r\n")
    }

    /// `HTTP/1.1 200 OK`
    ///
    /// - Parameter reason: `nil` for the registered one.
    public mutating func appendStatusLine(
        _ status: Int, reason: String? = nil
    ) throws(HTTP1WriteError) {
        guard 100...999 ~= status else { throw .badStatus(status) }
        let reason = reason ?? reasonPhrase(of: status)
        guard isHeaderValue(reason.utf8) else { throw .badReason(reason) }
        append("HTTP/1.1 \(status) \(reason)\r\n")
    }

    public mutating func appendHeader(_ name: String, _ value: String) throws(HTTP1WriteError) {
        guard isHeaderName(name) else { throw .badHeaderName(name) }
        if let byte = value.utf8.first(where: isForbiddenInValue) {
            throw .badHeaderValue(name: name, byte: byte)
        }
        append(name)
        append(": ")
        append(value)
        append("\r\n")
    }

    public mutating func appendHeaders(_ headers: HTTPHeaders) throws(HTTP1WriteError) {
        for field in headers.fields { try appendHeader(field.name, field.value) }
    }

    /// The empty line between a head and its body, and behind trailers.
    public mutating func appendHeadEnd() { append("\r\n") }

    /// One chunk of a chunked body; no bytes at all write nothing, because an empty chunk is the last.
    public mutating func appendChunk(_ bytes: [UInt8]) {
        guard !bytes.isEmpty else { return }
        append(String(bytes.count, radix: 16))
        append("\r\n")
        append(bytes)
        append("\r\n")
    }

    /// The end of a chunked body.
    public mutating func appendLastChunk(trailers: HTTPHeaders = HTTPHeaders()) throws(HTTP1WriteError) {
        append("0\r\n")
        try appendHeaders(trailers)
        appendHeadEnd()
    }
}
