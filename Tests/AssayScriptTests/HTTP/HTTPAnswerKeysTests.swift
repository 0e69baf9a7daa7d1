import Testing

@testable import AssayScript

@Suite(
    "The properties of an answer",
    .enabled(if: ScriptEngine.isPresent, "scripts/setup --only k6 makes the engine"))
struct HTTPAnswerKeysTests {
    private static let fields =
        "remote_ip,remote_port,url,status,status_text,proto,headers,cookies,body,timings,tls_version,"
        + "tls_cipher_suite,ocsp,error,error_code,request"
    private static let all = fields + ",clickLink,html,json,submitForm"

    @Test(
        "they are its own, in k6's order, whichever was read before",
        arguments: [
            ("Object.keys(r)", all), ("(r.timings, r.body, Object.keys(r))", all),
            ("Object.getOwnPropertyNames(r)", all), ("Reflect.ownKeys(r)", all), ("Object.keys({...r})", all),
            ("Object.keys(Object.assign({}, r))", all), ("Object.entries(r).map(([k]) => k)", all),
            ("(() => { const a = []; for (const k in r) a.push(k); return a; })()", all),
            ("Object.keys(JSON.parse(JSON.stringify(r)))", fields),
            (
                "(({ status, body, ...o }) => Object.keys(o))(r)",
                all.replacing(",status,", with: ",").replacing(",body,", with: ",")
            ),
        ])
    func named(expression: String, text: String) async throws {
        #expect(try await Self.run("String(\(expression))") == "\"" + text + "\"")
    }

    @Test(
        "they are asked about and replaced as k6's",
        arguments: [
            ("Object.values(r).filter((v) => typeof v === 'number')", "[8080,200,0]"),
            (
                "[r.hasOwnProperty('status'), Object.hasOwn(r, 'json'), r.hasOwnProperty('x')]",
                "[true,true,false]"
            ),
            ("['body' in r, 'json' in r, 'toString' in r, 'x' in r]", "[true,true,true,false]"),
            (
                "[typeof r.toJSON, r.propertyIsEnumerable('json'), Object.isFrozen(r)]",
                #"["undefined",true,false]"#
            ),
            (
                "Object.getOwnPropertyDescriptor(r, 'status')",
                #"{"value":200,"writable":true,"enumerable":true,"configurable":false}"#
            ),
            ("Object.getOwnPropertyDescriptor(r, 'json').writable", "false"),
            ("Object.getOwnPropertyDescriptor(r, 'x') === undefined", "true"),
            ("[Object.getPrototypeOf(r) === Object.prototype, String(r)]", #"[true,"[object Object]"]"#),
            ("JSON.stringify(r, ['status', 'proto'])", #""{\"status\":200,\"proto\":\"HTTP/1.1\"}""#),
            ("(r.body = 'new', [r.body, Object.keys(r).length])", #"["new",20]"#),
            ("(r.headers.X = 'b', r.headers.X)", #""b""#),
            ("(Object.defineProperty(r, 'status', { value: 9 }), r.status)", "9"),
            ("((c) => [c.status, Object.keys(c).length])(Object.create(r))", "[200,0]"),
            ("((c) => (c.status = 1, [c.status, r.status]))(Object.create(r))", "[1,200]"),
            ("(Object.setPrototypeOf(r, { q: 1 }), [r.q, r.status])", "[1,200]"),
            ("new Map([[r, 1]]).get(r)", "1"), ("delete r.x", "true"),
            ("r.x = 5", "TypeError: Cannot assign to property x of a host object"),
            ("r.json = 5", "TypeError: Cannot assign to property json of a host object"),
            (
                "Object.defineProperty(r, 'y', { value: 9 })",
                "TypeError: Cannot define property 'y' on a host object"
            ),
            ("delete r.status", "TypeError: Cannot delete property status from a Go type"),
            ("Object.freeze(r)", "TypeError: Host object field remote_ip cannot be made read-only"),
            (
                "Object.defineProperty(r, 'status', { get() { return 4; } })",
                "TypeError: Host objects do not support accessor properties (status)"
            ),
        ])
    func asked(expression: String, text: String) async throws {
        #expect(try await Self.run(expression) == text)
    }

    @Test("an answer that is part of a circle goes with it")
    func circles() async throws {
        let loop =
            "for (let i = 0; i < 3000; i++) { const r = http.get('http://h/'); r.body = { r, big: [r.headers, i] }; }"
        #expect(try await Self.run("(() => { \(loop) return r.status; })()") == "200")
    }

    private static func run(_ expression: String) async throws -> String {
        try await HTTPScript.run(
            "const r = http.get('http://h/'); return \(expression);",
            answer: HTTPScript.answering(#"{"a":1}"#)
        ).result
    }
}
