import AssayContracts
import AssayCore
import AssayFormats
import Testing

@Suite("Spellings of one meaning are no change")
struct SchemaSpellingTests {
    private static let same: [(String, String)] = [
        ("{type: [string, 'null']}", "{anyOf: [{type: string}, {type: 'null'}]}"),
        ("{type: [string, 'null']}", "{oneOf: [{type: 'null'}, {type: string}]}"),
        ("{enum: [a, null]}", "{anyOf: [{enum: [a]}, {const: null}]}"),
        ("{const: a}", "{enum: [a]}"),
        ("{type: number}", "{type: [number, integer]}"),
        ("{type: integer, minimum: 1}", "{type: integer, exclusiveMinimum: 0}"),
        ("{type: integer, maximum: 9.0}", "{type: integer, maximum: 9}"),
        (
            "{type: object, required: [a], properties: {a: {type: string}}}",
            "{allOf: [{type: object, properties: {a: {type: string}}}, {required: [a]}]}"
        ),
        (
            "{properties: {a: {$ref: '#/$defs/A'}}, $defs: {A: {type: string}}}",
            "{properties: {a: {type: string}}}"
        ),
        ("{$ref: '#/$defs/A', $defs: {A: {$ref: '#/$defs/B'}, B: {type: string}}}", "{type: string}"),
        ("{type: object, additionalProperties: true}", "{type: object}"),
        ("{type: object, additionalProperties: {}}", "{type: object, unevaluatedProperties: true}"),
        (
            "{type: object, properties: {x_a: {type: string}}, additionalProperties: false}",
            "{type: object, properties: {x_a: {type: string}}, unevaluatedProperties: false}"
        ),
        (
            "{type: array, items: {type: string}}",
            "{type: array, items: {type: string}, minItems: 0, uniqueItems: false}"
        ),
        ("{type: string}", "{type: string, title: T, description: D, examples: [a], $comment: c, x-own: 1}"),
        ("{oneOf: [{type: string}, {type: integer}]}", "{oneOf: [{type: integer}, {type: string}]}"),
        ("{not: {type: string}}", "{not: {type: [string]}}"),
        ("{$ref: '#me', $defs: {A: {$anchor: me, type: string}}}", "{type: string}"),
    ]

    @Test("in draft 2020-12", arguments: same)
    func modern(old: String, new: String) throws {
        for direction in [SchemaDirection.request, .response, .stored(.full)] {
            #expect(try Compared.findings(old, new, as: direction).isEmpty)
            #expect(try Compared.findings(new, old, as: direction).isEmpty)
        }
    }

    private func document(_ version: String, _ schema: String) -> String {
        """
        openapi: \(version)
        info: {title: Shop, version: "1"}
        paths:
          /orders:
            post:
              requestBody: {content: {application/json: {schema: \(schema)}}}
              responses: {"200": {description: Made, content: {application/json: {schema: \(schema)}}}}
        components: {schemas: {A: {type: string}}}
        """
    }

    @Test(
        "between OpenAPI 3.0 and 3.1",
        arguments: [
            ("{type: string, nullable: true}", "{type: [string, 'null']}"),
            ("{type: integer, minimum: 0, exclusiveMinimum: true}", "{type: integer, exclusiveMinimum: 0}"),
            ("{type: number, maximum: 9, exclusiveMaximum: true}", "{type: number, exclusiveMaximum: 9}"),
            ("{type: number, maximum: 9, exclusiveMaximum: false}", "{type: number, maximum: 9}"),
            ("{$ref: '#/components/schemas/A'}", "{$ref: '#/components/schemas/A'}"),
            (
                "{allOf: [{$ref: '#/components/schemas/A'}], nullable: true}",
                "{anyOf: [{$ref: '#/components/schemas/A'}, {type: 'null'}]}"
            ),
            ("{type: string, enum: [a, null], nullable: true}", "{enum: [a, null]}"),
        ])
    func versions(old: String, new: String) throws {
        let findings = try Compared.documentFindings(document("3.0.3", old), document("3.1.0", new))
        #expect(findings.isEmpty, "\(findings.map(\.message))")
    }

    @Test("names of path parameters, the case of header names, and parameters of media types")
    func documents() throws {
        func text(_ name: String, _ header: String, _ type: String) -> String {
            """
            openapi: 3.1.0
            info: {title: Shop, version: "1"}
            paths:
              /orders/{\(name)}:
                get:
                  parameters:
                    - {name: \(name), in: path, required: true, schema: {type: string}}
                    - {name: \(header), in: header, schema: {type: string}}
                  responses: {"200": {description: One, content: {\(type): {schema: {type: object}}}}}
            """
        }
        let found = try Compared.documentFindings(
            text("id", "X-Tenant", "application/json"),
            text("order", "x-tenant", "'application/json; charset=utf-8'"))
        #expect(found.isEmpty)
    }
}

@Suite("Comparisons of hostile schemas end")
struct HostileComparisonTests {
    private func findings(_ old: JSON, _ new: JSON) throws -> [CompatibilityFinding] {
        try compareSchemas(
            old: ComparedDocument(SchemaDocument(old), file: "old.json"),
            new: ComparedDocument(SchemaDocument(new), file: "new.json"), as: .stored(.full))
    }

