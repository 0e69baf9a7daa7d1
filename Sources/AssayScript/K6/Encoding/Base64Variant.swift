/// The four spellings of Base64 that k6 has, read as strictly as it reads them. Source: RFC 4648 §4, §5.
enum Base64Variant: String, Sendable {
    case standard = "std"
    case standardUnpadded = "rawstd"
    case url
    case urlUnpadded = "rawurl"

    /// Where a text stops being Base64: an offset in bytes.
    struct Corruption: Error, Equatable {
        var offset: Int
    }

    private static let standardDigits = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    private static let urlDigits = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
    private static let padding = UInt8(ascii: "=")

    private var isURL: Bool { self == .url || self == .urlUnpadded }
    private var isPadded: Bool { self == .standard || self == .url }

    func encode(_ bytes: [UInt8]) -> [UInt8] {
        let digits = isURL ? Self.urlDigits : Self.standardDigits
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        var index = 0
        while index < bytes.count {
            let held = min(3, bytes.count - index)
            var bits: UInt32 = 0
            for place in 0..<3 { bits = bits << 8 | (place < held ? UInt32(bytes[index + place]) : 0) }
            for place in 0...held { text.append(digits[Int(bits >> (18 - 6 * UInt32(place)) & 63)]) }
            if isPadded { for _ in held..<3 { text.append(Self.padding) } }
            index += 3
        }
        return text
    }

    /// Line breaks are passed over; padding is wanted where the variant has it, and refused where it has not.
    func decode(_ text: [UInt8]) throws(Corruption) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count / 4 * 3)
        var index = 0
        while true {
            guard let group = try group(text, &index) else { return bytes }
            let bits = group.digits.reduce(0) { $0 << 6 | $1 } << (6 * UInt32(4 - group.digits.count))
            for place in 0..<(group.digits.count - 1) {
                bytes.append(UInt8(truncatingIfNeeded: bits >> (16 - 8 * UInt32(place))))
            }
            if group.isLast { return bytes }
        }
    }

    /// Up to four digits; `nil` at the end of the text.
    private func group(
        _ text: [UInt8], _ index: inout Int
    ) throws(Corruption) -> (digits: [UInt32], isLast: Bool)? {
        var digits: [UInt32] = []
        while digits.count < 4 {
            guard index < text.count else {
                if digits.isEmpty { return nil }
                guard digits.count > 1, !isPadded else { throw Corruption(offset: index - digits.count) }
                return (digits, true)
            }
            let byte = text[index]
            index += 1
            if byte == 10 || byte == 13 { continue }
            if let digit = value(of: byte) {
                digits.append(digit)
            } else {
                guard byte == Self.padding, isPadded, digits.count >= 2 else {
                    throw Corruption(offset: index - 1)
                }
                try end(text, &index, digits.count)
                return (digits, true)
            }
        }
        return (digits, false)
    }

    /// What follows the first padding sign of a group.
    private func end(_ text: [UInt8], _ index: inout Int, _ count: Int) throws(Corruption) {
        func skip() { while index < text.count, text[index] == 10 || text[index] == 13 { index += 1 } }
        skip()
        if count == 2 {
            guard index < text.count else { throw Corruption(offset: text.count) }
            guard text[index] == Self.padding else { throw Corruption(offset: index - 1) }
            index += 1
            skip()
        }
        guard index == text.count else { throw Corruption(offset: index) }
    }

    private func value(of byte: UInt8) -> UInt32? {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(byte - UInt8(ascii: "A"))
        case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(byte - UInt8(ascii: "a")) + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0")) + 52
        case isURL ? UInt8(ascii: "-") : UInt8(ascii: "+"): 62
        case isURL ? UInt8(ascii: "_") : UInt8(ascii: "/"): 63
        default: nil
        }
    }
}
