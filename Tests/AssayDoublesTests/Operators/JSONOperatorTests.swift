import AssayFormats
import Testing

@testable import AssayDoubles

@Suite("Operators: JSON")
struct JSONOperatorTests {
    @Test(
        "equalToJson compares values, and says where they differ",
        arguments: [
            OperatorCase(
                #"{"equalToJson": {"a": 1, "b": [1, 2]}}"#, right: [#"{"b":[1,2.0],"a":1}"#],
                wrong: [
                    (#"{"a":1,"b":[2,1]}"#, "$.b[0] expected 1, got 2; $.b[1] expected 2, got 1"),
                    (#"{"a":1,"b":[1,2],"c":3}"#, "$.c is not expected"),
                    (#"{"a":1}"#, "$.b is absent"), ("no json", "is no JSON"),
                    (#"{"a":1,"b":[1,2,3]}"#, "$.b expected 2 elements, got 3"),
                ]),
            OperatorCase(
                #"{"equalToJson": "{\"a\": [1, {\"x\": 2}, 3]}", "ignoreArrayOrder": true}"#,
                right: [#"{"a":[3,1,{"x":2}]}"#, #"{"a":[{"x":2},3,1]}"#],
                wrong: [(#"{"a":[3,1,{"x":9}]}"#, "$.a[2].x expected 2, got 9")]),
            OperatorCase(
                #"{"equalToJson": {"a": {"b": 1}, "l": [1]}, "ignoreExtraElements": true}"#,
                right: [#"{"a":{"b":1,"c":2},"l":[1,2],"d":3}"#],
                wrong: [(#"{"a":{"c":2},"l":[1]}"#, "$.a.b is absent")]),
            OperatorCase(
                #"{"equalToJson": [1, 2, 3], "ignoreExtraElements": true, "ignoreArrayOrder": true}"#,
                right: ["[9, 3, 2, 1]"], wrong: [("[1, 2]", "$ expected 3 elements, got 2")]),
            OperatorCase(
                #"{"equalToJson": {"id": "${json-unit.any-string}", "n": "${json-unit.any-number}", "ok": "${json-unit.any-boolean}", "x": "${json-unit.ignore}", "o": "${json-unit.ignore-element}", "r": "${json-unit.regex}[A-Z]+"}}"#,
                right: [
                    #"{"id":"q","n":1.5,"ok":false,"x":[1],"r":"ABC"}"#,
                    #"{"id":"","n":0,"ok":true,"x":null,"o":1,"r":"Z"}"#,
                ],
                wrong: [
                    (#"{"id":1,"n":1,"ok":true,"x":1,"r":"A"}"#, "$.id expected any text, got 1"),
                    (
                        #"{"id":"","n":1,"ok":true,"x":1,"r":"a"}"#,
                        #"$.r expected a text matching /[A-Z]+/, got "a""#
                    ),
                ]),
            OperatorCase(
                #"{"equalToJson": ["${json-unit.any-string}", "fixed"], "ignoreArrayOrder": true}"#,
                right: [#"["fixed","other"]"#, #"["other","fixed"]"#],
                wrong: [(#"["a","b"]"#, #"$[1] expected "fixed", got "b""#)]),
            OperatorCase(
                #"{"equalToJson": null}"#, right: ["null"], wrong: [("1", "$ expected null, got 1")]),
        ])
    func equalToJSON(row: OperatorCase) throws { try row.check() }

    @Test("Distance grows with the share of a document that differs")
    func distance() throws {
        let matcher = try OperatorBench.matcher(#"{"equalToJson": {"a": 1, "b": 2, "c": 3}}"#)
        let near = matcher.distance(to: .text(#"{"a":1,"b":2,"c":4}"#))
        let far = matcher.distance(to: .text(#"{"x":1}"#))
        #expect(near == 0.25)
        #expect(near < far && far <= 1)
        #expect(matcher.distance(to: .absent) == 1)
    }

    @Test(
        "matchesJsonPath: presence, filters of Jayway's dialect, and another matcher on what is found",
        arguments: [
            OperatorCase(
                #"{"matchesJsonPath": "$.name"}"#,
                right: [#"{"name":"x"}"#, #"{"name":[]}"#, #"{"name":false}"#],
                wrong: [
                    (#"{"price":1}"#, "$.name is absent"), (#"{"name":null}"#, "$.name is 'null'"),
                    ("<name/>", "is no JSON"),
                ]),
            OperatorCase(
                #"{"matchesJsonPath": "$.things[?(@.name == 'Required')]"}"#,
                right: [#"{"things":[{"name":"Other"},{"name":"Required"}]}"#],
                wrong: [
                    (#"{"things":[{"name":"Other"}]}"#, "$.things[?(@.name == 'Required')] finds nothing")
                ]),
            OperatorCase(
                #"{"matchesJsonPath": "$.things[?(@.name =~ /Required.*/i)]"}"#,
                right: [#"{"things":[{"name":"requiredThing"}]}"#],
                wrong: [(#"{"things":[{"name":"x"}]}"#, "$.things[?(@.name =~ /Required.*/i)] finds nothing")]
            ),
            OperatorCase(
                #"{"matchesJsonPath": "$[?(@.things.size() == 2)]"}"#, right: [#"[{"things":[1,2]}]"#],
                wrong: [(#"[{"things":[1]}]"#, "$[?(@.things.size() == 2)] finds nothing")]),
            OperatorCase(
                #"{"matchesJsonPath": {"expression": "$.n", "equalTo": "5"}}"#,
                right: [#"{"n":5}"#, #"{"n":"5"}"#],
                wrong: [(#"{"n":6}"#, "$.n is '6'"), (#"{}"#, "$.n is absent")]),
            OperatorCase(
                #"{"matchesJsonPath": {"expression": "$..id", "contains": "7"}}"#,
                right: [#"{"a":{"id":"x7"},"id":1}"#],
                wrong: [(#"{"id":1}"#, "$..id is '[1]'")]),
            OperatorCase(
                #"{"matchesJsonPath": {"expression": "$.outer", "equalToJson": "{\"inner\": 42}"}}"#,
                right: [#"{"outer":{"inner":42}}"#],
                wrong: [
                    (#"{"outer":{"inner":43}}"#, #"$.outer is '{"inner":43}': $.inner expected 42, got 43"#)
                ]),
            OperatorCase(
                #"{"matchesJsonPath": {"expression": "$.items.length()", "greaterThanNumber": 1}}"#,
                right: [#"{"items":[1,2]}"#],
                wrong: [(#"{"items":[1]}"#, "$.items.length() is '1'")]),
        ])
    func matchesJSONPath(row: OperatorCase) throws { try row.check() }

    @Test("An absent value can be asked for at a path")
    func absence() throws {
        let matcher = try OperatorBench.matcher(
            #"{"matchesJsonPath": {"expression": "$.gone", "absent": "(absent)"}}"#)
        #expect(matcher.matches(.text(#"{"x":1}"#)))
        #expect(!matcher.matches(.text(#"{"gone":1}"#)))
    }

    @Test(
        "Jayway's dialect is read",
        arguments: [
            ("$.a-b", #"{"a-b":1}"#, "1"), ("a.b", #"{"a":{"b":2}}"#, "2"),
            ("$..['a-b']", #"{"x":{"a-b":1}}"#, "[1]"),
            ("$..a-b", #"{"x":{"a-b":1}}"#, "[1]"), ("$.0", #"{"0":5}"#, "5"), ("$.[0]", "[4]", "4"),
            ("$.l.sum()", #"{"l":[1,2,4]}"#, "7.0"), ("$.l.max()", #"{"l":[1,2,4]}"#, "4.0"),
            ("$.l.avg()", #"{"l":[1,3]}"#, "2.0"),
            ("$.l.first()", #"{"l":[1,3]}"#, "1"), ("$.l.last()", #"{"l":[1,3]}"#, "3"),
            ("$.keys()", #"{"l":1,"m":2}"#, #"["l","m"]"#),
            ("$[?(@.a in ['x','y'])].n", #"[{"a":"y","n":1},{"a":"z","n":2}]"#, "[1]"),
            ("$[?(@.a nin ['x','y'])].n", #"[{"a":"y","n":1},{"a":"z","n":2}]"#, "[2]"),
            ("$[?(@.l size 2)].n", #"[{"l":[1],"n":1},{"l":[1,2],"n":2}]"#, "[2]"),
            ("$[?(@.l empty true)].n", #"[{"l":[],"n":1},{"l":[1,2],"n":2}]"#, "[1]"),
            ("$[?(@.l.length() > 1 && @.n)].n", #"[{"l":[],"n":1},{"l":[1,2],"n":2}]"#, "[2]"),
            ("$[?(@['a'] == 'b]')].n", #"[{"a":"b]","n":1}]"#, "[1]"),
            ("$.store.book[-1:].t", #"{"store":{"book":[{"t":1},{"t":2}]}}"#, "[2]"),
            ("$.book[0,1].t", #"{"book":[{"t":1},{"t":2}]}"#, "[1,2]"), ("$.x", #"{"y":1}"#, nil),
            ("$[?(!@.a)].n", #"[{"n":1},{"a":1,"n":2}]"#, "[1]"),
        ] as [(String, String, String?)])
    func dialect(path: String, document: String, expected: String?) throws {
        #expect(try JaywayPath(path).read(JSON(parsing: document))?.rendered() == expected)
    }

    @Test(
        "A path that is none is refused with its place",
        arguments: ["$[", "$.a[?(@.b == ]", "$.a.nope()", "$.a[?(@.b =~ x)]", "", "$.a b"])
    func badPaths(path: String) { #expect(throws: JSONPathError.self) { try JaywayPath(path) } }

    @Test(
        "What is wrong with a matcher is said when the mapping is read",
        arguments: [
            (
                #"{"equalToJson": "{"}"#,
                "equalToJson holds no JSON: line 1, column 2: expected a member's name in double quotes, found the end of the text"
            ),
            (
                #"{"equalToJson": {"a": "${json-unit.any-text}"}}"#,
                "there is no placeholder '${json-unit.any-text}'; known: ignore, ignore-element, any-string, any-number, any-boolean, regex"
            ),
            (
                #"{"matchesJsonPath": "$.a["}"#,
                "'$.a[' is no JSONPath: column 5: expected ']', found the end of the path"
            ),
            (
                #"{"matchesJsonPath": {"equalTo": "x"}}"#,
                "expected an object with 'expression', found an object"
            ),
            (
                #"{"matchesJsonPath": 5}"#,
                "expected a path, or an object with 'expression', found the number 5"
            ),
            (#"{"matchesJsonSchema": {}}"#, "matchesJsonSchema is not connected to a schema library here"),
        ])
    func problems(matcher: String, message: String) throws {
        #expect(try OperatorBench.problems(matcher) == [message])
    }

    @Test("A schema is judged by what is given from above")
    func schema() throws {
        let judge = StubSchemas { schema, version throws(SchemaRefusal) in
            guard schema["type"] == "integer" else {
                throw SchemaRefusal("only integers, asked for \(version ?? "none")")
            }
            return { $0.intValue == nil ? ["expected integer, found \($0.typeName)"] : [] }
        }
        let table = MatcherTable([MatcherTable.jsonSchema(judge)])
        let reading = OperatorBench.reading(table)
        let matcher = try #require(
            reading.matcher(
                MappingNode(["matchesJsonSchema": "{\"type\": \"integer\"}", "schemaVersion": "V202012"])))
        #expect(matcher.matches(.text("5")))
        #expect(!matcher.matches(.text("\"5\"")) && !matcher.matches(.absent))
        #expect(matcher.reason(for: .text("plain")) == "expected integer, found string")
        #expect(matcher.json == ["matchesJsonSchema": "{\"type\": \"integer\"}", "schemaVersion": "V202012"])
        _ = reading.matcher(MappingNode(["matchesJsonSchema": ["type": "string"], "schemaVersion": "V7"]))
        #expect(reading.problems.map(\.message) == ["the schema cannot be used: only integers, asked for V7"])
    }
}
