/// Reads header lines one by one over raw memory and keeps what decides about framing.
///
/// A plain struct without references: cheap to keep one a connection.
struct FieldScanner: Sendable {
    private(set) var contentLength: Int64 = -1
    private(set) var isChunked = false
    private(set) var closes = false
    private(set) var keepsAlive = false
    private(set) var hasContentEncoding = false
    private(set) var expectsContinue = false
    private(set) var hostCount: UInt8 = 0
    private(set) var count: UInt16 = 0

    /// One line without its end.
    mutating func read(_ line: UnsafeRawBufferPointer, limits: HTTP1Limits) -> HTTP1Error? {
        count += 1
        if Int(count) > limits.headers { return .tooManyHeaders(limit: limits.headers) }
        let first = unsafe line[0]
        if first == 0x20 || first == 0x09 { return .foldedHeader }
        var colon = 0
        while unsafe colon < line.count && isTokenByte(line[colon]) { colon += 1 }
        guard colon < line.count, unsafe line[colon] == 0x3A else {
            let isSpace = unsafe colon < line.count && (line[colon] == 0x20 || line[colon] == 0x09)
            return isSpace && colon > 0 ? .spaceBeforeColon : .badHeaderName
        }
        if colon == 0 { return .badHeaderName }
        var begin = colon + 1
        var end = line.count
        while unsafe begin < end && isBlank(line[begin]) { begin += 1 }
        while unsafe end > begin && isBlank(line[end - 1]) { end -= 1 }
        if unsafe holdsForbidden(line, begin..<end) { return .badHeaderValue }
        let name = unsafe UnsafeRawBufferPointer(rebasing: line[0..<colon])
        return unsafe note(name, UnsafeRawBufferPointer(rebasing: line[begin..<end]))
    }

    private mutating func note(_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) -> HTTP1Error?
    {
        // Lengths first: most headers are none of these.
        switch name.count {
        case 4:
            if unsafe matches(name, "host") { hostCount = min(hostCount, 254) + 1 }
        case 6:
            if unsafe matches(name, "expect"), unsafe matches(value, "100-continue") {
                expectsContinue = true
            }
        case 10:
            if unsafe matches(name, "connection") {
                unsafe forEachItem(value) { item in
                    if unsafe matches(item, "close") { closes = true }
                    if unsafe matches(item, "keep-alive") { keepsAlive = true }
                }
            }
        case 14:
            if unsafe matches(name, "content-length") { return unsafe noteLength(value) }
        case 16:
            if unsafe matches(name, "content-encoding") { hasContentEncoding = true }
        case 17:
            if unsafe matches(name, "transfer-encoding") {
                guard unsafe matches(value, "chunked"), !isChunked else { return .unknownTransferEncoding }
                isChunked = true
            }
        default: break
        }
        return nil
    }

    private mutating func noteLength(_ value: UnsafeRawBufferPointer) -> HTTP1Error? {
        var failure: HTTP1Error?
        // `Content-Length: 5, 5` counts as given twice (RFC 9112 §6.3).
        unsafe forEachItem(value) { item in
            guard let length = unsafe decimal(item) else { return failure = .badContentLength }
            if contentLength >= 0, contentLength != length { failure = failure ?? .differingContentLengths }
            contentLength = length
        }
        return contentLength < 0 ? .badContentLength : failure
    }

    private func decimal(_ text: UnsafeRawBufferPointer) -> Int64? {
        guard text.count > 0, text.count <= 18 else { return nil }
        var value: Int64 = 0
        for place in 0..<text.count {
            let digit = unsafe text[place] &- 0x30
            guard digit <= 9 else { return nil }
            value = value * 10 + Int64(digit)
        }
        return value
    }
}

/// Calls `body` with each comma-separated item, trimmed; at least once.
private func forEachItem(_ list: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) -> Void) {
    var begin = 0
    while true {
        var end = begin
        while unsafe end < list.count && list[end] != 0x2C { end += 1 }
        var (first, last) = (begin, end)
        while unsafe first < last && isBlank(list[first]) { first += 1 }
        while unsafe last > first && isBlank(list[last - 1]) { last -= 1 }
        unsafe body(UnsafeRawBufferPointer(rebasing: list[first..<last]))
        if end == list.count { return }
        begin = end + 1
    }
}

/// Compares without regard to ASCII case; `lower` must be lower case.
@inline(__always)
func matches(_ text: UnsafeRawBufferPointer, _ lower: StaticString) -> Bool {
    guard text.count == lower.utf8CodeUnitCount else { return false }
    let wanted = unsafe lower.utf8Start
    for place in 0..<text.count {
        let byte = unsafe text[place]
        // SAFETY: `place` is below both lengths.
        if unsafe (byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte) != wanted[place] { return false }
    }
    return true
}

@inline(__always) func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

/// Whether a value holds a forbidden byte; without an early way out, so that the compiler makes vectors of it.
@inline(__always)
private func holdsForbidden(_ line: UnsafeRawBufferPointer, _ range: Range<Int>) -> Bool {
    var found: UInt8 = 0
    for place in range {
        let byte = unsafe line[place]
        found |= (byte < 0x20 ? 1 : 0) & (byte != 0x09 ? 1 : 0) | (byte == 0x7F ? 1 : 0)
    }
    return found != 0
}

/// Control characters other than tab (RFC 9110 §5.5).
@inline(__always) func isForbiddenInValue(_ byte: UInt8) -> Bool {
    byte < 0x20 && byte != 0x09 || byte == 0x7F
}

/// `tchar` of RFC 9110 §5.6.2, as two bit sets.
@inline(__always)
public func isTokenByte(_ byte: UInt8) -> Bool {
    if byte < 64 { return 0x03FF_6CFA_0000_0000 as UInt64 >> UInt64(byte) & 1 == 1 }
    if byte < 128 { return 0x57FF_FFFF_C7FF_FFFE as UInt64 >> UInt64(byte - 64) & 1 == 1 }
    return false
}
