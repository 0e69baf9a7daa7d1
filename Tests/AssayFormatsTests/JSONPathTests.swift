import AssayFormats
import Testing

@Suite("JSONPath queries")
struct JSONPathTests {
    @Test(
        "an error says where, what was expected and how to mend it",
        arguments: [
            ("items[0]", 0, "'$' at the start", "write $.items[0]"),
            ("$.", 2, "a name or '*' after '.'", nil),
            ("$.a-b", 3, "letters, digits or '_'", "put the name in brackets and quotes: ['a-b']"),
            ("$[a]", 2, "a quoted name, an index", "quote the name: ['name']"), ("$[0", 3, "',' or ']'", nil),
            ("$[?@.a = 1]", 7, "'=='", "compare with '=='"),
            ("$[?lenght(@.a) > 1]", 3, "one of the functions", "did you mean 'length'?"),
            ("$[?@.* == 1]", 3, "a query for one value", "use names and indices only, or value(…)"),
            ("$[01]", 3, "no digit after a leading zero", "drop the zero"),
            ("$ ", 1, "'.', '..' or '['", nil),
            ("$[9007199254740992]", 2, "a number of at most", nil), ("", 0, "'$' at the start", nil),
        ] as [(String, Int, String, String?)])
    func errors(text: String, offset: Int, expected: String, fix: String?) {
        let error = #expect(throws: JSONPathError.self) { try JSONPath(parsing: text) }
        #expect(error?.offset == offset)
        #expect(error?.expected.contains(expected) == true, "\(error?.description ?? "")")
        #expect(error?.fix == fix)
    }

    @Test("a singular query has segments, others have none")
    func singular() throws {
        #expect(
            try JSONPath(parsing: "$.a['b'][-1]").singularSegments == [.name("a"), .name("b"), .index(-1)])
        #expect(try JSONPath(parsing: "$").isSingular)
        for text in ["$.*", "$..a", "$[0,1]", "$[0:1]", "$[?@]"] {
            #expect(try !JSONPath(parsing: text).isSingular, "\(text)")
        }
    }

    @Test("an absent element is nothing, not null")
    func absence() throws {
        #expect(try JSONPath(parsing: "$[5]").values(in: [1, 2]).isEmpty)
        #expect(try JSONPath(parsing: "$[1]").values(in: [1, nil]) == [nil as JSON])
        #expect((([1, 2] as JSON)[5] as JSON?).map { _ in true } == nil)
    }

    @Test(
        "hostile nesting is refused, not followed",
        arguments: ["(", "!(", "length(", "@[?"])
    func nesting(piece: String) {
        let text = "$[?" + String(repeating: piece, count: 100_000)
        let error = #expect(throws: JSONPathError.self) { try JSONPath(parsing: text) }
        #expect((error?.offset ?? .max) < 1000)
    }

    @Test("a query that multiplies its nodes is stopped")
    func multiplication() throws {
        var document: JSON = 1
        for _ in 0..<40 { document = [document] }
        let path = try JSONPath(parsing: "$" + String(repeating: "[0,0,0]", count: 40))
        #expect(throws: JSONPathOverrun.self) { try path.evaluate(in: document, maxVisits: 10_000) }
    }
}
