internal import AssayFormats

/// A date pattern as Java's formatters have it: `yyyy-MM-dd'T'HH:mm:ssXXX`; English names.
struct JavaDateFormat: Sendable, Equatable {
    enum Piece: Sendable, Equatable {
        case text(String)
        case field(Character, Int)
    }

    let pieces: [Piece]
    private static let letters = Set("GyuYMLdDEeHkhKmsSaAnzZXxVOQqw")

    /// - Throws: what is wrong with the pattern, in words.
    init(_ pattern: String) throws(DatePatternError) {
        var pieces: [Piece] = []
        var rest = Array(pattern)[...]
        func add(_ text: String) {
            if case .text(let before)? = pieces.last {
                pieces[pieces.count - 1] = .text(before + text)
            } else {
                pieces.append(.text(text))
            }
        }
        while let next = rest.popFirst() {
            if next == "'" {
                if rest.first == "'" {
                    rest = rest.dropFirst()
                    add("'")
                    continue
                }
                var quoted = ""
                var isClosed = false
                while let inner = rest.popFirst() {
                    if inner != "'" {
                        quoted.append(inner)
                    } else if rest.first == "'" {
                        rest = rest.dropFirst()
                        quoted.append("'")
                    } else {
                        isClosed = true
                        break
                    }
                }
                guard isClosed else { throw DatePatternError("the quote in '\(pattern)' has no end") }
                add(quoted)
            } else if next.isASCII, next.isLetter {
                guard Self.letters.contains(next) else {
                    throw DatePatternError("'\(next)' is no letter of a date pattern")
                }
                let more = rest.prefix { $0 == next }.count
                rest = rest.dropFirst(more)
                pieces.append(.field(next, more + 1))
            } else {
                add(String(next))
            }
        }
        self.pieces = pieces
    }

    /// - Parameter milliseconds: since 1970 UTC.
    func render(_ milliseconds: Int64, in zone: TimeZoneRules) -> String {
        let time = zone.civil(milliseconds)
        var text = ""
        for piece in pieces {
            switch piece {
            case .text(let piece): text += piece
            case .field(let letter, let width):
                text += Self.render(letter, width, time, milliseconds, zone)
            }
        }
        return text
    }

    private static func render(
        _ letter: Character, _ width: Int, _ time: CivilTime, _ milliseconds: Int64, _ zone: TimeZoneRules
    ) -> String {
        func number(_ value: Int) -> String { padded(value, width) }
        func name(_ names: [String], _ index: Int, shortLength: Int = 3) -> String {
            width >= 4 ? names[index] : String(names[index].prefix(shortLength))
        }
        switch letter {
        case "G":
            return width >= 4
                ? (time.year > 0 ? "Anno Domini" : "Before Christ") : (time.year > 0 ? "AD" : "BC")
        case "y", "u", "Y": return width == 2 ? padded(((time.year % 100) + 100) % 100, 2) : number(time.year)
        case "M", "L": return width >= 3 ? name(monthNames, time.month - 1) : number(time.month)
        case "Q", "q":
            let quarter = (time.month - 1) / 3 + 1
            return width <= 2 ? number(quarter) : "Q\(quarter)"
        case "d": return number(time.day)
        case "D": return number(time.dayOfYear)
        case "E": return name(dayNames, time.weekday - 1)
        case "e": return width >= 3 ? name(dayNames, time.weekday - 1) : number(time.weekday % 7 + 1)
        case "w": return number((time.dayOfYear - 1) / 7 + 1)
        case "H": return number(time.hour)
        case "k": return number(time.hour == 0 ? 24 : time.hour)
        case "h": return number(time.hour % 12 == 0 ? 12 : time.hour % 12)
        case "K": return number(time.hour % 12)
        case "m": return number(time.minute)
        case "s": return number(time.second)
        case "S":
            return String(
                (padded(time.millisecond, 3) + String(repeating: "0", count: max(0, width - 3))).prefix(width)
            )
        case "n": return number(time.millisecond * 1_000_000)
        case "A": return number(((time.hour * 60 + time.minute) * 60 + time.second) * 1000 + time.millisecond)
        case "a": return time.hour < 12 ? "AM" : "PM"
        case "z": return zone.abbreviation(at: milliseconds)
        case "V": return zone.name
        case "O":
            return "GMT"
                + (zone.offset(at: milliseconds) == 0 ? "" : offsetText(zone.offset(at: milliseconds), ":"))
        case "Z":
            let offset = zone.offset(at: milliseconds)
            return width == 5
                ? (offset == 0 ? "Z" : offsetText(offset, ":")) : offsetText(offset, width == 4 ? ":" : "")
        default:  // X, x
            let offset = zone.offset(at: milliseconds)
            if letter == "X", offset == 0 { return "Z" }
            let text = offsetText(offset, width == 3 || width == 5 ? ":" : "")
            return width == 1 && offset % 3600 == 0 ? String(text.prefix(3)) : text
        }
    }

    static func offsetText(_ offset: Int, _ separator: String) -> String {
        let minutes = abs(offset) / 60
        return (offset < 0 ? "-" : "+") + padded(minutes / 60, 2) + separator + padded(minutes % 60, 2)
    }

    static func padded(_ value: Int, _ width: Int) -> String {
        let digits = String(abs(value))
        return (value < 0 ? "-" : "") + String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    static let monthNames = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
        "November", "December",
    ]
    static let dayNames = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
}

/// Why a text is no date pattern.
struct DatePatternError: Error, Sendable, Equatable, CustomStringConvertible {
    var description: String
    init(_ description: String) { self.description = description }
}
