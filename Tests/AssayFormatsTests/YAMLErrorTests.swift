import AssayCore
import AssayFormats
import Testing

@Suite("YAML: values and errors")
struct YAMLErrorTests {
    private func rendered(_ text: String) -> String {
        do throws(Diagnostics) {
            _ = try YAMLDocument(parsing: text, file: "f.yml")
            return "no error"
        } catch {
            return error.all.map { $0.rendered() }.joined(separator: "\n")
        }
    }

    private func code(_ text: String) -> String {
        do throws(Diagnostics) {
            _ = try YAMLDocument(parsing: text, file: "f.yml")
            return "none"
        } catch {
            return error.all.map { "\($0.code) \($0.location?.line ?? 0):\($0.location?.column ?? 0)" }
                .joined(separator: ", ")
        }
    }

    @Test(
        "Each fault in the text has its code and its place",
        arguments: [
            ("a:\n\tb: 1", "AS003 2:1"),
            ("a: 1\n  b: 2", "AS002 2:4"),
            ("a: 1\na: 2\nb: {c: 1, c: 2}", "AS005 2:1, AS005 3:11"),
            ("a: 1\n---\nb: 2\n", "AS006 2:1"),
            ("a: *b", "AS007 1:4"),
            ("a: &b [*b]", "AS007 1:8"),
            ("a: {<<: 1}", "AS007 1:9"),
            ("a: !mine x", "AS009 1:10"),
            ("a: !!int x", "AS009 1:10"),
            ("{[1]: 2}", "AS009 1:2"),
            ("a: \"open\nb: 1\n", "AS002 1:4"),
            ("a: [1, 2\nb: 3", "AS002 1:4"),
            ("a: {b: 1\nc: 3", "AS002 1:4"),
            (#"a: "\q""#, "AS002 1:5"),
            ("a: @x", "AS002 1:4"),
            ("a: {b: ${c}}", "AS002 1:8"),
            ("a: \u{7}", "AS001 1:4"),
            ("a:\n  - 1\n b: 2", "AS004 3:2"),
            (String(repeating: "[", count: 200), "AS008 1:101"),
        ])
    func faults(text: String, expected: String) {
        #expect(code(text) == expected)
    }

    @Test("A duplicate key is shown with both lines")
    func duplicateKey() {
        #expect(
            rendered("steps:\n  url: a\n  to: b\n  url: c\n") == """
                error[AS005]: key 'url' is written twice in one mapping: on line 2 and line 4
                  f.yml:4:3   url: c
                              ^^^
                  fix: remove one of the two, or give it another name
                """)
    }

    @Test("An unquoted template in a flow mapping is told as what it is")
    func unquotedTemplate() {
        #expect(
            rendered("- http: {get: ${api.url}/x}\n") == """
                error[AS002]: ${api.url} inside `{ }` or `[ ]` must be in quotes: YAML reads its `{` as a mapping
                  f.yml:1:15   - http: {get: ${api.url}/x}
                                             ^^^^^^^^^^
                  fix: put the whole value in double quotes: "${api.url}"
                """)
    }

    @Test("Bytes that are not UTF-8 are an error at their place")
    func invalidUTF8() {
        let error = #expect(throws: Diagnostics.self) {
            try YAMLDocument(parsing: Array("a: 1\nb: é".utf8) + [0xFF, 0x41], file: "f.yml")
        }
        #expect(error?.all.first?.code == "AS001")
        #expect(error?.all.first?.location == SourceLocation(file: "f.yml", line: 2, column: 5))
    }

    @Test("Aliases of aliases are bounded by what they stand for")
    func aliasBomb() {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...12 {
            let names = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
            text += "a\(level): &a\(level) [\(names)]\n"
        }
        #expect(code(text) == "AS008 6:45")
    }

    @Test("A file beyond the limit of bytes is refused")
    func tooLarge() {
        #expect(throws: Diagnostics.self) {
            try YAMLDocument(parsing: "a: 12345", file: "f.yml", limits: YAMLLimits(bytes: 4))
        }
    }

    @Test("Merge keys add what the mapping does not say")
    func merge() throws {
        let text = "base: &b {x: 1, y: 2}\nother: &o {y: 3, z: 4}\nc: {<<: [*b, *o], x: 9}\n"
        let reading = YAMLReading(try YAMLDocument(parsing: text, file: "f.yml"), bag: DiagnosticBag())
        #expect(reading.root["c"].flatMap(reading.json) == ["x": 9, "y": 2, "z": 4])
    }

    @Test(
        "Plain scalars follow the core schema",
        arguments: [
            ("~", JSON.null), ("", .null), ("null", .null), ("nULL", "nULL"), ("true", true),
            ("FALSE", false),
            ("yes", "yes"), ("no", "no"), ("on", "on"), ("off", "off"), ("1", 1), ("-17", -17), ("+3", 3),
            ("0x1F", 31), ("0o17", 15), ("007", 7), ("0b1", "0b1"), ("1_000", "1_000"), ("1.", 1.0),
            (".5", 0.5),
            ("1e3", 1000.0), ("1.e5", 100000.0), ("-1.5E-2", -0.015), ("1e", "1e"), ("0x", "0x"),
            ("0x-1", "0x-1"), ("1:30", "1:30"), ("2026-01-31", "2026-01-31"), ("'1'", "1"),
            ("\"true\"", "true"),
            ("!!str 1", "1"), ("!!float 1", 1.0), ("123456789012345678901", 123456789012345678901.0),
        ])
    func schema(text: String, expected: JSON) throws {
        let reading = YAMLReading(
            try YAMLDocument(parsing: "a: \(text)", file: "f.yml"), bag: DiagnosticBag())
        #expect(reading.root["a"].flatMap(reading.json) == expected)
    }

    @Test(
        "Infinity and not-a-number are numbers of YAML and not of JSON", arguments: [".inf", "-.INF", ".nan"])
    func notFinite(text: String) throws {
        let bag = DiagnosticBag()
        let reading = YAMLReading(try YAMLDocument(parsing: text, file: "f.yml"), bag: bag)
        guard case .double(let value) = reading.root.content else {
            Issue.record("\(text) is \(reading.root.kindText)")
            return
        }
        #expect(!value.isFinite)
        #expect(reading.json(reading.root) == nil)
        #expect(bag.all.map(\.code) == ["AS012"])
    }
}
