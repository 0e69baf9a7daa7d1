/// The name of a stream's entry: when it came, and its number within the millisecond.
struct StreamID: Comparable, Hashable {
    var milliseconds: UInt64
    var sequence: UInt64

    static let lowest = StreamID(0, 0)
    static let highest = StreamID(.max, .max)

    init(_ milliseconds: UInt64, _ sequence: UInt64) {
        self.milliseconds = milliseconds
        self.sequence = sequence
    }

    static func < (left: StreamID, right: StreamID) -> Bool {
        left.milliseconds != right.milliseconds
            ? left.milliseconds < right.milliseconds : left.sequence < right.sequence
    }

    /// The one right after; `nil` after the highest.
    var next: StreamID? {
        if sequence < .max { return StreamID(milliseconds, sequence + 1) }
        return milliseconds < .max ? StreamID(milliseconds + 1, 0) : nil
    }

    /// The one right before; `nil` before 0-0.
    var previous: StreamID? {
        if sequence > 0 { return StreamID(milliseconds, sequence - 1) }
        return milliseconds > 0 ? StreamID(milliseconds - 1, .max) : nil
    }

    /// `1526919030474-55`
    var text: [UInt8] { Array("\(milliseconds)-\(sequence)".utf8) }

    /// Reads `ms` or `ms-seq`.
    ///
    /// - Parameter missing: the sequence of an ID that has none.
    init?(_ text: ByteSlice, missing: UInt64) {
        guard text.count < 128 else { return nil }
        guard let dash = text.firstIndex(of: UInt8(ascii: "-")) else {
            guard let milliseconds = Self.number(text) else { return nil }
            self.init(milliseconds, missing)
            return
        }
        guard let milliseconds = Self.number(text[0..<dash]),
            let sequence = Self.number(text[(dash + 1)..<text.count])
        else { return nil }
        self.init(milliseconds, sequence)
    }

    /// Decimal digits.
    static func number(_ text: ByteSlice) -> UInt64? {
        guard !text.isEmpty else { return nil }
        var value: UInt64 = 0
        for byte in text {
            let digit = byte &- UInt8(ascii: "0")
            guard digit < 10 else { return nil }
            let (product, overflowed) = value.multipliedReportingOverflow(by: 10)
            let (sum, exceeded) = product.addingReportingOverflow(UInt64(digit))
            guard !overflowed, !exceeded else { return nil }
            value = sum
        }
        return value
    }
}
