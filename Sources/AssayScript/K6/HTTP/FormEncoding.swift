/// `application/x-www-form-urlencoded` as k6 writes it: sorted by name, a space as `+`, everything but letters, digits and
/// `-._~` percent-encoded.
///
/// - Parameter fields: values of one name stay in their order.
func formEncoded(_ fields: [(name: String, value: String)]) -> [UInt8] {
    // The sort is stable, so repeated names keep their order.
    let sorted =
        fields.count < 2
        ? fields : fields.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    var bytes: [UInt8] = []
    for field in sorted {
        if !bytes.isEmpty { bytes.append(UInt8(ascii: "&")) }
        appendFormValue(field.name, to: &bytes)
        bytes.append(UInt8(ascii: "="))
        appendFormValue(field.value, to: &bytes)
    }
    return bytes
}

private func appendFormValue(_ text: String, to bytes: inout [UInt8]) {
    for byte in text.utf8 {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: bytes.append(byte)
        case 0x20: bytes.append(UInt8(ascii: "+"))
        default:
            bytes.append(UInt8(ascii: "%"))
            bytes.append(upperHexDigit(byte >> 4))
            bytes.append(upperHexDigit(byte & 15))
        }
    }
}

private func upperHexDigit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x41 - 10 + value }

/// A number as forms of k6 hold it: whole ones in full, fractions in their shortest form, with an exponent from a million or
/// below 0.0001 on.
///
/// Go's `%v` of an `int64` for a whole number that a double holds exactly, else of a `float64`.
func formNumber(_ value: Double) -> String {
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
    if value == 0 { return value.sign == .minus ? "-0" : "0" }
    if value.rounded() == value, abs(value) < 0x1p53 { return String(Int64(value)) }
    let (digits, exponent) = shortestDigits(abs(value))
    var text = value < 0 ? "-" : ""
    if -4..<6 ~= exponent {
        // Not whole, so digits stand behind the point; or too large, and that has another form.
        let whole = exponent < 0 ? "0" : String(digits.prefix(exponent + 1))
        let zeros = String(repeating: "0", count: max(0, -exponent - 1))
        text += whole + "." + zeros + digits.dropFirst(max(0, exponent + 1))
    } else {
        let size = abs(exponent)
        text += digits.prefix(1) + (digits.utf8.count > 1 ? "." + digits.dropFirst() : "")
        text += (exponent < 0 ? "e-" : "e+") + (size < 10 ? "0" : "") + String(size)
    }
    return text
}

/// The fewest digits that tell a number from all others; the first one counts ten to the power of the exponent.
private func shortestDigits(_ value: Double) -> (digits: String, exponent: Int) {
    let parts = value.description.split(separator: "e")
    let mantissa = parts[0].split(separator: ".", omittingEmptySubsequences: false)
    let whole = mantissa[0]
    let fraction = mantissa.count > 1 ? mantissa[1] : ""
    let all = whole + fraction
    let leading = all.prefix { $0 == "0" }.count
    var digits = all.dropFirst(leading)
    while digits.count > 1, digits.last == "0" { digits.removeLast() }
    let power = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
    return (String(digits), whole.count - 1 - leading + power)
}
