import AssayCore
import AssayFormats
import Testing

@testable import AssayContracts

/// Schemas of every kind of keyword, and the dialect of their document.
private let schemas: [String] = [
    #"{"type": "integer", "minimum": 3, "exclusiveMaximum": 9, "multipleOf": 2}"#,
    #"{"type": "number", "minimum": 0.1, "maximum": 0.9, "multipleOf": 0.05}"#,
    #"{"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1}"#,
    #"{"type": ["string", "null"], "minLength": 3, "maxLength": 5}"#,
    #"{"type": "string", "pattern": "^[A-Z]{2,4}-\\d{3}$"}"#,
    #"{"type": "string", "pattern": "^(?:foo|bar)+(baz)?$", "minLength": 12, "maxLength": 30}"#,
    #"{"type": "string", "pattern": "[a-f0-9]", "minLength": 8}"#,
    #"{"type": "string", "format": "uuid"}"#,
    #"{"type": "string", "format": "date-time"}"#,
    #"{"type": "string", "format": "email", "maxLength": 30}"#,
    #"{"enum": ["a", 1, null, {"b": []}]}"#,
    #"{"const": {"a": 1}}"#,
    #"{"type": "array", "items": {"type": "integer"}, "minItems": 2, "maxItems": 4, "uniqueItems": true}"#,
    #"{"type": "array", "prefixItems": [{"type": "string"}, {"type": "boolean"}], "items": false}"#,
    #"{"type": "array", "contains": {"const": 7}, "items": {"type": "integer"}, "minContains": 2}"#,
    #"{"type": "object", "required": ["a", "z"], "properties": {"a": {"type": "integer"}, "b": {"type": "string"}}, "additionalProperties": false, "patternProperties": {"^z": {"type": "boolean"}}}"#,
    #"{"type": "object", "additionalProperties": {"type": "integer"}, "minProperties": 3, "propertyNames": {"pattern": "^k[0-9]+$"}}"#,
    #"{"type": "object", "properties": {"card": {"type": "string"}, "address": {"type": "string"}}, "dependentRequired": {"card": ["address"]}}"#,
    #"{"allOf": [{"type": "object", "required": ["a"], "properties": {"a": {"type": "integer"}}}, {"properties": {"a": {"minimum": 5}, "b": {"type": "string"}}, "required": ["b"]}]}"#,
    #"{"oneOf": [{"type": "integer", "minimum": 10}, {"type": "string", "maxLength": 3}]}"#,
    ##"{"anyOf": [{"$ref": "#/$defs/leaf"}, {"type": "array", "items": {"$ref": "#"}}], "$defs": {"leaf": {"type": "integer"}}}"##,
    ##"{"$ref": "#/$defs/node", "$defs": {"node": {"type": "object", "required": ["value"], "properties": {"value": {"type": "integer"}, "children": {"type": "array", "items": {"$ref": "#/$defs/node"}}}}}}"##,
    #"{"type": "object", "properties": {"kind": {"enum": ["x", "y"]}}, "required": ["kind"], "if": {"properties": {"kind": {"const": "x"}}}, "then": {"required": ["more"]}, "else": {"required": ["less"]}}"#,
    #"{"type": "integer", "not": {"enum": [0, 1]}}"#,
    #"{"type": "string", "not": {"const": "a"}, "maxLength": 3}"#,
]

private func values(_ text: String, alphabet: TextAlphabet = .any) throws -> GeneratedValues {
    let document = try JSON(parsing: text)
    return GeneratedValues(
        source: SchemaSource(document), parts: [SchemaPart(schema: document, base: "")],
        judge: try JSONSchema(compiling: document, assertsFormats: true), alphabet: alphabet)
}

@Suite("Values from schemas")
struct GeneratedValueTests {
    @Test("a value can be made of every kind of schema, plain, full and by chance", arguments: schemas)
    func makes(schema: String) throws {
        let values = try values(schema)
        for fullness in [ValueMaker.Fullness.least, .full] {
            let made = values.value(fullness)
            #expect(throws: Never.self) { try made.get() }
        }
        for seed: UInt64 in 0..<60 {
            let made = try values.value(.random, random: SeededRandom(seed: seed)).get()
            #expect(values.judge.accepts(made), "\(made.rendered())")
        }
    }

