/// Dates and times of RFC 3339.
enum DateFormats {
    static let isDate: FormatCheck.TextCheck = { bytes in
        var cursor = ByteCursor(bytes)
        return date(&cursor) && cursor.isAtEnd
    }

    static let isTime: FormatCheck.TextCheck = { bytes in
        var cursor = ByteCursor(bytes)
        return time(&cursor) && cursor.isAtEnd
    }

    static let isDateTime: FormatCheck.TextCheck = { bytes in
        var cursor = ByteCursor(bytes)
        return date(&cursor) && cursor.eat("T", "t") && time(&cursor) && cursor.isAtEnd
    }

    /// `full-date`, with days that exist.
    private static func date(_ cursor: inout ByteCursor) -> Bool {
        guard let year = cursor.number(digits: 4), cursor.eat("-"), let month = cursor.number(digits: 2),
            cursor.eat("-"), let day = cursor.number(digits: 2)
        else { return false }
        let isLeap = year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400))
        let days =
            switch month {
            case 2: isLeap ? 29 : 28
            case 4, 6, 9, 11: 30
            case 1...12: 31
            default: 0
            }
        return (1...max(days, 1)).contains(day) && days > 0
    }

    /// `full-time`; a leap second only at 23:59:60 UTC.
    private static func time(_ cursor: inout ByteCursor) -> Bool {
        guard let hour = cursor.number(digits: 2), cursor.eat(":"), let minute = cursor.number(digits: 2),
            cursor.eat(":"), let second = cursor.number(digits: 2), hour < 24, minute < 60, second <= 60
        else { return false }
        if cursor.eat("."), cursor.skip(while: \.isDigit) == 0 { return false }
        var ahead = 0
        if !cursor.eat("Z", "z") {
            let isAhead = cursor.eat("+")
            guard isAhead || cursor.eat("-"), let hours = cursor.number(digits: 2), cursor.eat(":"),
                let minutes = cursor.number(digits: 2), hours < 24, minutes < 60
            else { return false }
            ahead = (hours * 60 + minutes) * (isAhead ? 1 : -1)
        }
        return second < 60 || (hour * 60 + minute - ahead + 2880) % 1440 == 1439
    }

    /// RFC 3339 appendix A: weeks alone, or units from large to small without a gap.
    static let isDuration: FormatCheck.TextCheck = { bytes in
        var cursor = ByteCursor(bytes)
        guard cursor.eat("P"), !cursor.isAtEnd else { return false }
        func units(_ letters: [UInt8]) -> Int? {
            var last: Int?
            var count = 0
            while cursor.next.isDigit {
                _ = cursor.skip(while: \.isDigit)
                guard let place = letters.firstIndex(of: cursor.next), last.map({ place == $0 + 1 }) ?? true
                else { return nil }
                cursor.skip()
                last = place
                count += 1
            }
            return count
        }
        var weeks = cursor
        if weeks.skip(while: \.isDigit) > 0, weeks.eat("W") { return weeks.isAtEnd }
        guard units(Array("YMD".utf8)) != nil else { return false }
        if cursor.eat("T") {
            guard let count = units(Array("HMS".utf8)), count > 0 else { return false }
        }
        return cursor.isAtEnd
    }
}
