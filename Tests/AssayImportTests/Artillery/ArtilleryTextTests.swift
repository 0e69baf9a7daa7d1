import AssayCore
import AssayFormats
import AssayScenario
import Testing

@testable import AssayImport

@Suite("Artillery: times, templates, expressions")
struct ArtilleryTextTests {
    @Test(
        "Times are seconds, or numbers with a unit",
        arguments: [
            ("60", 60.0), ("0", 0), ("5min", 300), ("500ms", 0.5), ("1.5", 1.5), ("2 hours", 7200),
            ("1d", 86400),
            (" 3 ", 3), ("-1", -1), ("1m", 60), ("1.5s", 1.5),
        ])
    func times(text: String, seconds: Double) { #expect(ArtilleryDuration.seconds(text) == seconds) }

    @Test("What is no time is none", arguments: ["", "abc", "5 parsecs", "s", "1:30"])
    func noTimes(text: String) { #expect(ArtilleryDuration.seconds(text) == nil) }

    @Test(
        "Texts are taken apart as Artillery renders them",
        arguments: [
            ("plain", [ArtilleryText.Part.text("plain")]),
            ("{{ a }}", [.variable("a")]),
            ("{{{ a.b[0]['c d'] }}}", [.variable("a.b[0]['c d']")]),
            ("x{{a}}y{{b}}", [.text("x"), .variable("a"), .text("y"), .variable("b")]),
            ("{{ $randomNumber(1, 10) }}", [.call("$randomNumber", ["1", "10"])]),
            ("{{$randomString()}}", [.call("$randomString", [])]),
            ("{{ f(1) }}", [.text("{{ f(1) }}")]),
            ("{{ a + b }}", [.text("{{ a + b }}")]),
            ("{ {a} }", [.text("{ {a} }")]),
            ("{{ a", [.text("{{ a")]),
            ("", []),
        ])
    func parts(text: String, parts: [ArtilleryText.Part]) { #expect(ArtilleryText(text).parts == parts) }

    @Test(
        "Values of templates keep their type when they are alone, and are text beside others",
        arguments: [
            ("{{ n }}", "7"), ("n{{ n }}", "\"n7\""), ("{{ list[1] }}", "\"b\""), ("{{ o }}", "{\"k\":[1]}"),
            ("{{ o.k[0] }}", "1"), ("x{{ o }}", "\"x{\\\"k\\\":[1]}\""), ("{{ list.length }}", "2"),
            ("{{ null }}!", "\"null!\""), ("{{ o.x }}!", "\"undefined!\""), ("{{ o.x }}", "null"),
            ("{{ $randomNumber(3, 3) }}", "\"3\""), ("a{{ $randomNumber(3,3) }}{{ n }}", "\"a37\""),
        ])
    func values(text: String, value: String) throws {
        let quoted = "\"" + text.replacing("\"", with: "\\\"") + "\""
        let test = try artillery(
            script(
                "- get: {url: /, capture: [{json: $.n, as: n}, {json: $.l, as: list}, {json: $.o, as: o}, {json: $.z, as: \"null\"}]}\n- post: {url: /, json: \(quoted)}"
            )
        ).get()
        guard case .json(let body)? = test.request(1)?.body else {
            Issue.record("no body")
            return
        }
        #expect(
            rendered(body, ["n": 7, "list": ["a", "b"], "o": ["k": [1]], "null": nil]) == value)
    }

    @Test("A member whose variable was never set is left out of its object")
    func leftOut() throws {
        let test = try artillery(
            script(
                "- get: {url: /, capture: {json: $.id, as: id, strict: false}}\n- post: {url: /, json: {id: \"{{ id }}\", in: [{id: \"{{ id }}\"}], text: \"<{{ id }}>\"}}"
            )
        ).get()
        guard case .json(let body)? = test.request(1)?.body else {
            Issue.record("no body")
            return
        }
        #expect(rendered(body) == "{\"in\":[{}],\"text\":\"<undefined>\"}")
        #expect(rendered(body, ["id": 4]) == "{\"id\":4,\"in\":[{\"id\":4}],\"text\":\"<4>\"}")
    }

    @Test(
        "Conditions are those of filtrex, without its errors",
        arguments: [
            ("a", "1"), ("b", "null"), ("a == 1", "true"), ("s == \"x\"", "true"), ("s == \"y\"", "false"),
            ("b == 1", "false"), ("a < 2 and s != \"y\"", "true"), ("not a", "false"), ("five > 3", "true"),
            ("five == 5", "true"), ("s < 3", "false"), ("a + 1 == 2", "true"), ("a in (3, 1)", "true"),
            ("a not in (3, 1)", "false"), ("a ? 4 : 5", "4"), ("b ? 4 : 5", "5"), ("(a or b) and a", "1"),
            ("list", "[]"), ("'a' >= 1", "true"), ("10 % 3", "1"), ("-a", "-1"), ("round(2.6)", "3"),
        ])
    func conditions(text: String, value: String) throws {
        let place = SourceLocation(file: "", line: 1, column: 1)
        let known = ["a", "s", "five", "list"]
        let expression = try ArtilleryExpression.parse(text, at: place) {
            known.contains($0) ? .name($0, place) : nil
        }
        var context = Lowest(names: ["a": 1, "s": "x", "five": "5", "list": []])
        let found = try expression.evaluate(in: &context).rendered()
        #expect(found == value)
    }

    @Test(
        "What is no condition says where it goes wrong",
        arguments: [
            ("a ==", "expected a value, found the end", 3),
            ("a b", "expected an operator or the end, found `b`", 2),
            ("(a", "expected `)`, found the end", 1), ("a & b", "`&` has no meaning here", 2),
            ("\"x", "a quote is never closed", 0),
            ("max(1)", "expected a name: the function `max` is not supported, found `max`", 0),
        ])
    func noConditions(text: String, message: String, offset: Int) {
        let place = SourceLocation(file: "", line: 1, column: 1)
        #expect(throws: ArtilleryExpression.Fault(message: message, offset: offset)) {
            try ArtilleryExpression.parse(text, at: place) { .name($0, place) }
        }
    }
}