    @Test(
        "bounds at and beyond the end of 64 bits are no reason to stop",
        arguments: [
            #"{"type": "integer", "minimum": 0, "maximum": 18446744073709551615}"#,
            #"{"type": "integer", "minimum": -18446744073709551615, "maximum": 3}"#,
            #"{"type": "integer", "minimum": -9.21e18, "maximum": 9.21e18}"#,
            #"{"type": "integer", "minimum": -9223372036854775808, "maximum": 9223372036854775807}"#,
            #"{"type": "integer", "exclusiveMinimum": -1e300, "exclusiveMaximum": 1e300}"#,
            #"{"type": "number", "minimum": -1.7976931348623157e308, "maximum": 1.7976931348623157e308}"#,
            #"{"type": "number", "multipleOf": 5e-324, "maximum": 1e308}"#,
        ])
    func ends(schema: String) throws {
        let values = try values(schema)
        for made in values.coverage() { #expect(values.judge.accepts(made.value), "\(made.what)") }
        for broken in values.broken(isStrict: true) { #expect(!values.judge.accepts(broken.value)) }
        for seed: UInt64 in 0..<20 {
            if case .success(let made) = values.value(.random, random: SeededRandom(seed: seed)) {
                #expect(values.judge.accepts(made), "\(made.rendered())")
            }
        }
    }

    @Test(
        "counts that nothing can have are told, and nothing of that size is made",
        arguments: [
            #"{"type": "array", "items": {"type": "integer"}, "minItems": 9223372036854775807}"#,
            #"{"type": "array", "contains": {"const": 1}, "minContains": 9223372036854775807}"#,
            #"{"type": "string", "pattern": "^a", "minLength": 9223372036854775807}"#,
            #"{"type": "string", "minLength": 9223372036854775807}"#,
        ])
    func counts(schema: String) throws {
        let values = try values(schema)
        _ = values.coverage()
        for broken in values.broken(isStrict: true) { #expect(!values.judge.accepts(broken.value)) }
        #expect(throws: (any Error).self) { try values.value(.least).get() }
    }

    @Test("the same seed makes the same values", arguments: schemas)
    func repeats(schema: String) throws {
        let values = try values(schema)
        for seed: UInt64 in 0..<10 {
            let first = try values.value(.random, random: SeededRandom(seed: seed)).get()
            let again = try values.value(.random, random: SeededRandom(seed: seed)).get()
            #expect(first.rendered() == again.rendered())
        }
    }

    @Test(
        "values that break a schema break it, each with a reason, and those that cover it hold",
        arguments: schemas)
    func breaks(schema: String) throws {
        let values = try values(schema)
        for broken in values.broken(isStrict: true) {
            #expect(!values.judge.accepts(broken.value))
            #expect(!broken.words.isEmpty && !broken.words.hasSuffix("."))
        }
        let coverage = values.coverage()
        #expect(!coverage.isEmpty)
        for made in coverage { #expect(values.judge.accepts(made.value), "\(made.what)") }
    }

    @Test("coverage has every bound and every member there and not there")
    func covers() throws {
        let made = try values(
            #"""
            {"type": "object", "required": ["quantity"], "properties": {
              "quantity": {"type": "integer", "minimum": 1, "maximum": 100},
              "colour": {"enum": ["red", "blue"]}, "note": {"type": "string", "maxLength": 5}}}
            """#
        ).coverage()
        let told = made.map { "\($0.what): \($0.value.rendered())" }
        for wanted in [
            #"$ with required members only: {"quantity":1}"#,
            #"$.quantity at its maximum: {"quantity":100,"colour":"red","note":"a"}"#,
            #"$.quantity just above its minimum: {"quantity":2,"colour":"red","note":"a"}"#,
            #"$.colour is "blue": {"quantity":1,"colour":"blue","note":"a"}"#,
            #"$.colour left out: {"quantity":1,"note":"a"}"#,
            #"$.note empty: {"quantity":1,"colour":"red","note":""}"#,
            #"$.note at its greatest length: {"quantity":1,"colour":"red","note":"aaaaa"}"#,
        ] { #expect(told.contains(wanted), "\(told.joined(separator: "\n"))") }
    }

    @Test(
        "each keyword is broken by a value of its own",
        arguments: [
            (
                #"{"type": "integer", "minimum": 1}"#,
                "below-minimum $ 0: 0 is sent where at least 1 is allowed"
            ),
            (
                #"{"type": "integer", "maximum": 9}"#,
                "above-maximum $ 10: 10 is sent where at most 9 is allowed"
            ),
            (
                #"{"type": "number", "exclusiveMinimum": 0}"#,
                "below-minimum $ 0: 0 is sent where more than 0 is allowed"
            ),
            (
                #"{"type": "integer", "multipleOf": 5}"#,
                "not-a-multiple $ 1: 1 is sent, which is no multiple of 5"
            ),
            (
                #"{"type": "string", "minLength": 2}"#,
                #"too-short $ "a": 1 character is sent where at least 2 are asked for"#
            ),
            (
                #"{"type": "string", "maxLength": 2}"#,
                #"too-long $ "aaa": 3 characters are sent where at most 2 are allowed"#
            ),
            (
                #"{"type": "string", "pattern": "^[a-z]+$"}"#,
                #"pattern-broken $ "~": "~" is sent, which does not match ^[a-z]+$"#
            ),
            (
                #"{"type": "string", "format": "date"}"#,
                #"format-broken $ "not a date": 'not a date' is sent where the format date is asked for"#
            ),
            (
                #"{"enum": ["a", "b"]}"#,
                #"not-in-enum $ "assay-none-of-these": "assay-none-of-these" is sent, which is none of ["a","b"]"#
            ),
            (
                #"{"type": "integer"}"#,
                #"wrong-type $ "abc": a text is sent where integer is asked for"#
            ),
            (
                #"{"type": "object", "required": ["a"], "properties": {"a": {"type": "boolean"}}}"#,
                "missing-member $.a {}: the member 'a' is left out, which is required"
            ),
            (
                #"{"type": "object", "properties": {"a": {"type": "boolean"}}, "additionalProperties": false}"#,
                #"additional-member $.assay-none-of-these {"a":true,"assay-none-of-these":"a"}: the member "#
                    + "'assay-none-of-these' is sent where no others than those described are allowed"
            ),
            (
                #"{"type": "array", "items": {"type": "boolean"}, "minItems": 2, "uniqueItems": true, "maxItems": 3}"#,
                "not-unique $ [true,false,true]: true is sent twice among items that must differ"
            ),
            (
                #"{"type": "array", "items": {"type": "integer"}, "minItems": 1}"#,
                "too-few-items $ []: 0 items are sent where at least 1 is asked for"
            ),
        ])
    func reasons(schema: String, wanted: String) throws {
        let told = try values(schema).broken(isStrict: false).map {
            "\($0.rule.rawValue) \($0.path) \($0.value.rendered()): \($0.words)"
        }
        #expect(told.contains(wanted), "\(told.joined(separator: "\n"))")
    }

    @Test("types that lenient readers take for others are only sent when asked for")
    func strictness() throws {
        let integers = try values(#"{"type": "integer"}"#)
        #expect(!integers.broken(isStrict: false).contains { $0.value == "1" || $0.value == true })
        #expect(integers.broken(isStrict: true).contains { $0.value == "1" })
    }

    @Test(
        "a schema of which nothing can be made says why",
        arguments: [
            (
                #"{"type": "string", "pattern": "^(?=.*[0-9])a+$"}"#,
                "the pattern ^(?=.*[0-9])a+$ has a group that looks around or changes modes"
            ),
            (#"{"type": "integer", "minimum": 5, "maximum": 4}"#, "no number lies within the bounds"),
            (
                ##"{"type": "object", "required": ["a"], "properties": {"a": {"$ref": "#"}}}"##,
                "the schema asks for itself inside itself without end"
            ),
            (
                #"{"type": "array", "items": {"enum": [1]}, "minItems": 2, "uniqueItems": true}"#,
                "there are not enough different items"
            ),
            (#"{"type": "integer", "enum": ["a"]}"#, "no value that holds could be made"),
        ])
    func impossible(schema: String, reason: String) throws {
        let made = try values(schema).value(.full)
        #expect(made == .failure(GenerationFailure(reason: reason)))
    }

    @Test("members that are read only are not sent, not even required ones")
    func readOnly() throws {
        let document: JSON = [
            "openapi": "3.0.3",
            "components": [
                "schemas": [
                    "Task": [
                        "type": "object", "required": ["id", "name"],
                        "properties": [
                            "id": ["type": "integer", "readOnly": true],
                            "name": ["type": "string", "nullable": true],
                        ],
                    ]
                ]
            ],
        ]
        let source = SchemaSource(document, isForRequests: true)
        let part = try #require(source.part(at: "/components/schemas/Task"))
        var maker = ValueMaker(source, .full)
        #expect(maker.value(of: [part]) == ["name": "a"])
    }

    @Test(
        "texts for paths, headers and queries have characters that can stand there",
        arguments: [
            TextAlphabet.pathSegment, .query, .token,
        ])
    func alphabets(alphabet: TextAlphabet) throws {
        let values = try values(#"{"type": "string"}"#, alphabet: alphabet)
        for seed: UInt64 in 0..<200 {
            let made = try values.value(.random, random: SeededRandom(seed: seed)).get()
            #expect(alphabet.allows(made.stringValue ?? ""))
        }
        for made in values.coverage() { #expect(alphabet.allows(made.value.stringValue ?? "")) }
    }
}
