import AssayFormats
import Testing

@testable import AssayScript

@Suite(.enabled(if: ScriptEngine.isPresent, "scripts/setup --only k6 makes the engine"))
struct K6ModuleTests {
    /// Compared with k6 1.1.
    static let expressions: [(String, JSON)] = [
        // k6
        ("check(1, { a: () => true, b: (x) => x === 1 })", true), ("check(1, { a: true, b: 0 })", false),
        ("check(1, { a: Promise.resolve(false) })", true), ("check(1, {})", true),
        ("check(1, [true, false])", false),
        ("check(1)", "GoError: no checks provided to `check`"),
        ("check(1, null)", "TypeError: Cannot convert undefined or null to object"),
        ("check(1, { 'a::b': true })", "GoError: group and check names may not contain '::'"),
        (
            "check(1, { a: true }, { x: {} })",
            "GoError: invalid value for metric tag 'x': only String, Boolean and Number types are accepted as a metric tag values"
        ),
        ("check(1, { a() { throw new RangeError('q'); } })", "RangeError: q"),
        ("group('g', () => group('h', () => exec.vu.tags.group))", "::g::h"),
        ("group('', () => exec.vu.tags.group)", ""),
        ("group('g')", "GoError: group() requires a callback as a second argument"),
        ("group('a::b', () => 1)", "GoError: group and check names may not contain '::'"),
        ("group('a', () => { throw new TypeError('q'); })", "TypeError: q"),
        ("fail('boo')", "GoError: boo"), ("fail()", "GoError"), ("sleep(0.5)", "undefined"),
        ("sleep(-1)", "undefined"),
        ("(randomSeed(7), Math.random()) === (randomSeed(7), Math.random())", true),
        ("Object.keys(k6)", ["check", "fail", "group", "randomSeed", "sleep"]),
        // k6/encoding
        ("encoding.b64encode('hey')", "aGV5"), ("encoding.b64encode('a', 'zzz')", "YQ=="),
        ("encoding.b64encode(new Uint8Array([255, 254]).buffer, 'url')", "__4="),
        ("encoding.b64encode(new Uint8Array([255, 254]), 'rawurl')", "__4"),
        ("encoding.b64encode(5)", "GoError: invalid type int64, expected string, []byte or ArrayBuffer"),
        (
            "encoding.b64encode([1])",
            "GoError: invalid type []interface {}, expected string, []byte or ArrayBuffer"
        ),
        ("encoding.b64encode()", "GoError: invalid type <nil>, expected string, []byte or ArrayBuffer"),
        ("encoding.b64decode('aGV5').byteLength", 3), ("encoding.b64decode('aGV5', 'std', 's')", "hey"),
        ("encoding.b64decode('aGV5\\nYQ==', 'std', 's')", "heya"),
        ("encoding.b64decode('aGV', 'std', 's')", "GoError: illegal base64 data at input byte 0"),
        ("encoding.b64decode('a$', 'rawstd', 's')", "GoError: illegal base64 data at input byte 1"),
        ("encoding.b64decode('aGV5YQ==', 'rawstd', 's')", "GoError: illegal base64 data at input byte 6"),
        // k6/crypto
        ("md5('a', 'hex')", "0cc175b9c0f1b6a831c399e269772661"),
        ("md5('a')", "GoError: invalid output encoding: "),
        ("md5('a', 'zz')", "GoError: invalid output encoding: zz"),
        ("md5(new Uint8Array([1, 2]), 'hex')", "0cb988d042a7f28dd5fe2b55b3f5ac7a"),
        ("md5(5, 'hex')", "GoError: md5 failed: invalid type int64, expected string, []byte or ArrayBuffer"),
        (
            "md5(1.5, 'hex')",
            "GoError: md5 failed: invalid type float64, expected string, []byte or ArrayBuffer"
        ),
        ("hex(crypto.md4('abc', 'binary'))", "a448017aaf21d8525fc10ae87aa6729d"),
        ("crypto.sha1('a', 'base64')", "hvfkN/qlp/zhXR3cuerq6jd2Z7g="),
        ("crypto.sha1('a', 'base64url')", "hvfkN_qlp_zhXR3cuerq6jd2Z7g="),
        ("crypto.sha1('a', 'base64rawurl')", "hvfkN_qlp_zhXR3cuerq6jd2Z7g"),
        (
            "crypto.hmac('sha256', 'Jefe', 'what do ya want for nothing?', 'hex')",
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        ),
        ("crypto.hmac('nope', 'k', 'd', 'hex')", "GoError: invalid algorithm: nope"),
        (
            "(() => { const h = crypto.createHash('sha1'); h.update('a'); const x = h.digest('hex'); h.update('b');"
                + " return [x, h.digest('hex')]; })()",
            ["86f7e437faa5a7fce15d1ddcb9eaeaea377667b8", "da23614e02469a0d7c7bd1bdab5c9c474b1904dc"]
        ),
        (
            "(() => { const h = crypto.createHMAC('md5', 'k'); h.update('d'); return h.digest('hex'); })()",
            "7f330edb3a84f317f7ca433d6038ff9a"
        ),
        ("crypto.randomBytes(4).byteLength", 4), ("crypto.randomBytes(0)", "GoError: invalid size"),
        ("crypto.hexEncode('ab')", "6162"),
        // The global crypto
        ("webcrypto.randomUUID().length", 36), ("webcrypto.getRandomValues(new Uint16Array(3)).length", 3),
        (
            "webcrypto.getRandomValues(new Float32Array(3))",
            "GoError: TypeMismatchError: typedArray parameter isn't a TypedArray instance"
        ),
        (
            "webcrypto.getRandomValues(new Uint8Array(65537))",
            "GoError: QuotaExceededError: typedArray parameter is too big; maximum length is 65536"
        ),
        // Globals
        ("[typeof __ENV.NAME, __VU, __ITER, global === globalThis]", ["undefined", 1, 0, true]),
        ("(__ENV.X = 5, __ENV.X)", "5"),
        // Only outside of functions
        ("new Counter('late')", "GoError: metrics must be declared in the init context"),
        ("new SharedArray('late', () => [])", "GoError: new SharedArray must be called in the init context"),
        (
            "open('x')",
            .string(
                "GoError: the \"open\" function is only available in the init stage (i.e. the global scope), see "
                    + "https://grafana.com/docs/k6/latest/using-k6/test-lifecycle/ for more information")
        ),
        // k6/execution
        (
            "exec.vu",
            [
                "idInInstance": 1, "idInTest": 1, "iterationInInstance": 0, "iterationInScenario": 0,
                "tags": ["scenario": "default", "group": ""],
                "metrics": ["tags": ["scenario": "default", "group": ""], "metadata": [:]],
            ]
        ),
        (
            "exec.scenario",
            [
                "name": "default", "executor": "per-vu-iterations", "startTime": 0, "progress": 0,
                "iterationInInstance": 0, "iterationInTest": 0,
            ]
        ),
        ("exec.instance.vusActive", 0),
        (
            "(exec.vu.tags.a = 1, exec.vu.metrics.tags.b = true, [exec.vu.tags.a, 'b' in exec.vu.tags])",
            ["1", true]
        ),
        ("(exec.vu.tags.a = 1, delete exec.vu.tags.a, Object.keys(exec.vu.tags))", ["scenario", "group"]),
        (
            "exec.vu.tags.a = {}",
            "TypeError: invalid value for metric tag 'a': only String, Boolean and Number types are accepted as a metric tag values"
        ),
        (
            "exec.vu.metrics.metadata.a = []",
            "TypeError: invalid value for metric metadata 'a': only String, Boolean and Number types are accepted as a metric metadata value"
        ),
        ("(exec.vu.metrics.metadata.a = 'x', exec.vu.metrics.metadata)", ["a": "x"]),
        ("Object.isFrozen(exec.test.options)", true),
    ]

