import AssayFormats

/// The schema of schemas of draft 2020-12, for `$ref`s to its well-known URI when no document was given for it.
///
/// It is one document with the rules of all vocabularies (JSON Schema core §8–§11, validation §6), so references
/// into single vocabularies need the documents themselves.
enum Metaschemas {
    static func document(_ uri: String) -> JSON? {
        // In a ternary, `nil` would be JSON's null.
        guard uri == "https://json-schema.org/draft/2020-12/schema" else { return nil }
        return draft2020
    }

    private static let draft2020: JSON = {
        let schema: JSON = ["$dynamicRef": "#meta"]
        let schemas: JSON = ["type": "object", "additionalProperties": schema]
        let list: JSON = ["type": "array", "minItems": 1, "items": schema]
        let count: JSON = ["type": "integer", "minimum": 0]
        let names: JSON = ["type": "array", "items": ["type": "string"], "uniqueItems": true]
        let type: JSON = ["enum": ["array", "boolean", "integer", "null", "number", "object", "string"]]
        let anchor: JSON = ["type": "string", "pattern": "^[A-Za-z_][-A-Za-z0-9._]*$"]
        var properties = JSONObject()
        for name in [
            "additionalProperties", "contains", "contentSchema", "else", "if", "items", "not",
            "propertyNames",
            "then", "unevaluatedItems", "unevaluatedProperties",
        ] { properties[name] = schema }
        for name in ["$defs", "definitions", "dependentSchemas", "patternProperties", "properties"] {
            properties[name] = schemas
        }
        for name in ["allOf", "anyOf", "oneOf", "prefixItems"] { properties[name] = list }
        for name in [
            "maxContains", "maxItems", "maxLength", "maxProperties", "minContains", "minItems", "minLength",
            "minProperties",
        ] { properties[name] = count }
        for name in ["exclusiveMaximum", "exclusiveMinimum", "maximum", "minimum"] {
            properties[name] = ["type": "number"]
        }
        for name in ["deprecated", "readOnly", "uniqueItems", "writeOnly"] {
            properties[name] = ["type": "boolean"]
        }
        for name in [
            "$comment", "$dynamicRef", "$ref", "$schema", "contentEncoding", "contentMediaType",
            "description",
            "format", "pattern", "title",
        ] { properties[name] = ["type": "string"] }
        properties["$id"] = ["type": "string", "pattern": "^[^#]*#?$"]
        properties["$anchor"] = anchor
        properties["$dynamicAnchor"] = anchor
        properties["$vocabulary"] = ["type": "object", "additionalProperties": ["type": "boolean"]]
        properties["dependentRequired"] = ["type": "object", "additionalProperties": names]
        properties["enum"] = ["type": "array"]
        properties["examples"] = ["type": "array"]
        properties["multipleOf"] = ["type": "number", "exclusiveMinimum": 0]
        properties["required"] = names
        properties["type"] = [
            "anyOf": [type, ["type": "array", "items": type, "minItems": 1, "uniqueItems": true]]
        ]
        return [
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$id": "https://json-schema.org/draft/2020-12/schema",
            "$dynamicAnchor": "meta",
            "type": ["object", "boolean"],
            "properties": .object(properties),
        ]
    }()
}
