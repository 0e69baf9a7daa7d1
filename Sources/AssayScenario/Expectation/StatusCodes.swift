public import AssayFormats

/// The status codes that a constant matcher accepts: judged in a load run by one bit test.
public struct StatusCodes: Sendable, Equatable {
    /// Bit *n* of word *n / 64* stands for code *n*.
    private var words: [UInt64]

    /// Codes that HTTP can carry: three digits (RFC 9110 §15).
    static let range = 100...999

    /// The codes that `matcher` holds for; found by asking it once for each code.
    public init(accepting matcher: Matcher<JSON>) {
        words = Array(repeating: 0, count: 16)
        for code in Self.range where matcher.judge(.int(Int64(code)), subject: "status").isEmpty {
            words[code >> 6] |= 1 << UInt64(code & 63)
        }
    }

    /// - Complexity: O(1).
    public func contains(_ code: Int) -> Bool {
        Self.range.contains(code) && words[code >> 6] & (1 << UInt64(code & 63)) != 0
    }

    /// Whether no code at all is accepted: an expectation that can never hold.
    public var isEmpty: Bool { words.allSatisfy { $0 == 0 } }
}
