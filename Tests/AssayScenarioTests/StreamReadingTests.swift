import AssayCore
import AssayFormats
import Testing

@testable import AssayScenario

@Suite("Reading steps of streams and connections")
struct StreamReadingTests {
    private static func steps(_ text: String) throws -> [Step] {
        try ReadingTests.read("assay: 1\nscenario: s\nsteps:\n" + text).steps
    }

    @Test("Steps are named by what they do")
    func names() throws {
        let steps = try Self.steps(
            """
              - sse: {open: "${api.url}/events", as: feed}
              - sse: {receive: {event: order}, on: feed}
              - sse: {listen: 1s, on: feed}
              - sse: {expect-close: 1s, on: feed}
              - sse: {close: {}, on: feed}
              - tcp: {connect: "127.0.0.1:9", as: line}
              - tcp: {send: "PING\\r\\n", on: line}
              - tcp: {receive: {until: "\\r\\n"}, on: line}
              - tcp: {receive: {prefix: {bytes: 2}}, on: line}
              - tcp: {end-sending: {}, on: line}
              - tcp: {close: rst, on: line}
            """)
        #expect(
            steps.map(\.name) == [
                "feed: open ${api.url}/events", "feed: receive an event with event is \"order\"",
                "feed: listen",
                "feed: expect close", "feed: close", "line: connect 127.0.0.1:9", "line: send PING",
                "line: receive until \"\\r\\n\"", "line: receive a message behind a prefix of 2 bytes",
                "line: end sending", "line: reset",
            ])
    }

    @Test("What is left out has its usual value, and a body makes a POST")
    func usual() throws {
        let steps = try Self.steps(
            """
              - sse: {open: "${api.url}/a", json: {a: 1}, last-event-id: 7}
              - sse: {receive: any}
              - tcp: {connect: "127.0.0.1:9"}
              - tcp: {send: {line: x}}
              - tcp: {receive: line}
            """)
        guard case .sse(let open) = steps[0].action, case .open(let opening) = open.wish,
            case .tcp(let sending) = steps[3].action, case .send(let payload, _) = sending.wish,
            case .tcp(let receiving) = steps[4].action,
            case .receive(let reception, let within) = receiving.wish
        else {
            Issue.record("other steps")
            return
        }
        #expect(open.stream == "sse" && opening.request.method == "POST" && opening.within == .seconds(10))
        #expect(
            opening.request.headers.map(\.name) == ["Accept", "Cache-Control", "Last-Event-ID"])
        #expect(payload.ending?.constantText == "\r\n")
        #expect(reception.limitBytes == 1 << 20 && within == .seconds(10))
    }

    struct Fault: CustomTestStringConvertible {
        var step: String
        var told: String
        init(_ step: String, _ told: String) {
            self.step = step
            self.told = told
        }
        var testDescription: String { step }
    }

    private static let faults = [
        Fault(
            "sse: {on: a}",
            "AS545 an sse step needs one of "),
        Fault(
            "sse: {receive: any, bearer: x}", "AS545 'bearer' belongs to `open`, and this step has `receive`"),
        Fault(
            "sse: {open: 'http://a/', on: x}", "AS545 `open` begins a stream, and `on` goes on with one"),
        Fault(
            "tcp: {receive: line, tls: true}", "AS546 'tls' belongs to `connect`, and this step has `receive`"
        ),
        Fault(
            "tcp: {connect: 'a:1', as: 'a b'}",
            "AS547 a connection is named by letters, digits, `-` and `_`, found 'a b'"),
        Fault("sse: {receive: any, on: feed}", "AS548 no step opens the stream 'feed'"),
        Fault("tcp: {receive: line, on: x}", "AS548 no step opens the connection 'x'"),
        Fault(
            "tcp: {connect: 'here'}", "AS549 'here' is no address to connect to: it needs a host and a port"),
        Fault(
            "tcp: {send: {hex: '0g'}}",
            "AS550 '0g' is not hexadecimal: pairs of digits, with spaces or colons between"),
        Fault("tcp: {send: {base64: '!'}}", "AS550 '!' is no Base64"),
        Fault("tcp: {receive: {until: ''}}", "AS551 there is nothing to receive until"),
        Fault(
            "tcp: {receive: {length: 3, limit: 1GiB}}",
            "AS551 a message is bounded by 1 byte to 256 MiB, found 1.00 GiB"),
        Fault(
            "sse: {open: 'ftp://a/'}",
            "AS552 'ftp://a/' is no address of a stream: it needs http:// or https://"),
    ]

    @Test("What is wrong is told with its place", arguments: faults)
    func wrong(fault: Fault) {
        let isOpening = fault.step.contains("connect:") || fault.step.contains("open:")
        let opens =
            fault.told.hasPrefix("AS548") || isOpening
            ? "" : "  - sse: {open: 'http://a/'}\n  - tcp: {connect: 'a:1'}\n"
        do {
            _ = try Self.steps(opens + "  - \(fault.step)\n")
            Issue.record("nothing was told")
        } catch let error as Diagnostics {
            let told = error.all.map { "\($0.code) \($0.message)" }
            #expect(told.contains { $0.hasPrefix(fault.told) }, "\(told)")
        } catch {
            Issue.record("\(error)")
        }
    }

    @Test("Sending on a connection may write, asking for events does not")
    func writes() throws {
        let steps = try Self.steps(
            """
              - sse: {open: "${api.url}/a", as: a}
              - sse: {open: "${api.url}/b", as: b, method: POST}
              - sse: {receive: any, on: a}
              - tcp: {connect: "127.0.0.1:9"}
              - tcp: {send: x}
              - tcp: {receive: line}
            """)
        #expect(steps.flatMap(\.writes).map(\.what) == ["sends POST", "sends to 'tcp'"])
    }
}
