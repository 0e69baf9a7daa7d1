internal import AssayFormats

/// A date and time that a text held, with its distance from UTC where the text says it.
struct ParsedDate: Sendable, Equatable {
    var time: CivilTime
    /// Seconds east of UTC; `nil` for a local time.
    var offset: Int?

    /// Since 1970 UTC; a local time is taken as UTC.
    var milliseconds: Int64 { time.milliseconds - Int64(offset ?? 0) * 1000 }

    init(time: CivilTime, offset: Int?) {
        self.time = time
        self.offset = offset
    }

    /// Reads ISO 8601 (with or without time and zone) and the three forms of HTTP dates.
    init?(parsing text: String) {
        for pattern in Self.patterns {
            if let date = ParsedDate(parsing: text, as: pattern) {
                self = date
                return
            }
        }
        return nil
    }

    /// Tried in turn. Source: ISO 8601's extended form; RFC 9110 §5.6.7.
    private static let patterns = [
        "yyyy-MM-dd'T'HH:mm:ss.SXXX", "yyyy-MM-dd'T'HH:mm:ssXXX", "yyyy-MM-dd'T'HH:mmXXX",
        "yyyy-MM-dd'T'HH:mm:ss.S", "yyyy-MM-dd'T'HH:mm:ss", "yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd",
        "EEE, dd MMM yyyy HH:mm:ss z", "EEEE, dd-MMM-yy HH:mm:ss z", "EEE MMM d HH:mm:ss yyyy",
        "EEE MMM  d HH:mm:ss yyyy", "yyyy-MM", "yyyy",
    ].compactMap { try? JavaDateFormat($0) }

    /// Reads the seconds or milliseconds since 1970 UTC.
    init?(epoch text: String, unitMilliseconds: Int64) {
        guard let number = Int64(text), abs(number) < 1 << 50 / unitMilliseconds else { return nil }
        time = CivilTime(milliseconds: number * unitMilliseconds)
        offset = 0
    }

    /// Reads a text in a pattern, the special ones `unix` and `epoch` too.
    init?(parsing text: String, pattern: String) throws(DatePatternError) {
        switch pattern {
        case "unix": self.init(epoch: text, unitMilliseconds: 1000)
        case "epoch": self.init(epoch: text, unitMilliseconds: 1)
        default: self.init(parsing: text, as: try JavaDateFormat(pattern))
        }
    }

    /// - Returns: `nil` unless the whole text has the pattern's form and names a day of the calendar.
    init?(parsing text: String, as format: JavaDateFormat) {
        var scanner = DateScanner(text)
        let pieces = format.pieces
        for (index, piece) in pieces.enumerated() {
            switch piece {
            case .text(let expected): guard scanner.take(expected) else { return nil }
            case .field(let letter, let width):
                // Digits run together with the next field: each takes its own width.
                var isTight = false
                if index + 1 < pieces.count, case .field(let next, let nextWidth) = pieces[index + 1] {
                    isTight = !(next == "M" && nextWidth >= 3) && !"EaXxZzVO".contains(next)
                }
                guard scanner.field(letter, width, isTight: isTight) else { return nil }
            }
        }
        guard scanner.rest.isEmpty, let date = scanner.date else { return nil }
        self = date
    }
}

/// Takes a text apart by the fields of a pattern.
private struct DateScanner {
    var rest: Substring
    private var time = CivilTime(year: 1970)
    private var offset: Int?
    private var isAfternoon: Bool?
    private var dayOfYear: Int?

    init(_ text: String) { rest = text[...] }

    mutating func take(_ expected: String) -> Bool {
        guard rest.hasPrefix(expected) else { return false }
        rest = rest.dropFirst(expected.count)
        return true
    }

    var date: ParsedDate? {
        var time = time
        if let isAfternoon { time.hour = time.hour % 12 + (isAfternoon ? 12 : 0) }
        if let dayOfYear {
            guard (1...366).contains(dayOfYear) else { return nil }
            time = CivilTime(milliseconds: time.milliseconds + Int64(dayOfYear - 1) * 86_400_000)
        }
        return time.isReal ? ParsedDate(time: time, offset: offset) : nil
    }

    mutating func field(_ letter: Character, _ width: Int, isTight: Bool) -> Bool {
        switch letter {
        case "G": return take("AD") || take("BC")
        case "M", "L":
            return width >= 3
                ? name(JavaDateFormat.monthNames) { $0.month = $1 + 1 }
                : digits(width, isTight) { $0.month = $1 }
        case "E", "e": return name(JavaDateFormat.dayNames) { _, _ in }
        case "y", "u", "Y":
            return width == 2
                ? digits(2, true) { $0.year = $1 < 70 ? 2000 + $1 : 1900 + $1 }
                : digits(width, isTight, most: 9) { $0.year = $1 }
        case "d": return digits(width, isTight) { $0.day = $1 }
        case "H", "K", "h": return digits(width, isTight) { $0.hour = $1 }
        case "k": return digits(width, isTight) { $0.hour = $1 % 24 }
        case "m": return digits(width, isTight) { $0.minute = $1 }
        case "s": return digits(width, isTight) { $0.second = $1 }
        case "S": return fraction()
        case "a":
            for (text, value) in [("AM", false), ("PM", true), ("am", false), ("pm", true)] where take(text) {
                isAfternoon = value
                return true
            }
            return false
        case "D":
            guard let number = number(3) else { return false }
            dayOfYear = number
            return true
        case "X", "x", "Z", "z", "V", "O": return zone()
        default: return false
        }
    }

    private mutating func number(_ most: Int) -> Int? {
        let digits = rest.prefix(most).prefix { $0.isASCII && $0.isNumber }
        rest = rest.dropFirst(digits.count)
        return Int(digits)
    }

    private mutating func digits(
        _ width: Int, _ isTight: Bool, most: Int = 2, _ set: (inout CivilTime, Int) -> Void
    ) -> Bool {
        let before = rest.count
        guard let value = number(isTight ? width : max(width, most)) else { return false }
        guard width == 1 || before - rest.count >= width else { return false }
        set(&time, value)
        return true
    }

    /// Any number of digits of a second's fraction; those beyond milliseconds do not count.
    private mutating func fraction() -> Bool {
        let digits = rest.prefix { $0.isASCII && $0.isNumber }
        guard (1...9).contains(digits.count) else { return false }
        rest = rest.dropFirst(digits.count)
        time.millisecond = Int((digits + "00").prefix(3)) ?? 0
        return true
    }

    private mutating func name(_ names: [String], _ set: (inout CivilTime, Int) -> Void) -> Bool {
        for (index, name) in names.enumerated() {
            for form in [name, String(name.prefix(3))]
            where rest.prefix(form.count).lowercased() == form.lowercased() {
                rest = rest.dropFirst(form.count)
                set(&time, index)
                return true
            }
        }
        return false
    }

    private mutating func zone() -> Bool {
        for name in ["UTC", "GMT", "UT", "Z"] where take(name) {
            offset = 0
            return true
        }
        let text = rest.prefix { $0 == "+" || $0 == "-" || $0 == ":" || ($0.isASCII && $0.isNumber) }
        guard let seconds = TimeZoneRules.fixedOffset(text) else { return false }
        rest = rest.dropFirst(text.count)
        offset = seconds
        return true
    }
}
