import AssayCore
import AssayFormats
import Testing

@Suite("Places in YAML files")
struct YAMLPlacesTests {
    /// Line and column of each name inside `${…}` of the text at a path of keys.
    private func names(_ text: String, at path: String...) throws -> [String] {
        let reading = YAMLReading(try YAMLDocument(parsing: text, file: "f.yml"), bag: DiagnosticBag())
        var node = reading.root
        for key in path { node = try #require(node[key] ?? node.elements?[Int(key) ?? 0]) }
        let template = try #require(reading.template(node))
        return template.segments.compactMap { segment in
            guard case .expression(.name(let name, let place)) = segment else { return nil }
            return "\(name) \(place.line):\(place.column)+\(place.length)"
        }
    }

    @Test("A nested flow mapping gives exact columns for keys and for names inside quotes")
    func nestedFlow() throws {
        let text = #"- http: {post: "${auth.url}/auth/login", json: {telegram_id: 1}}"#
        let reading = YAMLReading(try YAMLDocument(parsing: text, file: "f.yml"), bag: DiagnosticBag())
        let http = try #require(reading.root.elements?[0]["http"])
        let post = try #require(http.pairs?[0])
        #expect(post.key.location == SourceLocation(file: "f.yml", line: 1, column: 10, length: 4))
        #expect(post.value.location == SourceLocation(file: "f.yml", line: 1, column: 16, length: 24))
        #expect(http["json"]?.pairs?[0].key.location.column == 49)
        let template = try #require(reading.template(post.value))
        guard case .expression(.member(.name("auth", let place), "url")) = template.segments[0] else {
            Issue.record("segments are \(template.segments)")
            return
        }
        #expect(place == SourceLocation(file: "f.yml", line: 1, column: 19, length: 4))
    }

    @Test(
        "Names inside every style of scalar stand where they are written",
        arguments: [
            ("a: x ${b}", ["b 1:8+1"]),
            ("a: 'it''s ${b}'", ["b 1:13+1"]),
            (#"a: "\t\u00e9\x41 ${b} \U0001F600 ${c}""#, ["b 1:20+1", "c 1:36+1"]),
            ("a: \"é😀 ${b}\"", ["b 1:10+1"]),
            ("a: one ${b}\n  two ${c}", ["b 1:10+1", "c 2:9+1"]),
            ("a: one  \n\n\n  two ${c}", ["c 4:9+1"]),
            ("a: 'one\n\n  two ${c}'", ["c 3:9+1"]),
            ("a: \"one \\\n   two ${c}\"", ["c 2:10+1"]),
            ("a: |\n  one ${b}\n\n  two ${c}\n", ["b 2:9+1", "c 4:9+1"]),
            ("a: |2-\n    one ${b}\n  two ${c}\n", ["b 2:11+1", "c 3:9+1"]),
            ("a: >\n  one ${b}\n  two ${c}\n\n  three ${d}\n", ["b 2:9+1", "c 3:9+1", "d 5:11+1"]),
            ("a: &x !!str ${b}", ["b 1:15+1"]),
            ("a: &x\n  ${b}", ["b 2:5+1"]),
            ("\u{FEFF}a: ${b}", ["b 1:6+1"]),
            ("z: 1\r\na: |\r\n  q\r\n  ${b}\r\n", ["b 4:5+1"]),
        ])
    func styles(text: String, expected: [String]) throws {
        #expect(try names(text, at: "a") == expected)
    }

    @Test("A scalar's place covers it as written, quotes included")
    func lengths() throws {
        let root = try YAMLDocument(parsing: "a: 'b c'\nd: [1, 0x1F]\ne: two\n  lines\n", file: "f.yml").root
        #expect(root["a"]?.location == SourceLocation(file: "f.yml", line: 1, column: 4, length: 5))
        #expect(
            root["d"]?.elements?[1].location == SourceLocation(file: "f.yml", line: 2, column: 8, length: 4))
        #expect(root["e"]?.location == SourceLocation(file: "f.yml", line: 3, column: 4, length: 3))
    }
}
