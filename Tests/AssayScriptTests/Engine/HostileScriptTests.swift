// Long: one place for everything that scripts do at their worst; its tables are most of it.
import AssayNet
import Testing

@testable import AssayScript

@Suite(
    "Scripts that do their worst",
    .enabled(if: ScriptEngine.isPresent, "scripts/setup --only k6 makes the engine"))
struct HostileScriptTests {
    /// A runtime with all of k6's modules, its code outside of functions run.
    private static func ready(
        _ source: String, _ limits: ScriptRuntime.Limits = .init(), _ host: RecordingHost = RecordingHost()
    ) throws -> ScriptRuntime {
        let runtime = try ScriptRuntime(
            ScriptRuntimeTests.program(["main.js": source], BuiltInModules.k6), limits)
        runtime.host = host
        host.phase = .initialization
        if let failure = runtime.initializeNow() { throw failure }
        host.phase = .iteration
        return runtime
    }

    private static func end(_ runtime: ScriptRuntime) async throws -> String {
        let function = try #require(runtime.exported("default"))
        switch await runtime.run(function) {
        case .value(let value):
            return try runtime.jsonText(value.value).map { String(decoding: $0, as: UTF8.self) }
                ?? "undefined"
        case .exception(let exception): return exception.headline
        case .interrupted: return "interrupted"
        }
    }

    // MARK: endless

    @Test(
        "whatever never ends gives others their turn and ends with its user",
        arguments: [
            "export default () => { while (true) {} }",
            "export default () => { for (;;) { try { throw 1 } catch {} } }",
            "export default () => { try { while (true) {} } catch { while (true) {} } finally { while (true) {} } }",
            "export default () => { (function f() { try { f() } catch {} f() })() }",
            "export default () => { [3, 1, 2].sort(() => { while (true) {} }) }",
            "export default () => JSON.stringify({ toJSON() { while (true) {} } })",
            "export default () => 'x'.replace(/x/, () => { while (true) {} })",
            "export default () => /(a+)+b/.test('a'.repeat(40))",
            "export default () => { throw { get message() { while (true) {} } } }",
            "export default () => { throw { get stack() { while (true) {} } } }",
            "export default () => { throw { toString() { while (true) {} }, toJSON() { while (true) {} } } }",
            "export default () => new Proxy({}, { get() { while (true) {} } }).x",
            "export default () => { for (const x of { [Symbol.iterator]: () => ({ next: () => ({ value: 1 }) }) }) {} }",
            "export default () => { class A { static #x = (() => { while (true) {} })() } }",
            "export default async () => { for await (const x of (async function* () { while (true) yield 1 })()) {} }",
            "import { group } from 'k6'; export default () => { group('g', () => { while (true) {} }) }",
            "import { check } from 'k6'; export default () => { check(1, { get a() { while (true) {} } }) }",
            "import { check } from 'k6'; export default () => { check(1, { a: () => { while (true) {} } }) }",
            "export default () => console.log({ toJSON() { while (true) {} } })",
            "export default () => eval('while (true) {}')",
            "export default () => new Function('while (true) {}')()",
            "import { SharedArray } from 'k6/data'; export default () => { try { new SharedArray('a', () => [1]) } catch {} while (true) {} }",
        ])
    func endless(_ source: String) async throws {
        let runtime = try Self.ready(source)
        var turns = 0
        runtime.giveWay = { turns += 1 }
        runtime.isCancelled = { turns >= 2 }
        #expect(try await Self.end(runtime) == "interrupted")
        #expect(turns == 2)
    }

    @Test("nothing that a script calls holds its thread")
    func blocking() async throws {
        let source = """
            export default () => {
              try { return Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0); } catch (e) { return e.name }
            }
            """
        #expect(try await Self.end(Self.ready(source)) == "\"TypeError\"")
    }

    // MARK: deep

    @Test(
        "deep recursion is an exception, through natives and callbacks too",
        arguments: [
            "function f() { f() }",
            "function f() { [1].map(f) }",
            "function f() { [2, 1].sort(f); return 0 }",
            "function f() { group('g', f) }",
            "function f() { check(1, { a: f }) }",
            "function f() { JSON.stringify({ toJSON: f }) }",
            "function f() { 'x'.replace(/x/, f) }",
            "function f() { new (class { constructor() { f() } })() }",
            "function f() { `${{ toString: f }}` }",
            "function f() { Reflect.apply(f, null, []) }",
            "function f() { parseHTML('<p><p>').find('p').each(f) }",
            "function f() { eval('f()') }",
            "const p = new Proxy({}, { get: (t, k, r) => r.x }); function f() { p.x }",
        ])
    func recursion(_ function: String) async throws {
        let source = """
            import { check, group } from 'k6';
            import { parseHTML } from 'k6/html';
            \(function)
            export default () => { try { f() } catch (e) { return e.name + ': ' + e.message } return 'no' }
            """
        let runtime = try Self.ready(source, .init(memory: 128 << 20))
        let end = try await Self.end(runtime)
        #expect(end == "\"RangeError: Maximum call stack size exceeded\"")
    }

