/// Bytes of a response → events; incremental, pure, without allocation.
///
/// Offer bytes with ``next(_:isEnd:limits:)``; what it does not consume must be offered again with more behind it, so
/// only an unfinished head or chunk-size line is ever kept by the caller. How a message is cut into pieces changes
/// neither what is read nor which error is found.
///
/// RFC 9112, and where it leaves a choice:
/// - Interim responses (1xx) are read over and count towards the head's limit; 101 ends the message.
/// - LF alone ends a line of the head (§2.2), but not one inside a chunked body, where nothing but confusion sends it.
/// - A reason phrase may be missing with its space (§4).
/// - Content-Length beside Transfer-Encoding is refused (§6.3 allows it): over a kept connection it splits responses.
/// - A higher minor version is read as HTTP/1.1 (RFC 9110 §2.5).
/// - Trailers are checked and dropped.
// SAFETY: bytes are read below their count and within `next` only; no pointer is kept.
public struct HTTP1ResponseParser: Sendable {
    /// Of the final response; 0 until its first line has been read.
    public private(set) var status = 0
    /// Length of the head of the final response, its empty line included; the head was the last of the bytes consumed
    /// by ``HTTP1Event/head``.
    public private(set) var headLength = 0
    /// Whether the connection may carry another request when the message has ended; decided with the head.
    public private(set) var keepsAlive = false
    /// What follows the message belongs to another protocol: the answer was 101, or 2xx to CONNECT.
    public private(set) var isUpgrade = false
    /// Of the interim response that was read last, like 100; 0 when none has come.
    public private(set) var interimStatus = 0
    private var head = HeadReader()
    private var framing = BodyFraming.empty
    /// Of the next byte in the message.
    private var offset = 0
    private var method = HTTPMethodKind.other
    private var inHead = true
    private var minorVersion: UInt8 = 1

    public init() {}

    /// Whether the response has a Content-Encoding header; what it says is to be looked up.
    public var hasContentEncoding: Bool { head.fields.hasContentEncoding }

    /// Whether the response sets cookies.
    public var setsCookies: Bool { head.fields.setsCookies }

    /// As announced, also for a response without its body, as to HEAD; `nil` when it was not.
    public var contentLength: Int? {
        head.fields.contentLength >= 0 ? Int(head.fields.contentLength) : nil
    }

    /// Makes ready for the response to a request.
    ///
    /// - Parameter toHead: the request's method is HEAD: the response has no body whatever its headers say.
    public mutating func begin(toHead: Bool) { begin(method: toHead ? .head : .other) }

