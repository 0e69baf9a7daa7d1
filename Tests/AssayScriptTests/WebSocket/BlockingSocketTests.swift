import AssayNet
import Testing

@testable import AssayScript

@Suite("k6/ws", .enabled(if: ScriptEngine.isPresent, "scripts/setup --only k6 makes the engine"))
struct BlockingSocketTests {
    /// Runs a function that connects, with a socket whose peer does what the test says.
    private func run(
        _ body: String, _ peer: (FakeSocket) -> Void = { _ in }
    ) async throws -> (end: String, run: ScriptRun, socket: FakeSocket) {
        let source = """
            import ws from 'k6/ws';
            const attempt = f => { try { return f() } catch (e) { return `${e.name}: ${e.message}` } };
            export default function () { \(body) }
            """
        let run = try ScriptRun(source)
        let socket = FakeSocket()
        peer(socket)
        run.host.sockets = [socket]
        return (try await run(), run, socket)
    }

    @Test("messages of every kind come to their handlers, and what is sent is measured")
    func conversation() async throws {
        let body = """
            const res = ws.connect('ws://h/x', { headers: { 'x-a': 'b' }, tags: { t: 1 } }, s => {
              s.on('open', () => { note('open'); s.send('hi'); s.send({}); s.send(); s.sendBinary(new Uint8Array(3).buffer); s.ping(); });
              s.on('message', function (m) { note('message', m, this === undefined); if (m == 'bye') s.close(); });
              s.on('message', m => note('again', m));
              s.on('binaryMessage', b => note('binary', b instanceof ArrayBuffer, b.byteLength));
              s.on('ping', () => note('ping'));
              s.on('pong', () => note('pong'));
              s.on('close', c => note('close', c));
              s.on('close'); s.on('nothing', 5);
            });
            note('over');
            return [res.url, res.status, res.error];
            """
        let (end, run, socket) = try await run(body) { socket in
            socket.answers = { socket, said in
                switch said {
                case "text hi": socket.come("one")
                case "binary 3": socket.come(.message(.binary, [1, 2]))
                case "ping 0":
                    socket.come(.message(.pong, [0x30]))
                    socket.come(.message(.pong, [0x39]))
                    socket.come(.message(.ping, []))
                    socket.come("bye")
                default: break
                }
            }
        }
        #expect(end == "[\"ws://h/x\",101,\"\"]")
        #expect(
            run.noted == [
                "open", "message one true", "again one", "binary true 2", "pong", "pong", "ping",
                "message bye true", "close 1001", "again bye", "over",
            ])
        #expect(
            socket.said == [
                "text hi", "text [object Object]", "text ", "binary 3", "ping 0", "close 1001", "leave",
            ])
        #expect(run.host.opened == ["ws://h/x X-A: b t=1"])
        #expect(
            run.host.socketMeasurements == [
                "opened 101", "sent 101", "sent 101", "sent 101", "sent 101", "received 101", "received 101",
                "pong 101", "received 101", "ended 101",
            ])
    }

    @Test(
        "how the peer ends it is told in k6's words",
        arguments: [
            (.closed(code: 1000, reason: ""), ["close 1000"]),
            (.closed(code: 1001, reason: "x"), ["close 1001"]),
            (
                .closed(code: 4005, reason: "bye"),
                ["error websocket: close 4005: bye 4005 bye", "close 4005"]
            ),
            (
                .closed(code: 1011, reason: ""),
                ["error websocket: close 1011 (internal server error) 1011 ", "close 1011"]
            ),
            (
                .closed(code: nil, reason: ""),
                ["error websocket: close 1005 (no status) 1005 ", "close 1005"]
            ),
            (
                .brokenOff,
                [
                    "error websocket: close 1006 (abnormal closure): unexpected EOF 1006 unexpected EOF",
                    "close 1006",
                ]
            ),
            (.failed("reset"), ["close 1001"]),
        ] as [(ScriptSocketEvent, [String])])
    func ends(_ event: ScriptSocketEvent, _ expected: [String]) async throws {
        let body = """
            ws.connect('ws://h/', null, s => {
              s.on('error', e => note('error', e.error(), e.code, e.text));
              s.on('close', c => note('close', c));
            });
            """
        let (end, run, socket) = try await run(body) { $0.come(event) }
        #expect(end == "undefined")
        #expect(run.noted == expected)
        #expect(socket.said.last == "leave")
    }

    @Test("timers of the socket fire in its loop")
    func timers() async throws {
        let body = """
            ws.connect('ws://h/', s => {
              let n = 0;
              s.setInterval(() => note('i', ++n), 30);
              s.setTimeout(() => { note('t'); s.close(3000) }, 100);
              setTimeout(() => note('global'), 1);
              Promise.resolve().then(() => note('job'));
              note(attempt(() => s.setTimeout(() => 0, 0)));
              note(attempt(() => s.setInterval()));
              note(attempt(() => s.setTimeout(() => 0, -1.5)));
              note(attempt(() => s.setTimeout(5, 5)));
            });
            note('over');
            """
        let (_, run, socket) = try await run(body)
        #expect(
            run.noted == [
                "GoError: setTimeout requires a >0 timeout parameter, received 0.00",
                "GoError: setInterval requires a >0 timeout parameter, received 0.00",
                "GoError: setTimeout requires a >0 timeout parameter, received -1.50",
                "TypeError: setTimeout requires a function", "i 1", "i 2", "i 3", "t", "over", "job",
                "global",
            ])
        #expect(socket.said == ["close 3000", "leave"])
    }

    @Test(
        "wrong arguments are told as k6 tells them",
        arguments: [
            ("ws.connect()", "invalid number of arguments to ws.connect"),
            ("ws.connect('ws://h/')", "invalid number of arguments to ws.connect"),
            ("ws.connect('ws://h/', {}, {})", "last argument to ws.connect must be a function"),
            (
                "ws.connect('ws://h/', { compression: 'gzip' }, () => 0)",
                "unsupported compression algorithm 'gzip', supported algorithm is 'deflate'"
            ),
            (
                "ws.connect('ws://h/', { tags: { a: {} } }, () => 0)",
                "invalid ws.connect() metric tags: invalid value for metric tag 'a': only String, Boolean and Number "
                    + "types are accepted as a metric tag values"
            ),
        ])
    func arguments(_ call: String, _ expected: String) async throws {
        let (end, run, _) = try await run("return attempt(() => \(call))")
        #expect(end == "\"GoError: \(expected)\"")
        #expect(run.host.opened.isEmpty)
    }

    @Test(
        "only array buffers are sent as bytes",
        arguments: [
            ("", "missing argument, expected ArrayBuffer"),
            ("'x'", "expected ArrayBuffer as argument, received: String"),
            ("new Uint8Array(2)", "expected ArrayBuffer as argument, received: Uint8Array"),
            ("null", "expected ArrayBuffer as argument, received: null"),
            ("{}", "expected ArrayBuffer as argument, received: Object"),
        ])
    func sentBytes(_ argument: String, _ expected: String) async throws {
        let (end, _, socket) = try await run(
            "let m; ws.connect('ws://h/', s => { m = attempt(() => s.sendBinary(\(argument))); s.close() }); return m"
        )
        #expect(end == "\"GoError: \(expected)\"")
        #expect(socket.said == ["close 1001", "leave"])
    }

    @Test("after a close nothing is sent, and that is an error event")
    func closed() async throws {
        let body = """
            ws.connect('ws://h/', s => {
              s.on('error', e => note('error', e.error()));
              s.on('close', c => note('close', c));
              s.on('open', () => { s.close(3000); s.send('x'); s.ping(); s.close(); });
            });
            """
        let (_, run, socket) = try await run(body)
        #expect(run.noted == ["close 3000", "error websocket: close sent", "error websocket: close sent"])
        #expect(socket.said == ["close 3000", "leave"])
    }

    @Test(
        "what a handler throws ends the connection with 1001 and comes out of connect",
        arguments: [
            ("s.on('close', c => note('close', c)); throw new Error('own');", ["close 1001", "Error: own"]),
            (
                "s.on('close', c => note('close', c)); s.on('open', () => { throw new Error('own') })",
                ["close 1001", "Error: own"]
            ),
            (
                "s.on('close', c => note('close', c)); s.on('message', () => { throw new Error('own') })",
                ["close 1001", "Error: own"]
            ),
            (
                "s.on('close', c => note('close', c)); s.setTimeout(() => { throw new Error('own') }, 1)",
                ["close 1001", "Error: own"]
            ),
            (
                "s.on('close', () => { throw new Error('two') }); s.on('open', () => { throw new Error('own') })",
                ["Error: own"]
            ),
            ("s.on('close', () => { throw new Error('two') }); s.close()", ["Error: two"]),
        ])
    func throwing(_ setUp: String, _ expected: [String]) async throws {
        let (_, run, socket) = try await run("note(attempt(() => ws.connect('ws://h/', s => { \(setUp) })))")
        {
            $0.come("x")
        }
        #expect(run.noted == expected)
        #expect(socket.said == ["close 1001", "leave"])
    }

    @Test("a connection that fails is an answer without a status, or an exception where the options say so")
    func refused() async throws {
        let source = """
            import ws from 'k6/ws';
            export default () => ws.connect('ws://h/', s => note('never'));
            """
        let run = try ScriptRun(source)
        let failure = "dial tcp 127.0.0.1:1: connect: connection refused"
        #expect(
            try await run()
                == "{\"url\":\"\",\"status\":0,\"headers\":{},\"body\":\"\",\"error\":\"\(failure)\"}")
        run.host.opening.status = 404
        run.host.opening.headers = [("Content-Type", "text/plain")]
        run.host.opening.body = Array("none".utf8)
        #expect(
            try await run()
                == "{\"url\":\"\",\"status\":404,\"headers\":{\"Content-Type\":\"text/plain\"},\"body\":\"none\",\"error\":\"\"}"
        )
        run.host.socketSettings.throwsFailures = true
        #expect(try await run().hasPrefix("GoError: \(failure)"))
        #expect(run.noted == [])
        #expect(run.host.socketMeasurements.prefix(2) == ["opened 0", "ended 0"])
    }

    @Test("connections nest")
    func nested() async throws {
        let body = """
            ws.connect('ws://h/', s => s.on('open', () => {
              note(ws.connect('ws://i/', t => t.on('open', () => t.close())).status);
              s.close();
            }));
            """
        let source = "import ws from 'k6/ws'; export default () => { \(body) }"
        let run = try ScriptRun(source)
        run.host.sockets = [FakeSocket(), FakeSocket()]
        #expect(try await run() == "undefined")
        #expect(run.noted == ["101"])
    }

    @Test("a user that is cancelled leaves with 1001 and hears nothing of it")
    func cancelled() async throws {
        let source = """
            import ws from 'k6/ws';
            export default () => { try { ws.connect('ws://h/', s => { s.on('close', () => note('close')); s.setInterval(() => note('i'), 10) }) } finally { note('finally') } };
            """
        let run = try ScriptRun(source)
        let socket = FakeSocket()
        run.host.sockets = [socket]
        run.runtime.isCancelled = { [notes = run] in notes.noted.count >= 3 }
        #expect(try await run() == "interrupted")
        #expect(run.noted == ["i", "i", "i"])
        #expect(socket.said == ["close 1001", "leave"])
    }

    @Test("init code opens nothing")
    func initially() throws {
        #expect {
            try ScriptRun("import ws from 'k6/ws'; ws.connect('ws://h/', () => 0);")
        } throws: {
            ($0 as? ScriptException)?.message == "using websockets in the init context is not supported"
        }
    }
}