    @Test(
        "deeply nested values are an exception or are dealt with, at the end of the stack too",
        arguments: [
            "JSON.stringify(nested)", "JSON.parse('['.repeat(200000))", "console.log(nested)",
            "parseHTML('<div>'.repeat(5000)).find('div').text()", "new RegExp('('.repeat(100000))",
            "eval('('.repeat(100000))", "eval('[' .repeat(100000))",
            "new SharedArray('x' + Math.random(), () => [nested])",
            "check(nested, nested)", "encoding.b64encode(nested)", "http.post('http://h/', nested)",
            "http.url`${nested}`", "new Counter('c' + Math.floor(Math.random() * 1e9))",
            "ws.connect('ws://h/', nested, () => 0)",
            "structuredClone(nested)", "crypto.sha256(nested, 'hex')", "setTimeout(nested)",
        ])
    func nesting(_ call: String) async throws {
        let source = """
            import { check } from 'k6';
            import http from 'k6/http';
            import ws from 'k6/ws';
            import crypto from 'k6/crypto';
            import encoding from 'k6/encoding';
            import { Counter } from 'k6/metrics';
            import { SharedArray } from 'k6/data';
            import { parseHTML } from 'k6/html';
            let nested = {};
            for (let i = 0; i < 20000; i++) nested = { a: [nested] };
            function call() { try { \(call); return 'done' } catch (e) { return 'thrown' } }
            let shallow;
            let end;
            function down(n) { try { return down(n + 1) } catch { if (!end) { end = 'tried'; end = call() } } }
            export default () => { shallow = call(); down(0); return 'alive' }
            """
        let runtime = try Self.ready(source, .init(memory: 256 << 20))
        let end = try await Self.end(runtime)
        #expect(end == "\"alive\"")
    }

    // MARK: large

