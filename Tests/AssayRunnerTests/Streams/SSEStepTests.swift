import AssayCore
import AssayFormats
import AssayNet
import AssayRunner
import AssayWire
import Synchronization
import Testing

@Suite("Steps on streams of events")
struct SSEStepTests {
    /// A handler that streams pieces, a moment apart.
    private static func streaming(
        _ pieces: [String], type: String = "text/event-stream; charset=utf-8", holds: Bool = false
    ) -> HTTPResponse {
        var response = HTTPResponse(headers: HTTPHeaders([("Content-Type", type)]))
        response.stream = { writer in
            for piece in pieces {
                guard await writer.write(piece), await writer.pause(.milliseconds(2)) else { return }
            }
            if holds { while await writer.pause(.milliseconds(20)) {} }
        }
        return response
    }

    private static let orders = [
        ": hello\n\n", "id: 1\nevent: order\ndata: {\"id\":6}\n\n", "data: tick\n\nid: 2\nevent: or",
        "der\ndata: {\"id\":7,\ndata: \"state\":\"paid\"}\n\n", "data: last\n\n",
    ]

    private func test(
        _ text: String, _ handler: @escaping @Sendable (HTTPRequest, Int) async -> HTTPResponse
    ) throws -> TestResult {
        try #require(try Bench(handler).test(text).first)
    }

    @Test("the first event that matches is taken, those before are passed over, and the stream goes on")
    func receiving() throws {
        let result = try test(
            """
            vars: {order: 7}
            steps:
              - sse: {open: "${api.url}/events", as: feed, headers: {X-Who: me}, within: 5s}
                expect: {status: 200, headers: {content-type: {contains: event-stream}}}
              - sse: {receive: {event: order, json: {$.id: "${order}"}}, on: feed, within: 5s}
                expect: {json: {$.state: paid}, event: order, id: "2", passed-over: 2, within: 5s}
                capture: {state: $.state, last: {header: id}}
              - sse: {receive: any, on: feed}
                expect: {data: last, event: message}
              - sse: {expect-close: {within: 5s}, on: feed}
                expect: {count: 0}
              - sse: {close: {}, on: feed}
              - http: {get: "${api.url}/done?state=${state}&last=${last}"}
            """
        ) { request, _ in
            request.target.hasPrefix("/done")
                ? HTTPResponse(
                    status: request.target == "/done?state=paid&last=2" ? 200 : 500,
                    text: request.target)
                : request.headers["accept"] == "text/event-stream" && request.headers["x-who"] == "me"
                    ? Self.streaming(Self.orders) : HTTPResponse(status: 406)
        }
        #expect(result.status == .passed, "\(result.steps.flatMap(\.mismatches))")
        #expect(result.steps.last?.exchange?.summary.contains("→ 200") == true)
        let received = try #require(result.steps[1].exchange)
        #expect(received.summary.hasPrefix("feed: receive an event with event is \"order\""))
        #expect(received.response == "event: order\nid: 2\ndata: {\"id\":7,\ndata: \"state\":\"paid\"}\n")
    }

    @Test("listening counts what matches for its time, and a request may have a body")
    func listening() throws {
        let result = try test(
            """
            steps:
              - sse: {open: "${api.url}/chat", json: {prompt: hi}, bearer: hush-hush}
              - sse: {listen: {for: 300ms, event: message}}
                expect: {count: {at-least: 2}, passed-over: 2, data: last}
            """
        ) { request, _ in
            request.method == "POST" && String(decoding: request.body, as: UTF8.self) == #"{"prompt":"hi"}"#
                ? Self.streaming(Self.orders, holds: true) : HTTPResponse(status: 400)
        }
        #expect(result.status == .passed, "\(result.steps.flatMap(\.mismatches))")
        #expect(result.steps[0].exchange?.request.contains("hush-hush") == false)
    }

