internal import AssayFormats

extension CivilTime {
    init(
        year: Int, month: Int = 1, day: Int = 1, hour: Int = 0, minute: Int = 0, second: Int = 0,
        millisecond: Int = 0
    ) {
        self.init(milliseconds: 0)
        (self.year, self.month, self.day) = (year, month, day)
        (self.hour, self.minute, self.second, self.millisecond) = (hour, minute, second, millisecond)
    }

    /// Days since 1970-01-01, by eras of 400 years that begin on 1 March.
    private var days: Int64 {
        let year = Int64(month <= 2 ? year - 1 : year)
        let era = (year >= 0 ? year : year - 399) / 400
        let yearOfEra = year - era * 400
        let dayOfYear = Int64((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1)
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    /// Since 1970-01-01T00:00:00 on the same clock.
    var milliseconds: Int64 {
        let seconds = days * 86_400 + Int64(hour * 3600 + minute * 60 + second)
        return seconds * 1000 + Int64(millisecond)
    }

    /// 1 for Monday … 7 for Sunday.
    var weekday: Int { Int(((days + 3) % 7 + 7) % 7) + 1 }

    var dayOfYear: Int { Int(days - CivilTime(year: year).days) + 1 }

    static func daysInMonth(_ month: Int, of year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Whether the numbers name a moment that the calendar has; a leap second counts.
    var isReal: Bool {
        (1...12).contains(month) && day >= 1 && day <= Self.daysInMonth(month, of: year)
            && (0...23).contains(hour) && (0...59).contains(minute) && (0...60).contains(second)
    }

    /// The same day of another month, or its last day when it is shorter.
    func adding(months: Int) -> CivilTime {
        let (total, overflow) = (year * 12 + month - 1).addingReportingOverflow(months)
        guard !overflow, abs(total) < 12 * 1_000_000 else { return self }
        var moved = self
        moved.year = total >= 0 ? total / 12 : (total - 11) / 12
        moved.month = total - moved.year * 12 + 1
        moved.day = min(day, Self.daysInMonth(moved.month, of: moved.year))
        return moved
    }
}

/// A shift in time: `3 days`, `-24 seconds`.
struct DateOffset: Sendable, Equatable {
    enum Unit: String, Sendable, CaseIterable { case seconds, minutes, hours, days, weeks, months, years }

    var amount: Int
    var unit: Unit

    /// Reads `3 days`, `now`, `now +3 days` or `now -1 hours`, in either case, also with the unit in the singular.
    ///
    /// - Returns: `nil` when the text is no shift.
    init?(parsing text: String) {
        var words = text.split(separator: " ").map { $0.lowercased() }
        if words.first == "now" { words.removeFirst() }
        if words.isEmpty, !text.isEmpty {
            self.init(amount: 0, unit: .seconds)
            return
        }
        guard words.count == 2, let amount = Int(words[0]), let unit = Self.unit(words[1]) else { return nil }
        self.init(amount: amount, unit: unit)
    }

    init(amount: Int, unit: Unit) {
        self.amount = amount
        self.unit = unit
    }

    static func unit(_ name: String) -> Unit? {
        let name = name.lowercased()
        return Unit(rawValue: name) ?? Unit(rawValue: name + "s")
    }

    /// A time as far away as the calendar goes stays where it is.
    func shift(_ time: CivilTime) -> CivilTime {
        let seconds: Int
        switch unit {
        case .months: return time.adding(months: amount)
        case .years:
            let (months, overflow) = amount.multipliedReportingOverflow(by: 12)
            return overflow ? time : time.adding(months: months)
        case .seconds: seconds = 1
        case .minutes: seconds = 60
        case .hours: seconds = 3600
        case .days: seconds = 86_400
        case .weeks: seconds = 604_800
        }
        guard abs(amount) < Int(Int64.max / 4) / 604_800_000 else { return time }
        return CivilTime(milliseconds: time.milliseconds + Int64(amount * seconds * 1000))
    }
}

/// A time moved back or on to a border of the calendar: `first day of month`.
enum DateTruncation: String, Sendable, CaseIterable {
    case firstSecondOfMinute = "first second of minute"
    case firstMinuteOfHour = "first minute of hour"
    case firstHourOfDay = "first hour of day"
    case firstDayOfMonth = "first day of month"
    case firstDayOfNextMonth = "first day of next month"
    case lastDayOfMonth = "last day of month"
    case firstDayOfYear = "first day of year"
    case firstDayOfNextYear = "first day of next year"
    case lastDayOfYear = "last day of year"

    /// Reads the words in either case, with blanks or underscores between them.
    init?(parsing text: String) {
        self.init(rawValue: String(text.lowercased().map { $0 == "_" ? " " : $0 }))
    }

    func truncate(_ time: CivilTime) -> CivilTime {
        var time = time
        time.millisecond = 0
        time.second = 0
        if self == .firstSecondOfMinute { return time }
        time.minute = 0
        if self == .firstMinuteOfHour { return time }
        time.hour = 0
        if self == .firstHourOfDay { return time }
        switch self {
        case .firstDayOfYear: (time.month, time.day) = (1, 1)
        case .firstDayOfNextYear: (time.year, time.month, time.day) = (time.year + 1, 1, 1)
        case .lastDayOfYear: (time.month, time.day) = (12, 31)
        case .lastDayOfMonth: time.day = CivilTime.daysInMonth(time.month, of: time.year)
        case .firstDayOfNextMonth:
            time.day = 1
            time = time.adding(months: 1)
        default: time.day = 1
        }
        return time
    }
}
