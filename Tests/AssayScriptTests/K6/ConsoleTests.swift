import AssayFormats
import Testing

@testable import AssayScript

@Suite(.enabled(if: ScriptEngine.isPresent, "scripts/setup --only k6 makes the engine"))
struct ConsoleTests {
    /// As k6 1.1 logs them, errors apart.
    static let logged: [(String, String)] = [
        ("1, 'a', true, null, undefined", "1 a true null undefined"),
        ("1.5, 1e21, -0, NaN", "1.5 1e+21 0 NaN"),
        (
            "{ a: 1, b: [1, 'x', null, undefined, () => 1], d: new Date(0), f() {} }",
            #"{"a":1,"b":[1,"x",null,null,null],"d":"1970-01-01T00:00:00.000Z"}"#
        ),
        ("[1, 'q']", #"[1,"q"]"#), ("() => 1", "null"), ("Symbol('q')", "q"), ("new Error('x')", "Error: x"),
        ("new Uint8Array([1, 2])", #"{"0":1,"1":2}"#),
        ("new ArrayBuffer(3), new Map([[1, 2]]), /re/", "{} {} {}"),
        ("123n", "123"), ("new Date(0)", #""1970-01-01T00:00:00.000Z""#), ("new String('x')", #""x""#),
        ("'%s', 5", "%s 5"), ("{ a: '<b>&' }, '<b>'", #"{"a":"\u003cb\u003e\u0026"} <b>"#),
        ("(() => { const a = {}; a.b = a; return a; })()", "[object Object]"), ("", ""),
    ]

    @Test("Values are logged as k6 logs them", arguments: logged)
    func logs(_ arguments: String, _ expected: String) async throws {
        let (_, host) = try await K6Script.value("console.log(\(arguments))")
        #expect(host.lines == ["info console " + expected])
    }

    @Test("Levels are told apart")
    func levels() async throws {
        let (_, host) = try await K6Script.value(
            "[console.debug(1), console.info(2), console.warn(3), console.error(4)]")
        #expect(host.lines == ["debug console 1", "info console 2", "warning console 3", "error console 4"])
    }
}
