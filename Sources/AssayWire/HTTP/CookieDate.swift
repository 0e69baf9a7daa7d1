/// A date as cookies have it, read as generously as RFC 6265 §5.1.1 asks: `Wed, 09 Jun 2021 10:18:14 GMT`,
/// `Wednesday, 09-Jun-21 10:18:14 GMT`, `Wed Jun  9 10:18:14 2021`.
///
/// - Returns: seconds since 1970 UTC; `nil` when time, day, month or year are not to be found.
public func cookieDate(_ text: some Sequence<UInt8>) -> Int64? {
    var date = CookieDateParts()
    var token: [UInt8] = []
    for byte in text {
        if isDateDelimiter(byte) {
            date.take(token)
            token.removeAll(keepingCapacity: true)
        } else {
            token.append(byte)
        }
    }
    date.take(token)
    return date.seconds
}

private func isDateDelimiter(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x09, 0x20...0x2F, 0x3B...0x40, 0x5B...0x60, 0x7B...0x7E: true
    default: false
    }
}

private struct CookieDateParts {
    private var time: (hour: Int, minute: Int, second: Int)?
    private var day: Int?
    private var month: Int?
    private var year: Int?

    /// Each part is the first token that looks like it, in the order of the RFC.
    mutating func take(_ token: [UInt8]) {
        if token.isEmpty { return }
        if time == nil, let found = Self.time(token) {
            time = found
        } else if day == nil, let found = Self.number(token, digits: 1...2) {
            day = found
        } else if month == nil, let found = Self.month(token) {
            month = found
        } else if year == nil, let found = Self.number(token, digits: 2...4) {
            year = found
        }
    }

    var seconds: Int64? {
        guard let time, let day, let month, var year else { return nil }
        if 70...99 ~= year { year += 1900 } else if 0...69 ~= year { year += 2000 }
        guard 1...31 ~= day, year >= 1601, time.hour <= 23, time.minute <= 59, time.second <= 59,
            day <= Self.length(of: month, in: year)
        else { return nil }
        let days = Self.days(year: year, month: month, day: day)
        return Int64(days) * 86_400 + Int64(time.hour * 3600 + time.minute * 60 + time.second)
    }

    /// Digits at the start, and nothing that is a digit behind the most of them.
    private static func number(_ token: [UInt8], digits: ClosedRange<Int>) -> Int? {
        let run = token.prefix { isDigit($0) }
        guard digits.contains(run.count) else { return nil }
        return run.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }

    private static func time(_ token: [UInt8]) -> (Int, Int, Int)? {
        let parts = token.split(separator: UInt8(ascii: ":"), maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].allSatisfy(isDigit), parts[1].allSatisfy(isDigit),
            let hour = number(Array(parts[0]), digits: 1...2),
            let minute = number(Array(parts[1]), digits: 1...2),
            let second = number(Array(parts[2]), digits: 1...2)
        else { return nil }
        return (hour, minute, second)
    }

    private static func month(_ token: [UInt8]) -> Int? {
        let name = String(decoding: token.prefix(3), as: UTF8.self).lowercased()
        return names.firstIndex(of: name).map { $0 + 1 }
    }

    private static let names = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ]

    private static func length(of month: Int, in year: Int) -> Int {
        let isLeap = year % 4 == 0 && year % 100 != 0 || year % 400 == 0
        return [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]
    }

    /// Days since 1970-01-01, after Howard Hinnant's algorithm: years begin in March.
    private static func days(year: Int, month: Int, day: Int) -> Int {
        let shifted = month <= 2 ? year - 1 : year
        let era = shifted / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}

private func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 <= 9 }
