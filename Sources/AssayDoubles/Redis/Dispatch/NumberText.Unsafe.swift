internal import Glibc

#if arch(x86_64) || arch(i386)
    /// C's `long double`, in which INCRBYFLOAT and HINCRBYFLOAT count.
    typealias LongDouble = Float80
#else
    typealias LongDouble = Double
#endif

/// Numbers as Redis reads and writes them, to the digit.
enum NumberText {
    /// A double with 17 significant digits, as scores are answered: `0.10000000000000001`.
    static func digits17(_ number: Double) -> String {
        if number.isNaN { return "nan" }
        if number.isInfinite { return number < 0 ? "-inf" : "inf" }
        if number == number.rounded(), abs(number) < 1e15 {
            return number == 0 && number.sign == .minus ? "-0" : String(Int64(number))
        }
        return formatted("%.17g", [number])
    }

    /// A long double without exponent and without zeros at its end, as INCRBYFLOAT answers.
    static func plain(_ number: LongDouble) -> String {
        if number.isInfinite { return number < 0 ? "-inf" : "inf" }
        #if arch(x86_64) || arch(i386)
            var text = formatted("%.17Lf", [number])
        #else
            var text = formatted("%.17f", [number])
        #endif
        if text.contains(".") {
            while text.hasSuffix("0") { text.removeLast() }
            if text.hasSuffix(".") { text.removeLast() }
        }
        return text == "-0" ? "0" : text
    }

    /// printf for numbers.
    static func formatted(_ format: String, _ arguments: [any CVarArg]) -> String {
        var buffer = [CChar](repeating: 0, count: 5200)
        // SAFETY: at most the buffer's size is written; formats are constants of this module.
        let count = unsafe withVaList(arguments) { unsafe vsnprintf(&buffer, buffer.count, format, $0) }
        return String(
            decoding: buffer.prefix(max(0, min(Int(count), buffer.count - 1))).map { UInt8(bitPattern: $0) },
            as: UTF8.self)
    }
}

extension ByteSlice {
    /// A whole number of 64 bits written as Redis writes it: no plus, no zeros or blanks around, no `-0`.
    @inline(__always)
    var canonicalInteger: Int64? {
        guard count > 0, count <= 20 else { return nil }
        let head = self[0]
        guard head &- 0x30 < 10 || head == 0x2D else { return nil }
        return parsedInteger
    }

    private var parsedInteger: Int64? {
        let isNegative = self[0] == 0x2D
        var place = isNegative ? 1 : 0
        guard place < count else { return nil }
        if self[place] == 0x30 { return !isNegative && count == 1 ? 0 : nil }
        // Counted downwards, because there is one negative number more.
        var value: Int64 = 0
        while place < count {
            let digit = self[place] &- 0x30
            guard digit < 10 else { return nil }
            let (tens, tooLarge) = value.multipliedReportingOverflow(by: 10)
            let (next, over) = tens.subtractingReportingOverflow(Int64(digit))
            guard !tooLarge, !over else { return nil }
            value = next
            place += 1
        }
        if isNegative { return value }
        return value == .min ? nil : -value
    }

    /// A double as C reads it, all of the bytes and not a number excluded: `3.0e3`, `inf`, `-Infinity`, `0x1p3`.
    var double: Double? {
        guard let text = numberText, count < 5120 else { return nil }
        // SAFETY: the text ends with a zero byte and `end` points into it or behind it.
        return unsafe text.withUnsafeBufferPointer { text in
            guard let start = text.baseAddress else { return nil }
            var end: UnsafeMutablePointer<CChar>?
            let value = unsafe strtod(start, &end)
            guard let end = unsafe end, unsafe end - UnsafeMutablePointer(mutating: start) == count,
                !value.isNaN
            else { return nil }
            return value
        }
    }

    /// A long double as C reads it; see ``double``.
    var longDouble: LongDouble? {
        #if arch(x86_64) || arch(i386)
            guard let text = numberText, count < 256 else { return nil }
            // SAFETY: the text ends with a zero byte and `end` points into it or behind it.
            return unsafe text.withUnsafeBufferPointer { text in
                guard let start = text.baseAddress else { return nil }
                var end: UnsafeMutablePointer<CChar>?
                let value = unsafe strtold(start, &end)
                guard let end = unsafe end, unsafe end - UnsafeMutablePointer(mutating: start) == count,
                    !value.isNaN
                else { return nil }
                return value
            }
        #else
            return double
        #endif
    }

    private var numberText: [CChar]? {
        guard let head = first, head != 0x20, !(head >= 0x09 && head <= 0x0D), !contains(0) else {
            return nil
        }
        var text = map { CChar(bitPattern: $0) }
        text.append(0)
        return text
    }
}
