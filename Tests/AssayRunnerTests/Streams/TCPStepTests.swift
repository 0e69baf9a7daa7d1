import AssayCore
import AssayFormats
import AssayNet
import AssayRunner
import AssayTestSupport
import AssayWire
import Testing

@Suite("Steps on plain TCP connections")
struct TCPStepTests {
    /// Runs a scenario against a server of its own.
    private func test(
        _ text: String, _ talk: @escaping @Sendable (RawPeer) async -> Void
    ) throws -> TestResult {
        try #require(try with(talk) { try $0.test(text) }.first)
    }

    private func with<Result>(
        _ talk: @escaping @Sendable (RawPeer) async -> Void, _ body: (Bench) throws -> Result
    ) throws -> Result {
        var bench = try Bench()
        let server = try RawServer(on: bench.reactor, talk)
        bench.members = ["bot": ["url": .string("127.0.0.1:\(server.port)")]]
        let reactor = bench.reactor
        defer { reactor.run { server.stop() } }
        return try body(bench)
    }

    /// Answers lines: `PING` with `+PONG`, `slow` late, `bytes` with some, `bye` with the end.
    private static let lines: @Sendable (RawPeer) async -> Void = { peer in
        var text = ""
        while let more = await peer.read() {
            text += String(decoding: more, as: UTF8.self)
            while let end = text.firstIndex(where: \.isNewline) {
                let line = text[..<end]
                text = String(text[text.index(after: end)...])
                switch line {
                case "PING": await peer.write("+PONG\r\n")
                case "json": await peer.write(#"{"id": 7, "name": "é"}"# + "\n")
                case "drip":
                    for byte in Array("+OK 42 é done\r\n".utf8) {
                        await peer.write([byte])
                        await peer.pause(.milliseconds(1))
                    }
                case "bytes": await peer.write([0, 5, 0xFF, 0xFE, 1, 2, 3])
                case "hush": await peer.write("the word is hush-hush\r\n")
                case "flood": await peer.write([UInt8](repeating: 65, count: 300_000))
                case "bye": return
                default: await peer.write("-ERR \(line)\r\n")
                }
            }
        }
    }

    @Test("lines, patterns, lengths and prefixes are sent and received, and judged")
    func talking() throws {
        let result = try test(
            """
            steps:
              - tcp: {connect: "${bot.url}", as: line, within: 5s}
              - tcp: {send: {line: PING}, on: line}
              - tcp: {receive: line, on: line}
                expect: {text: +PONG, length: 5, hex: "2B 50 4F 4E 47", within: 5s}
              - tcp: {send: "PING\\r\\ndrip\\r\\n", on: line}
              - tcp: {receive: {until: "\\r\\n"}, on: line}
                expect: {text: {contains: PONG}}
              - tcp: {receive: {matches: '^\\+OK (\\d+) .*done\\r\\n'}, on: line, within: 5s}
                capture: {number: {matches: 'OK (\\d+)'}}
              - tcp: {send: {text: json, ending: "\\n"}, on: line}
              - tcp: {receive: {until: {hex: 0a}}, on: line}
                expect: {json: {$.id: 7, $.name: é}}
                capture: {id: $.id}
              - tcp: {send: {hex: "62 79:74 65-73 0d 0a"}, on: line}
              - tcp: {receive: {prefix: 2}, on: line}
                expect: {hex: "fffe010203", length: 5}
              - tcp: {send: {base64: Ynl0ZXMNCg==}, on: line}
              - tcp: {receive: {length: "${id - 3}"}, on: line}
                expect: {hex: "00 05 ff fe"}
              - tcp: {receive: {idle: 20ms}, on: line}
                expect: {hex: "010203"}
              - tcp: {send: {line: "${number}"}, on: line}
              - tcp: {receive: line, on: line}
                expect: {text: "-ERR 42"}
              - tcp: {send: {line: bye}, on: line}
              - tcp: {expect-close: {within: 5s, how: fin}, on: line}
              - tcp: {close: {}, on: line}
            """, Self.lines)
        #expect(result.status == .passed, "\(result.steps.flatMap(\.mismatches))")
    }

    @Test("frames go both ways with the prefix that they are said to have")
    func frames() throws {
        let result = try test(
            """
            steps:
              - tcp: {connect: "tcp://${bot.url}"}
              - tcp: {send: {json: {op: add, n: [1, 2]}, prefix: {bytes: 4, order: little, includes-itself: true}}}
              - tcp: {receive: {prefix: {bytes: 4, order: little, includes-itself: true}}}
                expect: {json: {$.op: add, "$.n[1]": 2}}
              - tcp: {end-sending: {}}
              - tcp: {receive: close}
                expect: {text: bye}
            """
        ) { peer in
            var bytes: [UInt8] = []
            while bytes.count < 24, let more = await peer.read() { bytes += more }
            await peer.write(bytes)
            while await peer.read() != nil {}
            await peer.write("bye")
        }
        #expect(result.status == .passed, "\(result.steps.flatMap(\.mismatches))")
    }

    @Test(
        "why no message came is named, and what came is shown",
        arguments: [
            (
                "{send: {line: flood}}", "{receive: {until: \"\\n\", limit: 64KiB}}",
                "too-large: the message is longer than the limit of 65536 bytes"
            ),
            (
                "{send: nothing}", "{receive: line, within: 50ms}",
                "timeout: no whole message in time; 0 bytes"
            ),
            (
                "{send: {line: bye}}", "{receive: line}",
                "closed-early: the peer closed the connection after 0 bytes"
            ),
            (
                "{send: {line: PING}}", "{receive: {length: 9}, within: 50ms}",
                "timeout: no whole message in time; 7 bytes"
            ),
            (
                "{send: {line: PING}}", "{receive: {prefix: 2}, within: 50ms}",
                "timeout: no whole message in time; 7 bytes"
            ),
            (
                "{send: {line: PING}}", "{receive: {prefix: {bytes: 4, includes-itself: true}}}",
                "too-large: a message of 726683466 bytes is announced, over the limit of 1048576"
            ),
            ("{send: {line: PING}}", "{expect-close: 50ms}", "timeout: the peer did not end"),
        ])
    func missing(send: String, wait: String, actual: String) throws {
        let result = try test(
            "steps: [{tcp: {connect: '${bot.url}'}}, {tcp: \(send)}, {tcp: \(wait)}]", Self.lines)
        let found = result.steps.last?.mismatches.first?.actual ?? ""
        #expect(found.hasPrefix(actual), "\(found)")
    }

    @Test("reports show what went over, escaped or in rows, without secrets")
    func reports() throws {
        let result = try test(
            """
            steps:
              - tcp: {connect: "${bot.url}"}
              - tcp: {send: {line: hush}}
              - tcp: {receive: line}
              - tcp: {send: {line: bytes}}
              - tcp: {receive: {length: 7}}
              - tcp: {send: {text: "hush-hush", prefix: 2}}
            """, Self.lines)
        let shown = result.steps.compactMap(\.exchange)
        #expect(shown[1].request == "hush\\r\\n" && shown[2].response == "the word is •••")
        #expect(shown[4].response == "0000  00 05 ff fe 01 02 03                             .......")
        #expect(!shown.contains { ($0.request + $0.response + $0.summary).contains("hush-hush") })
    }

    @Test("a peer that resets, refuses or never reads is named")
    func gone() throws {
        let reset = try test(
            "steps: [{tcp: {connect: '${bot.url}'}}, {tcp: {send: x}}, {tcp: {receive: line}}]"
        ) { peer in
            _ = await peer.read()
            peer.channel.resetOnClose()
        }
        #expect(reset.steps.last?.mismatches.first?.actual.hasPrefix("reset: ") == true)
        let refused = try #require(try Bench().test("steps: [{tcp: {connect: '127.0.0.1:1'}}]").first)
        #expect(refused.steps.last?.mismatches.first?.actual.hasPrefix("connect-refused: ") == true)
        let stuck = try test(
            """
            steps:
              - tcp: {connect: "${bot.url}"}
              - tcp: {send: {file: /proc/self/exe}, within: 200ms}
            """
        ) { peer in await peer.pause(.seconds(5)) }
        #expect(
            stuck.steps.last?.mismatches.first?.actual.hasPrefix("timeout: the peer took ") == true,
            "\(stuck.steps.flatMap(\.mismatches))")
    }

