/// Reads header lines one by one over raw memory and keeps what decides about framing.
///
/// A plain struct without references: cheap to keep one a connection. What is wrong with framing is kept until it is
/// asked for, because a message without a body is whole whatever its headers say about one (RFC 9112 §6.3).
// SAFETY: bytes are read below their count only; no pointer is kept.
struct FieldScanner: Sendable, Equatable {
    private(set) var contentLength: Int64 = -1
    /// The first thing that makes Content-Length or Transfer-Encoding unusable.
    private(set) var framingFault: HTTP1Error?
    private(set) var hostFault: HTTP1Error?
    private(set) var hasTransferEncoding = false
    private(set) var closes = false
    private(set) var keepsAlive = false
    private(set) var hasContentEncoding = false
    private(set) var expectsContinue = false
    private(set) var setsCookies = false
    private(set) var hasHost = false
    private var count: Int32 = 0

    /// Reads a line as almost all are: a name of tokens, a colon, a value of text, CR LF.
    ///
    /// - Parameters:
    ///   - start: where in the bytes the line begins.
    ///   - offset: of the bytes in their message.
    /// - Returns: where the next line begins; `nil` when the line is not whole or anything else is unusual about it,
    ///   and nothing has changed.
    @inline(__always)
    mutating func readPlainLine(
        _ bytes: UnsafeRawBufferPointer, at start: Int, offset: Int, limits: HTTP1Limits
    ) -> Int? {
        // The line's end first and from its start, although the name is looked at twice: the next line can be begun
        // while the processor is still busy with this one's name.
        let stop = unsafe endOfPlainText(bytes, from: start)
        guard stop &+ 1 < bytes.count, unsafe bytes[stop] == 0x0D, unsafe bytes[stop &+ 1] == 0x0A,
            stop &- start <= limits.lineBytes, Int(count) < limits.headers
        else { return nil }
        let colon = unsafe endOfToken(bytes, from: start)
        guard colon > start, unsafe bytes[colon] == 0x3A else { return nil }
        var begin = colon &+ 1
        while unsafe begin < stop && isBlank(bytes[begin]) { begin &+= 1 }
        var end = stop
        while unsafe end > begin && isBlank(bytes[end &- 1]) { end &-= 1 }
        count &+= 1
        unsafe note(bytes, name: start..<colon, value: begin..<end, offset: offset)
        return stop &+ 2
    }

    /// Reads any line, and says what is wrong with it.
    ///
    /// - Parameter line: without its end.
    mutating func readLine(
        _ bytes: UnsafeRawBufferPointer, _ line: Range<Int>, offset: Int, limits: HTTP1Limits
    ) -> HTTP1Error? {
        if Int(count) >= limits.headers { return .tooManyHeaders(limit: limits.headers) }
        count &+= 1
        let colon = unsafe min(endOfToken(bytes, from: line.lowerBound), line.upperBound)
        guard unsafe colon > line.lowerBound && colon < line.upperBound && bytes[colon] == 0x3A else {
            // An unfinished name ends with the line's own end, which is shown then.
            let place = unsafe HTTP1Place(offset: offset + colon, byte: bytes[colon])
            guard colon < line.upperBound, isBlank(place.byte) else { return .badHeaderName(place) }
            return colon == line.lowerBound ? .foldedHeader(place) : .spaceBeforeColon(place)
        }
        var begin = colon + 1
        var end = line.upperBound
        while unsafe begin < end && isBlank(bytes[begin]) { begin += 1 }
        while unsafe end > begin && isBlank(bytes[end - 1]) { end -= 1 }
        for place in begin..<end where unsafe isForbiddenInValue(bytes[place]) {
            return unsafe .badHeaderValue(HTTP1Place(offset: offset + place, byte: bytes[place]))
        }
        unsafe note(bytes, name: line.lowerBound..<colon, value: begin..<end, offset: offset)
        return nil
    }

    @inline(__always)
    private mutating func note(
        _ bytes: UnsafeRawBufferPointer, name: Range<Int>, value: Range<Int>, offset: Int
    ) {
        // Lengths first: most headers are none of these.
        switch name.count {
        case 4:
            if unsafe matches(bytes, name, "host") { unsafe noteHost(bytes, value, offset) }
        case 6:
            if unsafe matches(bytes, name, "expect"), unsafe matches(bytes, value, "100-continue") {
                expectsContinue = true
            }
        case 10:
            if unsafe matches(bytes, name, "connection") {
                unsafe noteConnection(bytes, value)
            } else if unsafe matches(bytes, name, "set-cookie") {
                setsCookies = true
            }
        case 14:
            if unsafe matches(bytes, name, "content-length") { unsafe noteLength(bytes, value, offset) }
        case 16:
            if unsafe matches(bytes, name, "content-encoding") { hasContentEncoding = true }
        case 17:
            if unsafe matches(bytes, name, "transfer-encoding") {
                // Any list of codings but this one, repeated ones too, is more than we can undo.
                if hasTransferEncoding || !(unsafe matches(bytes, value, "chunked")) {
                    framingFault =
                        unsafe framingFault ?? .unknownTransferEncoding(place(bytes, value, offset))
                }
                hasTransferEncoding = true
            }
        default: break
        }
    }

