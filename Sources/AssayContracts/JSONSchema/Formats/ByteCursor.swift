/// Reads UTF-8 from front to back.
struct ByteCursor {
    private let bytes: ArraySlice<UInt8>
    private(set) var at: Int

    init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        at = bytes.startIndex
    }

    var isAtEnd: Bool { at == bytes.endIndex }
    /// The next byte; 0 at the end.
    var next: UInt8 { at < bytes.endIndex ? bytes[at] : 0 }
    var rest: ArraySlice<UInt8> { bytes[at...] }

    mutating func skip(_ count: Int = 1) { at = min(at + count, bytes.endIndex) }

    mutating func eat(_ scalar: Unicode.Scalar) -> Bool {
        guard !isAtEnd, bytes[at] == UInt8(ascii: scalar) else { return false }
        at += 1
        return true
    }

    /// One of two ASCII letters.
    mutating func eat(_ upper: Unicode.Scalar, _ lower: Unicode.Scalar) -> Bool { eat(upper) || eat(lower) }

    /// The number that exactly so many digits write.
    mutating func number(digits count: Int) -> Int? {
        guard bytes.endIndex - at >= count else { return nil }
        var value = 0
        for place in at..<(at + count) {
            guard bytes[place].isDigit else { return nil }
            value = value * 10 + Int(bytes[place] - 48)
        }
        at += count
        return value
    }

    /// Moves over bytes that hold.
    ///
    /// - Returns: how many there were.
    mutating func skip(while holds: (UInt8) -> Bool) -> Int {
        let start = at
        while at < bytes.endIndex, holds(bytes[at]) { at += 1 }
        return at - start
    }
}

extension UInt8 {
    var isASCIILetter: Bool { (65...90).contains(self) || (97...122).contains(self) }
    var isDigit: Bool { (48...57).contains(self) }
    var isHexadecimal: Bool { isDigit || (65...70).contains(self) || (97...102).contains(self) }
    var isASCIIAlphanumeric: Bool { isDigit || isASCIILetter }
}
