internal import AssayCore

/// Values as mismatches show them: on one line and bounded, or over several lines for a diff.
public enum Shown {
    /// Scalars of a value that are shown before it is cut.
    public static let valueLimit = 400
    /// Scalars of a value laid out for a diff.
    static let prettyLimit = 1 << 20
    /// Values in a list of values.
    static let listLimit = 5

    /// Compact JSON, cut with its size: `{"items":[1,2… (12 KiB)`.
    public static func value(_ value: JSON) -> String { bounded(value, limit: valueLimit) }

    public static func bounded(_ value: JSON, limit: Int) -> String {
        var writer = BoundedJSONText(limit: limit, indented: false)
        writer.write(value)
        return writer.finished
    }

    /// JSON over several lines, two spaces an indentation.
    public static func pretty(_ value: JSON) -> String {
        if case .string(let text) = value { return text }
        var writer = BoundedJSONText(limit: prettyLimit, indented: true)
        writer.write(value)
        return writer.finished
    }

    /// A text as it is, cut with its size.
    public static func text(_ text: String, limit: Int = valueLimit) -> String {
        guard let end = text.index(text.startIndex, offsetBy: limit, limitedBy: text.endIndex),
            end < text.endIndex
        else { return text }
        return text[..<end] + "… (\(ByteCount(text.utf8.count).shortText))"
    }

    /// Texts joined by commas, at most ``listLimit`` of them.
    public static func list(_ texts: [String]) -> String {
        let shown = texts.prefix(listLimit).joined(separator: ", ")
        return texts.count > listLimit ? shown + " and \(texts.count - listLimit) more" : shown
    }

    /// Whether a text is read better as a diff of lines.
    public static func isLong(_ text: String) -> Bool { text.utf8.count > 120 || text.utf8.contains(10) }

    /// The path of a member: `$.items`, `$['odd name']`.
    public static func path(_ subject: String, _ key: String) -> String {
        let isName =
            key.unicodeScalars.first.map { $0 == "_" || $0.properties.isAlphabetic } == true
            && key.unicodeScalars.allSatisfy { $0 == "_" || $0.properties.isAlphabetic || isDigit($0) }
        if isName { return subject + "." + key }
        var quoted = ""
        for scalar in key.unicodeScalars {
            if scalar == "'" || scalar == "\\" { quoted += "\\" }
            quoted.unicodeScalars.append(scalar)
        }
        return "\(subject)['\(quoted)']"
    }

    private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }
}

/// Writes JSON until a bound is reached and counts the rest.
struct BoundedJSONText {
    private let limit: Int
    private let indented: Bool
    private var text = ""
    private var byteCount = 0
    private var depth = 0

    init(limit: Int, indented: Bool) {
        self.limit = limit
        self.indented = indented
    }

    /// What was written; a cut text ends with the size of the whole.
    var finished: String {
        let isCut = byteCount > text.utf8.count
        return isCut ? text + "… (\(ByteCount(byteCount).shortText))" : text
    }

    mutating func write(_ value: JSON) {
        switch value {
        case .null: put("null")
        case .bool(let value): put(value ? "true" : "false")
        case .int(let value): put(String(value))
        case .double(let value): put(String(value))
        case .string(let value): writeText(value)
        case .array(let elements):
            writeList("[", "]", elements.count) { writer, place in writer.write(elements[place]) }
        case .object(let members):
            writeList("{", "}", members.count) { writer, place in
                writer.writeText(members.keys[place])
                writer.put(writer.indented ? ": " : ":")
                writer.write(members.values[place])
            }
        }
    }

    private mutating func writeList(
        _ open: String, _ close: String, _ count: Int, element: (inout BoundedJSONText, Int) -> Void
    ) {
        put(open)
        depth += 1
        for place in 0..<count {
            if place > 0 { put(",") }
            breakLine()
            element(&self, place)
        }
        depth -= 1
        if count > 0 { breakLine() }
        put(close)
    }

    private mutating func breakLine() {
        if indented { put("\n" + String(repeating: "  ", count: depth)) }
    }

    private mutating func writeText(_ value: String) {
        put("\"")
        let room = limit - byteCount
        if room <= 0 {
            byteCount += value.utf8.count
        } else {
            for scalar in value.unicodeScalars { put(scalar) }
        }
        put("\"")
    }

    private mutating func put(_ scalar: Unicode.Scalar) {
        switch scalar {
        case "\"": put("\\\"")
        case "\\": put("\\\\")
        case "\n": put("\\n")
        case "\r": put("\\r")
        case "\t": put("\\t")
        case "\u{0}"..."\u{1F}", "\u{7F}":
            let digits = String(scalar.value, radix: 16)
            put("\\u" + String(repeating: "0", count: 4 - digits.count) + digits)
        default:
            if byteCount < limit { text.unicodeScalars.append(scalar) }
            byteCount += UTF8.width(scalar)
        }
    }

    private mutating func put(_ part: String) {
        if byteCount < limit { text += part }
        byteCount += part.utf8.count
    }
}
