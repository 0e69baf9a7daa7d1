import AssayCore
import AssayFormats
import AssayScenario
import Testing

@Suite("Golden files")
struct GoldenTests {
    static let kept: JSON = [
        "id": 1, "items": [["sku": "a", "left": 3], ["sku": "b", "left": 5]], "took": "1 ms",
    ]

    private func paths(_ texts: String...) throws -> [JSONPath] {
        try texts.map { try JSONPath(parsing: $0) }
    }

    static let changed: [(actual: JSON, pointer: String?)] = [
        (kept, nil),
        (["id": 2, "items": [], "took": ""], "/id"),
        (["id": 1, "items": [["sku": "a", "left": 4]], "took": "1 ms"], "/items/0/left"),
        (["id": 1, "items": [["sku": "a", "left": 3]], "took": "1 ms"], "/items/1"),
        (
            [
                "id": 1, "items": [["sku": "a", "left": 3], ["sku": "b", "left": 5, "x": 1]], "took": "1 ms",
            ], "/items/1"
        ),
        ("a", ""),
    ]

    @Test("the first difference is a place of the kept value", arguments: changed)
    func differences(actual: JSON, pointer: String?) {
        #expect(GoldenComparison.firstDifference(kept: Self.kept, actual: actual) == pointer)
    }

    @Test("a mismatch points into the kept file and shows the lines around it")
    func pointing() throws {
        let actual: JSON = [
            "took": "9 ms", "items": [["sku": "a", "left": 3], ["sku": "b", "left": 4]], "id": 1,
        ]
        let found = GoldenComparison.judge(
            kept: Self.kept, actual: actual, masks: try paths("$.took"), file: "k.json", subject: "$",
            location: nil,
            place: { pointer in
                AssayCore.SourceLocation(file: "k.json", line: pointer == "/items/1/left" ? 9 : 1, column: 7)
            })
        #expect(found.map(\.expected) == ["as kept in k.json:9:7"])
        #expect(
            found.first?.diff
                == [
                    "  … 7 same lines", "      {", "        \"sku\": \"b\",", "-       \"left\": 5",
                    "+       \"left\": 4",
                    "      }", "    ],", "  … 2 same lines",
                ].joined(separator: "\n"))
    }

    @Test("an update keeps what the file has in masked places, and its order")
    func updating() throws {
        let new: JSON = ["took": "9 ms", "items": [["sku": "c", "left": 1]], "id": 7, "new": true]
        let masks = try paths("$.took", "$.items[*].left", "$.none")
        #expect(
            GoldenComparison.updated(new, kept: Self.kept, masks: masks).rendered()
                == #"{"id":7,"items":[{"sku":"c","left":3}],"took":"1 ms","new":true}"#)
        #expect(
            GoldenComparison.updated(new, kept: nil, masks: masks).rendered()
                == #"{"took":"‹masked›","items":[{"sku":"c","left":"‹masked›"}],"id":7,"new":true}"#)
    }

    /// Compares with ``kept``.
    private struct Kept: ExternalMatchers {
        func judgeSchema(
            _ reference: String, _ value: JSON, subject: String, location: AssayCore.SourceLocation?
        ) -> [Mismatch] { [] }

        func judgeGolden(
            _ path: String, masks: [String], _ value: JSON, subject: String,
            location: AssayCore.SourceLocation?
        ) -> [Mismatch] {
            GoldenComparison.judge(
                kept: GoldenTests.kept, actual: value, masks: masks.compactMap { try? JSONPath(parsing: $0) },
                file: path, subject: subject, location: location)
        }
    }

    private func read(_ text: String, _ bag: DiagnosticBag) -> Matcher<JSON>? {
        guard let yaml = YAMLReading(parsing: Array(text.utf8), file: "a.yml", bag: bag) else { return nil }
        return yaml.matcher(yaml.root)?.constant
    }

    static let written = [
        "golden: {file: k.json, masks: [$.took], match: {$.id: {type: integer}, '$.items[*].left': {greater: 0}}}",
        "golden: k.json\nmasks: $.took\nmatch: {$.id: {type: integer}, '$.items[*].left': {greater: 0}}",
    ]

    @Test("parts are judged by matchers of their own instead of being compared", arguments: written)
    func parts(text: String) throws {
        let bag = DiagnosticBag()
        let matcher = try #require(read(text, bag))
        #expect(bag.all.isEmpty)
        func judge(_ value: JSON) -> [String] {
            matcher.judge(value, subject: "$", external: Kept()).map {
                "\($0.subject): \($0.expected) / \($0.actual)"
            }
        }
        let items: JSON = [["sku": "a", "left": 30], ["sku": "b", "left": 50]]
        #expect(judge(["id": 9, "items": items, "took": ""]).isEmpty)
        #expect(judge(["id": "x", "items": items, "took": ""]) == [#"$.id: an integer / "x""#])
        #expect(
            judge(["id": 9, "items": [["sku": "a", "left": 0], ["sku": "b", "left": 5]], "took": ""])
                == ["$.items[0].left: greater than 0 / 0"])
        #expect(judge(["items": items, "took": ""]).first == "$.id: an integer / absent")
        #expect(
            judge(["id": 9, "items": [["sku": "z", "left": 1], ["sku": "b", "left": 5]], "took": ""]).count
                == 1)
    }

    static let misread: [(text: String, said: String)] = [
        ("match: {$.a: 1}", "AS026 1:1: 'match' belongs to 'golden'"),
        ("masks: $.a", "AS026 1:1: 'masks' belongs to 'golden'"),
        ("golden: {masks: $.a}", "AS011 1:9: a golden needs 'file'"),
        ("golden: {file: a.json, mask: $.a}", "AS010 1:24: 'mask' is not known in a golden"),
        (
            "golden: {file: a.json, match: [$.a]}",
            "AS012 1:31: expected JSONPaths with matchers, found a list"
        ),
        (
            "golden: {file: a.json, match: {$..: 1}}",
            "AS029 1:35: '$..' is no JSONPath: expected a name, '*' or '[' after '..', found the end of the query"
        ),
    ]

    @Test("what is wrong with a golden matcher says where", arguments: misread)
    func wrong(text: String, said: String) {
        let bag = DiagnosticBag()
        _ = read(text, bag)
        let texts = bag.all.map { diagnostic in
            let place = diagnostic.location.map { "\($0.line):\($0.column)" } ?? ""
            return "\(diagnostic.code) \(place): \(diagnostic.message)"
        }
        #expect(texts.first == said)
    }
}
