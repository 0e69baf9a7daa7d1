import AssayContracts
import AssayFormats
import Testing

/// Nothing that a schema or a value says may hang or stop the program. Times are not judged here; a test that takes
/// minutes instead of moments shows itself.
@Suite("Hostile schemas and values")
struct HostileSchemaTests {
    private func found(_ schema: JSON, _ value: JSON) throws -> [SchemaViolation] {
        let schema = try JSONSchema(compiling: schema, at: "s.json", assertsFormats: true)
        let violations = schema.violations(of: value, limit: 3)
        var tape = JSONTape()
        try tape.parse(Array(value.rendered().utf8), maxDepth: 1000)
        #expect(schema.accepts(tape) == violations.isEmpty)
        return violations
    }

    @Test("thousands of elements are told apart by hash")
    func unique() throws {
        let values = (0..<4_000).map { JSON.object(["n": .int($0)]) }
        #expect(try found(["uniqueItems": true], .array(values)).isEmpty)
        let twice = try found(["uniqueItems": true], .array(values + [["n": 3_999]]))
        #expect(twice.map(\.actual) == [#"{"n":3999} at [3999] and [4000]"#])
    }

    @Test("an enum of thousands of values is looked up, not gone through")
    func enumerated() throws {
        let values = (0..<4_000).map { JSON.string("value \($0)") }
        let schema: JSON = ["items": ["enum": .array(values)]]
        #expect(try found(schema, .array(values)).isEmpty)
        #expect(try found(schema, ["value 4000"]).map(\.instancePath) == ["$[0]"])
        let numbers = (0..<2_000).map { JSON.int($0) }
        #expect(try found(["items": ["enum": .array(numbers)]], .array(numbers)).isEmpty)
    }

    @Test("an object of thousands of members is judged member by member")
    func manyMembers() throws {
        let members = JSONObject((0..<4_000).map { ("name \($0)", JSON.int($0)) })
        let schemas = JSONObject((0..<4_000).map { ("name \($0)", ["type": "integer"] as JSON) })
        let required = JSON.array((0..<500).map { .string("name \($0)") })
        #expect(try found(["properties": .object(schemas), "required": required], .object(members)).isEmpty)
        #expect(try found(["required": required], [:]).count == 3)
        #expect(try found(["additionalProperties": ["type": "string"]], .object(members)).count == 3)
    }

    @Test("references that only lead to each other are named")
    func circles() throws {
        let schema: JSON = [
            "$ref": "#/$defs/a",
            "$defs": ["a": ["allOf": [["$ref": "#/$defs/b"]]], "b": ["anyOf": [["$ref": "#/$defs/a"]]]],
        ]
        #expect(
            try found(schema, 1).map(\.actual) == ["a reference that leads back to itself"])
    }

    @Test("a pattern that takes too many steps is asked once, not for every element")
    func costlyElements() throws {
        let text = JSON.string(String(repeating: "a", count: 60) + "!")
        let schema: JSON = ["items": ["anyOf": [["pattern": "^(a+a+)+$"], ["type": "integer"]]]]
        let violations = try found(schema, .array(Array(repeating: text, count: 2_000)))
        #expect(violations.count == 1)
        #expect(violations.first?.actual.contains("too many steps") == true)
        #expect(violations.first?.instancePath == "$[0]")
    }

    @Test("schemas that refer to each other in many ways are looked through once for their marks")
    func manyWays() throws {
        var schemas = JSONObject()
        for level in 0..<20 {
            let next: JSON = ["$ref": .string("#/components/schemas/l\(level + 1)")]
            let all = JSON.array(Array(repeating: next, count: 20))
            schemas["l\(level)"] = [
                "allOf": all, "properties": ["a": ["allOf": all], "b": ["readOnly": true]],
            ]
        }
        schemas["l20"] = ["$ref": "#/components/schemas/l0", "required": ["b"]]
        let document: JSON = ["openapi": "3.1.0", "components": ["schemas": .object(schemas)]]
        let set = try JSONSchemaSet(compiling: document, use: .request)
        #expect(throws: Never.self) { try set.schema(at: "/components/schemas/l0") }
    }

    @Test("numbers beyond 64 bits keep their order")
    func bigNumbers() throws {
        #expect(
            try found(
                ["maximum": 18446744073709551615.0], 98249283749234923498293171823948729348710298301928331.0
            ).count == 1)
        #expect(try found(["type": "integer"], 1e300).isEmpty)
        #expect(try found(["multipleOf": 1e-300], 1e300).count <= 1)
        #expect(try found(["multipleOf": 0.0001], 0.0075).isEmpty)
    }

    @Test("combinations that multiply end with a named answer on the tape as well")
    func catastrophic() throws {
        var definitions = JSONObject()
        for level in 0..<40 {
            let next: JSON = ["$ref": .string("#/$defs/l\(level + 1)")]
            definitions["l\(level)"] = ["anyOf": [["allOf": [next, false]], ["oneOf": [next, next]]]]
        }
        definitions["l40"] = true
        let violations = try found(["$ref": "#/$defs/l0", "$defs": .object(definitions)], 1)
        #expect(violations.map(\.expected) == ["a judgement of at most 2000000 steps"])
    }

    @Test("a value as deep as it may be read is judged, and one too deep for its schema is named")
    func deepValues() throws {
        var value: JSON = 1
        for _ in 0..<400 { value = [value] }
        let schema: JSON = ["$ref": "#/$defs/a", "$defs": ["a": ["items": ["$ref": "#/$defs/a"]]]]
        #expect(try found(schema, value).map(\.actual) == ["a deeper value"])
        #expect(try found(["items": ["$ref": "#"]], [[[1]]]).isEmpty)
    }

    @Test("of repeated names the last counts, whichever judge is asked")
    func repeatedNames() throws {
        let schema = try JSONSchema(compiling: [
            "properties": ["a": ["type": "integer"]], "maxProperties": 1,
        ])
        #expect(try schema.violations(ofJSON: #"{"a": "x", "a": 1}"#.utf8).isEmpty)
        #expect(try schema.violations(ofJSON: #"{"a": 1, "a": "x"}"#.utf8).count == 1)
        #expect(try schema.violations(ofJSON: #"{"a": 1, "\u0061": 2}"#.utf8).isEmpty)
        let negated = try JSONSchema(compiling: ["not": ["additionalProperties": ["type": "integer"]]])
        #expect(try negated.violations(ofJSON: #"{"a": "x", "a": 1}"#.utf8).count == 1)
    }

    @Test("an expression nested too deep is none, and ends nothing")
    func deepExpression() throws {
        let deep = String(repeating: "(", count: 50_000) + String(repeating: ")", count: 50_000)
        #expect(try found(["format": "regex"], .string(deep)).count == 1)
        #expect(try found(["format": "regex"], "((((a))))").isEmpty)
        #expect(throws: SchemaError.self) { try JSONSchema(compiling: ["pattern": .string(deep)]) }
    }

    static let costly: [JSON] = [
        ["pattern": "^(a+a+)+$"], ["pattern": "(.*a){25}$"], ["pattern": "^(([a-z])+.)+[A-Z]([a-z])+$"],
        ["propertyNames": ["pattern": "^(a|a)*$"]],
    ]

    @Test("patterns that take too many steps end", arguments: costly)
    func patterns(schema: JSON) throws {
        let text = String(repeating: "a", count: 5000) + "!"
        let value: JSON =
            schema["propertyNames"] == nil ? .string(text) : .object(JSONObject([(text, JSON.null)]))
        let violations = try found(schema, value)
        #expect(violations.count == 1)
    }
}
