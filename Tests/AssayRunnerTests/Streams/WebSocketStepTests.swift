import AssayCore
import AssayFormats
import AssayNet
import AssayRunner
import AssayWire
import Synchronization
import Testing

@Suite("Steps on WebSockets")
struct WebSocketStepTests {
    /// Echoes; `push N` sends N numbered messages, `bye` closes with 4001.
    @Sendable private static func serve(_ connection: WebSocketConnection) async {
        while case .success(let message) = await connection.receive() {
            let words = message.text.split(separator: " ")
            if words.first == "push", let count = words.last.flatMap({ Int($0) }) {
                for number in 0..<count {
                    _ = await connection.send(.text, Array("{\"type\":\"tick\",\"n\":\(number)}".utf8))
                }
            } else if message.text == "bye" {
                await connection.close(
                    WebSocketCloseCode(4001), reason: "go", until: Reactor.monotonicNow() + 1_000_000_000)
                return
            } else if message.kind != .pong {
                _ = await connection.send(message.kind == .text ? .text : .binary, message.bytes)
            }
        }
        ended.withLock { $0.append("\(connection.end.map { "\($0)" } ?? "open")") }
    }

    private static let ended = Mutex<[String]>([])

    private func test(_ text: String) throws -> TestResult {
        let bench = try Bench { request, _ in
            guard request.path == "/live" else { return HTTPResponse(status: 403, text: "no") }
            return .webSocket(
                request, options: WebSocketServerOptions(protocols: ["v1"]), serve: Self.serve)
        }
        return try #require(bench.test("steps:\n" + text).first)
    }

    @Test("a session goes over steps: opened, asked, listened to, closed")
    func session() throws {
        let result = try test(
            """
              - ws: {open: "${api.url}/live", as: feed, protocols: [v2, v1], deflate: true, headers: {X-Key: hush-hush}}
                expect: {status: 101, protocol: v1, headers: {upgrade: websocket}, within: 5s}
              - ws: {send: {json: {op: echo, id: 7}}, receive: {json: {$.op: echo}}, on: feed, within: 5s}
                expect: {json: {$.id: 7}, kind: text, within: 5s}
                capture: {id: $.id}
              - ws: {send: "push 5", on: feed}
              - ws: {receive: {json: {$.n: 3}}, on: feed}
                expect: {passed-over: 3}
              - ws: {listen: {for: 5s, count: 1}, on: feed}
                expect: {count: 1, json: {$.n: 4}}
              - ws: {send: {hex: "00 ff", fragment: 1B}, receive: {hex: "00 ff"}, on: feed}
                expect: {length: 2}
              - ws: {send: {ping: "${id}"}, receive: pong, on: feed}
                expect: {text: "7"}
              - ws: {close: {code: 3000, reason: done}, on: feed}
                expect: {code: 3000}
            """)
        #expect(result.status == .passed, "\(result.steps.flatMap(\.mismatches))")
        let open = try #require(result.steps.first?.exchange)
        #expect(!open.request.contains("hush-hush") && open.response.contains("101"))
        #expect(result.steps[1].exchange?.request.contains("\"op\"") == true)
    }

    static let failures: [(String, String)] = [
        (
            "ws: {receive: {json: {$.type: ack}}, within: 20ms}",
            "timeout: within 20.0 ms no message came"
        ),
        (
            "ws: {send: {json: {type: nack}}, receive: {json: {$.type: ack}}, within: 100ms}",
            "timeout: within 100 ms 1 message was passed over; of the last, $.type: expected = \"ack\", found \"nack\""
        ),
        (
            "ws: {send: a, receive: {text: b}, strict: true}",
            "protocol-error: the next message is another: text: expected \"b\", found \"a\""
        ),
        (
            "ws: {send: bye, receive: any}",
            "closed-early: the peer closed the WebSocket with 4001: go; no message came"
        ),
        ("ws: {expect-close: 20ms}", "timeout: within 20.0 ms it did not; 0 messages wait"),
    ]

    @Test("a failure names what was waited for and what came", arguments: failures)
    func failing(_ step: String, _ told: String) throws {
        let result = try test("  - ws: {open: \"${api.url}/live\"}\n  - \(step)\n")
        #expect(result.status == .failed)
        #expect(result.steps.last?.mismatches.first?.actual == told)
    }