    @Test(
        "what is too large is an exception, and the script goes on",
        arguments: [
            "let a = []; while (true) a.push(new Array(1000).fill(a.length))",
            "let s = 'x'; while (true) s += s",
            "let a = []; while (true) a.push(new ArrayBuffer(1 << 20))",
            "new ArrayBuffer(1 << 30)", "new Array(1 << 29).fill(1)", "'x'.repeat(1 << 29)",
            "'x'.padEnd(1 << 29)",
            "let m = new Map(); for (let i = 0; ; i++) m.set(i, 'v' + i)",
            "let o = {}; for (let i = 0; ; i++) o['k' + i] = i",
            "let a = []; while (true) a.push(Symbol())",
            "let a = []; while (true) a.push(encoding.b64encode('x'.repeat(100000)))",
            "let a = []; while (true) a.push(crypto.randomBytes(100000))",
            "let a = []; while (true) a.push(new Promise(() => 0))",
            "let a = []; while (true) a.push(http.url`http://h/${'x'.repeat(10000)}`)",
            "2n ** 100000000n", "JSON.parse('[' + '1,'.repeat(1e7) + '1]')",
            "let a = []; while (true) { a.push(setTimeout(() => a, 1e6, 'x'.repeat(1000) + a.length)) }",
        ])
    func large(_ body: String) async throws {
        let source = """
            import http from 'k6/http';
            import crypto from 'k6/crypto';
            import encoding from 'k6/encoding';
            import { parseHTML } from 'k6/html';
            function grow() { \(body) }
            let pass = 0;
            export default () => {
              pass++;
              if (pass == 2) return [1, 2, 3].map(x => x * 2);
              try { grow() } catch (e) { return e instanceof Error ? e.name : 'not even an error' }
            }
            """
        let runtime = try Self.ready(source, .init(memory: 24 << 20))
        let end = try await Self.end(runtime)
        // There may be no memory for the error itself, nor for what is done about it, and natives meet values that could
        // not be made.
        #expect(
            [
                "\"InternalError\"", "\"RangeError\"", "\"TypeError\"", "\"not even an error\"",
                "InternalError: out of memory",
            ].contains(end),
            "\(end)")
        #expect(try await Self.end(runtime) == "[2,4,6]")
    }

    @Test(
        "what finds no memory for its error, again and again, ends its pass as out of memory",
        arguments: 0..<32)
    func unsaid(_ step: Int) async throws {
        let source = """
            let pass = 0;
            export default () => {
              if (++pass == 2) return pass;
              const a = [];
              try {
                while (true) a.push(setTimeout(() => a, 1e6, 'x'.repeat(1000) + a.length));
              } catch (e) { while (true) a.push(setTimeout(() => a, 1e6, {})) }
            }
            """
        // Where exactly memory ends decides what is thrown.
        let runtime = try Self.ready(source, .init(memory: (1 << 20) + step * 40))
        #expect(try await Self.end(runtime) == "InternalError: out of memory")
        #expect(try await Self.end(runtime) == "2")
    }

    @Test("natives do nothing worse than throw when there is hardly any memory", arguments: 0..<24)
    func scarcity(_ step: Int) async throws {
        let source = """
            import http from 'k6/http';
            import ws from 'k6/ws';
            import { WebSocket, Blob } from 'k6/websockets';
            import crypto from 'k6/crypto';
            import encoding from 'k6/encoding';
            import exec from 'k6/execution';
            import { check, group } from 'k6';
            import { Trend } from 'k6/metrics';
            import { parseHTML } from 'k6/html';
            const trend = new Trend('trend');
            const calls = [
              () => http.get('http://h/'), () => http.post('http://h/', { a: 1 }), () => http.batch(['http://h/']),
              () => http.cookieJar().set('http://h/', 'a', 'b'), () => ws.connect('ws://h/', { tags: { a: 1 } }, () => 0),
              () => new WebSocket('ws://h/'), () => new Blob(['abc']).text(), () => crypto.sha256('x', 'hex'),
              () => encoding.b64encode('abc'), () => exec.vu.idInTest, () => check(1, { a: () => true }),
              () => group('g', () => 1), () => trend.add(1, { a: 'b' }), () => parseHTML('<p>a</p>').find('p').text(),
              () => console.log({ a: [1] }), () => setTimeout(() => 0, 1), () => http.asyncRequest('GET', 'http://h/'),
              () => Promise.reject(new Error('x')).catch(() => 0), () => exec.test.options,
            ];
            export default () => {
              let hog = [];
              try { while (true) hog.push(new Array(100).fill(hog.length)) } catch {}
              for (let i = 0; i < \(step); i++) hog.pop();
              let done = 0;
              for (const call of calls) { try { call(); done++ } catch {} }
              hog = undefined;
              return 'alive';
            }
            """
        let runtime = try Self.ready(source, .init(memory: 6 << 20))
        _ = try await Self.end(runtime)
        #expect(try await !Self.end(runtime).isEmpty)
    }

    // MARK: odd

    @Test(
        "whatever is thrown has a text",
        arguments: [
            ("throw Symbol('x')", "a value that has no text"), ("throw null", "null"),
            ("throw undefined", "undefined"),
            ("throw 7", "7"), ("throw 'text'", "text"), ("throw {}", "{}"), ("throw [1]", "[1]"),
            ("throw 3n", "3"),
            ("throw new Proxy({}, { get() { throw 1 } })", nil),
            ("throw (() => { const o = {}; o.o = o; return o })()", nil),
            ("throw Object.create(null)", nil), ("throw function f() {}", nil),
            ("Error.prepareStackTrace = () => { throw 1 }; throw new Error('m')", "Error: m"),
            ("Error.stackTraceLimit = 0; throw new Error('m')", "Error: m"),
            ("const e = new Error('m'); delete e.stack; throw e", "Error: m"),
            ("const e = new Error('m'); e.name = { toString() { throw 1 } }; throw e", nil),
            (
                "class Own extends Error { constructor(m) { super(m); this.name = 'Own' } } throw new Own('m')",
                "Own: m"
            ),
            ("throw new AggregateError([new Error('a')], 'm')", "AggregateError: m"),
        ] as [(String, String?)])
    func thrown(_ statement: String, _ expected: String?) async throws {
        let runtime = try Self.ready("export default () => { \(statement) }")
        let end = try await Self.end(runtime)
        if let expected { #expect(end == expected) }
        #expect(!end.isEmpty && end != "interrupted")
    }

    @Test("exceptions go through natives with the script's own frames, and can be caught on the way")
    func throughNatives() async throws {
        let source = """
            import { group } from 'k6';
            export default () => {
              let caught;
              try { group('outer', () => { group('inner', () => { throw new RangeError('deep') }) }) } catch (e) { caught = e }
              return [caught.name, caught.stack.includes('main.js:4'), group('after', () => 5)];
            };
            """
        let host = RecordingHost()
        #expect(try await Self.end(Self.ready(source, .init(), host)) == "[\"RangeError\",true,5]")
        #expect(host.group == "")
    }

    // MARK: freed

    @Test("a runtime gives everything back, whatever its script keeps of natives")
    func freed() async throws {
        let source = """
            import http from 'k6/http';
            import ws from 'k6/ws';
            import { WebSocket, Blob } from 'k6/websockets';
            import { parseHTML } from 'k6/html';
            import { Counter } from 'k6/metrics';
            import { SharedArray } from 'k6/data';
            import exec from 'k6/execution';
            import crypto from 'k6/crypto';
            import { group, check } from 'k6';
            globalThis.kept = [];
            const shared = new SharedArray('s', () => [{ a: 1 }]);
            const counter = new Counter('counter');
            export default async function (data) {
              const res = http.get('http://h/');
              check(res, { ok: r => r.status === 0 });
              try { res.json() } catch {}
              try { kept.push(res.html()) } catch {}
              kept.push(res, res.headers, res.cookies, res.request, res.timings, shared[0], counter, exec.vu, exec.test.options);
              kept.push(parseHTML('<p>x</p>').find('p'), crypto.createHash('sha256'), http.cookieJar(), http.file('x'));
              kept.push(http.expectedStatuses(200), http.url`http://h/${1}`, new Blob(['x']));
              const w = new WebSocket('ws://h/');
              w.onopen = () => { kept.push(w); w.send('x') };
              w.onmessage = e => { kept.push(e); w.close() };
              kept.push(w, setTimeout(() => kept, 1e6), setInterval(() => kept, 1e6), new Promise(() => kept));
              ws.connect('ws://h/', s => { kept.push(s); s.on('open', () => kept.push(s)); s.setTimeout(() => s.close(), 1) });
              kept.push(await http.asyncRequest('GET', 'http://h/'), http.asyncRequest('GET', 'http://h/'));
              group('g', () => kept.push(() => kept));
              http.setResponseCallback(http.expectedStatuses(200));
              throw new Error('the end');
            }
            """
        let host = RecordingHost()
        host.sockets = [FakeSocket(), FakeSocket()]
        var runtime: ScriptRuntime? = try Self.ready(source, .init(), host)
        weak let core = runtime?.core
        let end = try await Self.end(#require(runtime))
        #expect(end == "Uncaught (in promise) Error: the end")
        runtime = nil
        #expect(core == nil)
    }

    @Test("a thousand runtimes come and go")
    func thousand() async throws {
        let program = try ScriptRuntimeTests.program(
            [
                "main.js": """
                import http from 'k6/http';
                import { check, group } from 'k6';
                const own = {}; own.own = own; globalThis.own = own;
                export default async function () {
                  setTimeout(() => own, 5);
                  await http.asyncRequest('GET', 'http://h/');
                  check(http.get('http://h/'), { a: r => r.body === null });
                  if (own.fails) Promise.reject(own);
                  own.fails = true;
                }
                """
            ], BuiltInModules.k6)
        for _ in 0..<1000 {
            var runtime: ScriptRuntime? = try ScriptRuntime(program)
            weak let core = runtime?.core
            runtime?.host = RecordingHost()
            if let failure = runtime?.initializeNow() { throw failure }
            for _ in 0..<2 { _ = try await Self.end(#require(runtime)) }
            runtime = nil
            try #require(core == nil)
        }
    }

    @Test("two reactors run users of one program side by side")
    func reactors() async throws {
        let program = try ScriptRuntimeTests.program(
            [
                "main.js":
                    "import { sleep } from 'k6'; let n = 0; export default () => { sleep(1); for (let i = 0; i < 1000; i++) n += i; return n }"
            ],
            BuiltInModules.k6)
        let counts = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<2 {
                group.addTask {
                    let reactor = try Reactor()
                    return await Blocking.run {
                        reactor.run {
                            var sum = 0
                            for _ in 0..<20 {
                                guard let runtime = try? ScriptRuntime(program) else { return -1 }
                                runtime.host = RecordingHost()
                                guard await runtime.initialize() == nil else { return -2 }
                                for _ in 0..<3 {
                                    guard let function = runtime.exported("default"),
                                        case .value(let value) = await runtime.run(function)
                                    else { return -3 }
                                    sum += runtime.integer(value.value) ?? 0
                                }
                            }
                            return sum
                        }
                    }
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(counts == [20 * 6 * 499_500, 20 * 6 * 499_500])
    }
}
