/// Whether bytes are UTF-8 (RFC 3629), piece by piece; what is wrong is found at the first byte that cannot be right.
public struct UTF8Check: Sendable, Equatable {
    /// Continuation bytes that must come.
    private var missing: UInt8 = 0
    /// What the next of them may be: narrower behind E0, ED, F0 and F4.
    private var low: UInt8 = 0x80
    private var high: UInt8 = 0xBF
    /// Bytes that were right.
    public private(set) var count = 0

    public init() {}

    /// Whether the text may end here.
    public var isComplete: Bool { missing == 0 }

    /// - Returns: `false` when a byte cannot be right; it is number ``count``, and nothing more may be fed.
    public mutating func feed(_ bytes: RawSpan) -> Bool {
        // SAFETY: the pointer is used within the closure only, below its count.
        unsafe bytes.withUnsafeBytes { unsafe feed($0) }
    }

    /// The same of an array's bytes from a place on.
    mutating func feed(_ bytes: [UInt8], from start: Int) -> Bool {
        // SAFETY: the array is alive for the call.
        unsafe bytes.withUnsafeBytes { unsafe feed(UnsafeRawBufferPointer(rebasing: $0[start...])) }
    }

    private mutating func feed(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var place = 0
        while place < bytes.count {
            if missing == 0 {
                // SAFETY: eight bytes from `place` are inside; loads need no alignment.
                while place &+ 8 <= bytes.count,
                    unsafe bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self)
                        & 0x8080_8080_8080_8080 == 0
                {
                    place &+= 8
                }
                if place == bytes.count { break }
            }
            guard take(unsafe bytes[place]) else {
                count += place
                return false
            }
            place &+= 1
        }
        count += place
        return true
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        if missing > 0 {
            guard byte >= low, byte <= high else { return false }
            missing -= 1
            (low, high) = (0x80, 0xBF)
            return true
        }
        switch byte {
        case 0...0x7F: return true
        case 0xC2...0xDF: missing = 1
        case 0xE0...0xEF:
            missing = 2
            if byte == 0xE0 { low = 0xA0 }
            if byte == 0xED { high = 0x9F }
        case 0xF0...0xF4:
            missing = 3
            if byte == 0xF0 { low = 0x90 }
            if byte == 0xF4 { high = 0x8F }
        default: return false
        }
        return true
    }
}
