/// A header's name made ready for looking it up in heads, without allocation.
public struct HTTPFieldName: Sendable, Hashable, CustomStringConvertible {
    private let lower: [UInt8]

    /// - Returns: `nil` when the text is no header name.
    public init?(_ name: String) {
        guard isHeaderName(name) else { return nil }
        lower = name.utf8.map(lowerASCII)
    }

    /// In lower case.
    public var description: String { String(decoding: lower, as: UTF8.self) }

    /// Where a header's value stands in a head that a parser has accepted, without blanks around it.
    ///
    /// - Parameters:
    ///   - head: from its first line on.
    ///   - start: the end of an earlier find, to get the next field of this name.
    /// - Complexity: O(bytes of the head).
    public func value(in head: RawSpan, from start: Int = 0) -> Range<Int>? {
        // SAFETY: the pointer is used within the closure only, and every place is below the count.
        unsafe head.withUnsafeBytes { unsafe find(in: $0, from: start) }
    }

    /// As ``value(in:from:)``, in a head that somebody keeps.
    public func value(in head: [UInt8], from start: Int = 0) -> Range<Int>? {
        // SAFETY: as above.
        unsafe head.withUnsafeBytes { unsafe find(in: $0, from: start) }
    }

    private func find(in head: UnsafeRawBufferPointer, from start: Int) -> Range<Int>? {
        guard start >= 0, start < head.count, var place = unsafe lineFeed(head, from: start) else {
            return nil
        }
        while place + 1 < head.count {
            let line = place + 1
            guard let end = unsafe lineFeed(head, from: line) else { return nil }
            if let value = unsafe value(of: line..<end, in: head) { return value }
            place = end
        }
        return nil
    }

    private func value(of line: Range<Int>, in head: UnsafeRawBufferPointer) -> Range<Int>? {
        guard line.count > lower.count, unsafe head[line.lowerBound + lower.count] == 0x3A else { return nil }
        for (index, byte) in lower.enumerated() where unsafe lowerASCII(head[line.lowerBound + index]) != byte
        {
            return nil
        }
        var begin = line.lowerBound + lower.count + 1
        var end = line.upperBound
        if unsafe end > begin && head[end - 1] == 0x0D { end -= 1 }
        while unsafe begin < end && isBlank(head[begin]) { begin += 1 }
        while unsafe end > begin && isBlank(head[end - 1]) { end -= 1 }
        return begin..<end
    }
}
