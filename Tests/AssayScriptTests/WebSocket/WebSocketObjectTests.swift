import AssayNet
import Testing

@testable import AssayScript

@Suite("k6/websockets", .enabled(if: ScriptEngine.isPresent, "scripts/setup --only k6 makes the engine"))
struct WebSocketObjectTests {
    private func run(
        _ body: String, isAsync: Bool = false, _ peer: (FakeSocket) -> Void = { _ in }
    ) async throws -> (end: String, run: ScriptRun, socket: FakeSocket) {
        let source = """
            import { WebSocket, Blob } from 'k6/websockets';
            const attempt = f => { try { return f() } catch (e) { return `${e.name}: ${e.message}` } };
            export default \(isAsync ? "async " : "")function () { \(body) }
            """
        let run = try ScriptRun(source)
        let socket = FakeSocket()
        // Like a peer that answers a close in kind.
        socket.answers = { socket, said in
            let words = said.split(separator: " ", maxSplits: 2)
            if words[0] == "close" {
                socket.come(.closed(code: Int(words[1]), reason: words.count > 2 ? String(words[2]) : ""))
            }
        }
        peer(socket)
        run.host.sockets = [socket]
        return (try await run(), run, socket)
    }

    @Test("a pass lasts until its sockets are closed; events come in order with what they are about")
    func conversation() async throws {
        let body = """
            const w = new WebSocket('ws://h/x', ['v0', 'v1'], { headers: { 'X-B': 'c' }, tags: { q: 'z' }, compression: 'deflate' });
            note(w.readyState, w.binaryType, w.url, w.bufferedAmount, w.onopen, w instanceof WebSocket);
            note(attempt(() => w.send('early')), attempt(() => w.ping()));
            w.addEventListener('open', e => {
              note(e.type, e.target === w, typeof e.timestamp, w.readyState, w.protocol);
              w.send('text'); w.send(new Uint8Array([1, 2, 3]).subarray(1)); w.send(new ArrayBuffer(4));
              w.send(new Blob(['ab', 'c'])); w.send(new DataView(new ArrayBuffer(9), 1, 5));
              note(w.bufferedAmount);
              w.ping();
              setTimeout(() => { note(w.bufferedAmount); w.close(3001, 'why'); note(w.readyState); w.close(); }, 50);
            });
            w.onopen = () => note('onopen first');
            w.onmessage = e => { note('message', e.data, e.origin); };
            w.onpong = () => note('pong');
            w.onping = () => note('ping');
            w.onclose = e => { note('close', e.code, e.reason, w.readyState) };
            w.onerror = e => note('error', e.error);
            note('default is over');
            """
        let (end, run, socket) = try await run(body) { socket in
            let echo = socket.answers
            socket.answers = { socket, said in
                echo(socket, said)
                if said == "text text" { socket.come("answer") }
                if said == "ping 0" {
                    socket.come(.message(.pong, [0x30]))
                    socket.come(.message(.pong, [0x39]))
                    socket.come(.message(.ping, []))
                }
            }
        }
        #expect(end == "undefined")
        #expect(
            run.noted == [
                "0 blob ws://h/x 0 null true", "GoError: InvalidStateError GoError: InvalidStateError",
                "default is over", "onopen first", "open true number 1 ", "18", "message answer ws://h/x",
                "pong",
                "pong", "ping", "0", "2", "error websocket: close 3001: why", "close 3001 why 3",
            ])
        #expect(
            socket.said == [
                "text text", "binary 2", "binary 4", "binary 3", "binary 5", "ping 0", "close 3001 why",
                "leave",
            ])
        #expect(run.host.opened == ["ws://h/x X-B: c q=z [v0,v1] packed"])
        #expect(run.host.lines == ["warning - received pong for unknown ping ID 9"])
        #expect(
            run.host.socketMeasurements == ["opened 101"] + Array(repeating: "sent 101", count: 6)
                + ["received 101", "pong 101", "sent 101", "ended 101"])
    }

    @Test(
        "the constructor refuses what is no address and no option",
        arguments: [
            ("", "WebSocket requires a url"), ("null", "WebSocket requires a url"),
            ("'http://a/'", "WebSocket requires url with scheme ws or wss, but got \"http\""),
            ("'a'", "WebSocket requires url with scheme ws or wss, but got \"\""),
            ("'ws://a/#x'", "WebSocket requires no url fragment, but got \"x\""),
            ("'ws://h/', null, { x: 1 }", "unknown WebSocket's option x"),
            (
                "'ws://h/', null, { compression: '' }",
                "unsupported compression algorithm '', supported algorithm is 'deflate'"
            ),
            (
                "'ws://h/', null, { tags: { a: [] } }",
                "invalid WebSocket tags option: invalid value for metric tag 'a': only String, Boolean and Number "
                    + "types are accepted as a metric tag values"
            ),
        ])
    func refused(_ arguments: String, _ expected: String) async throws {
        let (_, run, _) = try await run("note(attempt(() => new WebSocket(\(arguments))))")
        #expect(run.noted == ["GoError: \(expected)"])
        #expect(run.host.opened.isEmpty)
    }

    @Test(
        "wrong uses are exceptions that name what is wrong",
        arguments: [
            (
                "w.binaryType = 'foo'",
                "unknown binaryType foo, the supported ones are \"blob\" and \"arraybuffer\""
            ),
            ("w.onopen = 5", "a value for 'onopen' should be callable"),
            ("w.addEventListener('open', 5)", "handler for event type \"open\" isn't a callable function"),
            ("w.send({})", "unsupported send type Object"), ("w.send(5)", "unsupported send type Number"),
            ("w.send()", "unsupported send type undefined"), ("w.send([1])", "unsupported send type Array"),
            (
                "w.close(1001)",
                "InvalidAccessError: Failed to execute 'close' on 'WebSocket': "
                    + "The close code must be either 1000, or between 3000 and 4999. 1001 is neither"
            ),
            (
                "w.close(3000, 'x'.repeat(124))",
                "SyntaxError: Failed to execute 'close' on 'WebSocket': The message must not be greater than 123 bytes"
            ),
        ])
    func wrongUse(_ use: String, _ expected: String) async throws {
        let (_, run, socket) = try await run(
            "const w = new WebSocket('ws://h/'); w.onopen = () => { note(attempt(() => \(use))); w.close(); };"
        )
        #expect(run.noted == ["GoError: \(expected)"])
        #expect(socket.said == ["close 1000", "leave"])
    }

    @Test("an unknown event is warned of")
    func unknownEvent() async throws {
        let (_, run, _) = try await run(
            "const w = new WebSocket('ws://h/'); w.addEventListener('foo', () => 1); w.onopen = () => w.close();"
        )
        #expect(run.host.lines == ["warning - can't add event handler: unknown event type: foo"])
    }

    @Test("binary messages are blobs or array buffers, as binaryType says")
    func binary() async throws {
        let body = """
            const w = new WebSocket('ws://h/');
            let n = 0;
            w.onmessage = async e => {
              if (++n == 1) { w.binaryType = 'arraybuffer'; note('blob', e.data.size, await e.data.text()); }
              else { note('buffer', e.data instanceof ArrayBuffer, e.data.byteLength); w.close(); }
            };
            """
        let (_, run, _) = try await run(body) {
            $0.come(.message(.binary, [0x61, 0x62]))
            $0.come(.message(.binary, [1]))
        }
        #expect(run.noted == ["blob 2 ab", "buffer true 1"])
    }

    @Test(
        "how the peer ends it is told by the events error and close",
        arguments: [
            (.closed(code: 1000, reason: "ok"), ["close 1000 ok"]),
            (.closed(code: 1001, reason: ""), ["close 1001 "]),
            (.closed(code: 4005, reason: "bye"), ["error websocket: close 4005: bye", "close 4005 bye"]),
            (.closed(code: nil, reason: ""), ["error websocket: close 1005 (no status)", "close 1005 "]),
            (
                .brokenOff,
                [
                    "error websocket: close 1006 (abnormal closure): unexpected EOF",
                    "close 1006 unexpected EOF",
                ]
            ),
            (.failed("reset"), ["close undefined "]),
        ] as [(ScriptSocketEvent, [String])])
    func ends(_ event: ScriptSocketEvent, _ expected: [String]) async throws {
        let body = """
            const w = new WebSocket('ws://h/');
            w.onerror = e => note('error', e.error);
            w.onclose = e => note('close', e.code, e.reason);
            """
        let (end, run, _) = try await run(body) { $0.come(event) }
        #expect(end == "undefined")
        #expect(run.noted == expected)
    }

    @Test("a connection that fails is an event error and an event close")
    func failing() async throws {
        let source = """
            import { WebSocket } from 'k6/experimental/websockets';
            export default () => {
              const w = new WebSocket('ws://h/');
              w.onerror = e => note('error', e.error, w.readyState);
              w.onclose = e => note('close', e.code);
            };
            """
        let run = try ScriptRun(source)
        #expect(try await run() == "undefined")
        #expect(
            run.noted == ["error dial tcp 127.0.0.1:1: connect: connection refused 3", "close undefined"])
        #expect(run.host.socketMeasurements == ["opened 0"])
    }

    @Test("one that is closed before it is open says so once it is")
    func earlyClose() async throws {
        let body = """
            const w = new WebSocket('ws://h/');
            w.onopen = () => note('open?'); w.onclose = e => note('close', e.code, w.readyState);
            w.close(); note(w.readyState);
            """
        let (_, run, socket) = try await run(body)
        #expect(run.noted == ["2", "close 1000 3"])
        #expect(socket.said == ["close 1000", "leave"])
    }

    @Test("a listener that throws ends connection and pass; other listeners hear of it")
    func throwing() async throws {
        let body = """
            const w = new WebSocket('ws://h/');
            w.onmessage = () => { throw new Error('own') };
            w.onerror = e => note('error', e.error);
            w.onclose = e => note('close', w.readyState);
            setTimeout(() => note('never'), 1000);
            """
        let (end, run, socket) = try await run(body) { $0.come("x") }
        #expect(end.hasPrefix("Error: own\n\tat"))
        #expect(run.noted.count == 2 && run.noted[0].hasPrefix("error Error: own at file:///t/main.js:"))
        #expect(run.noted.last == "close 3")
        #expect(socket.said == ["abort", "leave"])
    }

    @Test("sockets of a pass that fails close, and tell it")
    func failedPass() async throws {
        let body = """
            const w = new WebSocket('ws://h/');
            w.onopen = () => Promise.reject(new Error('rej'));
            w.onclose = e => note('close', e.code);
            """
        let (end, run, socket) = try await run(body)
        #expect(end.hasPrefix("Uncaught (in promise) Error: rej"))
        #expect(run.noted == ["close 1000"])
        #expect(socket.said == ["close 1000", "leave"])
    }

    @Test("one whose peer does not answer the close is left after a moment")
    func silentPeer() async throws {
        let body =
            "const w = new WebSocket('ws://h/'); w.onopen = () => { throw 1 }; new WebSocket('ws://h/2');"
        let source = "import { WebSocket } from 'k6/websockets'; export default () => { \(body) }"
        let run = try ScriptRun(source)
        let sockets = [FakeSocket(), FakeSocket()]
        run.host.sockets = sockets
        #expect(try await run() == "1")
        #expect(
            sockets.map(\.said) == [["abort", "leave"], []] || sockets[1].said == ["close 1000", "leave"])
        // What is still connecting is opened into nobody later, and does not stay open.
        await run.host.pause(until: 0)
        #expect(sockets[1].said == ["abort"])
    }

    @Test("a user that is cancelled leaves its sockets without another word to the script")
    func cancelled() async throws {
        let source = """
            import { WebSocket } from 'k6/websockets';
            export default () => {
              const w = new WebSocket('ws://h/');
              w.onclose = () => note('close');
              setInterval(() => note('i'), 10);
            };
            """
        let run = try ScriptRun(source)
        let socket = FakeSocket()
        run.host.sockets = [socket]
        run.runtime.isCancelled = { [run] in run.noted.count >= 3 }
        #expect(try await run() == "interrupted")
        #expect(run.noted == ["i", "i", "i"])
        #expect(socket.said == ["close 1000", "leave"])
        #expect(socket.onChange == nil)
    }

    @Test("blobs are made of texts, bytes and blobs")
    func blobs() async throws {
        let body = """
            const b = new Blob(['abc', new Uint8Array([65, 66]), new ArrayBuffer(1), new Blob(['d'])], { type: 'text/x' });
            note(b.size, b.type, String(b), b instanceof Blob, (await b.arrayBuffer()).byteLength, (await b.bytes())[3]);
            note(await b.slice(1, 3).text(), await b.slice(-1).text(), b.slice(5, 2).size, b.slice(0, 99, 't').type);
            note(new Blob().size, attempt(() => new Blob([5])), attempt(() => new Blob(5)), attempt(() => new Blob([], 5)));
            """
        let (_, run, _) = try await run(body, isAsync: true)
        #expect(
            run.noted == [
                "7 text/x [object Blob] true 7 65", "bc d 0 t",
                "0 GoError: failed to process [blobParts]: unsupported type: Number "
                    + "GoError: failed to process [blobParts]: it is no array GoError: [options] must be an object",
            ])
    }
}
