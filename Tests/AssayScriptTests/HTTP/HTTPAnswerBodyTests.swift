import AssayCore
import Testing

@testable import AssayScript

/// As k6 1.1.0 answers.
@Suite(
    "The methods of an answer",
    .enabled(if: ScriptEngine.isPresent, "scripts/setup --only k6 makes the engine"))
struct HTTPAnswerBodyTests {
    private static let notBytes = ", expected string, []byte or ArrayBuffer"

    private static func result(_ body: String) async throws -> String {
        try await HTTPScript.run(
            "const r = http.get('http://h/'); \(body)", answer: HTTPScript.answering("{\"a\":1}")
        ).result
    }

    @Test(
        "are of their answer, however they are called",
        arguments: [
            ("const { json } = r; return json('a')", "1"), ("return ({ ...r }).json().a", "1"),
            ("return Object.create(r).json()", "{\"a\":1}"),
            ("const f = r.html; return f().text()", "\"{\\\"a\\\":1}\""),
            ("return r.json.call({}, 'a')", "1"), ("return ['a'].map(r.json)", "[1]"),
            ("return [r.json === r.json, r.json.length, typeof r.json]", "[false,1,\"function\"]"),
            ("try { new r.json() } catch (e) { return e.name }", "\"TypeError\""),
        ])
    func bound(body: String, result: String) async throws {
        #expect(try await Self.result(body) == result)
    }

    @Test(
        "leave other objects what they have when an answer is only their prototype",
        arguments: [
            (
                "const o = {}; Object.defineProperty(o, 'status', { value: 1 }); "
                    + "return [Reflect.set(r, 'status', 7, o), o.status]", "[false,1]"
            ),
            (
                "const o = { hit: 0, set status(v) { this.hit = v } }; return [Reflect.set(r, 'status', 7, o), o.hit]",
                "[false,0]"
            ),
            ("return [Reflect.set(r, 'status', 7, 3), Reflect.set(r, 'foo', 7, {})]", "[false,true]"),
            (
                "const o = Object.create(r); o.status = 5; o.foo = 6; o.json = 7; "
                    + "return [o.status, r.status, Object.keys(o), o.json]",
                "[5,200,[\"status\",\"foo\",\"json\"],7]"
            ),
            (
                "const o = Object.create(r); o.status = 5; o.status = 6; return [o.status, r.status]",
                "[6,200]"
            ),
        ])
    func receivers(body: String, result: String) async throws {
        #expect(try await Self.result(body) == result)
    }

    @Test(
        "read the body that the script put in its place",
        arguments: [
            ("r.body = '{\"z\":9}'; return [r.json(), r.json('z'), r.json('a')]", "[{\"z\":9},9,null]"),
            ("r.json('a'); r.body = '{\"z\":9}'; return r.json('z')", "9"),
            // What was read whole stays.
            ("r.json(); r.body = '{\"z\":9}'; return [r.json(), r.json('z')]", "[{\"a\":1},9]"),
            ("r.body = '<p>x</p>'; return r.html().find('p').text()", "\"x\""),
            ("r.body = '<p>x</p>'; return r.html('p').text()", "\"x\""),
            ("r.body = new Uint8Array([91, 49, 93]); return r.json()", "[1]"),
            ("r.body = new Uint8Array([91, 49, 93]).buffer; return r.json('0')", "1"),
            ("Object.defineProperty(r, 'body', { value: '[2]' }); return r.json()", "[2]"),
            ("r.body; r.body = r.body.replace('1', '3'); return r.json('a')", "3"),
            ("r.body = '{'; try { r.json() } catch {} r.body = '4'; return r.json()", "4"),
        ])
    func replaced(body: String, result: String) async throws {
        #expect(try await Self.result(body) == result)
    }

    @Test(
        "say what a body is that they cannot read",
        arguments: [
            ("null", "the body is null so we can't transform it to "),
            ("undefined", "the body is null so we can't transform it to "),
            ("12", "invalid type int64" + notBytes), ("1.5", "invalid type float64" + notBytes),
            ("true", "invalid type bool" + notBytes),
            ("[1]", "invalid type []interface {}" + notBytes),
            ("{ q: 1 }", "invalid type map[string]interface {}" + notBytes),
        ])
    func unreadable(value: String, message: String) async throws {
        for call in ["json()", "json('a')", "html()"] {
            #expect(
                try await Self.result(
                    "r.body = \(value); try { r.\(call) } catch (e) { return e.message.startsWith(\"\(message)\") }"
                ) == "true", "\(call)")
        }
    }
}
