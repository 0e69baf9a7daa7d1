/// Reads the lines of a head; what responses and requests have in common.
///
/// The bytes of an unfinished head are offered again with more behind them, so places in them stay; no byte is looked
/// at more than three times, however small the pieces are in which a head comes.
// SAFETY: bytes are read below their count only; no pointer is kept.
struct HeadReader: Sendable {
    enum Line {
        /// A whole line without its end, and where the next one begins.
        case whole(Range<Int>, next: Int)
        case unfinished
        /// Longer than a line may be.
        case tooLong
        case failed(HTTP1Error)
    }

    enum Fields {
        /// The empty line behind the last header has been read.
        case end
        case needMore
        case failed(HTTP1Error)
    }

    var fields = FieldScanner()
    /// Where the first line begins that is not dealt with.
    var at = 0
    /// No line feed lies between ``at`` and this.
    private var scanned = 0

    /// Finds the line at ``at`` without going past it.
    ///
    /// - Parameters:
    ///   - offset: of the bytes in their message.
    ///   - allowsBareLineFeed: RFC 9112 §2.2 lets recipients take LF alone as a line's end.
    mutating func line(
        _ bytes: UnsafeRawBufferPointer, offset: Int, limitBytes: Int, allowsBareLineFeed: Bool
    ) -> Line {
        guard let feed = unsafe lineFeed(bytes, from: max(at, scanned)) else {
            scanned = bytes.count
            // A carriage return may be the last of what is there, and is no part of the line.
            return bytes.count - at - 1 > limitBytes ? .tooLong : .unfinished
        }
        let isBare = unsafe feed == at || bytes[feed - 1] != 0x0D
        let end = isBare ? feed : feed - 1
        if feed - at - 1 > limitBytes || end - at > limitBytes { return .tooLong }
        if isBare, !allowsBareLineFeed {
            return .failed(.bareLineFeed(HTTP1Place(offset: offset + feed, byte: 0x0A)))
        }
        return .whole(at..<end, next: feed + 1)
    }

    /// Reads headers up to and with the empty line behind them.
    @inline(__always)
    mutating func readFields(
        _ bytes: UnsafeRawBufferPointer, offset: Int, limits: HTTP1Limits, allowsBareLineFeed: Bool
    ) -> Fields {
        // Most pieces of a line that came in pieces do not finish it: find that out before reading it again.
        if scanned > at, unsafe lineFeed(bytes, from: scanned) == nil {
            scanned = bytes.count
            return bytes.count - at - 1 > limits.lineBytes
                ? .failed(.lineTooLong(limit: limits.lineBytes)) : .needMore
        }
        while true {
            if at &+ 1 < bytes.count, unsafe bytes[at] == 0x0D, unsafe bytes[at &+ 1] == 0x0A {
                at &+= 2
                return offset + at > limits.headBytes ? .failed(.headTooLong(limit: limits.headBytes)) : .end
            }
            if let next = unsafe fields.readPlainLine(bytes, at: at, offset: offset, limits: limits) {
                at = next
            } else {
                switch unsafe readOddLine(bytes, offset, limits, allowsBareLineFeed) {
                case nil: break
                case let result?: return result
                }
            }
            if offset + at > limits.headBytes { return .failed(.headTooLong(limit: limits.headBytes)) }
        }
    }

    /// - Returns: `nil` when the line was a header.
    @inline(never)
    private mutating func readOddLine(
        _ bytes: UnsafeRawBufferPointer, _ offset: Int, _ limits: HTTP1Limits, _ allowsBareLineFeed: Bool
    ) -> Fields? {
        let line = unsafe line(
            bytes, offset: offset, limitBytes: limits.lineBytes, allowsBareLineFeed: allowsBareLineFeed)
        switch line {
        case .unfinished: return .needMore
        case .tooLong: return .failed(.lineTooLong(limit: limits.lineBytes))
        case .failed(let error): return .failed(error)
        case .whole(let range, let next):
            if !range.isEmpty,
                let failure = unsafe fields.readLine(bytes, range, offset: offset, limits: limits)
            {
                return .failed(failure)
            }
            at = next
            guard range.isEmpty else { return nil }
            return offset + at > limits.headBytes ? .failed(.headTooLong(limit: limits.headBytes)) : .end
        }
    }

    /// The first `count` bytes are consumed and will not be offered again.
    mutating func drop(_ count: Int) {
        at -= count
        scanned = max(0, scanned - count)
    }
}