    @Test("references that lead back to themselves")
    func circles() throws {
        let loop: JSON = [
            "$ref": "#/$defs/A", "$defs": ["A": ["$ref": "#/$defs/B"], "B": ["$ref": "#/$defs/A"]],
        ]
        #expect(try findings(loop, loop).isEmpty)
        func tree(_ type: JSON) -> JSON {
            [
                "$ref": "#/$defs/Node",
                "$defs": [
                    "Node": [
                        "type": "object",
                        "properties": [
                            "value": ["type": type], "left": ["$ref": "#/$defs/Node"],
                            "all": ["type": "array", "items": ["$ref": "#/$defs/Node"]],
                        ],
                    ]
                ],
            ]
        }
        let found = try findings(tree("string"), tree("integer"))
        #expect(found.map { "\($0.rule) \($0.path)" } == ["type-changed $.value"])
        let selfUnion: JSON = [
            "$defs": ["A": ["anyOf": [["$ref": "#/$defs/A"], ["type": "string"], ["type": "integer"]]]],
            "$ref": "#/$defs/A",
        ]
        let otherUnion: JSON = [
            "$defs": ["A": ["anyOf": [["$ref": "#/$defs/A"], ["type": "string"], ["type": "boolean"]]]],
            "$ref": "#/$defs/A",
        ]
        _ = try findings(selfUnion, otherUnion)
        let selfAll: JSON = [
            "$defs": ["A": ["allOf": [["$ref": "#/$defs/A"], ["type": "string"]]]], "$ref": "#/$defs/A",
        ]
        #expect(try findings(selfAll, ["type": "string"]).isEmpty)
    }

    /// Each level refers twice to the next: as many paths as two to the power of the levels.
    private func ladder(_ levels: Int, last: JSON, keyword: String = "properties") -> JSON {
        var definitions: JSONObject = [:]
        for level in 0..<levels {
            let next: JSON = ["$ref": .string("#/$defs/L\(level + 1)")]
            definitions["L\(level)"] =
                keyword == "properties"
                ? ["type": "object", "properties": ["a": next, "b": next]]
                : [
                    keyword: [
                        ["type": "object", "required": ["x"], "properties": ["a": next]],
                        ["type": "array", "items": next],
                    ]
                ]
        }
        definitions["L\(levels)"] = last
        return ["$ref": "#/$defs/L0", "$defs": .object(definitions)]
    }

    @Test(
        "more paths than anyone can walk, and unions in unions",
        arguments: ["properties", "anyOf", "oneOf", "allOf"])
    func ladders(keyword: String) throws {
        let old = ladder(24, last: ["type": "string"], keyword: keyword)
        let new = ladder(24, last: ["type": "integer"], keyword: keyword)
        #expect(try findings(old, old).isEmpty)
        let found = try findings(old, new)
        // An object that is an array as well is nothing, before and after.
        #expect(found.isEmpty == (keyword == "allOf"))
        #expect(found.count < 100)
    }

    @Test("a chain of thousands of references")
    func chain() throws {
        func chain(_ last: String) -> JSON {
            var definitions: JSONObject = ["D4000": ["type": .string(last)]]
            for level in 0..<4_000 {
                definitions["D\(level)"] = [
                    "properties": ["next": ["$ref": .string("#/$defs/D\(level + 1)")]]
                ]
            }
            return ["$ref": "#/$defs/D0", "$defs": .object(definitions)]
        }
        let found = try findings(chain("string"), chain("integer"))
        #expect(found.map(\.rule) == ["type-changed"])
        #expect(found[0].path.utf8.count < 500)
    }

    @Test("more changes than are told say that they are not all")
    func unfinished() throws {
        func wide(_ type: String) -> JSON {
            var properties: JSONObject = [:]
            for number in 0..<6_000 { properties["p\(number)"] = ["type": .string(type)] }
            return ["type": "object", "properties": .object(properties)]
        }
        let found = try findings(wide("string"), wide("integer"))
        #expect(found.count <= 6_001)
        #expect(found.contains { $0.rule == CompatibilityRules.unfinished && $0.level == .error })
    }

    @Test("nesting without end, references to nothing and what is no schema are told with their place")
    func unusable() throws {
        var deep: JSON = ["type": "string"]
        for _ in 0..<400 { deep = ["items": deep] }
        #expect(throws: SchemaError.self) { try findings(deep, deep) }
        func problem(_ text: String) throws -> String {
            do {
                _ = try compareSchemas(
                    old: Compared.schema("{type: object}"), new: Compared.schema(text, file: "new.yml"),
                    as: .request)
                return "nothing"
            } catch let error as SchemaError {
                return error.description
            }
        }
        #expect(
            try problem("{$ref: '#/$defs/A'}")
                == "new.yml:1:1: expected a reference to a schema that exists, found '#/$defs/A', and there is no '#/$defs/A'"
        )
        #expect(
            try problem("{properties: {a: 5}}")
                == "new.yml:1:15: expected a schema (an object, true or false), found 5"
        )
    }
}
