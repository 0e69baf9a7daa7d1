/// Times as Artillery writes them: a number of seconds, or one with a unit, as the package `ms` reads it.
///
/// Artillery takes a fraction without a unit for milliseconds, which nobody means.
enum ArtilleryDuration {
    /// - Returns: seconds; `nil` when it is neither.
    static func seconds(_ text: String) -> Double? {
        let trimmed = String(
            text.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
        if let seconds = Double(trimmed), seconds.isFinite { return seconds }
        return milliseconds(trimmed).map { $0 / 1000 }
    }

    private static func milliseconds(_ text: String) -> Double? {
        let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == "." || $0 == "-" || $0 == "+") }
        guard let value = Double(digits), value.isFinite, digits.first != "+" else { return nil }
        let unit = text.dropFirst(digits.count).drop { $0 == " " }.lowercased()
        return units[unit].map { value * $0 }
    }

    private static let units: [String: Double] = {
        let table: [(Double, [String])] = [
            (1, ["ms", "msec", "msecs", "millisecond", "milliseconds"]),
            (1000, ["s", "sec", "secs", "second", "seconds"]),
            (60_000, ["m", "min", "mins", "minute", "minutes"]),
            (3_600_000, ["h", "hr", "hrs", "hour", "hours"]),
            (86_400_000, ["d", "day", "days"]),
            (604_800_000, ["w", "week", "weeks"]),
            (31_557_600_000, ["y", "yr", "yrs", "year", "years"]),
        ]
        return Dictionary(uniqueKeysWithValues: table.flatMap { entry in entry.1.map { ($0, entry.0) } })
    }()
}
