internal import AssayFormats

/// A pattern of dates and times: `yyyy-MM-dd'T'HH:mm:ssXXX`.
///
/// Source: Java's `DateTimeFormatter`, whose letters pacts use; texts are English.
struct PactDateFormat {
    enum Item: Hashable {
        case literal(String)
        /// A letter and how often it stands there.
        case field(Character, Int)
        case optional([Item])
    }

    let items: [Item]

    /// - Returns: what is wrong with the pattern; `nil` when it can be used.
    static func problem(with pattern: String) -> String? {
        var rest = Array(pattern)[...]
        do throws(Problem) {
            _ = try items(&rest, isNested: false)
            return nil
        } catch {
            return error.message
        }
    }

    /// `nil` for a pattern with a ``problem(with:)``.
    init?(_ pattern: String) {
        var rest = Array(pattern)[...]
        guard let items = try? Self.items(&rest, isNested: false) else { return nil }
        self.items = items
    }

    private struct Problem: Error { var message: String }
    private static let letters = "GuyYDMLdQqwWFEecahKkHmsSAnNVvzOXxZ"

    private static func items(
        _ rest: inout ArraySlice<Character>, isNested: Bool, depth: Int = 0
    ) throws(Problem) -> [Item] {
        guard depth < 8 else { throw Problem(message: "optional parts are nested too deep") }
        var items: [Item] = []
        while let character = rest.popFirst() {
            switch character {
            case "'": items.append(.literal(try quoted(&rest)))
            case "[": items.append(.optional(try self.items(&rest, isNested: true, depth: depth + 1)))
            case "]":
                guard isNested else { throw Problem(message: "']' without '['") }
                return items
            case let letter where letters.contains(letter):
                var count = 1
                while rest.first == letter {
                    rest.removeFirst()
                    count += 1
                }
                guard count <= 19 else { throw Problem(message: "'\(letter)' stands there \(count) times") }
                items.append(.field(letter, count))
            case let letter where letter.isASCII && letter.isLetter:
                throw Problem(
                    message: "'\(letter)' is no letter of a date pattern; quote it as ''\(letter)''")
            default: items.append(.literal(String(character)))
            }
        }
        if isNested { throw Problem(message: "'[' does not end") }
        return items
    }

    private static func quoted(_ rest: inout ArraySlice<Character>) throws(Problem) -> String {
        // Two quotes are one.
        if rest.first == "'" {
            rest.removeFirst()
            return "'"
        }
        var text = ""
        while let character = rest.popFirst() {
            guard character == "'" else {
                text.append(character)
                continue
            }
            guard rest.first == "'" else { return text }
            rest.removeFirst()
            text.append("'")
        }
        throw Problem(message: "a quote does not end")
    }

    // MARK: Texts of fields

    static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
        "November", "December",
    ]
    static let weekdays = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]

    /// The moment as the pattern writes it, UTC.
    func text(of milliseconds: Int64) -> String {
        let time = CivilTime(milliseconds: milliseconds)
        let days = milliseconds >= 0 ? milliseconds / 86_400_000 : (milliseconds - 86_399_999) / 86_400_000
        // 1970-01-01 was a Thursday.
        let weekday = Int(((days + 3) % 7 + 7) % 7)
        return items.map { text($0, time, weekday) }.joined()
    }

    private func text(_ item: Item, _ time: CivilTime, _ weekday: Int) -> String {
        switch item {
        case .literal(let text): return text
        case .optional(let items): return items.map { text($0, time, weekday) }.joined()
        case .field(let letter, let count):
            return Self.text(letter, count, time, weekday)
        }
    }

    private static func text(_ letter: Character, _ count: Int, _ time: CivilTime, _ weekday: Int) -> String {
        func number(_ value: Int) -> String {
            let digits = String(value)
            return String(repeating: "0", count: max(0, count - digits.count)) + digits
        }
        func name(_ names: [String], _ index: Int) -> String {
            count == 4 ? names[index] : String(names[index].prefix(count == 5 ? 1 : 3))
        }
        switch letter {
        case "G": return count == 4 ? "Anno Domini" : "AD"
        case "y", "u", "Y": return count == 2 ? number(time.year % 100) : number(time.year)
        case "M", "L": return count > 2 ? name(months, time.month - 1) : number(time.month)
        case "d": return number(time.day)
        case "D": return number(dayOfYear(time))
        case "Q", "q": return number((time.month + 2) / 3)
        case "w": return number((dayOfYear(time) - weekday + 9) / 7)
        case "W", "F": return number((time.day + 6) / 7)
        case "E": return name(weekdays, weekday)
        case "e", "c": return count > 2 ? name(weekdays, weekday) : number(weekday + 1)
        case "a": return time.hour < 12 ? "AM" : "PM"
        case "h": return number((time.hour + 11) % 12 + 1)
        case "K": return number(time.hour % 12)
        case "k": return number(time.hour == 0 ? 24 : time.hour)
        case "H": return number(time.hour)
        case "m": return number(time.minute)
        case "s": return number(time.second)
        case "S":
            let digits = String(String(1000 + time.millisecond).dropFirst())
            return String((digits + String(repeating: "0", count: count)).prefix(count))
        case "A":
            return number(((time.hour * 60 + time.minute) * 60 + time.second) * 1000 + time.millisecond)
        case "n": return number(time.millisecond * 1_000_000)
        case "N":
            let seconds = (time.hour * 60 + time.minute) * 60 + time.second
            return number((seconds * 1000 + time.millisecond) * 1_000_000)
        case "X": return "Z"
        case "x": return count == 1 ? "+00" : count % 2 == 0 ? "+0000" : "+00:00"
        case "Z": return count < 4 ? "+0000" : count == 4 ? "GMT" : "Z"
        case "O": return "GMT"
        default: return "UTC"
        }
    }

    private static func dayOfYear(_ time: CivilTime) -> Int {
        (1..<time.month).reduce(time.day) { $0 + days(in: $1, of: time.year) }
    }

    static func days(in month: Int, of year: Int) -> Int {
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        return month == 2 ? (isLeap ? 29 : 28) : [4, 6, 9, 11].contains(month) ? 30 : 31
    }
}
