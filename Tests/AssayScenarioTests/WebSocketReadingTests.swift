import AssayCore
import AssayFormats
import Testing

@testable import AssayScenario

@Suite("Reading steps of WebSockets")
struct WebSocketReadingTests {
    private static func steps(_ text: String) throws -> [Step] {
        try ReadingTests.read("assay: 1\nscenario: s\nsteps:\n" + text).steps
    }

    @Test("Steps are named by what they do, and `send` with `receive` is one step")
    func names() throws {
        let steps = try Self.steps(
            """
              - ws: {open: "ws://127.0.0.1:1/live", as: feed, protocols: [v1], deflate: true, bearer: x}
              - ws: {send: {json: {op: subscribe}}, on: feed}
              - ws: {send: hello, on: feed}
              - ws: {send: {ping: x}, on: feed}
              - ws: {receive: {json: {$.type: ack}}, on: feed, strict: true}
              - ws: {send: {hex: "00 ff", fragment: 1KiB}, receive: binary, within: 2s, on: feed}
              - ws: {listen: {for: 3s, count: 10}, on: feed}
              - ws: {close: {code: 4001, reason: done}, on: feed}
              - ws: {expect-close: 1s, on: feed}
            """)
        #expect(
            steps.map(\.name) == [
                "feed: open ws://127.0.0.1:1/live", "feed: send json", "feed: send hello",
                "feed: send a ping",
                "feed: receive a message with $.type is \"ack\"", "feed: send hex and receive",
                "feed: listen", "feed: close", "feed: expect close",
            ])
        guard case .ws(let asking) = steps[5].action,
            case .ask(let payload, let filter, let within) = asking.wish,
            case .ws(let open) = steps[0].action, case .open(let opening) = open.wish,
            case .ws(let receiving) = steps[4].action, case .receive(let strict, _) = receiving.wish
        else {
            Issue.record("other steps")
            return
        }
        #expect(payload.kind == .binary && payload.fragmentBytes == 1024 && within == .seconds(2))
        #expect(filter.checks.map(\.name) == ["kind is \"binary\""] && strict.isStrict)
        #expect(opening.deflate == WebSocketOpeningWish.Deflate() && opening.protocols.count == 1)
    }

    private static let faults: [(String, String)] = [
        ("ws: {on: a}", "AS535 a ws step needs one of "),
        ("ws: {send: x, listen: 1s}", "AS535 a ws step has both 'send' and 'listen'"),
        ("ws: {receive: any, bearer: x}", "AS535 'bearer' belongs to `open`, and this step has `receive`"),
        (
            "ws: {listen: 1s, strict: true}",
            "AS535 'strict' belongs to `receive` and `send`, and this step has `listen`"
        ),
        ("ws: {send: x, strict: true}", "AS535 'strict' belongs to `receive`, and this step only sends"),
        ("ws: {open: 'ws://a/', on: x}", "AS535 `open` begins a WebSocket, and `on` goes on with one"),
        (
            "ws: {open: 'ftp://a/', as: b}",
            "AS536 'ftp://a/' is no address of a WebSocket: it needs ws:// or wss://"
        ),
        ("ws: {send: {hex: '0g'}}", "AS537 '0g' is not hexadecimal"),
        ("ws: {send: {base64: '!'}}", "AS537 '!' is no Base64"),
        ("ws: {send: {ping: a, kind: text}}", "AS537 a ping has no 'kind': it is one short frame"),
        ("ws: {receive: 5}", "AS538 expected which message to wait for, found "),
        ("ws: {close: 1005}", "AS539 1005 is no code that a WebSocket may be closed with"),
        ("ws: {receive: any, on: feed}", "AS548 no step opens the WebSocket 'feed'"),
    ]

    @Test("What is wrong is told with its code", arguments: faults)
    func wrong(_ step: String, _ wanted: String) {
        do {
            _ = try Self.steps("  - ws: {open: 'ws://a/'}\n  - \(step)\n")
            Issue.record("nothing was told")
        } catch let error as Diagnostics {
            let told = error.all.map { "\($0.code) \($0.message)" }
            #expect(told.contains { $0.hasPrefix(wanted) }, "\(told)")
        } catch {
            Issue.record("\(error)")
        }
    }

    @Test("Sending may write, opening and receiving do not")
    func writes() throws {
        let steps = try Self.steps(
            """
              - ws: {open: "ws://127.0.0.1:1/", as: feed}
              - ws: {send: x, on: feed}
              - ws: {send: {ping: x}, on: feed}
              - ws: {receive: any, on: feed}
            """)
        #expect(steps.flatMap(\.writes).map(\.what) == ["sends to 'feed'"])
    }
}