    private mutating func noteConnection(_ bytes: UnsafeRawBufferPointer, _ value: Range<Int>) {
        if unsafe matches(bytes, value, "keep-alive") {
            keepsAlive = true
        } else if unsafe matches(bytes, value, "close") {
            closes = true
        } else {
            var rest: Range<Int>? = value
            while let item = unsafe nextItem(bytes, &rest) {
                if unsafe matches(bytes, item, "close") { closes = true }
                if unsafe matches(bytes, item, "keep-alive") { keepsAlive = true }
            }
        }
    }

    private mutating func noteLength(_ bytes: UnsafeRawBufferPointer, _ value: Range<Int>, _ offset: Int) {
        // `Content-Length: 5, 5` counts as given twice (RFC 9112 §6.3).
        var rest: Range<Int>? = value
        var items = 0
        while let item = unsafe nextItem(bytes, &rest) {
            items += 1
            guard let length = unsafe decimal(bytes, item, offset) else { return }
            if contentLength >= 0, contentLength != length {
                framingFault = framingFault ?? .differingContentLengths(first: contentLength, second: length)
            } else {
                contentLength = length
            }
        }
        if items == 0 { framingFault = unsafe framingFault ?? .badContentLength(place(bytes, value, offset)) }
    }

    /// A number, at most `Int64.max`: longer ones are over any limit anyway.
    @inline(__always)
    private mutating func decimal(_ bytes: UnsafeRawBufferPointer, _ item: Range<Int>, _ offset: Int)
        -> Int64?
    {
        var value: Int64 = 0
        for place in item {
            let digit = unsafe bytes[place] &- 0x30
            guard digit <= 9 else {
                framingFault =
                    unsafe framingFault
                    ?? .badContentLength(HTTP1Place(offset: offset + place, byte: bytes[place]))
                return nil
            }
            let (product, isTooLarge) = value.multipliedReportingOverflow(by: 10)
            let (sum, isTooLargeNow) = product.addingReportingOverflow(Int64(digit))
            value = isTooLarge || isTooLargeNow ? .max : sum
        }
        guard item.isEmpty else { return value }
        framingFault = unsafe framingFault ?? .badContentLength(place(bytes, item, offset))
        return nil
    }

    private mutating func noteHost(_ bytes: UnsafeRawBufferPointer, _ value: Range<Int>, _ offset: Int) {
        if hasHost { hostFault = hostFault ?? .severalHosts }
        hasHost = true
        for place in value where unsafe !isHostByte(bytes[place]) {
            hostFault = unsafe hostFault ?? .badHost(HTTP1Place(offset: offset + place, byte: bytes[place]))
        }
    }

    /// The place of a value as a whole: its first byte, or the end of its line.
    private func place(_ bytes: UnsafeRawBufferPointer, _ value: Range<Int>, _ offset: Int) -> HTTP1Place {
        unsafe HTTP1Place(offset: offset + value.lowerBound, byte: bytes[value.lowerBound])
    }
}

/// What RFC 3986 §3.2.2 and §3.2.3 let stand in a host and a port; how it is put together, a URL parser says.
func isHostByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true  // digits and letters
    case 0x21, 0x24, 0x26...0x2E, 0x3A, 0x3B, 0x3D, 0x5F, 0x7E: true  // sub-delims - . : _ ~
    case 0x25, 0x5B, 0x5D: true  // % [ ]
    default: false
    }
}

/// The next comma-separated item of a list, trimmed; `nil` behind the last.
private func nextItem(_ bytes: UnsafeRawBufferPointer, _ list: inout Range<Int>?) -> Range<Int>? {
    guard let rest = list else { return nil }
    var comma = rest.lowerBound
    while unsafe comma < rest.upperBound && bytes[comma] != 0x2C { comma += 1 }
    var (begin, end) = (rest.lowerBound, comma)
    while unsafe begin < end && isBlank(bytes[begin]) { begin += 1 }
    while unsafe end > begin && isBlank(bytes[end - 1]) { end -= 1 }
    list = comma < rest.upperBound ? comma + 1..<rest.upperBound : nil
    return begin..<end
}
