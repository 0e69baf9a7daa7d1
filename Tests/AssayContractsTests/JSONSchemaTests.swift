import AssayContracts
import AssayFormats
import Testing

@Suite("JSON Schema")
struct JSONSchemaTests {
    static let item: JSON = [
        "type": "object", "required": ["id", "quantity"],
        "properties": ["id": ["type": "string"], "quantity": ["type": "integer", "minimum": 1]],
    ]

    @Test("a violation says where in the value, where in the schema, what was expected and what is there")
    func violationsAreSpecific() throws {
        let schema = try JSONSchema(
            compiling: [
                "properties": ["items": ["items": ["$ref": "#/$defs/item"]]], "$defs": ["item": Self.item],
            ],
            at: "contracts/order.json")
        let place = "contracts/order.json#/$defs/item"
        let found = schema.violations(of: ["items": [["id": 7, "quantity": 0], ["id": "a"]]])
        #expect(
            found.map(\.description) == [
                "$.items[0].id: expected string, found integer 7 (\(place)/properties/id/type)",
                "$.items[0].quantity: expected at least 1, found 0 (\(place)/properties/quantity/minimum)",
                "$.items[1]: expected a member 'quantity', found an object with id (\(place)/required)",
            ])
        #expect(found.map(\.keyword) == ["type", "minimum", "required"])
    }

    @Test("names that are no plain words are quoted in paths")
    func quotedPaths() throws {
        let schema = try JSONSchema(compiling: ["additionalProperties": false])
        #expect(schema.violations(of: ["a b": 1]).map(\.instancePath) == [#"$["a b"]"#])
    }

    @Test("so many violations are told at most")
    func bounded() throws {
        let schema = try JSONSchema(compiling: ["items": ["type": "string"]])
        let value = JSON.array((0..<100).map { .int($0) })
        #expect(schema.violations(of: value).count == 20)
        #expect(schema.violations(of: value, limit: 3).count == 3)
    }

    @Test("alternatives of which none holds say what each would have asked for")
    func alternatives() throws {
        let schema = try JSONSchema(compiling: ["anyOf": [["type": "string"], ["minimum": 5]]])
        let found = try #require(schema.violations(of: 3).first)
        #expect(found.expected == "one of 2 schemas to hold: string at $; or at least 5 at $")
        #expect(found.keyword == "anyOf")
    }

    @Test("alternatives inside alternatives are judged once each, however deep")
    func nestedAlternatives() throws {
        var schema: JSON = ["type": "string"]
        for _ in 0..<100 { schema = ["anyOf": [schema]] }
        let found = try JSONSchema(compiling: schema).violations(of: 3)
        #expect(found.map(\.expected) == ["one of 1 schemas to hold: one of 1 schemas to hold at $"])
    }

    @Test("references that only lead back to themselves are told instead of followed")
    func loops() throws {
        let schema = try JSONSchema(compiling: ["$ref": "#/$defs/a", "$defs": ["a": ["$ref": "#/$defs/a"]]])
        #expect(schema.violations(of: 1).map(\.expected) == ["references that end"])
    }

    @Test(
        "a loop is told once, also below alternatives and a negation",
        arguments: ["anyOf", "oneOf", "allOf", "not", "if"])
    func hiddenLoops(keyword: String) throws {
        let loop: JSON = ["$ref": "#"]
        var schema = JSONObject()
        schema[keyword] = keyword.hasSuffix("Of") ? [loop] : loop
        let found = try JSONSchema(compiling: .object(schema)).violations(of: 1)
        #expect(found.map(\.expected) == ["references that end"])
    }

    @Test("a value nested deeper than judged is a violation, not a crash")
    func depth() throws {
        var value: JSON = []
        for _ in 0..<2000 { value = [value] }
        let schema = try JSONSchema(compiling: ["items": ["$ref": "#"]])
        #expect(schema.violations(of: value).map(\.actual) == ["a deeper value"])
    }

    @Test("a schema nested deeper than read is refused")
    func deepSchema() {
        var schema: JSON = true
        for _ in 0..<2000 { schema = ["not": schema] }
        #expect(throws: SchemaError.self) { try JSONSchema(compiling: schema) }
    }

    @Test(
        "a pattern that takes too many steps is a violation, in names too",
        arguments: ["pattern", "patternProperties"])
    func costlyPattern(keyword: String) throws {
        let text = String(repeating: "a", count: 60) + "!"
        let isName = keyword == "patternProperties"
        let schema = try JSONSchema(
            compiling: isName ? ["patternProperties": ["^(a+a+)+$": true]] : ["pattern": "^(a+a+)+$"])
        let value: JSON = isName ? .object(JSONObject([(text, JSON.null)])) : .string(text)
        let found = schema.violations(of: value)
        #expect(found.count == 1)
        #expect(found.first?.actual.contains("too many steps") == true)
    }

    static let broken: [(schema: JSON, message: String)] = [
        (["type": "strnig"], "s.json#/type: expected one of null, boolean"),
        (["minLength": -1], "s.json#/minLength: expected a whole number from 0, found -1"),
        (
            ["properties": ["a": ["pattern": "("]]],
            "s.json#/properties/a/pattern: expected a regular expression"
        ),
        (
            ["$ref": "#/$defs/x"],
            "s.json#/$ref: expected a reference to a schema that exists, found '#/$defs/x'"
        ),
        (["$ref": "other.json"], "expected a reference to a document that can be read, found 'other.json'"),
        (
            ["$schema": "http://json-schema.org/draft-03/schema#"],
            "s.json#/$schema: expected a draft from 4 to 2020-12, or a metaschema that can be read"
        ),
        (["items": 3], "s.json#/items: expected a schema (an object, true or false), found 3"),
        (["allOf": true], "s.json#/allOf: expected an array of schemas, found true"),
        (["multipleOf": 0], "s.json#/multipleOf: expected a number above 0, found 0"),
    ]

    @Test("what is wrong with a schema is told with its place", arguments: broken)
    func brokenSchemas(schema: JSON, message: String) throws {
        let error = #expect(throws: SchemaError.self) { try JSONSchema(compiling: schema, at: "s.json") }
        #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
    }

    @Test("references between files are resolved against the file they are written in")
    func files() throws {
        let files: [String: JSON] = [
            "contracts/parts/item.json": ["$ref": "../id.json"], "contracts/id.json": ["type": "integer"],
        ]
        let schema = try JSONSchema(
            compiling: ["items": ["$ref": "parts/item.json"]], at: "contracts/order.json",
            documents: SchemaDocuments { files[$0] })
        #expect(schema.violations(of: ["x"]).map(\.schemaPath) == ["contracts/id.json#/type"])
    }

    static let draft7: [(schema: JSON, value: JSON, holds: Bool)] = [
        (["items": [["type": "string"]], "additionalItems": false], ["a"], true),
        (["items": [["type": "string"]], "additionalItems": false], ["a", 1], false),
        (["dependencies": ["a": ["b"]]], ["a": 1], false),
        (["dependencies": ["a": ["required": ["b"]]]], ["a": 1], false),
        (["dependencies": ["a": ["b"]]], ["a": 1, "b": 2], true),
        (
            ["definitions": ["s": ["type": "string"]], "$ref": "#/definitions/s", "maxLength": 1], "long",
            true
        ),
        (
            ["definitions": ["s": ["$id": "#name", "type": "string"]], "allOf": [["$ref": "#name"]]], 1, false
        ),
        (["unevaluatedProperties": false], ["a": 1], true),
        (["if": ["const": 1], "then": false], 1, false),
    ]

    @Test("draft 7 keeps its own meaning", arguments: draft7)
    func olderDraft(schema: JSON, value: JSON, holds: Bool) throws {
        var members = try #require(schema.objectValue)
        members["$schema"] = "http://json-schema.org/draft-07/schema#"
        #expect(try JSONSchema(compiling: .object(members)).accepts(value) == holds)
    }
}
