/// Reading and writing of values with units: `200ms`, `30s`, `5m`, `50/s`, `64 KiB`, `10%`.

extension Duration {
    /// Whole nanoseconds; saturates at ±292 years.
    public var nanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        if overflow { return seconds < 0 ? .min : .max }
        let (sum, carried) = product.addingReportingOverflow(attoseconds / 1_000_000_000)
        return carried ? (seconds < 0 ? .min : .max) : sum
    }

    /// Seconds as a floating-point number, for arithmetic on rates.
    public var inSeconds: Double { Double(nanoseconds) / 1e9 }

    /// Reads `250us`, `200ms`, `1.5s`, `5m`, `2h`, `1h30m`; a bare number has no unit and is refused.
    ///
    /// - Returns: `nil` when the text is not a duration.
    public init?(unitText text: String) {
        var rest = Substring(text.filter { $0 != " " && $0 != "_" })
        guard !rest.isEmpty else { return nil }
        var total = 0.0
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
            guard let number = Double(digits), number.isFinite else { return nil }
            rest = rest.dropFirst(digits.count)
            let unit = rest.prefix { $0.isLetter }
            guard let scale = Self.secondsPerUnit[String(unit)] else { return nil }
            rest = rest.dropFirst(unit.count)
            total += number * scale
        }
        guard total < 1e9 else { return nil }
        self = .nanoseconds(Int64((total * 1e9).rounded()))
    }

    private static let secondsPerUnit: [String: Double] = [
        "ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1, "sec": 1, "m": 60, "min": 60, "h": 3600,
        "d": 86_400,
    ]

    /// A short text for people, three significant digits: `850 µs`, `12.4 ms`, `1.32 s`, `2m 30s`, `1h 05m`.
    public var shortText: String { AssayCore.shortText(nanoseconds: Double(nanoseconds)) }
}

/// Nanoseconds for people, three significant digits; see ``Duration/shortText``.
public func shortText(nanoseconds: Double) -> String {
    let size = abs(nanoseconds)
    if size < 1e3 { return "\(Int(nanoseconds.rounded())) ns" }
    if size < 999_500 { return significant(nanoseconds / 1e3) + " µs" }
    if size < 999_500_000 { return significant(nanoseconds / 1e6) + " ms" }
    if size < 119.5e9 { return significant(nanoseconds / 1e9) + " s" }
    let seconds = Int((nanoseconds / 1e9).rounded())
    if seconds < 3600 { return "\(seconds / 60)m \(twoDigits(seconds % 60))s" }
    return "\(seconds / 3600)h \(twoDigits(seconds / 60 % 60))m"
}

/// A number with three significant digits and no exponent: `0.0123`, `9.87`, `98.7`, `987`, `12300`.
public func significant(_ value: Double) -> String {
    guard value.isFinite else { return "–" }
    let size = abs(value)
    if size >= 99.95 || size == 0 { return String(Int(value.rounded())) }
    let places = size >= 9.995 ? 1 : size >= 0.9995 ? 2 : size >= 0.09995 ? 3 : 4
    return fixed(value, places: places)
}

/// A number with exactly `places` digits after the point.
public func fixed(_ value: Double, places: Int) -> String {
    guard value.isFinite, abs(value) < 1e15 else { return "–" }
    var scale = 1.0
    for _ in 0..<places { scale *= 10 }
    let scaled = Int64((abs(value) * scale).rounded())
    let whole = scaled / Int64(scale)
    let sign = value < 0 && scaled != 0 ? "-" : ""
    guard places > 0 else { return "\(sign)\(whole)" }
    let digits = String(scaled % Int64(scale))
    return "\(sign)\(whole)." + String(repeating: "0", count: places - digits.count) + digits
}

/// A count with thin groups of three: `41 230`.
public func grouped(_ count: some BinaryInteger) -> String {
    let digits = Array(String(count))
    var text = ""
    for (index, digit) in digits.enumerated() {
        if index > 0, (digits.count - index) % 3 == 0, digits[index - 1] != "-" { text.append(" ") }
        text.append(digit)
    }
    return text
}

func twoDigits(_ value: Int) -> String { value < 10 ? "0\(value)" : String(value) }

/// A number of bytes.
public struct ByteCount: Sendable, Hashable, Comparable {
    public var bytes: Int
    public init(_ bytes: Int) { self.bytes = bytes }
    public static func < (left: ByteCount, right: ByteCount) -> Bool { left.bytes < right.bytes }

    /// Reads `512`, `512 B`, `64 KiB`, `10 MB`, `1 GiB`.
    public init?(unitText text: String) {
        let compact = text.filter { $0 != " " && $0 != "_" }
        let digits = compact.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        let scales: [String: Double] = [
            "": 1, "b": 1, "kb": 1e3, "mb": 1e6, "gb": 1e9, "kib": 1024, "mib": 1_048_576,
            "gib": 1_073_741_824,
        ]
        guard let number = Double(digits), let scale = scales[compact.dropFirst(digits.count).lowercased()],
            number * scale < 9e18
        else { return nil }
        self.init(Int(number * scale))
    }

    public var shortText: String {
        var value = Double(bytes)
        for unit in ["B", "KiB", "MiB"] {
            if value < 1024 { return unit == "B" ? "\(bytes) B" : significant(value) + " \(unit)" }
            value /= 1024
        }
        return significant(value) + " GiB"
    }
}

/// Events per second.
public struct Rate: Sendable, Hashable {
    public var perSecond: Double
    public init(perSecond: Double) { self.perSecond = perSecond }

    /// Reads `50/s`, `1200/min`, `3600/h`.
    public init?(unitText text: String) {
        let parts = text.filter { $0 != " " && $0 != "_" }.split(
            separator: "/", omittingEmptySubsequences: false)
        let seconds: [String: Double] = ["s": 1, "sec": 1, "m": 60, "min": 60, "h": 3600]
        guard parts.count == 2, let number = Double(parts[0]), number >= 0, number.isFinite,
            let unit = seconds[String(parts[1])]
        else { return nil }
        self.init(perSecond: number / unit)
    }

    public var shortText: String { significant(perSecond) + "/s" }
}
