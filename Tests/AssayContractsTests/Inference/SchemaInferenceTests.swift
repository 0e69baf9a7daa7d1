import AssayContracts
import AssayCore
import AssayFormats
import Testing

private func shape(_ examples: [String]) throws -> ExampleShape {
    var shape = ExampleShape()
    for example in examples { shape.add(try JSON(parsing: example)) }
    return shape
}

/// The schema without what every document begins with.
private func schema(
    _ examples: [String], _ change: (inout SchemaInference.Options) -> Void = { _ in }
) throws -> JSON {
    var options = SchemaInference.Options()
    change(&options)
    var document = try #require(
        SchemaInference(options).document(of: try shape(examples), name: "thing").objectValue)
    #expect(document["$schema"] == "https://json-schema.org/draft/2020-12/schema")
    #expect(document["title"] == "thing")
    document["$schema"] = Optional<JSON>.none
    document["title"] = Optional<JSON>.none
    return .object(document)
}

private struct Case: Sendable, CustomTestStringConvertible {
    var title: String
    var examples: [String]
    var schema: String
    var testDescription: String { title }
}

private let cases: [Case] = [
    Case(title: "a text", examples: [#""a""#], schema: #"{"type": "string"}"#),
    Case(title: "whole numbers", examples: ["1", "2"], schema: #"{"type": "integer"}"#),
    Case(title: "a broken one makes all numbers", examples: ["1", "2.5"], schema: #"{"type": "number"}"#),
    Case(
        title: "null makes nullable", examples: ["null", "true"], schema: #"{"type": ["boolean", "null"]}"#),
    Case(
        title: "a member of every object is required, another optional",
        examples: [#"{"a": 1, "b": "x"}"#, #"{"a": 2}"#],
        schema:
            #"{"type": "object", "required": ["a"], "properties": {"a": {"type": "integer"}, "b": {"type": "string"}}}"#
    ),
    Case(
        title: "a member that a later example has is optional",
        examples: [#"{"a": 1}"#, #"{"new": true, "a": 2}"#],
        schema:
            #"{"type": "object", "required": ["a"], "properties": {"new": {"type": "boolean"}, "a": {"type": "integer"}}}"#
    ),
    Case(
        title: "elements of all arrays are one shape", examples: [#"[{"a": 1}, {"a": 2, "b": null}]"#, "[]"],
        schema:
            #"{"type": "array", "items": {"type": "object", "required": ["a"], "properties": {"a": {"type": "integer"}, "b": {"type": "null"}}}}"#
    ),
    Case(title: "of an empty array nothing is known", examples: ["[]"], schema: #"{"type": "array"}"#),
    Case(
        title: "pairs of text and number are tuples", examples: [#"[["a", 1], ["b", 2]]"#],
        schema:
            #"{"type": "array", "items": {"type": "array", "prefixItems": [{"type": "string"}, {"type": "integer"}], "items": false, "minItems": 2}}"#
    ),
    Case(
        title: "arrays of several lengths are no tuples", examples: [#"[["a", 1], ["b"]]"#],
        schema: #"{"type": "array", "items": {"type": "array", "items": {"type": ["integer", "string"]}}}"#),
    Case(
        title: "whole and broken numbers side by side are no tuple", examples: ["[[1, 2.5], [3, 4.5]]"],
        schema: #"{"type": "array", "items": {"type": "array", "items": {"type": "number"}}}"#),
    Case(
        title: "kinds that were mixed", examples: ["1", #""a""#, "[true]"],
        schema: #"{"type": ["array", "integer", "string"], "items": {"type": "boolean"}}"#),
    Case(
        title: "names that are ids make a map",
        examples: [#"{"17": {"n": 1}, "4": {"n": 2}, "99": {"n": 3, "m": 1}}"#],
        schema:
            #"{"type": "object", "additionalProperties": {"type": "object", "required": ["n"], "properties": {"n": {"type": "integer"}, "m": {"type": "integer"}}}}"#
    ),
    Case(
        title: "names that are ids of unlike values make none", examples: [#"{"1": 1, "2": "a", "3": true}"#],
        schema:
            #"{"type": "object", "required": ["1", "2", "3"], "properties": {"1": {"type": "integer"}, "2": {"type": "string"}, "3": {"type": "boolean"}}}"#
    ),
    Case(
        title: "many names that change make a map",
        examples: ["a", "b", "c", "d"].map { part in
            "{"
                + (0..<6).map { "\"\(part)\("xyzuvw".dropFirst($0).prefix(1))\": \($0)" }.joined(
                    separator: ",") + "}"
        }, schema: #"{"type": "object", "additionalProperties": {"type": "integer"}}"#),
    Case(
        title: "equal objects at two places are written once",
        examples: [#"{"buyer": {"id": 1, "name": "a"}, "sellers": [{"id": 2, "name": null}, {"id": 3}]}"#],
        schema: """
            {"type": "object", "required": ["buyer", "sellers"], "properties": {
               "buyer": {"type": "object", "required": ["id", "name"], "properties": {"id": {"type": "integer"}, "name": {"type": "string"}}},
               "sellers": {"type": "array", "items": {"type": "object", "required": ["id"], "properties": {"id": {"type": "integer"}, "name": {"type": "null"}}}}}}
            """),
    Case(
        title: "equal objects at two places are written once, and null stays with its place",
        examples: [
            #"{"buyer": {"id": 1, "name": "a"}, "sellers": [{"id": 2, "name": "b"}, {"id": 3, "name": null}, null]}"#
        ],
        schema: """
            {"type": "object", "required": ["buyer", "sellers"], "properties": {
               "buyer": {"$ref": "#/$defs/Buyer"},
               "sellers": {"type": "array", "items": {"anyOf": [{"$ref": "#/$defs/Buyer"}, {"type": "null"}]}}},
             "$defs": {"Buyer": {"type": "object", "required": ["id", "name"], "properties": {"id": {"type": "integer"}, "name": {"type": ["string", "null"]}}}}}
            """),
    Case(
        title: "what stands inside a folded object only is not folded itself",
        examples: [
            #"{"from": {"city": "a", "at": {"lat": 1.5, "lon": 2.5}}, "to": {"city": "b", "at": {"lat": 1.5, "lon": 2.5}}}"#
        ],
        schema: """
            {"type": "object", "required": ["from", "to"], "properties": {"from": {"$ref": "#/$defs/To"}, "to": {"$ref": "#/$defs/To"}},
             "$defs": {"To": {"type": "object", "required": ["city", "at"], "properties": {"city": {"type": "string"},
               "at": {"type": "object", "required": ["lat", "lon"], "properties": {"lat": {"type": "number"}, "lon": {"type": "number"}}}}}}}
            """),
]

@Suite("Schemas made of examples")
struct SchemaInferenceTests {
    @Test("examples and their schema", arguments: cases)
    fileprivate func inferring(_ one: Case) throws {
        let found = try schema(one.examples).rendered()
        let expected = try JSON(parsing: one.schema).rendered()
        #expect(found == expected)
    }

    @Test(
        "formats are recognised when every text has them",
        arguments: [
            (["2026-11-21T10:15:00Z", "2026-11-21T10:15:00.5+02:00"], "date-time"), (["2026-11-21"], "date"),
            (["0b6f0a4e-7a0f-4f0c-9b57-0c7a0f6f0c7a"], "uuid"), (["10.0.0.1", "127.0.0.1"], "ipv4"),
            (["a@example.com"], "email"), (["https://example.com/a?b=c"], "uri"), (["::1"], "ipv6"),
            (["2026-11-21", "soon"], nil), (["status:done"], nil), ([""], nil), (["2026-02-30"], nil),
        ] as [([String], String?)])
    func formats(_ texts: [String], _ format: String?) throws {
        let found = try schema(texts.map { JSON.string($0).rendered() })
        #expect(found["format"]?.stringValue == format)
    }

    @Test("few words in many examples are an enumeration when asked for, and null is one of them")
    func enums() throws {
        let words = (0..<12).map { ["\"new\"", "\"done\"", "null"][$0 % 3] }
        #expect(try schema(words)["enum"] == nil)
        let asked = try schema(words) { $0.enums = true }
        #expect(asked == ["type": ["string", "null"], "enum": ["done", "new", nil]])
        #expect(try schema(Array(words.prefix(6))) { $0.enums = true }["enum"] == nil, "too few to tell")
        #expect(
            try schema((0..<80).map { "\"w\($0 % 20)\"" }) { $0.enums = true }["enum"] == nil,
            "too many words")
        #expect(try schema(words + ["1"]) { $0.enums = true }["enum"] == nil, "a number would not hold")
        #expect(
            try schema(words.map { _ in "\"DE\"" }) { $0.enums = true }["enum"] == nil,
            "one word says nothing")
    }

    @Test("strict objects are closed; counts say how often an optional member was there")
    func options() throws {
        let examples = [#"{"a": {"b": 1}}"#, #"{"a": {}}"#]
        #expect(
            try schema(examples) { $0.isStrict = true } == [
                "type": "object", "required": ["a"], "additionalProperties": false,
                "properties": [
                    "a": [
                        "type": "object", "properties": ["b": ["type": "integer"]],
                        "additionalProperties": false,
                    ]
                ],
            ])
        let counted = try schema(examples) { $0.counts = true }
        #expect(counted["properties"]?["a"]?["properties"]?["b"]?["$comment"] == "in 1 of 2")
        #expect(counted["properties"]?["a"]?["$comment"] == nil)
    }

    @Test("names that only look alike are two members")
    func exactNames() throws {
        let found = try schema(["{\"\u{E9}\": 1}", "{\"e\u{301}\": 1}"])
        #expect(found["required"] == nil)
        #expect(found["properties"]?.objectValue?.count == 2)
    }

    @Test("what is nested too deep may be anything, and does no harm")
    func depth() throws {
        let deep = String(repeating: "[", count: 400) + String(repeating: "]", count: 400)
        let document = try schema([deep])
        #expect(try JSONSchema(compiling: document).accepts(try JSON(parsing: deep)))
    }

    @Test("objects with more names than are kept are maps, in whatever order they come")
    func crowds() throws {
        let objects = (0..<3).map { part in
            JSON.object(JSONObject((0..<700).map { ("name\(part)x\($0)y", JSON.int(Int64($0))) }))
        }
        var forward = ExampleShape()
        for object in objects { forward.add(object) }
        var backward = ExampleShape()
        for object in objects.reversed() { backward.add(object) }
        #expect(forward == backward)
        let document = SchemaInference().document(of: forward, name: "crowd")
        #expect(document["additionalProperties"] == ["type": "integer"])
        #expect(document["properties"] == nil)
    }

    // MARK: properties

    /// Examples as services send them: same places, now and then something else.
    private static func example(_ random: inout SeededRandom, depth: Int = 0) -> JSON {
        let words = [
            "", "a", "new", "done", "2026-11-21", "10.0.0.1", "e\u{301}", "\u{E9}", "x@y.de", "http://a/b",
        ]
        switch Int.random(in: 0..<(depth > 3 ? 6 : 10), using: &random) {
        case 0: return .null
        case 1: return .bool(.random(using: &random))
        case 2: return .int(.random(in: -3...3, using: &random))
        case 3: return .double(.random(in: -3...3, using: &random))
        case 4, 5: return .string(words.randomElement(using: &random) ?? "")
        case 6:
            return .array(
                (0..<Int.random(in: 0...4, using: &random)).map { _ in example(&random, depth: depth + 1) })
        default:
            let names =
                Bool.random(using: &random)
                ? ["id", "name", "\u{E9}", "items", "owner"] : ["1", "22", "333", "4"]
            var object = JSONObject()
            for name in names where Int.random(in: 0..<3, using: &random) > 0 {
                object[name] = .some(example(&random, depth: depth + 1))
            }
            return .object(object)
        }
    }

    @Test(
        "every example holds against the schema made of them, with all options, in any order",
        arguments: 0..<150)
    func everyExampleHolds(seed: Int) throws {
        var random = SeededRandom(seed: UInt64(seed))
        let examples = (0..<Int.random(in: 1...12, using: &random)).map { _ in Self.example(&random) }
        for choice in 0..<4 {
            var options = SchemaInference.Options()
            (options.enums, options.isStrict) = (choice % 2 == 1, choice > 1)
            var shape = ExampleShape()
            for example in examples { shape.add(example) }
            let document = SchemaInference(options).document(of: shape, name: "thing")
            let schema = try JSONSchema(compiling: document, assertsFormats: true)
            for example in examples {
                let violations = schema.violations(of: example)
                #expect(violations.isEmpty, "\(example.rendered()) against \(document.rendered())")
            }
            var other = ExampleShape()
            for example in examples.shuffled(using: &random) { other.add(example) }
            #expect(other == shape)
            #expect(
                SchemaInference(options).document(of: other, name: "thing").rendered() == document.rendered())
        }
    }

    @Test("shapes merge to the same, however they are grouped", arguments: 0..<30)
    func grouping(seed: Int) {
        var random = SeededRandom(seed: UInt64(seed) + 1000)
        let shapes = (0..<6).map { _ in ExampleShape(Self.example(&random)) }
        var left = ExampleShape()
        for shape in shapes { left.merge(shape) }
        var (front, back) = (ExampleShape(), ExampleShape())
        for shape in shapes.prefix(3) { front.merge(shape) }
        for shape in shapes.suffix(3) { back.merge(shape) }
        back.merge(front)
        #expect(left == back)
    }
}
