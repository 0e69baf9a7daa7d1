/// Bytes of a request → events; the server's twin of ``HTTP1ResponseParser``, stricter: lines end with CR LF.
public struct HTTP1RequestParser: Sendable {
    public private(set) var headLength = 0
    public private(set) var keepsAlive = false
    private var fields = FieldScanner()
    private var framing = BodyFraming.empty
    private var lineStart = 0
    private var inHead = true
    private var sawRequestLine = false
    private var minorVersion: UInt8 = 1

    public init() {}

    public var expectsContinue: Bool { fields.expectsContinue && minorVersion == 1 }
    public var hasContentEncoding: Bool { fields.hasContentEncoding }

    /// Makes ready for the next request of the connection.
    public mutating func begin() { self = HTTP1RequestParser() }

    /// As ``HTTP1ResponseParser/next(_:isEnd:limits:)``.
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
        while true {
            let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[lineStart...])
            guard let length = unsafe lineLength(rest) else {
                if rest.count > limits.lineBytes {
                    return (.failed(.lineTooLong(limit: limits.lineBytes)), 0)
                }
                return (isEnd ? .failed(.endedEarly) : .needMore, 0)
            }
            if length > limits.lineBytes { return (.failed(.lineTooLong(limit: limits.lineBytes)), 0) }
            guard length > 0, unsafe rest[length - 1] == 0x0D else { return (.failed(.bareLineFeed), 0) }
            let line = unsafe UnsafeRawBufferPointer(rebasing: rest[0..<length - 1])
            lineStart += length + 1
            if lineStart > limits.headBytes { return (.failed(.headTooLong(limit: limits.headBytes)), 0) }
            if !sawRequestLine {
                // Empty lines before a request are read over (RFC 9112 §2.2).
                if unsafe line.isEmpty { continue }
                sawRequestLine = true
                if let failure = unsafe readRequestLine(line) { return (.failed(failure), 0) }
            } else if unsafe !line.isEmpty {
                if let failure = unsafe fields.read(line, limits: limits) { return (.failed(failure), 0) }
            } else {
                if let failure = decideFraming() { return (.failed(failure), 0) }
                headLength = lineStart
                inHead = false
                return (.head, lineStart)
            }
        }
    }

    /// `GET /path HTTP/1.1`
    private mutating func readRequestLine(_ line: UnsafeRawBufferPointer) -> HTTP1Error? {
        var place = 0
        while unsafe place < line.count && isTokenByte(line[place]) { place += 1 }
        guard place > 0, unsafe place < line.count && line[place] == 0x20 else { return .badRequestLine }
        place += 1
        let targetStart = place
        while unsafe place < line.count && line[place] > 0x20 && line[place] < 0x7F { place += 1 }
        guard place > targetStart, unsafe place < line.count && line[place] == 0x20, line.count == place + 9,
            unsafe matches(UnsafeRawBufferPointer(rebasing: line[(place + 1)..<(place + 6)]), "http/")
        else { return .badRequestLine }
        guard unsafe line[place + 6] == 0x31, unsafe line[place + 7] == 0x2E,
            unsafe line[place + 8] == 0x30 || line[place + 8] == 0x31
        else { return .unsupportedVersion }
        minorVersion = unsafe line[place + 8] - 0x30
        return nil
    }

    private mutating func decideFraming() -> HTTP1Error? {
        keepsAlive = minorVersion == 1 ? !fields.closes : fields.keepsAlive && !fields.closes
        if minorVersion == 1, fields.hostCount != 1 { return .badHost }
        if fields.isChunked {
            if fields.contentLength >= 0 || minorVersion == 0 { return .lengthAndChunked }
            framing = .chunked
        } else {
            framing = .fixed(max(0, fields.contentLength))
        }
        return nil
    }
}
