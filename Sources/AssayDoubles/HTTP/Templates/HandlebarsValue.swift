internal import AssayCore
internal import AssayFormats

/// What expressions of a template give.
indirect enum HandlebarsValue {
    /// Nothing is there, or null.
    case missing
    case json(JSON)
    /// A list that prints as Java's do: `[1, two]`.
    case list([HandlebarsValue])
    /// Values of one name in a request: prints the first, `.[1]` is the second.
    case oneOrMany([String])
    case object(any HandlebarsObject)
    case date(HandlebarsDate)
    /// Text that is not escaped again.
    case safe(String)

    static func text(_ text: String) -> HandlebarsValue { .json(.string(text)) }
    static func bool(_ value: Bool) -> HandlebarsValue { .json(.bool(value)) }
    static func int(_ value: Int) -> HandlebarsValue { .json(.int(Int64(value))) }
}

/// Something with members that are worked out when they are asked for.
protocol HandlebarsObject {
    /// What it prints.
    var text: String { get }
    /// Of its members, in order.
    var names: [String] { get }
    func member(_ name: String) -> HandlebarsValue
    /// Set when it is a list as well.
    var elements: [HandlebarsValue]? { get }
}

extension HandlebarsObject {
    var elements: [HandlebarsValue]? { nil }
}

/// A moment and how it is to be shown.
struct HandlebarsDate: Sendable {
    /// Since 1970 UTC.
    var milliseconds: Int64
    /// `epoch`, `unix`, or a pattern; ISO 8601 in seconds when `nil`.
    var format: JavaDateFormat?
    var unit: Int64?
    /// UTC when `nil`.
    var zone: TimeZoneRules?

    private static let iso = try? JavaDateFormat("yyyy-MM-dd'T'HH:mm:ssXXX")

    var text: String {
        if let unit { return String(milliseconds / unit) }
        return (format ?? Self.iso)?.render(milliseconds, in: zone ?? .utc) ?? ""
    }
}

extension HandlebarsValue {
    /// What a tag prints.
    var text: String {
        switch self {
        case .missing, .json(.null): ""
        case .json(.string(let text)), .safe(let text): text
        case .json(let value): value.rendered()
        case .list(let values): "[" + values.map(\.text).joined(separator: ", ") + "]"
        case .oneOrMany(let values): values.first ?? ""
        case .object(let object): object.text
        case .date(let date): date.text
        }
    }

    /// The value as JSON, dates and objects as what they hold.
    var json: JSON {
        switch self {
        case .missing: .null
        case .json(let value): value
        case .safe(let text): .string(text)
        case .list(let values): .array(values.map(\.json))
        case .oneOrMany(let values):
            values.count == 1 ? .string(values[0]) : .array(values.map { .string($0) })
        case .object(let object):
            object.elements.map { .array($0.map(\.json)) }
                ?? .object(JSONObject(object.names.map { ($0, object.member($0).json) }))
        case .date(let date): .string(date.text)
        }
    }

    /// Handlebars' idea of true: not absent, false, 0, an empty text or an empty list.
    var isTrue: Bool {
        switch self {
        case .missing, .json(.null): false
        case .json(.bool(let value)): value
        case .json(.int(let value)): value != 0
        case .json(.double(let value)): value != 0
        case .json(.string(let text)), .safe(let text): !text.isEmpty
        case .json(.array(let values)): !values.isEmpty
        case .json(.object), .object, .date: true
        case .list(let values): !values.isEmpty
        case .oneOrMany(let values): !values.isEmpty
        }
    }

    var isMissing: Bool {
        switch self {
        case .missing, .json(.null): true
        default: false
        }
    }

    /// The elements of a list; `nil` for other values.
    var elements: [HandlebarsValue]? {
        switch self {
        case .json(.array(let values)): values.map { .json($0) }
        case .list(let values): values
        case .oneOrMany(let values): values.map { .text($0) }
        case .object(let object): object.elements
        default: nil
        }
    }

    /// Names and values of an object; `nil` for other values.
    var members: [(name: String, value: HandlebarsValue)]? {
        switch self {
        case .json(.object(let object)): zip(object.keys, object.values).map { ($0, .json($1)) }
        case .object(let object): object.names.map { ($0, object.member($0)) }
        default: nil
        }
    }

    /// A member, or an element by its place; `.missing` when there is none.
    func member(_ name: String) -> HandlebarsValue {
        switch self {
        case .json(.object(let object)):
            return object[name].map { .json($0) } ?? .missing
        case .object(let object): return object.member(name)
        default: break
        }
        guard let elements else { return .missing }
        switch name {
        case "first": return elements.first ?? .missing
        case "last": return elements.last ?? .missing
        case "size", "length": return .int(elements.count)
        default: break
        }
        guard let index = Int(name) else { return .missing }
        let place = index < 0 ? elements.count + index : index
        return elements.indices.contains(place) ? elements[place] : .missing
    }

    /// A number, or a text that holds one.
    var number: Double? {
        switch self {
        case .json(.int(let value)): Double(value)
        case .json(.double(let value)): value
        case .missing, .json(.bool), .json(.null), .json(.array), .json(.object), .list, .object: nil
        default: Double(text.trimmed)
        }
    }

    /// A whole number, or a text that holds one.
    var integer: Int? {
        switch self {
        case .json(.int(let value)): Int(value)
        case .json(.double(let value)): Int(exactly: value.rounded(.towardZero))
        case .missing, .json(.bool), .json(.null), .json(.array), .json(.object), .list, .object: nil
        default: Int(text.trimmed)
        }
    }

    func isEqual(to other: HandlebarsValue) -> Bool { json == other.json }
}

extension String {
    /// Without blanks and line breaks at both ends.
    var trimmed: String {
        let scalars = unicodeScalars
        func isBlank(_ scalar: Unicode.Scalar) -> Bool { scalar.value <= 0x20 }
        guard let first = scalars.firstIndex(where: { !isBlank($0) }),
            let last = scalars.lastIndex(where: { !isBlank($0) })
        else { return "" }
        return String(scalars[first...last])
    }
}
