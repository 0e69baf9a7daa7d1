public import AssayFormats

/// A value that satisfies a JSON Schema, the same each time: what a model "fills in".
///
/// In OpenAPI documents `example` counts too, and properties that are not required are there.
///
/// Understands type, enum, const, default, examples, properties and required, items and prefixItems, minimum and maximum
/// with their exclusive forms, multipleOf, minLength, maxLength, format, minItems, uniqueItems, allOf, anyOf, oneOf and
/// `$ref` into the same document. `pattern` is not looked at: give an example, a default or a scripted answer there.
public struct SchemaExample {
    private let root: JSON
    /// Whether the root is an OpenAPI document.
    private let isDescribed: Bool
    /// References that are being followed, to come out of schemas that hold themselves.
    private var open: [String] = []
    /// Values made so far; a schema that asks for more gets null.
    private var made = 0
    private static let limit = 5000
    private static let depthLimit = 24
    /// From this depth on only what is required is made, to come out of schemas that hold themselves.
    private static let shallowDepth = 6

    static func value(of schema: JSON) -> JSON {
        var example = SchemaExample(root: schema, isDescribed: false)
        return example.value(of: schema, name: "value", depth: 0, index: 0)
    }

    /// A value of a schema of an OpenAPI document, as a response has it.
    ///
    /// - Parameter document: what references lead into.
    public static func value(of schema: JSON, inOpenAPI document: JSON) -> JSON {
        var example = SchemaExample(root: document, isDescribed: true)
        return example.value(of: schema, name: "value", depth: 0, index: 0)
    }

    private init(root: JSON, isDescribed: Bool) {
        self.root = root
        self.isDescribed = isDescribed
    }

    private mutating func value(of schema: JSON, name: String, depth: Int, index: Int) -> JSON {
        made += 1
        guard depth < Self.depthLimit, made < Self.limit else { return .null }
        let before = open.count
        defer { open.removeSubrange(before...) }
        let schema = resolved(schema, depth: depth)
        if isDescribed, let value = schema["example"] { return value }
        if let value = schema["const"] ?? schema["default"] ?? schema["examples"]?[index]
            ?? schema["examples"]?[0]
        {
            return value
        }
        if let words = schema["enum"]?.arrayValue, let first = words.first {
            return index < words.count ? words[index] : first
        }
        switch type(of: schema, depth: depth) {
        case "object": return object(schema, depth: depth)
        case "array": return array(schema, name: name, depth: depth)
        case "integer": return number(schema, isWhole: true, index: index)
        case "number": return number(schema, isWhole: false, index: index)
        case "boolean": return .bool(index % 2 == 0)
        case "null": return .null
        default: return .string(text(schema, name: name, index: index))
        }
    }

    /// The schema with references followed, parts of `allOf` put together and an alternative chosen.
    private mutating func resolved(_ schema: JSON, depth: Int) -> JSON {
        var schema = schema
        // References may lead in a circle.
        for _ in 0..<16 {
            if let reference = schema["$ref"]?.stringValue {
                open.append(reference)
                var merged = target(reference).objectValue ?? JSONObject()
                for (key, value) in schema.objectValue ?? JSONObject() where key != "$ref" {
                    merged[key] = value
                }
                schema = .object(merged)
            } else if let parts = schema["allOf"]?.arrayValue {
                schema = merged(schema, parts, without: "allOf")
            } else if let (key, choice) = alternative(schema, depth: depth) {
                schema = merged(schema, [choice], without: key)
            } else {
                return schema
            }
        }
        return [:]
    }

    private func alternative(_ schema: JSON, depth: Int) -> (String, JSON)? {
        for key in ["anyOf", "oneOf"] {
            guard let choices = schema[key]?.arrayValue, let first = choices.first else { continue }
            if depth >= Self.shallowDepth, let none = choices.first(where: { $0["type"] == "null" }) {
                return (key, none)
            }
            return (key, choices.first { $0["type"] != "null" } ?? first)
        }
        return nil
    }

    /// Members of the parts put into the schema; properties and required names are united.
    private mutating func merged(_ schema: JSON, _ parts: [JSON], without key: String) -> JSON {
        var all = schema.objectValue ?? JSONObject()
        all[key] = nil
        for part in parts {
            var part = part
            if let reference = part["$ref"]?.stringValue {
                open.append(reference)
                part = target(reference)
            }
            for (key, value) in part.objectValue ?? JSONObject() {
                switch (key, all[key], value) {
                case ("properties", .object(let own)?, .object(let more)):
                    var united = own
                    for (name, schema) in more { united[name] = schema }
                    all[key] = .object(united)
                case ("required", .array(let own)?, .array(let more)): all[key] = .array(own + more)
                default: all[key] = value
                }
            }
        }
        return .object(all)
    }

    /// `#`, `#/$defs/Name`.
    private func target(_ reference: String) -> JSON {
        guard reference.hasPrefix("#") else { return [:] }
        var place = root
        for part in reference.dropFirst().split(separator: "/") {
            let name = Self.unescaped(part)
            guard let next = place[name] ?? Int(name).flatMap({ place[$0] }) else { return [:] }
            place = next
        }
        return place
    }

    /// RFC 6901 §3.
    private static func unescaped(_ part: Substring) -> String {
        var name = ""
        var rest = part
        while let character = rest.popFirst() {
            if character == "~", let next = rest.popFirst() {
                name.append(next == "0" ? "~" : "/")
            } else {
                name.append(character)
            }
        }
        return name
    }

