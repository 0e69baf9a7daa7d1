import AssayCore
import AssayFormats
import Testing

@testable import AssayScript

/// What natives hold in Swift is bounded as the script's own values are.
@Suite(
    "What natives hold for a script",
    .enabled(if: ScriptEngine.isPresent, "scripts/setup --only k6 makes the engine"))
struct ScriptHoldingsTests {
    private static let imports = """
        import exec from 'k6/execution';
        import http from 'k6/http';
        import ws from 'k6/ws';
        import { WebSocket, Blob } from 'k6/websockets';
        import crypto from 'k6/crypto';
        import { SharedArray } from 'k6/data';
        import { parseHTML } from 'k6/html';
        """

    private static func ready(_ source: String, memory: Int, _ host: RecordingHost) throws -> ScriptRuntime {
        let runtime = try ScriptRuntime(
            ScriptRuntimeTests.program(["main.js": imports + source], BuiltInModules.k6),
            .init(memory: memory))
        runtime.host = host
        host.phase = .initialization
        if let failure = runtime.initializeNow() { throw failure }
        host.phase = .iteration
        return runtime
    }

    private static func end(_ runtime: ScriptRuntime) async throws -> String {
        switch await runtime.run(try #require(runtime.exported("default"))) {
        case .value(let value):
            return try runtime.jsonText(value.value).map { String(decoding: $0, as: UTF8.self) }
                ?? "undefined"
        case .exception(let exception): return exception.headline
        case .interrupted: return "interrupted"
        }
    }

    /// Answers every request with half a megabyte.
    private static func answering() -> RecordingHost {
        let host = RecordingHost()
        host.answer = { request in
            let response = ScriptResponse(request)
            response.status = 200
            response.hasBody = true
            response.bytes = Array(repeating: 97, count: 1 << 19)
            return response
        }
        return host
    }

    @Test(
        "more than a user may have is the engine's own error, and the next pass has room again",
        arguments: [
            "parseHTML(page)", "doc.find('*')", "doc.find('*').first().end().last()",
            "doc.find('b').toArray()",
            "doc.find('b').get()", "http.get('http://h/')", "http.batch(['http://h/', 'http://h/'])",
            "new Blob(['x'.repeat(100000)])", "new Blob(Array(1000).fill(page))", "setTimeout(f, 1e6)",
            "setInterval(f, 1e6)", "crypto.createHash('sha256')",
            "exec.vu.metrics.tags['t' + list.length] = page",
            "http.cookieJar().set('http://h/', 'c' + list.length, page)",
            "(jar => { jar.set('http://h/', 'c', page); return jar })(new http.CookieJar())",
            "http.post('http://h/', { a: Array(1000).fill(page) })",
            "http.batch(Array(1000).fill(['POST', 'http://h/', page]))",
            "http.asyncRequest('POST', 'http://h/', page)", "new WebSocket('ws://h/')",
            "doc.find('i').text()", "console.log(...Array(1000).fill(page))",
        ])
    func bounded(_ call: String) async throws {
        let host = Self.answering()
        let runtime = try Self.ready(
            """
            const page = '<b>x</b>'.repeat(5000);
            const doc = parseHTML(page + '<i>'.repeat(400) + 'x'.repeat(50000));
            const f = () => {};
            let pass = 0;
            export default () => {
              if (++pass == 2) return parseHTML(page).find('b').size();
              const list = [];
              for (let i = 0; i < 300000; i++) list.push(\(call));
              return 'never';
            }
            """, memory: 4 << 20, host)
        #expect(try await Self.end(runtime) == "InternalError: out of memory")
        host.dropWork()
        // The host's jar and the tags of a user outlive a pass; here they are of the user that failed.
        host.cookies = ScriptCookieJar()
        #expect(runtime.holdings.bytes < 2 << 20)
        host.tags = []
        #expect(try await Self.end(runtime) == "5000")
    }

    @Test("a jar that has no room for one more cookie counts on with those that it has")
    func jar() async throws {
        let runtime = try Self.ready(
            """
            const page = 'x'.repeat(1e6);
            const jar = new http.CookieJar();
            let count = 0;
            export default () => {
              try { while (true) jar.set('http://h/', 'c' + count, page + count++) } catch (e) { return e.message }
            }
            """, memory: 16 << 20, RecordingHost())
        #expect(try await Self.end(runtime) == "\"out of memory\"")
        #expect(runtime.holdings.bytes > 15_000_000)
    }

