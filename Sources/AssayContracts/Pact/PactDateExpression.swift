internal import AssayFormats

/// `today + 1 week`, `now - 2 hours + 5 minutes`. Source: the date expressions of Pact's generators.
enum PactDateExpression {
    /// - Returns: the moment itself where the expression says nothing that is understood.
    static func moment(_ expression: String, from milliseconds: Int64) -> Int64 {
        var words = expression.lowercased().split { " +-".contains($0) }.map(String.init)[...]
        var signs = expression.filter { $0 == "+" || $0 == "-" }[...]
        var moment = milliseconds
        let day: Int64 = 86_400_000
        let midnight = moment - ((moment % day) + day) % day
        if let base = words.first, Int64(base) == nil {
            words.removeFirst()
            switch base {
            case "yesterday": moment -= day
            case "tomorrow": moment += day
            case "midnight": moment = midnight
            case "noon": moment = midnight + day / 2
            default: break
            }
        }
        while let number = words.popFirst().flatMap({ Int64($0) }), let unit = words.popFirst() {
            let count = (signs.popFirst() == "-" ? -1 : 1) * min(number, 1_000_000)
            moment = moved(moment, by: count, unit.hasSuffix("s") ? String(unit.dropLast()) : unit)
        }
        return moment
    }

    private static func moved(_ moment: Int64, by count: Int64, _ unit: String) -> Int64 {
        switch unit {
        case "millisecond": return moment + count
        case "second": return moment + count * 1000
        case "minute": return moment + count * 60_000
        case "hour": return moment + count * 3_600_000
        case "day": return moment + count * 86_400_000
        case "week", "fortnight": return moment + count * (unit == "week" ? 7 : 14) * 86_400_000
        case "month": return movedByMonths(moment, Int(count))
        case "year": return movedByMonths(moment, Int(count) * 12)
        default: return moment
        }
    }

    /// The same day of another month, or its last one.
    private static func movedByMonths(_ moment: Int64, _ count: Int) -> Int64 {
        let time = CivilTime(milliseconds: moment)
        let months = time.year * 12 + time.month - 1 + max(-120_000, min(count, 120_000))
        let (year, month) = (months / 12, months % 12 + 1)
        guard year >= 1, month >= 1 else { return moment }
        let day = min(time.day, PactDateFormat.days(in: month, of: year))
        let moved = days(before: year, month) + day - days(before: time.year, time.month) - time.day
        return moment + Int64(moved) * 86_400_000
    }

    /// Days before the month since the year 1.
    private static func days(before year: Int, _ month: Int) -> Int {
        let years = year - 1
        return years * 365 + years / 4 - years / 100 + years / 400
            + (1..<month).reduce(0) { $0 + PactDateFormat.days(in: $1, of: year) }
    }
}