    @Test("in load round trips are measured, and every connection is closed with its pass")
    func load() throws {
        let (record, ending) = try with(Self.lines) {
            try $0.load(
                "iterations: {users: 3, each: 4}",
                scenario: """
                    steps:
                      - {id: open, tcp: {connect: "${bot.url}"}}
                      - {id: ping, tcp: {send: {line: PING}}}
                      - {id: pong, tcp: {receive: line}, expect: {text: +PONG}}
                      - {id: again, tcp: {send: {line: PING}}}
                      - {id: back, tcp: {receive: line}}
                    """)
        }
        #expect(ending.failures.isEmpty, "\(ending.failures)")
        #expect(record.trend("tcp.connecting").count == 12 && record.trend("tcp.session").count == 12)
        #expect(record.trend("tcp.round-trip").count == 24 && record.trend("tcp.waiting").count == 24)
        #expect(record.counter("data.sent") == 24 * 6 && record.counter("data.received") == 24 * 7)
        #expect(record.counter("checks") == 12 && record.counter("tcp.failed") == 0)
    }

    @Test("branches of parallel use the connection of the pass, one message each")
    func parallel() throws {
        let result = try test(
            """
            steps:
              - tcp: {connect: "${bot.url}", as: shared}
              - parallel:
                  times: 5
                  steps:
                    - tcp: {send: {line: PING}, on: shared}
                    - tcp: {receive: line, on: shared}
                      expect: {text: +PONG}
            """, Self.lines)
        #expect(
            result.status == .passed,
            "\(result.steps.flatMap { $0.mismatches + $0.children.flatMap(\.mismatches) })")
    }

    @Test("a real Redis answers its inline protocol", .enabled(if: RealRedis.isInstalled, "no redis-server"))
    func redis() throws {
        var bench = try Bench()
        let reactor = bench.reactor
        let port = Int.random(in: 20_000...30_000)
        let redis = RealRedis("tcp-step", ["--port", "\(port)", "--bind", "127.0.0.1"], on: reactor)
        try #require(reactor.run { await redis.start(on: reactor) })
        defer { reactor.run { await redis.stop() } }
        bench.members = ["bot": ["url": .string("127.0.0.1:\(port)")]]
        let result = try #require(
            try bench.test(
                """
                steps:
                  - tcp: {connect: "${bot.url}"}
                  - tcp: {send: {line: "SET greeting hello"}}
                  - tcp: {receive: line}
                    expect: {text: +OK}
                  - tcp: {send: {line: "GET greeting"}}
                  - tcp: {receive: {matches: '^\\$(\\d+)\\r\\n.*\\r\\n'}}
                    expect: {text: {contains: hello}}
                  - tcp: {send: {line: QUIT}}
                  - tcp: {receive: close}
                    expect: {text: "+OK\\r\\n"}
                """
            ).first)
        #expect(result.status == .passed, "\(result.steps.flatMap(\.mismatches))")
    }
}