    @Test("a refused handshake fails with its status, unless that is what is expected")
    func refused() throws {
        let failed = try test("  - ws: {open: \"${api.url}/other\"}\n")
        #expect(
            failed.steps.first?.mismatches.first?.actual
                == "upgrade-refused: the handshake was answered 403 Forbidden")
        #expect(
            failed.steps.first?.mismatches.first?.expected.hasPrefix("a WebSocket to ws://127.0.0.1:") == true
        )
        #expect(failed.steps.first?.exchange?.summary.hasPrefix("GET ws://127.0.0.1:") == true)
        let wanted = try test("  - ws: {open: \"${api.url}/other\"}\n    expect: {status: 403}\n")
        #expect(wanted.status == .passed)
    }

    @Test(
        "a peer that floods with other messages does not keep a step beyond its time",
        arguments: [
            "receive: {text: never}, within: 100ms", "send: hi, receive: {text: never}, within: 100ms",
            "expect-close: 100ms",
        ])
    func flooded(_ wish: String) throws {
        let bench = try Bench { request, _ in
            .webSocket(request) { connection in
                while await connection.send(.text, Array("tick".utf8)) == nil {}
            }
        }
        let text = "steps:\n  - ws: {open: \"${api.url}/live\"}\n  - ws: {\(wish)}\n"
        let result = try #require(bench.test(text).first)
        let actual = result.steps.last?.mismatches.first?.actual ?? ""
        #expect(actual.hasPrefix("timeout: within 100 ms"), "\(actual)")
    }

    @Test("the peer's close is awaited, and its code and reason are checked")
    func peerCloses() throws {
        let result = try test(
            """
              - ws: {open: "${api.url}/live"}
              - ws: {send: bye}
              - ws: {expect-close: 5s}
                expect: {code: 4001, reason: go}
            """)
        #expect(result.status == .passed, "\(result.steps.flatMap(\.mismatches))")
    }

    @Test("a name that is open is not opened twice, and one that is closed is not used")
    func twice() throws {
        let result = try test(
            "  - ws: {open: \"${api.url}/live\"}\n  - ws: {open: \"${api.url}/live\"}\n")
        #expect(
            result.steps.last?.mismatches.first?.actual
                == "a WebSocket of that name is still open; close it first, or name this one otherwise")
        let closed = try test("  - ws: {open: \"${api.url}/live\"}\n  - ws: {close: {}}\n  - ws: {send: x}\n")
        #expect(
            closed.steps.last?.mismatches.first?.actual
                == "no step before this one opened it, or it is closed")
    }

    @Test("in load round trips and sessions are measured, and every WebSocket is closed with its pass")
    func load() throws {
        let closed = Closed()
        let bench = try Bench { request, _ in
            .webSocket(request) { connection in
                await Self.serve(connection)
                if connection.end == .closed(.normal, reason: "") { closed.count.withLock { $0 += 1 } }
            }
        }
        let (record, ending) = try bench.load(
            "iterations: {users: 3, each: 4}",
            scenario: """
                steps:
                  - {id: open, ws: {open: "${api.url}/live"}}
                  - repeat:
                      times: 5
                      steps:
                        - {id: ask, ws: {send: {json: {n: "${index}"}}, receive: {json: {$.n: "${index}"}}}}
                  - {id: push, ws: {send: push 2}}
                  - {id: tick, ws: {receive: {json: {$.n: 1}}}, expect: {passed-over: 1}}
                """)
        #expect(ending.failures.isEmpty, "\(ending.failures)")
        #expect(record.trend("ws.connecting").count == 12 && record.trend("ws.session").count == 12)
        #expect(record.trend("ws.round-trip").count == 60 && record.trend("ws.waiting").count == 12)
        #expect(record.counter("ws.sent") == 72 && record.counter("ws.received") == 84)
        #expect(record.counter("checks") == 12 && record.counter("ws.failed") == 0)
        #expect(record.counter("data.sent") > 72 * 6 && record.counter("data.received") > 84 * 2)
        // The last pass may end the run before its servers have read the close.
        #expect(closed.count.withLock { $0 } >= 9)
    }

    private final class Closed: Sendable { let count = Mutex(0) }
}
