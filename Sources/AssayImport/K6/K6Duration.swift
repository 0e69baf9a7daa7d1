internal import AssayCore
internal import AssayFormats

/// Times as k6 writes and reads them: `1h2m3.5s`, `500ms`, `1d12h`, numbers of milliseconds.
enum K6Duration {
    private static let units: [(String, Double)] = [
        ("ns", 1), ("us", 1e3), ("µs", 1e3), ("μs", 1e3), ("ms", 1e6), ("s", 1e9), ("m", 60e9), ("h", 3600e9),
    ]
    /// Beyond 292 years a count of nanoseconds does not go.
    private static let most = 9.2e18

    /// A text with units, days among them, or a number of milliseconds as text.
    static func extended(_ text: String) -> Duration? {
        if let number = Double(text), number.isFinite { return milliseconds(number) }
        guard let day = text.firstIndex(of: "d") else { return units(text) }
        guard let days = Int64(text[..<day]), abs(days) < 100_000 else { return nil }
        let rest = text[text.index(after: day)...]
        guard let more = rest.isEmpty ? .zero : units(String(rest)), more >= .zero else { return nil }
        let whole = Duration.seconds(days * 86_400)
        return days < 0 ? whole - more : whole + more
    }

    /// A text with units: a sign, then numbers with a unit each; `0` needs none.
    static func units(_ text: String) -> Duration? {
        var rest = text[...]
        let isNegative = rest.first == "-"
        if isNegative || rest.first == "+" { rest.removeFirst() }
        if rest == "0" { return .zero }
        guard !rest.isEmpty else { return nil }
        var total = 0.0
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
            guard let number = Double(digits.first == "." ? "0" + digits : String(digits)) else { return nil }
            rest = rest.dropFirst(digits.count)
            let unit = rest.prefix { !($0.isNumber || $0 == ".") }
            guard let scale = units.first(where: { $0.0 == unit })?.1 else { return nil }
            rest = rest.dropFirst(unit.count)
            total += number * scale
        }
        guard total < most else { return nil }
        return .nanoseconds(Int64(isNegative ? -total : total))
    }

    static func milliseconds(_ number: Double) -> Duration? {
        let nanoseconds = number * 1e6
        return abs(nanoseconds) < most ? .nanoseconds(Int64(nanoseconds)) : nil
    }

    /// As k6 shows it: `10m0s`, `1.5s`, `250ms`.
    static func text(_ duration: Duration) -> String {
        let all = duration.nanoseconds
        guard all != 0 else { return "0s" }
        let size = all.magnitude
        let sign = all < 0 ? "-" : ""
        if size < 1000 { return "\(sign)\(size)ns" }
        if size < 1_000_000 { return sign + fraction(size, 1000) + "µs" }
        if size < 1_000_000_000 { return sign + fraction(size, 1_000_000) + "ms" }
        let (minutes, rest) = size.quotientAndRemainder(dividingBy: 60_000_000_000)
        let seconds = fraction(rest, 1_000_000_000) + "s"
        if minutes == 0 { return sign + seconds }
        if minutes < 60 { return "\(sign)\(minutes)m\(seconds)" }
        return "\(sign)\(minutes / 60)h\(minutes % 60)m\(seconds)"
    }

    /// A whole number divided by a power of ten, without zeros at its end.
    private static func fraction(_ number: UInt64, _ scale: UInt64) -> String {
        let (whole, rest) = number.quotientAndRemainder(dividingBy: scale)
        guard rest > 0 else { return String(whole) }
        var digits = String(scale + rest).dropFirst()
        while digits.last == "0" { digits.removeLast() }
        return "\(whole).\(digits)"
    }
}
