/// Of what form a request target is (RFC 9112 §3.2).
public enum HTTPTargetForm: Sendable {
    /// `/path?query`
    case origin
    /// `http://host/path`, as to a proxy.
    case absolute
    /// `host:port`, with CONNECT only.
    case authority
    /// `*`, with OPTIONS only.
    case asterisk
}

/// Bytes of a request → events; the server's twin of ``HTTP1ResponseParser``.
///
/// Stricter, because a request that two parties read differently is a way in: every line ends with CR LF, a body has
/// one framing (RFC 9112 §6.3), HTTP/1.1 has one Host (§3.2), and a body that is announced as too long is refused with
/// the head. Empty lines before a request are read over (§2.2). What follows a request stays with the caller, who says
/// ``begin()`` and offers it again: that is pipelining.
// SAFETY: bytes are read below their count and within `next` only; no pointer is kept.
public struct HTTP1RequestParser: Sendable {
    /// Bytes consumed by ``HTTP1Event/head``: the head and empty lines before it.
    public private(set) var headLength = 0
    /// Where the method stands in the bytes consumed by ``HTTP1Event/head``.
    public private(set) var method = 0..<0
    /// Where the request target stands in the bytes consumed by ``HTTP1Event/head``.
    public private(set) var target = 0..<0
    public private(set) var targetForm = HTTPTargetForm.origin
    /// Whether the connection may carry another request after this; decided with the head.
    public private(set) var keepsAlive = false
    private var head = HeadReader()
    private var framing = BodyFraming.empty
    /// Of the next byte in the message.
    private var offset = 0
    private var inHead = true
    private var sawRequestLine = false
    private var minorVersion: UInt8 = 1

    public init() {}

    /// The client waits for `100 Continue` before it sends the body (RFC 9110 §10.1.1).
    public var expectsContinue: Bool { head.fields.expectsContinue && minorVersion == 1 }
    public var hasContentEncoding: Bool { head.fields.hasContentEncoding }
    /// As announced; `nil` when it was not, as with a chunked body.
    public var contentLength: Int? {
        head.fields.contentLength >= 0 ? Int(head.fields.contentLength) : nil
    }
    /// The protocol is HTTP/1.0, which knows no chunks and no 100 Continue.
    public var isHTTP10: Bool { minorVersion == 0 }

    /// Makes ready for the next request of the connection.
    public mutating func begin() { self = HTTP1RequestParser() }

    /// As ``HTTP1ResponseParser/next(_:isEnd:limits:)``.
    public mutating func next(
        _ bytes: RawSpan, isEnd: Bool, limits: HTTP1Limits
    ) -> (event: HTTP1Event, consumed: Int) {
        // SAFETY: the pointer is used within the closure only.
        unsafe bytes.withUnsafeBytes { bytes in
            if inHead { return unsafe nextInHead(bytes, isEnd: isEnd, limits: limits) }
            let result = unsafe framing.next(bytes, isEnd: isEnd, offset: offset, limits: limits)
            offset += result.consumed
            return result
        }
    }

    private mutating func nextInHead(
        _ bytes: UnsafeRawBufferPointer, isEnd: Bool, limits: HTTP1Limits
    ) -> (event: HTTP1Event, consumed: Int) {
        var step = HeadReader.Fields.end
        if !sawRequestLine { step = unsafe readRequestLine(bytes, limits) }
        if case .end = step {
            step = unsafe head.readFields(bytes, offset: 0, limits: limits, allowsBareLineFeed: false)
        }
        switch step {
        case .needMore: return (isEnd ? .failed(.endedEarly) : .needMore, 0)
        case .failed(let error): return (.failed(error), 0)
        case .end:
            if let failure = decideFraming(limits) { return (.failed(failure), 0) }
            headLength = head.at
            offset = headLength
            inHead = false
            return (.head, headLength)
        }
    }

    /// `GET /path HTTP/1.1`
    private mutating func readRequestLine(
        _ bytes: UnsafeRawBufferPointer, _ limits: HTTP1Limits
    ) -> HeadReader.Fields {
        while head.at < bytes.count, unsafe bytes[head.at] == 0x0D {
            guard head.at + 1 < bytes.count else { return .needMore }
            guard unsafe bytes[head.at + 1] == 0x0A else { return unsafe badLine(bytes, head.at + 1) }
            head.at += 2
            if head.at > limits.headBytes { return .failed(.headTooLong(limit: limits.headBytes)) }
        }
        // The first byte is judged as soon as it comes: a peer that speaks TLS may never end a line.
        guard head.at < bytes.count else { return .needMore }
        guard unsafe isTokenByte(bytes[head.at]) else { return unsafe badLine(bytes, head.at) }
        let line = unsafe head.line(
            bytes, offset: 0, limitBytes: limits.lineBytes, allowsBareLineFeed: false)
        switch line {
        case .unfinished: return .needMore
        case .tooLong: return .failed(.requestLineTooLong(limit: limits.lineBytes))
        case .failed(let error): return .failed(error)
        case .whole(let range, let next):
            if let failure = unsafe readRequestLine(bytes, range) { return .failed(failure) }
            sawRequestLine = true
            head.at = next
            return head.at > limits.headBytes ? .failed(.headTooLong(limit: limits.headBytes)) : .end
        }
    }

