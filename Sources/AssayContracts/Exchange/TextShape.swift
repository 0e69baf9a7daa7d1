import AssayFormats

/// What a schema says of the kinds of its values: enough to turn texts into values.
struct TextShape: Sendable {
    /// Names of JSON's types that it allows; empty for any.
    var types: Set<String> = []
    /// Of the elements of a list.
    var items: [TextShape] = []
    /// Of the members of an object.
    var properties: [String: TextShape] = [:]
    /// Whether members of other names are allowed for.
    var isOpen = true

    static let any = TextShape()

    var isList: Bool { types.contains("array") }
    var isObject: Bool { types.contains("object") }
    var item: TextShape { items.first ?? .any }

    func property(_ name: String) -> TextShape { properties[name] ?? .any }

    /// What a text may stand for, the likelier first: `12` is a number where one is allowed, and a text where one is.
    func values(of text: String) -> [JSON] {
        var found: [JSON] = []
        if types.contains("integer") || types.contains("number"), let number = try? JSON(parsing: text),
            number.doubleValue != nil
        {
            found.append(number)
        }
        if types.contains("boolean"), text == "true" || text == "false" {
            found.append(.bool(text == "true"))
        }
        if types.contains("null"), text.isEmpty || text == "null" { found.append(.null) }
        // Of what is not described, a text may be anything.
        if types.isEmpty, let value = try? JSON(parsing: text) {
            switch value {
            case .array, .object, .string: break
            default: return [.string(text), value]
            }
        }
        if found.isEmpty || types.contains("string") { found.append(.string(text)) }
        return found
    }

    func value(of text: String) -> JSON { values(of: text)[0] }
}

/// Reads shapes from schemas of a document.
struct TextShapeReader {
    private let reading: APIReading
    /// Schemas looked at for one shape: texts are flat, and schemas may hold themselves many times.
    private var looks = 0
    private static let depthLimit = 6
    private static let lookLimit = 500

    init(_ reading: APIReading) { self.reading = reading }

    /// - Parameter pointer: the `schemaPointer` of a part of the model.
    mutating func shape(at pointer: String?) -> TextShape {
        looks = 0
        guard let pointer, let part = reading.part(at: pointer) else { return .any }
        return shape(of: part, depth: 0)
    }

    private mutating func shape(of part: APIPart, depth: Int) -> TextShape {
        var shape = TextShape()
        looks += 1
        guard depth < Self.depthLimit, looks < Self.lookLimit, let part = reading.resolve(part) else {
            return shape
        }
        switch part.value["type"] {
        case .string(let name)?: shape.types = [name]
        case .array(let names)?: shape.types = Set(names.compactMap(\.stringValue))
        default: break
        }
        if part.value["nullable"] == true, !shape.types.isEmpty { shape.types.insert("null") }
        if shape.types.isEmpty {
            for value in (part.value["enum"]?.arrayValue ?? []) + (part.value["const"].map { [$0] } ?? []) {
                shape.types.insert(value.typeName)
            }
            if part.value["properties"] != nil { shape.types.insert("object") }
            if part.value["items"] != nil { shape.types.insert("array") }
        }
        if let items = part["items"], case .object = items.value {
            shape.items = [self.shape(of: items, depth: depth + 1)]
        }
        for (name, property) in part["properties"]?.members ?? [] {
            shape.properties[name] = self.shape(of: property, depth: depth + 1)
        }
        shape.isOpen = part.value["additionalProperties"] != false
        for keyword in ["allOf", "anyOf", "oneOf"] {
            for choice in part[keyword]?.elements ?? [] {
                let other = self.shape(of: choice, depth: depth + 1)
                shape.types.formUnion(other.types)
                shape.items += other.items
                shape.properties.merge(other.properties) { first, _ in first }
            }
        }
        return shape
    }
}
