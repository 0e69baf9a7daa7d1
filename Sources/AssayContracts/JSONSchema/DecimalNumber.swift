import AssayFormats

/// A number as JSON writes it, `digits * 10^exponent`: whether one is a multiple of another is exact on these.
struct DecimalNumber: Sendable {
    var digits: UInt64
    var exponent: Int

    init?(_ value: JSON) {
        switch value {
        case .int(let whole):
            digits = whole.magnitude
            exponent = 0
        case .double(let number):
            guard number.isFinite else { return nil }
            // The shortest text that reads back the same is what was most likely written.
            var digits: UInt64 = 0
            var fraction = 0
            let parts = "\(number.magnitude)".split(separator: "e")
            var isFraction = false
            for byte in parts[0].utf8 {
                if byte == UInt8(ascii: ".") {
                    isFraction = true
                } else {
                    let (scaled, overflow) = digits.multipliedReportingOverflow(by: 10)
                    guard !overflow else { return nil }
                    digits = scaled &+ UInt64(byte - UInt8(ascii: "0"))
                    if isFraction { fraction += 1 }
                }
            }
            self.digits = digits
            exponent = (parts.count > 1 ? Int(parts[1]) ?? 0 : 0) - fraction
        default: return nil
        }
        while digits != 0, digits.isMultiple(of: 10) {
            digits /= 10
            exponent += 1
        }
    }

    func isMultiple(of divisor: DecimalNumber) -> Bool {
        if digits == 0 { return true }
        if divisor.digits == 0 { return false }
        var difference = exponent - divisor.exponent
        var divisorDigits = divisor.digits
        while difference < 0 {
            let (scaled, overflow) = divisorDigits.multipliedReportingOverflow(by: 10)
            if overflow { return false }
            divisorDigits = scaled
            difference += 1
        }
        var remainder = digits % divisorDigits
        while difference > 0, remainder != 0 {
            let (high, low) = remainder.multipliedFullWidth(by: 10)
            remainder = divisorDigits.dividingFullWidth((high, low)).remainder
            difference -= 1
        }
        return remainder == 0
    }
}

extension JSON {
    var isNumber: Bool {
        switch self {
        case .int, .double: true
        default: false
        }
    }

    /// Whether a number is whole, however it was written and however large.
    var isWhole: Bool {
        switch self {
        case .int: true
        case .double(let value): value.isFinite && value == value.rounded()
        default: false
        }
    }

    /// Whether a number is whole and was written so; beyond 64 bits, where that is not known, it is taken to be.
    var isWrittenWhole: Bool {
        if case .double(let value) = self { return isWhole && value.magnitude >= 0x1p63 }
        return isWhole
    }

    /// Numbers by size; `nil` when one of them is none.
    func isLess(than other: JSON) -> Bool? {
        if case .int(let left) = self, case .int(let right) = other { return left < right }
        guard let left = doubleValue, let right = other.doubleValue else { return nil }
        return left < right
    }
}