    @Test("Expressions are worth in a pass what they are in k6", arguments: expressions)
    func isWorth(_ expression: String, _ expected: JSON) async throws {
        let (value, _) = try await K6Script.value(expression)
        #expect(value == expected)
    }

    static let initExpressions: [(String, JSON)] = [
        ("check(1, { a: true })", "GoError: Using check() in the init context is not supported"),
        ("group('a', () => 1)", "GoError: Using group() in the init context is not supported"),
        ("exec.vu.idInTest", "GoError: getting VU information in the init context is not supported"),
        (
            "exec.scenario.name",
            "GoError: getting scenario information outside of the VU context is not supported"
        ),
        (
            "exec.instance.vusActive",
            "GoError: getting instance information in the init context is not supported"
        ),
        ("exec.test.options", "GoError: getting test options in the init context is not supported"),
        ("sleep(1)", "undefined"), ("typeof __ITER", "undefined"),
        (
            "new Counter('a b')",
            .string(
                "GoError: Invalid metric name: 'a b'. Metric names must only include up to 128 ASCII letters, numbers, or "
                    + "underscores and start with a letter or an underscore.")
        ),
        ("new Counter('mine').name", "mine"), ("Object.keys(new Gauge('gg'))", ["name", "add"]),
        ("new Counter('http_reqs')", ["name": "http_reqs"]),
        (
            "new Counter('http_req_duration')",
            "GoError: metric 'http_req_duration' already exists but with type trend, instead of counter"
        ),
        (
            "(new Trend('twice'), new Trend('twice', true))",
            "GoError: metric 'twice' already exists but with a value type default, instead of time"
        ),
        (
            "new Rate('rr').add(1)", "GoError: Adding to metrics in the init context is not supported"
        ),
        ("new SharedArray('', () => [])", "GoError: empty name provided to SharedArray's constructor"),
        (
            "new SharedArray('x', 5)",
            "GoError: a function is expected as the second argument of SharedArray's constructor"
        ),
        ("new SharedArray('x', () => ({}))", "GoError: only arrays can be made into SharedArray"),
        ("new SharedArray('x', () => null)", "TypeError: Cannot convert undefined or null to object"),
        (
            "new SharedArray('x', async () => [])",
            "GoError: SharedArray constructor does not support async functions as second argument"
        ),
        ("new SharedArray('x', () => { throw new RangeError('q'); })", "RangeError: q"),
        ("open('')", "GoError: open() can't be used with an empty filename"),
        ("open('nope.txt')", "GoError: stat /t/nope.txt: no such file or directory"),
        ("open('/')", "GoError: open() can't be used with directories, path: \"/\""),
    ]

