internal import AssayFormats

/// Schemas of draft 2020-12, as ``SchemaInference`` writes them, in the dialect of OpenAPI 3.0.
enum OpenAPI30 {
    /// The part of a document with its schemas changed.
    ///
    /// Source: OpenAPI 3.0.4 §4.7.24: `nullable` for null, one type, no `prefixItems`.
    static func converted(_ part: JSON) -> JSON {
        switch part {
        case .array(let elements): return .array(elements.map(converted))
        case .object(let object):
            if let first = part["anyOf"]?[0], part["anyOf"]?[1] == ["type": "null"] {
                return ["allOf": [converted(first)], "nullable": true]
            }
            var result = JSONObject(object.map { ($0.key, converted($0.value)) })
            if let positions = object["prefixItems"]?.arrayValue {
                result["prefixItems"] = Optional<JSON>.none
                result["items"] = ["anyOf": .array(positions.map(converted))]
                result["maxItems"] = .int(Int64(positions.count))
            }
            guard let types = object["type"]?.arrayValue ?? (object["type"] == "null" ? ["null"] : nil) else {
                // `items` is required beside `array`.
                if object["type"] == "array", result["items"] == nil { result["items"] = [:] }
                return .object(result)
            }
            return typed(result, types.compactMap(\.stringValue))
        default: return part
        }
    }

    private static let ofType: [String: [String]] = [
        "array": ["items", "minItems", "maxItems"],
        "object": ["properties", "required", "additionalProperties"],
        "string": ["format", "enum"],
    ]

    private static func typed(_ schema: JSONObject, _ types: [String]) -> JSON {
        let kinds = types.filter { $0 != "null" }
        var result = schema
        result["type"] = Optional<JSON>.none
        if kinds.count == 1 {
            var first: JSONObject = ["type": .string(kinds[0])]
            for (key, value) in result { first[key] = .some(value) }
            if kinds[0] == "array", first["items"] == nil { first["items"] = [:] }
            result = first
        } else if !kinds.isEmpty {
            result["anyOf"] = .array(
                kinds.map { kind in
                    var one: JSONObject = ["type": .string(kind)]
                    for key in ofType[kind] ?? [] { one[key] = schema[key] }
                    if kind == "array", one["items"] == nil { one["items"] = [:] }
                    return .object(one)
                })
            for key in ofType.values.joined() { result[key] = Optional<JSON>.none }
        }
        // Without a type null is allowed already.
        if types.contains("null"), kinds.count == 1 { result["nullable"] = true }
        guard types.contains("null"), kinds.count > 1 else { return .object(result) }
        return [:]
    }
}
