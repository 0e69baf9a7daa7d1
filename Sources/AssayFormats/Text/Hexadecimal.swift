/// Bytes in small hexadecimal digits, two a byte.
public func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    for byte in bytes {
        text.append(digits[Int(byte >> 4)])
        text.append(digits[Int(byte & 15)])
    }
    return String(decoding: text, as: UTF8.self)
}

/// A random UUID in its usual form. Source: RFC 9562 §5.4 (version 4).
public func randomUUID(using random: inout some RandomNumberGenerator) -> String {
    let (high, low) = (random.next(), random.next())
    var bytes = [high, low].flatMap { half in
        (0..<8).map { UInt8(truncatingIfNeeded: half >> (56 - 8 * UInt64($0))) }
    }
    bytes[6] = bytes[6] & 0x0F | 0x40
    bytes[8] = bytes[8] & 0x3F | 0x80
    let digits = hexadecimal(bytes)
    var text = ""
    for (index, digit) in digits.enumerated() {
        if [8, 12, 16, 20].contains(index) { text.append("-") }
        text.append(digit)
    }
    return text
}

/// The bytes of hexadecimal digits, two a byte; white space, colons and hyphens may stand between bytes.
///
/// - Returns: `nil` when there is something else, or half a byte.
public func hexadecimalBytes(_ text: String) -> [UInt8]? {
    var bytes: [UInt8] = []
    var high: UInt8?
    for scalar in text.unicodeScalars {
        if let digit = Character(scalar).hexDigitValue, scalar.isASCII {
            bytes += high.map { [$0 << 4 | UInt8(digit)] } ?? []
            high = high == nil ? UInt8(digit) : nil
        } else if high != nil || !(scalar.properties.isWhitespace || scalar == ":" || scalar == "-") {
            return nil
        }
    }
    return high == nil ? bytes : nil
}
