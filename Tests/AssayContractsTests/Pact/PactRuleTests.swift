import AssayContracts
import AssayCore
import AssayFormats
import Testing

@Suite("Matching rules of pacts")
struct PactRuleTests {
    /// What differs in a JSON body under rules, `path: matchers`.
    static func mismatches(_ example: String, _ actual: String, _ rules: String, isRequest: Bool = false)
        throws -> [String]
    {
        let side = isRequest ? "request" : "response"
        let text = """
            {"consumer": {"name": "a"}, "provider": {"name": "b"}, "interactions": [{"description": "d",
             "\(side)": {"headers": {"Content-Type": "application/json"}, "body": \(example), "matchingRules": {"body": \(rules)}}}],
             "metadata": {"pactSpecification": {"version": "3.0.0"}}}
            """
        let bag = DiagnosticBag()
        let pact = try #require(
            Pact.read(Array(text.utf8), file: "p", bag: bag), "\(bag.all.map { $0.rendered() })")
        let type = [ContractExchange.Header("Content-Type", "application/json")]
        guard case .http(let request, let response) = pact.interactions[0].content else { return [] }
        let found =
            isRequest
            ? request.mismatches(.init(method: "GET", path: "/", headers: type, body: Array(actual.utf8)))
            : response.mismatches(.init(status: 200, headers: type, body: Array(actual.utf8)))
        return found.map { $0.sentence }
    }

    @Test(
        "each rule takes what it says and nothing else",
        arguments: [
            (#"{"match":"equality"}"#, "1", "1", "2"),
            (#"{"match":"regex","regex":"a+"}"#, #""a""#, #""aa""#, #""ab""#),
            (#"{"match":"type"}"#, #""a""#, #""b""#, "1"),
            (#"{"match":"include","value":"el"}"#, #""hello""#, #""well""#, #""wall""#),
            (#"{"match":"number"}"#, "1", "2.5", #""2""#),
            (#"{"match":"integer"}"#, "1", "12345678901234567890", "1.0"),
            (#"{"match":"decimal"}"#, "1.5", "2.0", "2"), (#"{"match":"boolean"}"#, "true", #""false""#, "1"),
            (#"{"match":"null"}"#, "null", "null", "0"), (#"{"match":"notEmpty"}"#, #""a""#, #""b""#, #""""#),
            (#"{"match":"semver"}"#, #""1.0.0""#, #""2.10.3-rc.1+b5""#, #""1.02.3""#),
            (
                #"{"match":"date","format":"yyyy-MM-dd"}"#, #""2020-01-01""#, #""2024-02-29""#,
                #""2023-02-29""#
            ),
            (#"{"match":"time"}"#, #""10:00:00""#, #""23:59:59""#, #""24:00:00""#),
            (
                #"{"match":"datetime"}"#, #""2020-01-01T10:00:00Z""#, #""2020-01-01T10:00:00+05:30""#,
                #""2020-01-01 10:00:00Z""#
            ),
            (
                #"{"match":"datetime","format":"EEE, d MMM yyyy HH:mm:ss.SSS"}"#, #""x""#,
                #""Tue, 3 Mar 2020 01:02:03.004""#, #""Tue, 3 Mrz 2020 01:02:03.004""#
            ),
            (
                #"{"match":"timestamp","timestamp":"yyyyMMdd'T'HHmm[ss]"}"#, #""x""#, #""20200101T1000""#,
                #""20201301T1000""#
            ),
            (#"{"match":"statusCode","status":"error"}"#, "400", "503", "399"),
            (#"{"match":"type","min":2,"max":3}"#, "[1]", "[1,2]", "[1]"),
            (#"{"match":"type","min":2,"max":3}"#, "[1]", "[1,2,3]", "[1,2,3,4]"),
            (#"{"match":"values"}"#, #"{"a":1}"#, #"{"b":1}"#, #"{"b":2}"#),
            (
                #"{"match":"eachValue","rules":[{"match":"integer"}]}"#, #"{"a":1}"#, #"{"x":7,"y":8}"#,
                #"{"x":"7"}"#
            ),
            (
                #"{"match":"eachValue","rules":[{"match":"regex","regex":"[a-z]+"}]}"#, #"["a"]"#,
                #"["b","c"]"#, #"["b","1"]"#
            ),
            (
                #"{"match":"eachKey","rules":[{"match":"regex","regex":"k\\d"}]}"#, #"{"k1":1}"#,
                #"{"k2":9}"#, #"{"z":1}"#
            ),
            (
                #"{"match":"arrayContains","variants":[{"index":0,"rules":{"$.n":{"matchers":[{"match":"integer"}]}}}]}"#,
                #"[{"t":"a","n":1}]"#, #"[{"t":"b","n":1},{"t":"a","n":5}]"#, #"[{"t":"a","n":"5"}]"#
            ),
        ])
    func rules(rule: String, example: String, right: String, wrong: String) throws {
        let rules = "{\"$.v\": {\"matchers\": [\(rule)]}}"
        #expect(try Self.mismatches("{\"v\": \(example)}", "{\"v\": \(right)}", rules) == [])
        #expect(try Self.mismatches("{\"v\": \(example)}", "{\"v\": \(wrong)}", rules) != [])
    }

    @Test("several rules are combined with AND, or with OR")
    func combining() throws {
        func rules(_ combine: String) -> String {
            #"{"$.v": {"combine": "\#(combine)", "matchers": [{"match": "integer"}, {"match": "null"}]}}"#
        }
        #expect(try Self.mismatches(#"{"v": 1}"#, #"{"v": null}"#, rules("OR")) == [])
        #expect(
            try Self.mismatches(#"{"v": 1}"#, #"{"v": null}"#, rules("AND")) == [
                "body $.v: expected an integer, found null"
            ])
        #expect(
            try Self.mismatches(#"{"v": 1}"#, #"{"v": "x"}"#, rules("OR"))
                == ["body $.v: expected an integer, found \"x\"", "body $.v: expected null, found \"x\""])
    }

    @Test(
        "several rules for a place compare what is below it once, however deep that is",
        arguments: ["AND", "OR"], ["[", "{\"a\":"])
    func deep(_ combine: String, _ opening: String) throws {
        let depth = 60
        let closing = opening == "[" ? "]" : "}"
        func body(_ value: String) -> String {
            String(repeating: opening, count: depth) + value + String(repeating: closing, count: depth)
        }
        let inside = String(repeating: opening == "[" ? "[0]" : ".a", count: depth)
        let cascading =
            #"{"$": {"combine": "\#(combine)", "matchers": [{"match": "type"}, {"match": "notEmpty"}]}}"#
        #expect(try Self.mismatches(body("1"), body("2"), cascading) == [])
        #expect(
            try Self.mismatches(body("1"), body(#""x""#), cascading)
                == (combine == "OR" ? [] : ["body $\(inside): expected a number, like 1, found \"x\""]))
        // Rules of each place of its own, of which one looks at the names and the other at the values.
        let step = opening == "[" ? "[*]" : ".*"
        let each = (0..<depth).map { level in
            "\"$\(String(repeating: step, count: level))\": {\"combine\": \"\(combine)\", "
                + #""matchers": [{"match": "type"}, {"match": "values"}]}"#
        }
        let leaf = "\"$\(String(repeating: step, count: depth))\": {\"matchers\": [{\"match\": \"type\"}]}"
        let rules = "{\((each + [leaf]).joined(separator: ", "))}"
        #expect(try Self.mismatches(body("1"), body("2"), rules) == [])
        #expect(
            try Self.mismatches(body("1"), body(#""x""#), rules)
                == ["body $\(inside): expected a number, like 1, found \"x\""])
    }

    @Test("the heaviest path wins, and a type reaches down")
    func weights() throws {
        let rules =
            #"{"$": {"matchers": [{"match": "type"}]}, "$.*.id": {"matchers": [{"match": "regex", "regex": "x"}]}, "$.a.id": {"matchers": [{"match": "integer"}]}}"#
        #expect(try Self.mismatches(#"{"a": {"id": 1, "n": 1}}"#, #"{"a": {"id": 5, "n": 2}}"#, rules) == [])
        #expect(
            try Self.mismatches(#"{"a": {"id": 1, "n": 1}}"#, #"{"a": {"id": "x", "n": "2"}}"#, rules)
                == [
                    "body $.a.id: expected an integer, found \"x\"",
                    "body $.a.n: expected a number, like 1, found \"2\"",
                ])
    }

    @Test("a request has nothing more than is expected, a response may")
    func more() throws {
        #expect(try Self.mismatches(#"{"a": 1}"#, #"{"a": 1, "b": 2}"#, "{}") == [])
        #expect(
            try Self.mismatches(#"{"a": 1}"#, #"{"a": 1, "b": 2}"#, "{}", isRequest: true) == [
                "body $.b: expected nothing, found 2"
            ])
        #expect(
            try Self.mismatches(#"{"a": 1}"#, #"{"b": 2}"#, "{}") == ["body $.a: expected 1, found nothing"])
    }

    @Test("what differs is told with its place, what was expected and what was there")
    func words() throws {
        let rules =
            #"{"$.items": {"matchers": [{"match": "type", "min": 2}]}, "$['a b'][*]": {"matchers": [{"match": "regex", "regex": "\\d+"}]}}"#
        #expect(
            try Self.mismatches(
                #"{"items": [{"id": 1}], "a b": ["1"], "s": "x"}"#,
                #"{"items": [{"id": "1"}], "a b": ["y"], "s": 1}"#, rules)
                == [
                    "body $.items: expected at least 2 elements, found 1",
                    "body $.items[0].id: expected a number, like 1, found \"1\"",
                    "body $['a b'][0]: expected a match of /\\d+/, found \"y\"",
                    "body $.s: expected \"x\", found 1",
                ])
    }

    @Test("a format that would take for ever to try out is answered at once")
    func costlyFormat() throws {
        let format = String(repeating: "dM", count: 60)
        let rules = "{\"$.v\": {\"matchers\": [{\"match\": \"date\", \"format\": \"\(format)\"}]}}"
        #expect(
            try Self.mismatches(#"{"v": "x"}"#, "{\"v\": \"\(String(repeating: "1", count: 150))x\"}", rules)
                != [])
    }

    @Test(
        "generators make values of their kind, the same for the same seed",
        arguments: [
            (#"{"type":"RandomInt","min":3,"max":5}"#, "1", "[345]"),
            (#"{"type":"RandomInt","min":3,"max":5}"#, #""1""#, "\"[345]\""),
            (#"{"type":"RandomDecimal","digits":4}"#, "1.5", "\\d+\\.\\d+"),
            (#"{"type":"RandomHexadecimal","digits":6}"#, #""a""#, "\"[0-9A-F]{6}\""),
            (#"{"type":"RandomString","size":5}"#, #""a""#, "\"[A-Za-z0-9]{5}\""),
            (#"{"type":"RandomBoolean"}"#, "true", "true|false"),
            (
                #"{"type":"Uuid"}"#, #""a""#,
                "\"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\""
            ),
            (#"{"type":"Uuid","format":"simple"}"#, #""a""#, "\"[0-9a-f]{32}\""),
            (#"{"type":"Regex","regex":"[a-c]{2}-(x|y)\\d?"}"#, #""a""#, "\"[a-c]{2}-[xy]\\d?\""),
            (#"{"type":"Date"}"#, #""a""#, "\"2026-11-21\""),
            (#"{"type":"Date","expression":"tomorrow + 1 month"}"#, #""a""#, "\"2026-12-22\""),
            (#"{"type":"Time","format":"HH:mm"}"#, #""a""#, "\"18:30\""),
            (
                #"{"type":"DateTime","format":"EEE d MMM yyyy h:mm a XXX"}"#, #""a""#,
                "\"Sat 21 Nov 2026 6:30 PM Z\""
            ),
            (#"{"type":"ProviderState","expression":"id"}"#, "1", "77"),
            (#"{"type":"ProviderState","expression":"/o/${id}"}"#, #""a""#, "\"/o/77\""),
            (#"{"type":"ProviderState","expression":"none"}"#, "1", "1"),
            (
                #"{"type":"MockServerURL","example":"http://x:1/a/b","regex":".*(/a/b)$"}"#, #""a""#,
                "\"http://127.0.0.1:9/a/b\""
            ),
        ])
    func generators(generator: String, example: String, pattern: String) throws {
        let text = """
            {"consumer": {"name": "a"}, "provider": {"name": "b"}, "interactions": [{"description": "d",
             "response": {"body": {"v": \(example)}, "generators": {"body": {"$.v": \(generator)}}}}]}
            """
        let pact = try #require(Pact.read(Array(text.utf8), file: "p", bag: DiagnosticBag()))
        guard case .http(_, let response) = pact.interactions[0].content else { return }
        func made(_ seed: UInt64) -> String {
            var generating = PactGenerating(
                random: SeededRandom(seed: seed), nowMilliseconds: 1_795_285_800_000, stateValues: ["id": 77],
                serverURL: "http://127.0.0.1:9")
            return String(decoding: generating.fill(response).body.bytes ?? [], as: UTF8.self)
        }
        let first = made(7)
        #expect(first == made(7))
        #expect(try Pattern("\\{\"v\":(?:\(pattern))\\}").matches(whole: first), "\(first)")
    }
}