    /// The byte behind the line, its CR, is what shows as its end.
    private mutating func readRequestLine(_ bytes: UnsafeRawBufferPointer, _ line: Range<Int>) -> HTTP1Error?
    {
        var place = unsafe endOfToken(bytes, from: line.lowerBound)
        func fault() -> HTTP1Place { unsafe HTTP1Place(offset: place, byte: bytes[place]) }
        guard unsafe bytes[place] == 0x20 else { return .badRequestLine(fault()) }
        method = line.lowerBound..<place
        place += 1
        let start = place
        // A fragment is never sent (RFC 9112 §3.2), nor is anything that is not visible ASCII.
        while unsafe bytes[place] > 0x20 && bytes[place] < 0x7F && bytes[place] != 0x23 { place += 1 }
        guard place > start, unsafe bytes[place] == 0x20 else {
            return place == start ? .badRequestLine(fault()) : .badTarget(fault())
        }
        target = start..<place
        guard let form = unsafe form(of: target, in: bytes) else {
            place = start
            return .badTarget(fault())
        }
        targetForm = form
        place += 1
        for (index, wanted) in "HTTP/1.".utf8.enumerated() {
            let byte = unsafe bytes[place]
            if index == 5, byte != wanted, byte &- 0x30 <= 9 { return .unsupportedVersion(fault()) }
            guard byte == wanted else { return .badRequestLine(fault()) }
            place += 1
        }
        guard unsafe bytes[place] &- 0x30 <= 9 else { return .badRequestLine(fault()) }
        minorVersion = unsafe bytes[place] == 0x30 ? 0 : 1
        place += 1
        return place == line.upperBound ? nil : .badRequestLine(fault())
    }

    private func form(of target: Range<Int>, in bytes: UnsafeRawBufferPointer) -> HTTPTargetForm? {
        let first = unsafe bytes[target.lowerBound]
        if unsafe isMethod("CONNECT", in: bytes) {
            var place = target.lowerBound
            while unsafe place < target.upperBound && isHostByte(bytes[place]) { place += 1 }
            return place == target.upperBound && first != 0x3A ? .authority : nil
        }
        if first == 0x2F { return .origin }
        if first == 0x2A {
            return unsafe target.count == 1 && isMethod("OPTIONS", in: bytes) ? .asterisk : nil
        }
        // scheme ":" and something behind it (RFC 3986 §4.3)
        guard first | 0x20 >= 0x61, first | 0x20 <= 0x7A else { return nil }
        for place in target where unsafe bytes[place] == 0x3A {
            return place + 1 < target.upperBound ? .absolute : nil
        }
        return nil
    }

    /// Methods are case-sensitive (RFC 9110 §9.1).
    private func isMethod(_ name: StaticString, in bytes: UnsafeRawBufferPointer) -> Bool {
        // SAFETY: the name's bytes are constant.
        let name = unsafe UnsafeRawBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)
        return unsafe UnsafeRawBufferPointer(rebasing: bytes[method]).elementsEqual(name)
    }

    private func badLine(_ bytes: UnsafeRawBufferPointer, _ place: Int) -> HeadReader.Fields {
        let found = unsafe HTTP1Place(offset: place, byte: bytes[place])
        return .failed(found.byte == 0x0A ? .bareLineFeed(found) : .badRequestLine(found))
    }

    private mutating func decideFraming(_ limits: HTTP1Limits) -> HTTP1Error? {
        let fields = head.fields
        keepsAlive = minorVersion == 1 ? !fields.closes : fields.keepsAlive && !fields.closes
        if let fault = fields.hostFault { return fault }
        if minorVersion == 1, !fields.hasHost { return .missingHost }
        if fields.hasTransferEncoding {
            if minorVersion == 0 { return .transferEncodingInHTTP10 }
            if fields.contentLength >= 0 { return .lengthAndChunked }
            if let fault = fields.framingFault { return fault }
            framing = .chunked
        } else if let fault = fields.framingFault {
            return fault
        } else {
            if fields.contentLength > Int64(limits.bodyBytes) { return .bodyTooLong(limit: limits.bodyBytes) }
            framing = .fixed(max(0, fields.contentLength))
        }
        return nil
    }
}
