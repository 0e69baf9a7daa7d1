/// Bytes of a response → events; incremental, pure, without allocation.
///
/// Offer bytes with ``next(_:isEnd:)``; what it does not consume must be offered again with more behind it, so only an
/// unfinished head or chunk-size line is ever kept by the caller. Informational responses (1xx) are read over; 101 ends
/// the message. LF alone is accepted as a line's end, as RFC 9112 §2.2 allows for recipients.
public struct HTTP1ResponseParser: Sendable {
    public private(set) var status = 0
    /// Length of the head of the final response, its empty line included; the head was the bytes consumed by
    /// ``HTTP1Event/head``.
    public private(set) var headLength = 0
    /// Whether the connection may carry another request when the message has ended.
    public private(set) var keepsAlive = false
    private var fields = FieldScanner()
    private var framing = BodyFraming.empty
    /// Start of the first line that was not whole.
    private var lineStart = 0
    private var inHead = true
    private var answersHead = false
    private var minorVersion: UInt8 = 1
    private var endsWithConnection = false

    public init() {}

    public var hasContentEncoding: Bool { fields.hasContentEncoding }
    /// As announced; `nil` when it was not.
    public var contentLength: Int? { fields.contentLength >= 0 ? Int(fields.contentLength) : nil }

    /// Makes ready for the response to a request.
    ///
    /// - Parameter toHead: the request's method is HEAD: the response has no body whatever its headers say.
    public mutating func begin(toHead: Bool) {
        self = HTTP1ResponseParser()
        answersHead = toHead
    }

    /// - Parameters:
    ///   - bytes: from the first byte not consumed so far.
    ///   - isEnd: the peer sends no more after these.
    /// - Returns: what they are and how many of them are dealt with.
    public mutating func next(
        _ bytes: RawSpan, isEnd: Bool, limits: HTTP1Limits
    ) -> (event: HTTP1Event, consumed: Int) {
        // SAFETY: the pointer is used within the closure only.
        unsafe bytes.withUnsafeBytes { bytes in
            if !inHead { return unsafe framing.next(bytes, isEnd: isEnd, limits: limits) }
            return unsafe nextInHead(bytes, isEnd: isEnd, limits: limits)
        }
    }

    private mutating func nextInHead(
        _ bytes: UnsafeRawBufferPointer, isEnd: Bool, limits: HTTP1Limits
    ) -> (event: HTTP1Event, consumed: Int) {
        var skipped = 0  // informational responses before the final one
        while true {
            let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[(skipped + lineStart)...])
            guard let length = unsafe lineLength(rest) else {
                if rest.count > limits.lineBytes {
                    return (.failed(.lineTooLong(limit: limits.lineBytes)), skipped)
                }
                return (isEnd ? .failed(.endedEarly) : .needMore, skipped)
            }
            if length > limits.lineBytes { return (.failed(.lineTooLong(limit: limits.lineBytes)), skipped) }
            let trimmed = unsafe length > 0 && rest[length - 1] == 0x0D ? length - 1 : length
            let line = unsafe UnsafeRawBufferPointer(rebasing: rest[0..<trimmed])
            let isFirst = lineStart == 0
            lineStart += length + 1
            if lineStart > limits.headBytes {
                return (.failed(.headTooLong(limit: limits.headBytes)), skipped)
            }
            if isFirst {
                if let failure = unsafe readStatusLine(line) { return (.failed(failure), skipped) }
            } else if unsafe !line.isEmpty {
                if let failure = unsafe fields.read(line, limits: limits) {
                    return (.failed(failure), skipped)
                }
            } else if status < 200, status != 101 {
                skipped += lineStart
                lineStart = 0
                fields = FieldScanner()
            } else {
                if let failure = decideFraming() { return (.failed(failure), skipped) }
                headLength = lineStart
                inHead = false
                return (.head, skipped + lineStart)
            }
        }
    }

    /// `HTTP/1.1 200 OK`; the reason may be missing, with or without its space.
    private mutating func readStatusLine(_ line: UnsafeRawBufferPointer) -> HTTP1Error? {
        guard line.count >= 12, unsafe matches(UnsafeRawBufferPointer(rebasing: line[0..<5]), "http/") else {
            return .badStatusLine
        }
        guard unsafe line[5] == 0x31, unsafe line[6] == 0x2E, unsafe line[7] == 0x30 || line[7] == 0x31 else {
            return unsafe line[6] == 0x2E || line[6] == 0x20 ? .unsupportedVersion : .badStatusLine
        }
        minorVersion = unsafe line[7] - 0x30
        guard unsafe line[8] == 0x20, unsafe line.count == 12 || line[12] == 0x20 else {
            return .badStatusLine
        }
        var code = 0
        for place in 9..<12 {
            let digit = unsafe line[place] &- 0x30
            guard digit <= 9 else { return .badStatusLine }
            code = code * 10 + Int(digit)
        }
        guard code >= 100 else { return .badStatusLine }
        for place in 12..<line.count where unsafe isForbiddenInValue(line[place]) { return .badStatusLine }
        status = code
        return nil
    }

    /// RFC 9112 §6.3, in its order.
    private mutating func decideFraming() -> HTTP1Error? {
        keepsAlive = minorVersion == 1 ? !fields.closes : fields.keepsAlive && !fields.closes
        if answersHead || status == 204 || status == 304 || status == 101 {
            framing = .empty
        } else if fields.isChunked {
            if fields.contentLength >= 0 { return .lengthAndChunked }
            framing = .chunked
        } else if fields.contentLength >= 0 {
            framing = .fixed(fields.contentLength)
        } else {
            framing = .untilEnd
            keepsAlive = false
        }
        return nil
    }
}