    private func type(of schema: JSON, depth: Int) -> String {
        if let types = schema["type"]?.arrayValue?.compactMap(\.stringValue), let first = types.first {
            if depth >= Self.shallowDepth, types.contains("null") { return "null" }
            return types.first { $0 != "null" } ?? first
        }
        if let type = schema["type"]?.stringValue { return type }
        if schema["properties"] != nil { return "object" }
        if schema["items"] != nil || schema["prefixItems"] != nil { return "array" }
        if schema["minimum"] != nil || schema["maximum"] != nil { return "number" }
        return "string"
    }

    private mutating func object(_ schema: JSON, depth: Int) -> JSON {
        let properties = schema["properties"]?.objectValue ?? JSONObject()
        let required = (schema["required"]?.arrayValue ?? []).compactMap(\.stringValue)
        var members = JSONObject()
        for (name, property) in properties
        where isDescribed ? isShown(property, required.contains(name), depth) : required.contains(name) {
            members[name] = value(of: property, name: name, depth: depth + 1, index: 0)
        }
        for name in required where properties[name] == nil {
            members[name] = value(
                of: schema["additionalProperties"] ?? [:], name: name, depth: depth + 1, index: 0)
        }
        return .object(members)
    }

    /// Whether a response of an OpenAPI document has a property.
    private func isShown(_ property: JSON, _ isRequired: Bool, _ depth: Int) -> Bool {
        if property["writeOnly"] == true { return false }
        return isRequired || depth < Self.shallowDepth && !isOpen(property)
    }

    private func isOpen(_ schema: JSON) -> Bool {
        if let reference = schema["$ref"]?.stringValue { return open.contains(reference) }
        return ["allOf", "anyOf", "oneOf"].contains { key in
            schema[key]?.arrayValue?.contains { isOpen($0) } ?? false
        }
    }

    private mutating func array(_ schema: JSON, name: String, depth: Int) -> JSON {
        let most = schema["maxItems"]?.intValue.map { Int(clamping: $0) } ?? Int.max
        let least = min(Int(clamping: schema["minItems"]?.intValue ?? 0), Self.limit)
        let first = schema["prefixItems"]?.arrayValue ?? []
        let isShort = depth >= Self.shallowDepth || isDescribed && isOpen(schema["items"] ?? [:])
        let wanted = isShort ? least : max(least, min(most, max(1, first.count)))
        var elements: [JSON] = []
        for index in 0..<max(0, min(wanted, most)) {
            let element = index < first.count ? first[index] : schema["items"] ?? [:]
            elements.append(value(of: element, name: name, depth: depth + 1, index: index))
        }
        return .array(elements)
    }

    private func number(_ schema: JSON, isWhole: Bool, index: Int) -> JSON {
        let step = schema["multipleOf"]?.doubleValue.flatMap { $0 > 0 ? $0 : nil } ?? (isWhole ? 1 : 0)
        var low = schema["minimum"]?.doubleValue ?? -Double.infinity
        var high = schema["maximum"]?.doubleValue ?? Double.infinity
        let width = isWhole || step > 0 ? max(step, isWhole ? 1 : step) : 0.5
        if let bound = schema["exclusiveMinimum"]?.doubleValue { low = max(low, bound + width) }
        if let bound = schema["exclusiveMaximum"]?.doubleValue { high = min(high, bound - width) }
        // OpenAPI 3.0 says with a boolean whether the bound itself is out.
        if schema["exclusiveMinimum"] == true { low += width }
        if schema["exclusiveMaximum"] == true { high -= width }
        if low > high, low.isFinite, high.isFinite { (low, high) = ((low + high) / 2, (low + high) / 2) }
        var value = min(max(1 + Double(index) * max(step, 1), low), high)
        if step > 0 {
            let down = (value / step).rounded(.down) * step
            value = down >= low ? down : (value / step).rounded(.up) * step
        }
        if let whole = Int64(exactly: value) { return .int(whole) }
        return .double(value)
    }

    private static let formats: [String: String] = [
        "date": "2026-01-31", "date-time": "2026-01-31T09:30:00Z", "time": "09:30:00Z", "duration": "PT1H",
        "email": "ann@example.com", "hostname": "example.com", "ipv4": "192.0.2.1", "ipv6": "2001:db8::1",
        "uri": "https://example.com/", "uri-reference": "/", "uuid": "00000000-0000-4000-8000-000000000001",
    ]

    private func text(_ schema: JSON, name: String, index: Int) -> String {
        let format = schema["format"]?.stringValue.flatMap { name in Self.formats[name].map { (name, $0) } }
        var text = format?.1 ?? name
        if index > 0 {
            let number = "\(index + 1)"
            switch format?.0 {
            case nil: text += " " + number
            case "uuid": text = text.dropLast(number.utf8.count) + number
            case "email": text = "ann\(number)@example.com"
            case "uri", "uri-reference": text += number
            default: break
            }
        }
        let least = min(Int(clamping: schema["minLength"]?.intValue ?? 0), 10_000)
        if text.unicodeScalars.count < least {
            text += String(repeating: "x", count: least - text.unicodeScalars.count)
        }
        if let most = schema["maxLength"]?.intValue, most >= 0 {
            text = String(text.prefix(Int(clamping: most)))
        }
        return text
    }
}