    @Test("Expressions are worth in the init context what they are in k6", arguments: initExpressions)
    func isWorthAtFirst(_ expression: String, _ expected: JSON) async throws {
        #expect(try await K6Script.initValue(expression) == expected)
    }

    @Test("Checks and groups reach the host with their paths and tags")
    func checks() async throws {
        let (_, host) = try await K6Script.value(
            "group('a', () => check(5, { one: (v) => v === 5, two: false }, { t: 1, u: true }))")
        #expect(host.checks == ["::a::one pass t=1 u=true", "::a::two fail t=1 u=true"])
        #expect(host.entered == ["::a"])
        #expect(host.group == "")
    }

    @Test("A check that throws has failed, and those behind it are not made")
    func throwingCheck() async throws {
        let (_, host) = try await K6Script.value("check(1, { a() { throw 1; }, b: true })")
        #expect(host.checks == ["::a fail"])
    }

    @Test("sleep asks the host for nanoseconds")
    func sleeps() async throws {
        let (_, host) = try await K6Script.value("[sleep(0.25), sleep('1'), sleep(0), sleep()]")
        #expect(host.sleeps == [250_000_000, 1_000_000_000])
    }

    /// Values given to a metric's `add`, with what the host gets or the warning.
    static let added: [(String, String, Bool)] = [
        ("1", "counter mine 1.0", true), ("true", "counter mine 1.0", true),
        ("'5'", "counter mine 5.0", true),
        ("-5", "counter mine -5.0", true), ("[7]", "counter mine 7.0", true),
        ("2, { a: 1 }", "counter mine 2.0 a=1", true),
        (
            "null", "'null' is an invalid value for metric 'mine', a number or a boolean value is expected",
            false
        ),
        ("", "no value was provided for metric 'mine', a number or a boolean value is expected", false),
        (
            "undefined",
            "'undefined' is an invalid value for metric 'mine', a number or a boolean value is expected",
            false
        ),
        (
            "{}",
            "'[object Object]' is an invalid value for metric 'mine', a number or a boolean value is expected",
            false
        ),
    ]

    @Test("Metrics take numbers and booleans, and warn of other values", arguments: added)
    func metrics(_ arguments: String, _ expected: String, _ isTaken: Bool) async throws {
        let (value, host) = try await K6Script.value(
            "mine.add(\(arguments))", before: "const mine = new Counter('mine');")
        #expect(value == .bool(isTaken))
        #expect((isTaken ? host.samples : host.lines) == [isTaken ? expected : "warning - " + expected])
    }

    @Test("With throw among the options a wrong value is an exception; wrong tags always are")
    func throwing() async throws {
        let (value, _) = try await K6Script.value("mine.add('x')", before: "const mine = new Rate('mine');") {
            $0.options = ["throw": true]
        }
        #expect(
            value
                == "GoError: 'x' is an invalid value for metric 'mine', a number or a boolean value is expected"
        )
        let (tagged, _) = try await K6Script.value(
            "mine.add(1, { a: null })", before: "const mine = new Rate('mine');")
        #expect(
            tagged
                == "GoError: cannot add tags for the 'mine' custom metric: invalid value for metric tag 'a': only String, Boolean and Number types are accepted as a metric tag values"
        )
    }

    @Test("Metrics of all virtual users are the same ones")
    func sharedMetrics() throws {
        let program = try K6Script.program(
            "import { Trend, Rate } from 'k6/metrics'; new Trend('tt', true); new Rate('rr'); export default () => 1;"
        )
        _ = try K6Script(program)
        _ = try K6Script(program)
        #expect(program.metrics.all.map(\.name) == ["tt", "rr"])
        #expect(program.metrics.all.map(\.index) == [0, 1])
        #expect(program.metrics.all[0].isTime)
    }

    @Test("A run is aborted, and the script goes no further")
    func aborts() async throws {
        let script = try K6Script(
            """
            import exec from 'k6/execution';
            export default () => { try { exec.test.abort('enough'); } catch { console.log('caught'); } return 1; }
            export const failing = () => exec.test.fail('bad');
            """)
        #expect(try await script.call() == "interrupted")
        #expect(script.host.aborts == ["enough"])
        #expect(script.host.lines == [])
        try await script.call("failing")
        #expect(script.host.failures == ["bad"])
    }

    @Test("Variables of the host are __ENV, and change with the scenario")
    func environment() async throws {
        let script = try K6Script(
            "const a = __ENV.A; __ENV.C = 1; export default () => [a, __ENV.A, __ENV.B, __ENV.C];"
        ) {
            $0.environment = ["A": "1"]
        }
        #expect(try await script.call() == ["1", "1", nil, nil])
        script.host.environment = ["A": "2", "B": "3"]
        try script.runtime.environmentChanged()
        #expect(try await script.call() == ["1", "2", "3", nil])
    }
}