    /// Makes ready for the response to a request with this method.
    public mutating func begin(method: HTTPMethodKind) {
        self = HTTP1ResponseParser()
        self.method = method
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
            if inHead { return unsafe nextInHead(bytes, isEnd: isEnd, limits: limits) }
            let result = unsafe framing.next(bytes, isEnd: isEnd, offset: offset, limits: limits)
            offset &+= result.consumed
            return result
        }
    }

    private mutating func nextInHead(
        _ bytes: UnsafeRawBufferPointer, isEnd: Bool, limits: HTTP1Limits
    ) -> (event: HTTP1Event, consumed: Int) {
        var headStart = 0  // behind the interim responses
        while true {
            var needsMore = false
            if status == 0 {
                switch unsafe readStatusLine(bytes, limits) {
                case .end: break
                case .needMore: needsMore = true
                case .failed(let error): return (.failed(error), 0)
                }
            }
            if !needsMore {
                let fields = unsafe head.readFields(
                    bytes, offset: offset, limits: limits, allowsBareLineFeed: true)
                switch fields {
                case .end:
                    if status >= 200 || status == 101 { return finishHead(from: headStart) }
                    headStart = head.at
                    interimStatus = status
                    status = 0
                    head.fields = FieldScanner()
                    continue
                case .needMore: break
                case .failed(let error): return (.failed(error), 0)
                }
            }
            if isEnd { return (.failed(.endedEarly), 0) }
            head.drop(headStart)
            offset += headStart
            return (.needMore, headStart)
        }
    }

    private mutating func finishHead(from headStart: Int) -> (event: HTTP1Event, consumed: Int) {
        if let failure = decideFraming() { return (.failed(failure), 0) }
        let consumed = head.at
        headLength = consumed - headStart
        offset &+= consumed
        inHead = false
        return (.head, consumed)
    }

    /// `HTTP/1.1 200 OK`
    private mutating func readStatusLine(
        _ bytes: UnsafeRawBufferPointer, _ limits: HTTP1Limits
    ) -> HeadReader.Fields {
        // Its first bytes are judged as soon as they come: a peer that speaks something else may never end a line.
        if let failure = unsafe statusLineFault(bytes) { return .failed(failure) }
        let start = head.at
        let stop = unsafe endOfPlainText(bytes, from: min(start &+ 12, bytes.count))
        if stop &+ 1 < bytes.count, unsafe bytes[stop] == 0x0D, unsafe bytes[stop &+ 1] == 0x0A,
            stop &- start <= min(limits.lineBytes, limits.headBytes &- offset &- start &- 2)
        {
            unsafe noteStatus(bytes, next: stop &+ 2)
            return .end
        }
        return unsafe readOddStatusLine(bytes, limits)
    }

    private mutating func noteStatus(_ bytes: UnsafeRawBufferPointer, next: Int) {
        let start = head.at
        minorVersion = unsafe bytes[start &+ 7] == 0x30 ? 0 : 1
        let digits = unsafe (bytes[start &+ 9] & 15, bytes[start &+ 10] & 15, bytes[start &+ 11] & 15)
        status = Int(digits.0) &* 100 &+ Int(digits.1) &* 10 &+ Int(digits.2)
        head.at = next
    }

    /// One that is not whole, holds more than plain text or ends with LF alone.
    @inline(never)
    private mutating func readOddStatusLine(
        _ bytes: UnsafeRawBufferPointer, _ limits: HTTP1Limits
    ) -> HeadReader.Fields {
        let start = head.at
        let line = unsafe head.line(
            bytes, offset: offset, limitBytes: limits.lineBytes, allowsBareLineFeed: true)
        switch line {
        case .unfinished: return .needMore
        case .tooLong: return .failed(.lineTooLong(limit: limits.lineBytes))
        case .failed(let error): return .failed(error)
        case .whole(let range, let next):
            if range.count > 12, unsafe bytes[start + 12] != 0x20 { return unsafe fault(bytes, start + 12) }
            for place in start + 12..<range.upperBound where unsafe isForbiddenInValue(bytes[place]) {
                return unsafe fault(bytes, place)
            }
            unsafe noteStatus(bytes, next: next)
            if offset + next > limits.headBytes { return .failed(.headTooLong(limit: limits.headBytes)) }
            return .end
        }
    }

    /// Judges as many as there are of the bytes that every status line begins with.
    private func statusLineFault(_ bytes: UnsafeRawBufferPointer) -> HTTP1Error? {
        let start = head.at
        let count = min(13, bytes.count - start)
        // "HTTP/1.1" and "HTTP/1.0" as numbers, because nearly every response begins so.
        var place = 0
        if count >= 8, case let text = unsafe word(bytes, start),
            text == 0x312E_312F_5054_5448 || text == 0x302E_312F_5054_5448
        {
            place = 8
        }
        while place < count {
            let byte = unsafe bytes[start &+ place]
            let isRight: Bool
            switch place {
            case 0: isRight = byte == 0x48
            case 1, 2: isRight = byte == 0x54
            case 3: isRight = byte == 0x50
            case 4: isRight = byte == 0x2F
            case 5 where byte != 0x31 && byte &- 0x30 <= 9:
                return .unsupportedVersion(HTTP1Place(offset: offset + start + place, byte: byte))
            case 5: isRight = byte == 0x31
            case 6: isRight = byte == 0x2E
            case 8: isRight = byte == 0x20
            case 9: isRight = byte &- 0x31 <= 8
            case 7, 10, 11: isRight = byte &- 0x30 <= 9
            default: isRight = byte == 0x20 || byte == 0x0D || byte == 0x0A
            }
            if !isRight { return .badStatusLine(HTTP1Place(offset: offset + start + place, byte: byte)) }
            place &+= 1
        }
        return nil
    }

    private func fault(_ bytes: UnsafeRawBufferPointer, _ place: Int) -> HeadReader.Fields {
        unsafe .failed(.badStatusLine(HTTP1Place(offset: offset + place, byte: bytes[place])))
    }

    /// RFC 9112 §6.3, in its order.
    private mutating func decideFraming() -> HTTP1Error? {
        keepsAlive = minorVersion == 1 ? !head.fields.closes : head.fields.keepsAlive && !head.fields.closes
        isUpgrade = status == 101 || method == .connect && status < 300
        if isUpgrade { keepsAlive = false }
        if isUpgrade || method == .head || status == 204 || status == 304 {
            framing = .empty
        } else if head.fields.hasTransferEncoding {
            if minorVersion == 0 { return .transferEncodingInHTTP10 }
            if head.fields.contentLength >= 0 { return .lengthAndChunked }
            if let fault = head.fields.framingFault { return fault }
            framing = .chunked
        } else if let fault = head.fields.framingFault {
            return fault
        } else if head.fields.contentLength >= 0 {
            framing = .fixed(head.fields.contentLength)
        } else {
            framing = .untilEnd
            keepsAlive = false
        }
        return nil
    }
}
