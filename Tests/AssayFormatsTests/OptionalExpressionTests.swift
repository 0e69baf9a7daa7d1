import AssayCore
import AssayFormats
import Testing

@Suite("Values that may be missing")
struct OptionalExpressionTests {
    private struct Names: TemplateContext {
        var names: [String: JSON]
        func value(of name: String) -> JSON? { names[name] }
        mutating func call(_ function: String, _ arguments: [JSON]) throws(TemplateError) -> JSON {
            throw TemplateError("AS059", function)
        }
    }

    private static let place = SourceLocation(file: "", line: 1, column: 1)

    @Test(
        "A name, a member, an element or an operation without a value gives what stands in its place",
        arguments: [
            (Expression.name("a", place), "1"), (.name("x", place), "\"none\""),
            (.member(.name("o", place), "k"), "2"),
            (.member(.name("o", place), "x"), "\"none\""),
            (.index(.name("l", place), .literal(5)), "\"none\""),
            (.binary(.less, .name("a", place), .literal("t")), "\"none\""), (.name("null", place), "null"),
            (.call(function: "f", arguments: [], place), "\"none\""),
        ])
    func otherwise(expression: Expression, value: String) throws {
        var names = Names(names: ["a": 1, "o": ["k": 2], "l": [1], "null": nil])
        let found = try Expression.optional(expression, otherwise: "none").evaluate(in: &names).rendered()
        #expect(found == value)
    }

    @Test("A member without a value is left out of its object; elements of lists are null")
    func leftOut() throws {
        func value(_ name: String) -> ValueTemplate {
            .template(
                Template(
                    source: name, location: Self.place,
                    segments: [.expression(.optional(.name(name, Self.place), otherwise: nil))]))
        }
        func key(_ name: String) -> Template { Template(constant: name, at: Self.place) }
        let template = ValueTemplate.object([
            .init(key: key("a"), value: value("a")), .init(key: key("x"), value: value("x")),
            .init(key: key("l"), value: .array([value("x"), value("a")])),
        ])
        var names = Names(names: ["a": 1])
        #expect(try template.evaluate(in: &names).rendered() == "{\"a\":1,\"l\":[null,1]}")
        let folded = template.folded { $0 == "x" ? "known" : nil }
        #expect(try folded.evaluate(in: &names).rendered() == "{\"a\":1,\"x\":\"known\",\"l\":[\"known\",1]}")
    }
}
