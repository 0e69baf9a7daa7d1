import AssayFormats
import Testing

@testable import AssayScript

@Suite(.enabled(if: ScriptEngine.isPresent, "scripts/setup --only k6 makes the engine"))
struct SharedArrayTests {
    /// Compared with k6 1.1, where one that holds `undefined` can be read at all.
    static let expressions: [(String, JSON)] = [
        ("s.length", 5), ("s[0]", ["a": 1, "b": [1, 2]]), ("s[-1]", "undefined"), ("s[9]", "undefined"),
        ("Array.isArray(s)", true), ("s instanceof Array", true), ("s[0] === s[0]", false),
        ("JSON.stringify(s)", #"[{"a":1,"b":[1,2]},"s",3,null,true]"#),
        ("s.map((x) => typeof x)", ["object", "string", "number", "object", "boolean"]),
        ("[...s].length", 5), ("Object.keys(s)", ["0", "1", "2", "3", "4"]),
        ("[3 in s, 99 in s]", [true, false]),
        ("s.indexOf('s')", 1), ("s.slice(1, 3)", ["s", 3]), ("s.at(-1)", true),
        ("s.find((x) => x && x.a).a", 1),
        ("s.includes(3)", true), ("s.concat([1]).length", 6),
        ("Object.isFrozen(s[0]) && Object.isFrozen(s[0].b)", true),
        ("s[0] = 1", "TypeError: SharedArray is immutable"),
        ("s.push(1)", "TypeError: SharedArray is immutable"),
        ("s.length = 0", "TypeError: SharedArray is immutable"),
        ("delete s[0]", "TypeError: SharedArray is immutable"),
        ("Object.defineProperty(s, '0', { value: 1 })", "TypeError: SharedArray is immutable"),
    ]

    @Test("A shared array is an array that nobody changes", arguments: expressions)
    func isWorth(_ expression: String, _ expected: JSON) async throws {
        let (value, _) = try await K6Script.value(
            expression,
            before: "const s = new SharedArray('s', () => [{ a: 1, b: [1, 2] }, 's', 3, null, true]);")
        #expect(value == expected)
    }

    @Test("Changing an element is an error")
    func frozen() async throws {
        let (value, _) = try await K6Script.value(
            "s[0].a = 2", before: "const s = new SharedArray('s', () => [{ a: 1 }]);")
        guard case .string(let text)? = value else {
            Issue.record("\(String(describing: value))")
            return
        }
        #expect(text.hasPrefix("TypeError: "))
    }

    @Test("It is made once for all virtual users")
    func once() async throws {
        let program = try K6Script.program(
            """
            import { SharedArray } from 'k6/data';
            const s = new SharedArray('n', () => { console.log('made'); return [1, 2]; });
            export default () => s[1];
            """)
        let (first, second) = (try K6Script(program), try K6Script(program))
        #expect(first.host.lines + second.host.lines == ["info console made"])
        #expect(try await second.call() == 2)
    }
}
