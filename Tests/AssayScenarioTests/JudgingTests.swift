import AssayCore
import AssayFormats
import AssayScenario
import Testing

@Suite("Judging")
struct JudgingTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var matcher: Matcher<JSON>
        var actual: JSON?
        /// `subject: expected / actual` a mismatch; empty when the matcher holds.
        var told: [String]
        init(_ matcher: Matcher<JSON>, _ actual: JSON?, _ told: String...) {
            self.matcher = matcher
            self.actual = actual
            self.told = told
        }
        var testDescription: String {
            "\(matcher.description) of \(actual.map { $0.rendered() } ?? "nothing")"
        }
    }

    static let scalars: [Row] = [
        Row(.equals(1), 1), Row(.equals(1), 1.0), Row(.equals("a"), "a"), Row(.equals(nil), .null),
        Row(.equals(true), true), Row(.equals([1, 2]), [1, 2]),
        Row(.equals(["a": 1, "b": 2]), ["b": 2, "a": 1]),
        Row(.equals("insufficient_items"), nil, "$: = \"insufficient_items\" / absent; the body was {}"),
        Row(.equals(409), 200, "$: = 409 / 200"),
        Row(.equals(nil), 0, "$: = null / 0"), Row(.equals(false), .null, "$: = false / null"),
        Row(.type("string"), "a"), Row(.type("string"), 1, "$: a string / 1"),
        Row(.type("integer"), 1), Row(.type("integer"), 1.5, "$: an integer / 1.5"),
        Row(.type("number"), 1), Row(.type("number"), 1.5), Row(.type("number"), "1", "$: a number / \"1\""),
        Row(.type("boolean"), false), Row(.type("null"), .null), Row(.type("array"), []),
        Row(.type("object"), [:]), Row(.type("object"), [], "$: an object / []"),
        Row(.type("array"), nil, "$: an array / absent; the body was {}"),
        Row(.matches("^a+$"), "aaa"), Row(.matches("^a+$"), "ab", "$: text matching ^a+$ / \"ab\""),
        Row(.matches(#"\d"#), 7), Row(.matches("x"), .null, "$: text matching x / null"),
        Row(
            .matches("["), "a",
            "$: text matching [ / \"a\"; at byte 2 of the pattern: missing terminating ] for character class"),
        Row(.matches("x"), [], "$: text matching x / []"),
        Row(.contains("ell"), "hello"), Row(.contains("z"), "hello", "$: containing \"z\" / \"hello\""),
        Row(.contains(""), "a"), Row(.contains(4), "a4"),
        Row(.contains(2), [1, 2, 3]), Row(.contains(9), [1, 2], "$: containing 9 / [1,2]"),
        Row(.contains([1, 3]), [1, 2, 3]), Row(.contains([1, 4]), [1, 2], "$: containing [1,4] / [1,2]"),
        Row(.contains(["a": 1]), ["a": 1, "b": 2]),
        Row(.contains(["a": ["b": 1]]), ["a": ["b": 1, "c": 2]]),
        Row(.contains(["a": 2]), ["a": 1], "$: containing {\"a\":2} / {\"a\":1}"),
        Row(.contains(["id": 1]), [["id": 1, "n": 2]]), Row(.contains("a"), 5, "$: containing \"a\" / 5"),
        Row(.between(1, 5), 1), Row(.between(1, 5), 5), Row(.between(1, 5), 6, "$: between 1 and 5 / 6"),
        Row(.between(1, 5), 0.5, "$: between 1 and 5 / 0.5"), Row(.between("a", "c"), "b"),
        Row(.between(1, 5), "3", "$: between 1 and 5 / \"3\""),
        Row(.less(5), 4), Row(.less(5), 5, "$: less than 5 / 5"), Row(.less("2026-02-01"), "2026-01-31"),
        Row(.greater(5), 5.5), Row(.greater(5), 5, "$: greater than 5 / 5"),
        Row(.greater(5), .null, "$: greater than 5 / null"),
        Row(.atMost(5), 5), Row(.atMost(5), 6, "$: at most 5 / 6"),
        Row(.atLeast(5), 5), Row(.atLeast(5), 4, "$: at least 5 / 4"),
        Row(.atLeast(0), true, "$: at least 0 / true"),
    ]

    static let collections: [Row] = [
        Row(.length(.equals(2)), [1, 2]), Row(.length(.equals(2)), ["a": 1, "b": 2]),
        Row(.length(.equals(2)), "äb"), Row(.length(.equals(3)), [1], "$: length 3 / length 1: [1]"),
        Row(.length(.atLeast(1)), [], "$: length at least 1 / length 0: []"),
        Row(.length(.equals(1)), 1, "$: length 1 / 1; integer has no length"),
        Row(.unordered([.equals(1), .equals(2)]), [2, 1]), Row(.unordered([]), []),
        Row(
            .unordered([.equals(1), .equals(2)]), [2, 3],
            "$: [1, 2] in any order / [2,3]; missing 1, not expected 3"),
        Row(.unordered([.type("integer"), .equals(1)]), [1, 2]),
        Row(.unordered([.equals(1)]), "a", "$: [1] in any order / \"a\""),
        Row(.unordered([.equals(1)]), [1, 1], "$: [1] in any order / [1,1]; not expected 1"),
        Row(.absent(true), nil), Row(.absent(true), 1, "$: absent / 1"),
        Row(.absent(true), .null, "$: absent / null"),
        Row(.absent(false), 1), Row(.absent(false), nil, "$: present / absent; the body was {}"),
        Row(.not(.equals(1)), 2), Row(.not(.equals(1)), 1, "$: not 1 / 1"),
        Row(.not(.equals(1)), nil, "$: not 1 / absent; the body was {}"), Row(.not(.absent(true)), 1),
        Row(.any([.equals(1), .equals(2)]), 2), Row(.any([.equals(1), .equals(2)]), 3, "$: 1 or 2 / 3"),
        Row(.any([.equals(1), .absent(true)]), nil), Row(.any([.less(1)]), 2, "$: less than 1 / 2"),
        Row(.all([.type("string"), .length(.equals(1))]), "a"),
        Row(.all([.type("integer"), .less(1)]), 2, "$: less than 1 / 2"),
        Row(.all([.type("integer"), .less(1)]), "b", "$: an integer / \"b\"", "$: less than 1 / \"b\""),
        Row(.array([.type("integer"), .equals(2)]), [7, 2]),
        Row(.array([.type("integer"), .equals(2)]), ["x", 2], "$[0]: an integer / \"x\""),
        Row(.array([.equals(1)]), [1, 2], "$[1]: absent / 2"),
        Row(.array([.equals(1)]), [], "$: 1 element / 0 elements: []"),
        Row(.array([.equals(1)]), 1, "$: [1] / 1"),
        Row(.object([.init(key: "a", matcher: .type("string"))]), ["a": "x"]),
        Row(.object([.init(key: "a", matcher: .type("string"))]), ["a": 1], "$.a: a string / 1"),
        Row(.object([.init(key: "a", matcher: .equals(1))]), ["a": 1, "b c": 2], "$['b c']: absent / 2"),
        Row(.object([.init(key: "a", matcher: .absent(true))]), [:]),
        Row(
            .object([.init(key: "a", matcher: .equals(1))]), [:], "$.a: = 1 / absent; the object was {}"),
        Row(
            .equals(["items": [["q": 1], ["q": 2], ["q": 5]]]), ["items": [["q": 1], ["q": 2], ["q": 3]]],
            "$.items[2].q: = 5 / 3"),
        Row(.equals([1, 2]), [1, 3], "$[1]: = 2 / 3"),
        Row(.schema("a#b"), 1, "$: valid by the schema a#b / 1; no schema could be read here"),
        Row(
            .golden(path: "a.json", masks: [], parts: []), 1,
            "$: as kept in a.json / 1; no kept file could be read here"
        ),
    ]

    @Test("Every matcher says what was expected and what was found", arguments: scalars + collections)
    func judges(row: Row) {
        let found = row.matcher.judge(row.actual, subject: "$", absentNote: "the body was {}")
        #expect(found.map { "\($0.subject): \($0.expected) / \($0.actual)" } == row.told)
    }

    @Test("The table has every matcher in it") func isLarge() {
        #expect((Self.scalars + Self.collections).count >= 80)
    }

    @Test("Text that looks like a number is told apart from it") func typeNote() {
        #expect(Matcher<JSON>.equals("5").judge(5, subject: "$.a").first?.actual == "5; integer, not string")
    }

    @Test("Of several nodes, lists judge the list and other matchers each node") func nodes() {
        let nodes: [(path: String, value: JSON)] = [("$.a[0]", 1), ("$.a[1]", 2)]
        #expect(Matcher<JSON>.type("integer").judge(nodes: nodes, subject: "$.a[*]").isEmpty)
        #expect(Matcher<JSON>.equals([1, 2]).judge(nodes: nodes, subject: "$.a[*]").isEmpty)
        #expect(Matcher<JSON>.length(.equals(2)).judge(nodes: nodes, subject: "$.a[*]").isEmpty)
        #expect(Matcher<JSON>.less(2).judge(nodes: nodes, subject: "$.a[*]").map(\.subject) == ["$.a[1]"])
        #expect(
            Matcher<JSON>.all([.type("integer"), .length(.equals(2))]).judge(nodes: nodes, subject: "$.a[*]")
                .isEmpty)
        #expect(Matcher<JSON>.absent(true).judge(nodes: [], subject: "$.a").isEmpty)
    }

    @Test("A long actual is cut and says how long it was") func isBounded() {
        let text = String(repeating: "x", count: 12 * 1024)
        let found = Matcher<JSON>.equals(1).judge(.string(text), subject: "$")
        #expect(found[0].actual.hasSuffix("… (12.0 KiB)"))
        #expect(found[0].actual.count < 450)
    }

    @Test("Many differences become one with a diff of lines") func largeDiff() {
        let left = JSON.object(JSONObject((0..<9).map { ("k\($0)", JSON.int(Int64($0))) }))
        let right = JSON.object(JSONObject((0..<9).map { ("k\($0)", JSON.int(Int64($0 < 7 ? $0 + 1 : $0))) }))
        let found = Matcher<JSON>.equals(left).judge(right, subject: "$")
        #expect(found.count == 1)
        #expect(found[0].diff?.contains("-   \"k0\": 0,") == true)
        #expect(found[0].diff?.contains("+   \"k0\": 1,") == true)
    }

    @Test("A diff keeps what is near a difference and counts the rest") func diff() {
        let old = (1...20).map(String.init).joined(separator: "\n")
        let new = old.split(separator: "\n").map { $0 == "10" ? "ten" : String($0) }.joined(separator: "\n")
        #expect(
            LineDiff(from: old, to: new).rendered()
                == "  … 7 same lines\n  8\n  9\n- 10\n+ ten\n  11\n  12\n  … 8 same lines")
        #expect(LineDiff(from: old, to: old).isEmpty)
        #expect(LineDiff(from: "a\nb\nc", to: "a\nc").changes == [.same("a"), .removed("b"), .same("c")])
        #expect(LineDiff(from: "", to: "a").changes == [.removed(""), .added("a")])
        #expect(LineDiff(from: "a\nx\nb\ny", to: "x\nb\nz\ny").rendered() == "- a\n  x\n  b\n+ z\n  y")
    }

    @Test("Both texts can be read back from a diff, and it is as short as can be for small texts")
    func diffIsWhole() {
        var state: UInt64 = 7
        func letters() -> [String] {
            (0..<12).map { _ in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return ["a", "b", "c"][Int(state >> 33) % 3]
            }
        }
        for _ in 0..<300 {
            let (old, new) = (letters(), letters())
            let changes = LineDiff(from: old.joined(separator: "\n"), to: new.joined(separator: "\n")).changes
            let kept = changes.compactMap { if case .same(let line) = $0 { line } else { nil } }
            #expect(changes.compactMap { if case .added = $0 { nil } else { Self.line($0) } } == old)
            #expect(changes.compactMap { if case .removed = $0 { nil } else { Self.line($0) } } == new)
            #expect(kept.count == Self.commonLength(old, new))
        }
    }

    static func line(_ change: LineDiff.Change) -> String {
        switch change {
        case .same(let line), .removed(let line), .added(let line): line
        }
    }

    /// Length of the longest common subsequence, by the table of all prefixes.
    static func commonLength(_ old: [String], _ new: [String]) -> Int {
        var row = Array(repeating: 0, count: new.count + 1)
        for line in old {
            var next = row
            for (place, other) in new.enumerated() {
                next[place + 1] = line == other ? row[place] + 1 : max(row[place + 1], next[place])
            }
            row = next
        }
        return row[new.count]
    }

    @Test("Masked parts of a kept value do not count, but must be there") func golden() throws {
        let masks = [try JSONPath(parsing: "$.id")]
        func judge(_ actual: JSON) -> [Mismatch] {
            GoldenComparison.judge(
                kept: ["id": 1, "n": 2], actual: actual, masks: masks, file: "k.json", subject: "$",
                location: nil)
        }
        #expect(judge(["n": 2, "id": 9]).isEmpty)
        #expect(judge(["n": 2]).count == 1)
        #expect(judge(["id": 9, "n": 3]).first?.diff?.contains("+   \"n\": 3") == true)
    }

    @Test("Status codes of a constant matcher are known before a run") func statusCodes() {
        let codes = StatusCodes(accepting: .any([.equals(404), .between(200, 299)]))
        #expect(codes.contains(200) && codes.contains(299) && codes.contains(404))
        #expect(!codes.contains(300) && !codes.contains(0) && !codes.contains(5000))
        #expect(StatusCodes(accepting: .equals("x")).isEmpty)
    }

    @Test("Expectations look at every part of an answer") func answers() throws {
        var answer = Answer()
        answer.status = 409
        answer.headers = [.init("X-A", "1"), .init("x-a", "2")]
        answer.text = "{\"left\":-2}"
        answer.json = ["left": -2]
        answer.durationNanoseconds = 1_320_000_000
        let place = SourceLocation(file: "a.yml", line: 1, column: 1)
        func check(_ subject: Check.Subject, _ matcher: Matcher<ValueTemplate>) throws -> [String] {
            let filling = TemplateFilling(value: { $0.constantValue ?? .null }, text: { $0.source })
            return try Check(subject: subject, matcher: matcher, location: place, name: "")
                .judge(answer, filling: filling).map { "\($0.subject): \($0.expected) / \($0.actual)" }
        }
        let path = TemplatedPath.fixed(try JSONPath(parsing: "$.error"), source: "$.error")
        #expect(try check(.status, .equals(.literal(200))) == ["status: 200 / 409"])
        #expect(try check(.header("x-a"), .equals(.literal("1, 2"))).isEmpty)
        #expect(
            try check(.duration, .atMost(.literal(1_000_000_000))) == ["duration: at most 1.00 s / 1.32 s"])
        #expect(
            try check(.json(path), .equals(.literal("insufficient_items")))
                == ["$.error: = \"insufficient_items\" / absent; the body was {\"left\":-2}"])
    }
}
