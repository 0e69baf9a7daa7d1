internal import AssayFormats

/// Reads the members of a request's body, and collects everything that is wrong with them.
struct Input {
    private let members: JSONObject
    /// Member → what is wrong with it.
    private(set) var faults = JSONObject()

    init(_ members: JSONObject) { self.members = members }

    static let largestQuantity: Int64 = 1_000_000_000
    private static let mostItems = 100

    /// A name of letters, digits, `-` and `_`, like a UUID.
    mutating func name(_ key: String, standard: String? = nil) -> String {
        guard let value = members[key], value != .null else {
            if standard == nil { faults[key] = .string("is required") }
            return standard ?? ""
        }
        guard let text = value.stringValue, Self.isName(text) else {
            faults[key] = .string("is 1 to 64 letters, digits, '-' or '_'")
            return ""
        }
        return text
    }

    mutating func text(_ key: String) -> String {
        guard let text = members[key]?.stringValue, (1...500).contains(text.utf8.count),
            !text.utf8.contains(0)
        else {
            faults[key] = .string("is a text of 1 to 500 bytes, none of them NUL")
            return ""
        }
        return text
    }

    /// A whole number other than zero.
    mutating func change(_ key: String) -> Int64 {
        guard let value = members[key]?.intValue, value != 0,
            (-Self.largestQuantity...Self.largestQuantity).contains(value)
        else {
            faults[key] = .string(
                "is a whole number other than 0, at most \(Self.largestQuantity) either way")
            return 0
        }
        return value
    }

    /// A day that is not after `today`; `today` when absent.
    mutating func day(_ key: String, today: String) -> String {
        guard let value = members[key], value != .null else { return today }
        guard let text = value.stringValue, isCalendarDay(text), text <= today else {
            faults[key] = .string("is a day like 2026-01-31, today at the latest")
            return today
        }
        return text
    }

    mutating func items(section: String) -> [ItemQuantity] {
        guard let rows = members["items"]?.arrayValue, !rows.isEmpty, rows.count <= Self.mostItems else {
            faults["items"] = .string("is a list of 1 to \(Self.mostItems) items")
            return []
        }
        var found: [ItemQuantity] = []
        for (place, row) in rows.enumerated() {
            guard let item = row["item_id"]?.stringValue, Self.isName(item) else {
                faults["items[\(place)].item_id"] = .string("is 1 to 64 letters, digits, '-' or '_'")
                continue
            }
            guard let quantity = row["quantity"]?.intValue, (1...Self.largestQuantity).contains(quantity)
            else {
                faults["items[\(place)].quantity"] = .string(
                    "is a whole number from 1 to \(Self.largestQuantity)")
                continue
            }
            // The same item twice is one of both.
            if let same = found.firstIndex(where: { $0.item == item }) {
                found[same].quantity += quantity
            } else {
                found.append(ItemQuantity(section: section, item: item, quantity: quantity))
            }
        }
        return found
    }

    static func isName(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
                    true
                default: false
                }
            }
    }
}

/// Whether a text is a day of the calendar as `2026-01-31`.
func isCalendarDay(_ text: String) -> Bool {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.map(\.utf8.count) == [4, 2, 2],
        text.utf8.allSatisfy({ $0 == 0x2D || (0x30...0x39).contains($0) }),
        let year = Int(parts[0]), let month = Int(parts[1]), let day = Int(parts[2]), (1...12).contains(month)
    else { return false }
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    return (1...lengths[month - 1]).contains(day)
}
