internal import AssayFormats

/// Values between JSON and PostgreSQL's text format.
///
/// Source: PostgreSQL 15, "Data Types" and pg_type.dat for the numbers of types.
enum PostgresValues {
    private static let boolean: UInt32 = 16
    private static let binary: UInt32 = 17
    private static let integers: Set<UInt32> = [20, 21, 23, 26]  // int8, int2, int4, oid
    private static let floats: Set<UInt32> = [700, 701]
    private static let numeric: UInt32 = 1700
    private static let documents: Set<UInt32> = [114, 3802]  // json, jsonb
    /// Element type of the array types that are read as lists.
    private static let elements: [UInt32: UInt32] = [
        1000: 16, 1001: 17, 1005: 21, 1007: 23, 1009: 25, 1014: 1042, 1015: 1043, 1016: 20, 1021: 700,
        1022: 701, 1028: 26, 1115: 1114, 1182: 1082, 1183: 1083, 1185: 1184, 1231: 1700, 199: 114, 2951: 2950,
        3807: 3802,
    ]

    /// Whether a parameter of this type takes `{…}`.
    static func isArray(_ type: UInt32) -> Bool { elements[type] != nil }

    /// A column's text as the nearest JSON; texts, times, UUIDs and whatever is unknown stay strings.
    static func json(_ text: String, type: UInt32) -> JSON {
        if type == boolean { return .bool(text == "t") }
        if integers.contains(type) { return Int64(text).map { .int($0) } ?? .string(text) }
        if floats.contains(type) { return Swift.Double(text).map { number($0, text) } ?? .string(text) }
        if type == numeric { return numericValue(text) }
        if documents.contains(type) { return (try? JSON(parsing: Array(text.utf8))) ?? .string(text) }
        if type == binary { return .string(base64(hex: text)) }
        if let element = elements[type] { return ArrayText(text).read(element) ?? .string(text) }
        return .string(text)
    }

    private static func number(_ value: Swift.Double, _ text: String) -> JSON {
        value.isFinite ? .double(value) : .string(text)
    }

    /// A number that a double would change stays a text.
    private static func numericValue(_ text: String) -> JSON {
        if let whole = Int64(text) { return .int(whole) }
        let digits = text.drop { $0 == "-" || $0 == "0" || $0 == "." }.count { $0.isNumber }
        guard digits <= 15, let value = Swift.Double(text), value.isFinite else { return .string(text) }
        return .double(value)
    }

    private static func base64(hex text: String) -> String {
        guard text.hasPrefix("\\x") else { return text }
        let digits = Array(text.utf8.dropFirst(2))
        let bytes = stride(from: 0, to: digits.count - 1, by: 2).compactMap { place in
            UInt8(String(decoding: digits[place...(place + 1)], as: UTF8.self), radix: 16)
        }
        return Base64.standard.encode(bytes)
    }

    /// A parameter's text; `nil` for null.
    ///
    /// - Parameter type: the parameter's type where it is known, 0 elsewhere: a list becomes `{…}` or JSON by it.
    static func text(_ value: JSON, type: UInt32 = 0) -> String? {
        switch value {
        case .null: nil
        case .bool(let value): value ? "true" : "false"
        case .int(let value): String(value)
        case .double, .object: value.rendered()
        case .string(let value): value
        case .array(let values): isArray(type) ? arrayText(values) : value.rendered()
        }
    }

    private static func arrayText(_ values: [JSON]) -> String {
        let parts = values.map { value -> String in
            switch value {
            case .array(let inner): return arrayText(inner)
            case .null: return "NULL"
            default:
                let text = text(value) ?? ""
                return "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
            }
        }
        return "{" + parts.joined(separator: ",") + "}"
    }
}

/// Reads `{1,"a b",NULL,{…}}`. Source: PostgreSQL 15, §8.15.6.
private struct ArrayText {
    private let bytes: [UInt8]
    private var place = 0

    init(_ text: String) { bytes = Array(text.utf8) }

    func read(_ element: UInt32) -> JSON? {
        var reader = self
        // Bounds like `[0:2]={…}` come before an array that does not begin at 1.
        if reader.bytes.first == UInt8(ascii: "["),
            let equals = reader.bytes.firstIndex(of: UInt8(ascii: "="))
        {
            reader.place = equals + 1
        }
        let value = reader.list(element, depth: 0)
        return reader.place == reader.bytes.count ? value : nil
    }

    private var current: UInt8? { place < bytes.count ? bytes[place] : nil }

    private mutating func list(_ element: UInt32, depth: Int) -> JSON? {
        guard current == UInt8(ascii: "{"), depth < 6 else { return nil }
        place += 1
        var values: [JSON] = []
        if current == UInt8(ascii: "}") {
            place += 1
            return .array([])
        }
        while let byte = current {
            let value = byte == UInt8(ascii: "{") ? list(element, depth: depth + 1) : scalar(element)
            guard let value else { return nil }
            values.append(value)
            let separator = current
            place += 1
            if separator == UInt8(ascii: "}") { return .array(values) }
            guard separator == UInt8(ascii: ",") else { return nil }
        }
        return nil
    }

    private mutating func scalar(_ element: UInt32) -> JSON? {
        var text: [UInt8] = []
        let isQuoted = current == UInt8(ascii: "\"")
        if isQuoted { place += 1 }
        while let byte = current {
            if isQuoted ? byte == UInt8(ascii: "\"") : byte == UInt8(ascii: ",") || byte == UInt8(ascii: "}")
            {
                break
            }
            if byte == UInt8(ascii: "\\") {
                place += 1
                guard let escaped = current else { return nil }
                text.append(escaped)
            } else {
                text.append(byte)
            }
            place += 1
        }
        if isQuoted { place += 1 }
        let string = String(decoding: text, as: UTF8.self)
        return !isQuoted && string == "NULL" ? .null : PostgresValues.json(string, type: element)
    }
}
