internal import AssayCore

/// Figures for people, as k6 writes them.
enum K6Numbers {
    /// - Parameter unit: `s`, `ms` or `us`; `nil` for what suits the figure.
    static func text(
        _ value: Double, _ kind: Series.Kind, _ contents: K6Metric.Contents, unit: String?
    ) -> String {
        if kind == .rate { return fixed(cut(value * 100, 2), places: 2) + "%" }
        switch contents {
        case .data: return bytes(value)
        case .time: return duration(value, unit: unit)
        case .plain: return short(value, 6)
        }
    }

    static func bytes(_ bytes: Double) -> String {
        if bytes < 10 { return plain(bytes) + " B" }
        let units = ["B", "kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB"]
        var (value, place) = (bytes, 0)
        while value >= 1000, place < units.count - 1 {
            value /= 1000
            place += 1
        }
        let tenths = (value * 10 + 0.5).rounded(.down) / 10
        return fixed(tenths, places: tenths < 10 ? 1 : 0) + " " + units[place]
    }

    /// - Parameter milliseconds: what is shown.
    static func duration(_ milliseconds: Double, unit: String?) -> String {
        switch unit {
        case "s": return fixed(milliseconds * 0.001, places: 2) + "s"
        case "ms": return fixed(milliseconds, places: 2) + "ms"
        case "us": return fixed(milliseconds * 1000, places: 2) + "µs"
        default: return duration(milliseconds)
        }
    }

    private static func duration(_ milliseconds: Double) -> String {
        if milliseconds == 0 { return "0s" }
        if milliseconds < 0.001 { return plain((milliseconds * 1_000_000).rounded(.towardZero)) + "ns" }
        if milliseconds < 1 { return short(cut(milliseconds * 1000, 2), 2) + "µs" }
        if milliseconds < 1000 { return short(cut(milliseconds, 2), 2) + "ms" }
        let rest = milliseconds.truncatingRemainder(dividingBy: 60_000) / 1000
        let places = milliseconds > 60_000 ? 0 : 2
        let seconds = short(cut(rest, places), places) + "s"
        let minutes = Int64(min(milliseconds / 60_000, 9e15))
        if minutes < 1 { return seconds }
        if minutes < 60 { return "\(minutes)m\(seconds)" }
        return "\(minutes / 60)h\(minutes % 60)m\(seconds)"
    }

    /// Without the digits behind so many places.
    private static func cut(_ value: Double, _ places: Int) -> Double {
        var scale = 1.0
        for _ in 0..<places { scale *= 10 }
        return (value * scale).rounded(.towardZero) / scale
    }

    /// Rounded to so many places, without zeros at the end.
    private static func short(_ value: Double, _ places: Int) -> String {
        var text = fixed(value, places: places)
        guard text.contains(".") else { return text }
        while text.last == "0" { text.removeLast() }
        if text.last == "." { text.removeLast() }
        return text
    }

    /// All digits that it has.
    static func plain(_ value: Double) -> String {
        Int64(exactly: value).map(String.init) ?? "\(value)"
    }
}
