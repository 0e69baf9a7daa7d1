import AssayFormats
import Testing

@Suite("JSON texts")
struct JSONTests {
    @Test(
        "values are read as they are written",
        arguments: [
            ("0", 0), ("-0", 0), ("-1", -1), ("12.5", 12.5), ("1e3", 1000.0), ("2.5e-3", 0.0025),
            ("9223372036854775807", .int(.max)), ("-9223372036854775808", .int(.min)),
            ("9223372036854775808", .double(9_223_372_036_854_775_808)), ("1e-400", .double(0)),
            ("5e-324", .double(.leastNonzeroMagnitude)), ("0.1", .double(0.1)),
            ("123456789.123456789", .double(123456789.123456789)),
            ("\"\\u0041\\u00e9\\u20AC\"", "Aé€"), ("\"\\uD83D\\uDE00\"", "😀"),
            ("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\/\u{8}\u{C}\n\r\t"), ("[1, [], {}]", [1, [], [:]]),
            ("{\"a\":1,\"b\":2,\"a\":3}", ["a": 3, "b": 2]),
        ] as [(String, JSON)])
    func reading(text: String, value: JSON) throws {
        #expect(try JSON(parsing: text) == value)
        #expect(try JSON(parsing: text).typeName == value.typeName)
    }

    @Test("whole numbers stay whole until they leave 64 bits")
    func integers() throws {
        guard case .int = try JSON(parsing: "9223372036854775807"),
            case .double = try JSON(parsing: "9223372036854775808"),
            case .double = try JSON(parsing: "1.0")
        else {
            Issue.record("the wrong kind of number")
            return
        }
    }

    @Test("what is not JSON is refused at its place", arguments: JSONCorpus.invalid)
    func refusals(text: String, offset: Int, message: String) {
        let error = #expect(throws: JSONError.self) { try JSON(parsing: text) }
        #expect(error?.offset == offset)
        #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
    }

    @Test("bytes that are not UTF-8 are refused", arguments: JSONCorpus.brokenUTF8)
    func brokenUTF8(bytes: [UInt8]) {
        for padding in 0..<9 {
            let text = Array("\"".utf8) + [UInt8](repeating: 0x61, count: padding) + bytes + Array("\"".utf8)
            let error = #expect(throws: JSONError.self) { try JSON(parsing: text) }
            #expect(error?.expected == "well-formed UTF-8")
            #expect(error?.offset == 1 + padding)
        }
    }

    @Test("every prefix of a document is refused")
    func prefixes() throws {
        let text = Array(#" {"a":[1,-2.5e3,true,null,"é\u00e9\n"],"b":{"":[[],{}]}}"#.utf8)
        for length in 0..<text.count {
            #expect(throws: JSONError.self, "\(length) bytes") { try JSON(parsing: text.prefix(length)) }
        }
        _ = try JSON(parsing: text)
    }

    @Test("nesting is refused beyond the limit, not before")
    func depth() throws {
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        _ = try JSON(parsing: nested(512))
        let error = #expect(throws: JSONError.self) { try JSON(parsing: nested(513)) }
        #expect(error?.expected == "no deeper nesting")
        #expect(error?.offset == 512)
        _ = try JSON(parsing: "{\"a\":[]}", maxDepth: 2)
        #expect(throws: JSONError.self) { try JSON(parsing: "{\"a\":[]}", maxDepth: 1) }
        #expect(throws: JSONError.self) { try JSON(parsing: String(repeating: "[", count: 1_000_000)) }
    }

    @Test("names that differ only in composition are different names")
    func names() throws {
        let value = try JSON(parsing: "{\"é\":1,\"e\u{301}\":2}")
        #expect(value.objectValue?.count == 2)
        #expect(value["é"] == 1)
        #expect(value["e\u{301}"] == 2)
        var large = JSONObject((0..<20).map { ("k\($0)", JSON.int($0)) })
        large["é"] = 1
        large["e\u{301}"] = 2
        #expect(large.count == 22)
        #expect(large["é"] == 1)
    }

    @Test("rendering and reading again gives the same value", arguments: JSONCorpus.valid)
    func roundTrip(text: String) throws {
        let value = try JSON(parsing: text)
        #expect(try JSON(parsing: value.rendered()) == value)
        #expect(try JSON(parsing: value.rendered(pretty: true)) == value)
        #expect(try JSON(parsing: value.rendered()).rendered() == value.rendered())
    }

    @Test("compact text has no spaces, pretty text one member a line")
    func rendering() {
        let value: JSON = ["a": [1, "x", nil, []], "b": [:], "c": ["d": true]]
        #expect(value.rendered() == #"{"a":[1,"x",null,[]],"b":{},"c":{"d":true}}"#)
        #expect(
            value.rendered(pretty: true) == """
                {
                  "a": [
                    1,
                    "x",
                    null,
                    []
                  ],
                  "b": {},
                  "c": {
                    "d": true
                  }
                }
                """)
    }

    @Test(
        "numbers and strings are written in their shortest safe form",
        arguments: [
            (.double(0.1), "0.1"), (.double(1e21), "1e+21"), (.double(.infinity), "null"),
            (.double(.nan), "null"),
            (.double(.leastNonzeroMagnitude), "5e-324"), (.int(.min), "-9223372036854775808"),
            (.string("\u{0}\u{1f}\u{7f}\"\\/\n\u{8}😀"), #""\u0000\u001f\u007f\"\\/\n\b😀""#),
        ] as [(JSON, String)])
    func scalars(value: JSON, text: String) {
        #expect(value.rendered() == text)
        var bytes = Array("x".utf8)
        value.write(into: &bytes)
        #expect(String(decoding: bytes, as: UTF8.self) == "x" + text)
    }
}
