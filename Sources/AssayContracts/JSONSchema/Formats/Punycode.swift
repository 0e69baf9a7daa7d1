/// Scalars as letters and digits of ASCII (RFC 3492).
enum Punycode {
    private static let base = 36
    private static let highest = 26
    private static let initialBias = 72
    private static let initial = 128

    private static func adapted(_ delta: Int, _ count: Int, isFirst: Bool) -> Int {
        var delta = isFirst ? delta / 700 : delta / 2
        delta += delta / count
        var bias = 0
        while delta > (base - 1) * highest / 2 {
            delta /= base - 1
            bias += base
        }
        return bias + base * delta / (delta + 38)
    }

    private static func threshold(_ place: Int, _ bias: Int) -> Int { min(max(place - bias, 1), highest) }

    /// - Returns: `nil` when the text is no encoding; a label has at most 63 bytes, so numbers stay small.
    static func decoded(_ text: [UInt8]) -> [Unicode.Scalar]? {
        var output: [Unicode.Scalar] = []
        var rest = text[...]
        if let mark = text.lastIndex(of: UInt8(ascii: "-")) {
            output = text[..<mark].map { Unicode.Scalar($0) }
            rest = text[(mark + 1)...]
        }
        var (scalar, place, bias) = (initial, 0, initialBias)
        while !rest.isEmpty {
            let start = place
            var weight = 1
            var step = base
            while true {
                guard let byte = rest.popFirst(), let digit = digit(byte) else { return nil }
                let (product, overflow) = digit.multipliedReportingOverflow(by: weight)
                guard !overflow, product < 1 << 40 else { return nil }
                place += product
                let threshold = threshold(step, bias)
                if digit < threshold { break }
                guard weight < 1 << 40 else { return nil }
                weight *= base - threshold
                step += base
            }
            let count = output.count + 1
            bias = adapted(place - start, count, isFirst: start == 0)
            scalar += place / count
            place %= count
            guard scalar <= 0x10FFFF, let next = Unicode.Scalar(UInt32(scalar)) else { return nil }
            output.insert(next, at: place)
            place += 1
        }
        return output
    }

    private static func digit(_ byte: UInt8) -> Int? {
        switch byte {
        case 48...57: Int(byte) - 22
        case 65...90: Int(byte) - 65
        case 97...122: Int(byte) - 97
        default: nil
        }
    }

    static func encoded(_ scalars: [Unicode.Scalar]) -> [UInt8] {
        var output = scalars.filter(\.isASCII).map { UInt8($0.value) }
        var handled = output.count
        let plain = output.count
        if plain > 0 { output.append(UInt8(ascii: "-")) }
        var (scalar, delta, bias) = (initial, 0, initialBias)
        while handled < scalars.count {
            guard let next = scalars.lazy.map({ Int($0.value) }).filter({ $0 >= scalar }).min() else { break }
            delta += (next - scalar) * (handled + 1)
            scalar = next
            for other in scalars {
                if other.value < scalar { delta += 1 }
                guard other.value == scalar else { continue }
                var rest = delta
                var step = base
                while true {
                    let threshold = threshold(step, bias)
                    if rest < threshold { break }
                    output.append(letter(threshold + (rest - threshold) % (base - threshold)))
                    rest = (rest - threshold) / (base - threshold)
                    step += base
                }
                output.append(letter(rest))
                bias = adapted(delta, handled + 1, isFirst: handled == plain)
                delta = 0
                handled += 1
            }
            delta += 1
            scalar += 1
        }
        return output
    }

    private static func letter(_ digit: Int) -> UInt8 { UInt8(digit < 26 ? digit + 97 : digit + 22) }
}
