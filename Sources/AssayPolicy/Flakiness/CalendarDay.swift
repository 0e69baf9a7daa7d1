internal import AssayFormats

/// A day of the calendar, UTC.
public struct CalendarDay: Sendable, Hashable, Comparable, CustomStringConvertible {
    public let year: Int
    public let month: Int
    public let day: Int

    /// Reads `2027-01-31`; `nil` for anything else, and for days that no calendar has.
    public init?(parsing text: String) {
        let parts = text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        guard parts.map(\.count) == [4, 2, 2], parts.joined().allSatisfy({ (0x30...0x39).contains($0) }),
            let year = Int(String(parts[0]) ?? ""), let month = Int(String(parts[1]) ?? ""),
            let day = Int(String(parts[2]) ?? ""), (1...12).contains(month),
            day >= 1, day <= Self.days(of: month, year)
        else { return nil }
        (self.year, self.month, self.day) = (year, month, day)
    }

    /// - Parameter milliseconds: since 1970 UTC.
    public init(milliseconds: Int64) {
        let time = CivilTime(milliseconds: milliseconds)
        (year, month, day) = (time.year, time.month, time.day)
    }

    private static func days(of month: Int, _ year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    public static func < (left: CalendarDay, right: CalendarDay) -> Bool {
        (left.year, left.month, left.day) < (right.year, right.month, right.day)
    }

    public var description: String {
        let digits = [(year, 4), (month, 2), (day, 2)].map { value, width in
            String(repeating: "0", count: max(0, width - String(value).count)) + String(value)
        }
        return digits.joined(separator: "-")
    }
}
