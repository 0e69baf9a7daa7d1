import AssayFormats
import Testing

@testable import AssayScript

@Suite(
    "Variables of a run", .enabled(if: ScriptEngine.isPresent, "scripts/setup --only k6 makes the engine"))
struct EnvironmentObjectTests {
    @Test(
        "__ENV is an object like any other, of texts",
        arguments: [
            (
                "[__ENV.A, __ENV.nope === undefined, 'A' in __ENV, 'nope' in __ENV, 'toString' in __ENV]",
                ["1", true, true, false, true]
            ),
            ("Object.keys(__ENV)", ["A", "B"]), ("JSON.parse(JSON.stringify(__ENV))", ["A": "1", "B": "2"]),
            ("{ ...__ENV }", ["A": "1", "B": "2"]), ("Object.entries(__ENV)", [["A", "1"], ["B", "2"]]),
            ("(({ B, Z = 'd' }) => [B, Z])(__ENV)", ["2", "d"]),
            ("(__ENV.N = true, [__ENV.N, Object.keys(__ENV)])", ["true", ["A", "B", "N"]]),
            ("(__ENV.A = 'x', [__ENV.A, Object.keys(__ENV).length])", ["x", 2]),
            ("[delete __ENV.A, __ENV.A === undefined, Object.keys(__ENV)]", [true, true, ["B"]]),
            ("(Object.assign(__ENV, { C: 3 }), __ENV.C)", "3"),
            ("(Object.defineProperty(__ENV, 'D', { value: 4 }), __ENV.D)", "4"),
            (
                "[__ENV.hasOwnProperty('A'), __ENV.hasOwnProperty('Z'), String(__ENV), typeof __ENV]",
                [true, false, "[object Object]", "object"]
            ),
            ("[Object.getPrototypeOf(__ENV) === Object.prototype, __ENV === __ENV]", [true, true]),
            ("(__ENV = { q: 1 }, __ENV)", ["q": 1]),
        ] as [(String, JSON)])
    func environmentObject(expression: String, result: JSON) async throws {
        let script = try K6Script("export default () => (\(expression));") {
            $0.environment = ["B": "2", "A": "1"]
        }
        #expect(try await script.call() == result)
    }
}
