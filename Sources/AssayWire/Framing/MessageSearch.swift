/// How the end of a message is known among the bytes of a connection.
public enum MessageEnd: Sendable, Hashable {
    /// These bytes, which are no part of the message.
    case delimiter([UInt8])
    /// After so many bytes.
    case length(Int)
    /// After as many as the prefix says, which is no part of the message.
    case prefix(LengthPrefix)
}

/// Finds the end of one message in bytes that come piece by piece; looks at none twice in vain.
public struct MessageSearch: Sendable {
    public enum Found: Sendable, Equatable {
        case needMore
        /// - Parameters:
        ///   - message: counted from the first byte offered.
        ///   - consumed: how many bytes belong to it, delimiter or prefix included.
        case message(Range<Int>, consumed: Int)
        /// The message is longer than it may be.
        case tooLong(announced: Int?)
        /// The prefix is no length.
        case badPrefix
    }

    private let end: MessageEnd
    private let limitBytes: Int
    /// Where no delimiter begins below.
    private var searched = 0

    /// - Parameter limitBytes: of a message without delimiter or prefix.
    public init(_ end: MessageEnd, limitBytes: Int) {
        self.end = end
        self.limitBytes = limitBytes
    }

    /// - Parameter bytes: all that came and was not consumed, from the same place each time.
    public mutating func find(in bytes: ArraySlice<UInt8>) -> Found {
        switch end {
        case .delimiter(let mark): return find(mark, bytes)
        case .length(let count):
            if count > limitBytes { return .tooLong(announced: count) }
            return bytes.count >= count ? .message(0..<count, consumed: count) : .needMore
        case .prefix(let prefix):
            guard bytes.count >= prefix.bytes else { return .needMore }
            guard let count = prefix.decode(bytes.prefix(prefix.bytes)) else { return .badPrefix }
            if count > limitBytes { return .tooLong(announced: count) }
            let whole = prefix.bytes + count
            return bytes.count >= whole ? .message(prefix.bytes..<whole, consumed: whole) : .needMore
        }
    }

    private mutating func find(_ mark: [UInt8], _ bytes: ArraySlice<UInt8>) -> Found {
        guard let first = mark.first else { return .message(0..<0, consumed: 0) }
        let last = bytes.endIndex - mark.count
        var place = bytes.startIndex + searched
        while place <= last, let found = bytes[place...last].firstIndex(of: first) {
            if bytes[found..<(found + mark.count)].elementsEqual(mark) {
                let length = found - bytes.startIndex
                if length > limitBytes { return .tooLong(announced: nil) }
                return .message(0..<length, consumed: length + mark.count)
            }
            place = found + 1
        }
        searched = max(searched, bytes.count - mark.count + 1)
        return bytes.count - mark.count >= limitBytes ? .tooLong(announced: nil) : .needMore
    }
}
