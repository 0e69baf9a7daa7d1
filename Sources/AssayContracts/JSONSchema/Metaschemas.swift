import AssayFormats

/// The schemas of schemas, for `$ref`s to their well-known URIs when no documents were given for them.
///
/// Each is one document with the rules of all vocabularies (JSON Schema core §8–§11, validation §6), so references
/// into single vocabularies need the documents themselves.
enum Metaschemas {
    static func document(_ uri: String) -> JSON? { all[uri] }

    private static let all: [String: JSON] = [
        "https://json-schema.org/draft/2020-12/schema": schema(
            of: .draft2020, "https://json-schema.org/draft/2020-12/schema"),
        "https://json-schema.org/draft/2019-09/schema": schema(
            of: .draft2019, "https://json-schema.org/draft/2019-09/schema"),
        "http://json-schema.org/draft-07/schema": schema(
            of: .draft7, "http://json-schema.org/draft-07/schema#"),
        "http://json-schema.org/draft-06/schema": schema(
            of: .draft6, "http://json-schema.org/draft-06/schema#"),
        "http://json-schema.org/draft-04/schema": schema(
            of: .draft4, "http://json-schema.org/draft-04/schema#"),
    ]

    private static func schema(of version: SchemaDialect.Version, _ uri: String) -> JSON {
        let schema: JSON =
            switch version {
            case .draft2020: ["$dynamicRef": "#meta"]
            case .draft2019: ["$recursiveRef": "#"]
            default: ["$ref": "#"]
            }
        var properties = JSONObject()
        for (names, rule) in rules(version, schema) {
            for name in names { properties[name] = rule }
        }
        var root: JSONObject = ["$schema": .string(uri)]
        root[version == .draft4 ? "id" : "$id"] = .string(uri)
        switch version {
        case .draft2020: root["$dynamicAnchor"] = "meta"
        case .draft2019: root["$recursiveAnchor"] = true
        default: break
        }
        root["type"] = version == .draft4 ? "object" : ["object", "boolean"]
        root["properties"] = .object(properties)
        return .object(root)
    }

    /// What keywords must be, by their names.
    private static func rules(
        _ version: SchemaDialect.Version, _ schema: JSON
    ) -> [([String], JSON)] {
        let count: JSON = ["type": "integer", "minimum": 0]
        let schemas: JSON = ["type": "object", "additionalProperties": schema]
        let list: JSON = ["type": "array", "minItems": 1, "items": schema]
        let type: JSON = ["enum": ["array", "boolean", "integer", "null", "number", "object", "string"]]
        let anchor: JSON = ["type": "string", "pattern": "^[A-Za-z_][-A-Za-z0-9._]*$"]
        let names: JSON = [
            "type": "array", "items": ["type": "string"], "uniqueItems": true,
            "minItems": version == .draft4 ? 1 : 0,
        ]
        var rules: [([String], JSON)] = [
            (["not"], schema), (["definitions", "patternProperties", "properties"], schemas),
            (["allOf", "anyOf", "oneOf"], list),
            (["maxItems", "maxLength", "maxProperties", "minItems", "minLength", "minProperties"], count),
            (["maximum", "minimum"], ["type": "number"]),
            (["exclusiveMaximum", "exclusiveMinimum"], ["type": version == .draft4 ? "boolean" : "number"]),
            (["uniqueItems"], ["type": "boolean"]),
            (["$schema", "description", "format", "pattern", "title"], ["type": "string"]),
            (["enum"], ["type": "array"]), (["required"], names),
            (["multipleOf"], positive(version)),
            (
                ["type"],
                ["anyOf": [type, ["type": "array", "items": type, "minItems": 1, "uniqueItems": true]]]
            ),
        ]
        if version < .draft2020 {
            rules += [
                (
                    ["additionalItems"],
                    version == .draft4 ? ["anyOf": [["type": "boolean"], schema]] : schema
                ),
                (["items"], ["anyOf": [schema, list]]),
                (["dependencies"], ["additionalProperties": ["anyOf": [schema, names]]]),
            ]
        }
        rules.append(
            (
                ["additionalProperties"],
                version == .draft4 ? ["anyOf": [["type": "boolean"], schema]] : schema
            ))
        if version == .draft4 { return rules + [(["id", "$ref"], ["type": "string"])] }
        rules += [
            (["contains", "propertyNames"], schema), (["$id", "$ref"], ["type": "string"]),
            (["examples"], ["type": "array"]),
        ]
        if version == .draft6 { return rules }
        rules += [
            (["if", "then", "else"], schema), (["readOnly", "writeOnly"], ["type": "boolean"]),
            (["$comment", "contentEncoding", "contentMediaType"], ["type": "string"]),
        ]
        if version == .draft7 { return rules }
        rules += [
            (["contentSchema", "unevaluatedItems", "unevaluatedProperties"], schema),
            (["$defs", "dependentSchemas"], schemas), (["maxContains", "minContains"], count),
            (["deprecated"], ["type": "boolean"]), (["$anchor"], anchor),
            (["$id"], ["type": "string", "pattern": "^[^#]*#?$"]),
            (["$vocabulary"], ["type": "object", "additionalProperties": ["type": "boolean"]]),
            (["dependentRequired"], ["type": "object", "additionalProperties": names]),
        ]
        if version == .draft2019 {
            return rules + [
                (["$recursiveRef"], ["type": "string"]), (["$recursiveAnchor"], ["type": "boolean"]),
            ]
        }
        return rules + [
            (["items"], schema), (["prefixItems"], list), (["$dynamicRef"], ["type": "string"]),
            (["$dynamicAnchor"], anchor),
        ]
    }

    private static func positive(_ version: SchemaDialect.Version) -> JSON {
        version == .draft4
            ? ["type": "number", "minimum": 0, "exclusiveMinimum": true]
            : ["type": "number", "exclusiveMinimum": 0]
    }
}