    @Test("what is no stream of events says so, with its answer, and may be expected")
    func refused() throws {
        let wrongType = try test("steps: [{sse: {open: '${api.url}/events'}}]") { _, _ in
            HTTPResponse(text: #"{"error":"no"}"#, type: "application/json")
        }
        #expect(wrongType.status == .failed)
        let mismatch = try #require(wrongType.steps.first?.mismatches.first)
        #expect(mismatch.actual == "protocol-error: the content type is 'application/json'")
        #expect(wrongType.steps.first?.exchange?.response.contains(#"{"error":"no"}"#) == true)

        let expected = try test(
            """
            steps:
              - sse: {open: "${api.url}/events"}
                expect: {status: 401, json: {$.error: no}}
            """
        ) { _, _ in HTTPResponse(status: 401, text: #"{"error":"no"}"#, type: "application/json") }
        #expect(expected.status == .passed, "\(expected.steps.flatMap(\.mismatches))")
    }

    @Test(
        "why no event came is named",
        arguments: [
            ("[]", true, "timeout: within 100ms no event came"),
            (
                #"["data: a\n\n"]"#, true,
                "timeout: within 100ms 1 event was passed over; of the last, data: expected \"z\", found \"a\""
            ),
            (
                #"["data: a\n\n"]"#, false,
                "closed-early: the server ended the stream; 1 event was passed over"
            ),
        ])
    func missing(pieces: String, holds: Bool, actual: String) throws {
        let texts = try #require(try JSON(parsing: Array(pieces.utf8)).arrayValue).compactMap(\.stringValue)
        let result = try test(
            "steps: [{sse: {open: '${api.url}/events'}}, {sse: {receive: {data: z}, within: 100ms}}]"
        ) { _, _ in Self.streaming(texts, holds: holds) }
        #expect(result.status == .failed)
        let found = result.steps.last?.mismatches.first?.actual ?? ""
        #expect(found.replacing("100 ms", with: "100ms").hasPrefix(actual), "\(found)")
    }

    @Test("a stream that breaks, is reset or sends too much ends by name")
    func broken() throws {
        for (target, outcome) in [("cut", "closed-early"), ("reset", "reset"), ("long", "too-large")] {
            let result = try test(
                """
                steps:
                  - sse: {open: "${api.url}/\(target)", event-limit: 1KiB}
                  - sse: {receive: {data: z}, within: 5s}
                """
            ) { request, _ in
                var response = Self.streaming([])
                response.stream = { writer in
                    _ = await writer.write("data: a\n\n")
                    _ = await writer.pause(.milliseconds(30))
                    if request.target == "/long" {
                        _ = await writer.write("data: " + String(repeating: "x", count: 2000))
                        _ = await writer.pause(.seconds(2))
                    }
                    writer.cut(resets: request.target == "/reset")
                }
                return response
            }
            let found = result.steps.last?.mismatches.first?.actual ?? ""
            #expect(found.hasPrefix(outcome + ": "), "\(target): \(found)")
        }
    }

    @Test("a stream that ends is asked for again from its last event, until the server has no more")
    func reconnecting() throws {
        let asked = Mutex<[String]>([])
        let result = try test(
            """
            steps:
              - sse: {open: "${api.url}/events", last-event-id: "4", reconnect: {times: 5, pause: 1ms}}
              - sse: {receive: {id: "7"}, within: 5s}
                expect: {passed-over: 2}
              - sse: {expect-close: 5s}
            """
        ) { request, _ in
            let id = Int(request.headers["last-event-id"] ?? "") ?? 0
            asked.withLock { $0.append("\(id)") }
            return id >= 7
                ? HTTPResponse(status: 204)
                : Self.streaming(["retry: 3\nid: \(id + 1)\ndata: x\n\n"])
        }
        #expect(result.status == .passed, "\(result.steps.flatMap(\.mismatches))")
        #expect(asked.withLock(\.self) == ["4", "5", "6", "7"])
    }

    @Test("steps shorter than the pause come to its end together")
    func longPause() throws {
        let asked = Mutex(0)
        let result = try test(
            """
            steps:
              - sse: {open: "${api.url}/events", reconnect: {times: 1, pause: 100ms}}
              - repeat:
                  times: 8
                  steps:
                    - sse: {listen: {for: 40ms}}
            """
        ) { _, _ in
            let count = asked.withLock {
                $0 += 1
                return $0
            }
            return Self.streaming(["data: x\n\n"], holds: count > 1)
        }
        #expect(result.status == .passed, "\(result.steps.flatMap(\.mismatches))")
        #expect(asked.withLock(\.self) == 2)
    }

    @Test(
        "a server that floods with other events does not keep a step beyond its time",
        arguments: [
            ("receive: {data: never}, within: 100ms", "data: tick\n\n"),
            ("receive: {data: never}, within: 100ms", ": comment\n\n"),
            ("expect-close: {within: 100ms}", "data: tick\n\n"),
        ])
    func flooded(_ wish: String, _ piece: String) throws {
        let flood = String(repeating: piece, count: 2000)
        let result = try test("steps: [{sse: {open: '${api.url}/events'}}, {sse: {\(wish)}}]") { _, _ in
            var response = Self.streaming([])
            response.stream = { writer in while await writer.write(flood) {} }
            return response
        }
        #expect(result.status == .failed)
        let actual = result.steps.last?.mismatches.first?.actual ?? ""
        #expect(actual.hasPrefix("timeout: within 100 ms"), "\(actual)")
    }

    @Test("names are told apart, and what is not open says so")
    func names() throws {
        let result = try test(
            """
            params: {unused: 1}
            steps:
              - sse: {open: "${api.url}/events", as: a}
              - sse: {open: "${api.url}/events", as: b}
              - sse: {close: {}, on: a}
              - sse: {receive: any, on: b}
              - sse: {receive: any, on: a}
            """
        ) { _, _ in Self.streaming(Self.orders, holds: true) }
        #expect(result.steps.map(\.status) == [.passed, .passed, .passed, .passed, .failed])
        #expect(
            result.steps.last?.mismatches.first?.expected == "a stream 'a' to be open")
    }

    @Test("in load a stream's figures are of the step that opened it, and none is left open")
    func load() throws {
        let bench = try Bench { _, _ in Self.streaming(Self.orders) }
        let (record, ending) = try bench.load(
            "iterations: {users: 3, each: 4}",
            scenario: """
                steps:
                  - {id: open, sse: {open: "${api.url}/events", as: feed}}
                  - {id: wait, sse: {receive: {event: order, json: {$.id: 7}}, on: feed, within: 5s}}
                """)
        #expect(ending.failures.isEmpty, "\(ending.failures)")
        #expect(record.counter("iterations") == 12 && record.counter("iterations.failed") == 0)
        #expect(record.trend("sse.connecting").count == 12 && record.trend("sse.first-event").count == 12)
        #expect(record.trend("sse.session").count == 12 && record.trend("sse.waiting").count == 12)
        #expect(record.counter("sse.received") >= 36 && record.counter("sse.failed") == 0)
        #expect(record.counter("data.received") > 12 * 100 && record.counter("data.sent") > 12 * 50)
    }

    @Test("in load what did not come is counted under its outcome, and the stream as failed")
    func failedLoad() throws {
        let bench = try Bench { _, _ in Self.streaming([": nothing\n\n"], holds: true) }
        let (record, ending) = try bench.load(
            "iterations: {users: 2, each: 2}",
            scenario: """
                steps:
                  - {id: open, sse: {open: "${api.url}/events"}}
                  - {id: wait, sse: {receive: any, within: 20ms}}
                """)
        #expect(ending.failures.map(\.reason) == ["timeout"] && ending.failures.first?.count == 4)
        #expect(record.counter("sse.failed") == 4 && record.counter("iterations.failed") == 4)
        bench.server.stop()
        let (refused, second) = try bench.load(
            "iterations: {users: 1, each: 2}", scenario: "steps: [{id: open, sse: {open: '${api.url}/x'}}]")
        #expect(second.failures.map(\.reason) == ["connect-refused"] && refused.counter("sse.failed") == 2)
    }
}
