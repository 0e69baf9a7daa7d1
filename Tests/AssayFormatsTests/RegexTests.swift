import AssayFormats
import Testing

@Suite("Patterns")
struct RegexTests {
    @Test("a match gives its range and groups, absent groups as nil")
    func captures() throws {
        let pattern = try Pattern("é(\\d+)(x)?")
        let match = try #require(try pattern.firstMatch(in: "aé42"))
        #expect(match.range == 1..<5)
        #expect(match.captures == ["é42", "42", nil])
        #expect(match.firstCapture == "42")
        #expect(try pattern.firstMatch(in: "none") == nil)
        #expect(try Pattern("").firstMatch(in: "")?.captures == [""])
    }

    @Test(
        "whole means all of the text, also where a shorter alternative comes first",
        arguments: [("a|ab", "ab", true), ("a", "ab", false), ("a", "a\n", false), ("\\w+", "naïve", true)])
    func whole(pattern: String, text: String, matches: Bool) throws {
        #expect(try Pattern(pattern).matches(whole: text) == matches)
        #expect(try Pattern(interoperable: pattern).matches(whole: text) == matches)
    }

    @Test("a broken pattern is refused at its place")
    func syntax() {
        let error = #expect(throws: PatternError.self) { try Pattern("ab(c") }
        guard case .syntax(offset: 4, let message) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(message.contains("parenthesis"))
        #expect(throws: PatternError.self) { try Pattern("\\C") }
    }

    @Test("a pattern that backtracks without end is stopped")
    func hostile() throws {
        let pattern = try Pattern("^(([a-z])+.)+[A-Z]([a-z])+$")
        #expect(throws: PatternError.tooCostly) {
            try pattern.matches(in: String(repeating: "a", count: 60))
        }
    }

    @Test("in the interoperable syntax a dot leaves out both line breaks")
    func dot() throws {
        #expect(try !Pattern(interoperable: ".").matches(in: "\r"))
        #expect(try !Pattern(interoperable: ".").matches(in: "\n"))
        #expect(try Pattern(interoperable: "[.]").matches(whole: "."))
        #expect(try !Pattern(interoperable: "\\.").matches(in: "a"))
    }
}