    @Test(
        "what is read of an answer for a selector counts beside it, and is read later when there was no room")
    func documents() async throws {
        let host = RecordingHost()
        host.answer = HTTPScript.answering("[1" + String(repeating: ",1", count: 500_000) + "]")
        let runtime = try Self.ready(
            """
            export default () => {
              const list = [];
              let last;
              try {
                while (true) { last = http.get('http://h/'); last.json('3'); list.push(last) }
              } catch (e) {
                const count = list.length;
                list.length = 0;
                return [e.message, count > 1 && count < 8, last.json('3')];
              }
            }
            """, memory: 64 << 20, host)
        #expect(try await Self.end(runtime) == "[\"out of memory\",true,1]")
    }

    @Test("a part of the language that had no room is there when there is some")
    func parts() async throws {
        let source = """
            import encoding from 'k6/encoding';
            let list = [], chain;
            export default () => {
              const make = () => encoding.b64decode('YQ==').byteLength;
              try { for (;;) list.push({}) } catch (e) {}
              try { for (;;) chain = { chain } } catch (e) {}
              let isRefused = false;
              try { make() } catch (e) { isRefused = true }
              list = chain = undefined;
              return [isRefused, make()];
            }
            """
        let runtime = try ScriptRuntime(
            ScriptRuntimeTests.program(["main.js": source], BuiltInModules.k6), .init(memory: 4 << 20))
        if let failure = runtime.initializeNow() { throw failure }
        #expect(try await Self.end(runtime) == "[true,1]")
    }

    @Test("a script that fills its own memory is told so, also when that is free again by then")
    func own() async throws {
        let runtime = try Self.ready(
            "export default () => { const list = []; for (;;) list.push({ x: list.length }) }",
            memory: 8 << 20, RecordingHost())
        #expect(try await Self.end(runtime) == "InternalError: out of memory")
    }

    @Test("what a script has no way to any more is looked for before anything is refused, and long before")
    func garbage() async throws {
        let runtime = try Self.ready(
            """
            const page = '<b>x</b>'.repeat(5000);
            export default () => {
              for (let i = 0; i < 200; i++) {
                const circle = { page: parseHTML(page) };
                circle.self = circle;
              }
              return 'done';
            }
            """, memory: 256 << 20, RecordingHost())
        #expect(try await Self.end(runtime) == "\"done\"")
        // All of them together are about 200 MB.
        #expect(runtime.holdings.bytes < 40 << 20)
    }

    @Test("a script that catches it goes on with what it has")
    func caught() async throws {
        let runtime = try Self.ready(
            """
            export default () => {
              const list = [];
              let error;
              try { while (true) list.push(new Blob(['x'.repeat(100000)])) } catch (e) { error = e }
              const count = list.length;
              list.length = 10;
              list.push(new Blob(['y']));
              return [error instanceof InternalError, error.name, error.message, count, list.length];
            }
            """, memory: 8 << 20, RecordingHost())
        #expect(
            try await Self.end(runtime) == "[true,\"InternalError\",\"out of memory\",83,11]")
    }

    @Test("nothing counts any more once it is gone")
    func given() async throws {
        let host = Self.answering()
        host.sockets = [FakeSocket()]
        let runtime = try Self.ready(
            """
            export default async () => {
              const list = [parseHTML('<p>x').find('p').toArray(), http.get('http://h/'), new Blob(['abc'])];
              list.push(http.batch(['http://h/']), await http.asyncRequest('GET', 'http://h/'), http.url`http://h/`);
              setTimeout(() => list, 5);
              list.push(new http.CookieJar(), crypto.createHash('sha1'), clearTimeout(setTimeout(() => list, 5)));
              ws.connect('ws://h/', s => { s.on('open', () => s.close()); s.setTimeout(() => s.close(), 1) });
              list.push(list);
            }
            """, memory: 64 << 20, host)
        #expect(try await Self.end(runtime) == "undefined")
        runtime.collectGarbage()
        #expect(runtime.holdings.bytes == 0)
    }

    @Test("elements of a shared array count for the user that makes it, each time they stand in it")
    func shared() throws {
        let host = RecordingHost()
        #expect(throws: (any Error).self) {
            try Self.ready(
                """
                const big = 'x'.repeat(1e6);
                const shared = new SharedArray('s', () => Array(1000).fill(big));
                export default () => {};
                """, memory: 16 << 20, host)
        }
        let runtime = try Self.ready(
            "const shared = new SharedArray('s', () => ['abc']); export default () => {};", memory: 16 << 20,
            host)
        #expect(runtime.holdings.bytes == 69)
    }

    @Test("a script without an InternalError of its own gets an error that says the same")
    func replaced() async throws {
        let runtime = try Self.ready(
            """
            globalThis.InternalError = 7;
            export default () => { const list = []; while (true) list.push(new Blob(['x'.repeat(100000)])) }
            """, memory: 8 << 20, RecordingHost())
        #expect(try await Self.end(runtime) == "Error: out of memory")
    }
}
