import AssayCore
@testable import AssayDoubles
import AssayFormats
import AssayNet
import Testing

@Suite("Scripts of server-sent events")
struct EventStreamTests {
    @Test(
        "An event is written in fields, one line each",
        arguments: [
            (ServerSentEvent(data: "x"), "data: x\n\n"),
            (
                ServerSentEvent(event: "tick", id: "7", data: "x", retryMilliseconds: 500),
                "event: tick\nid: 7\nretry: 500\ndata: x\n\n"
            ),
            (ServerSentEvent(data: "a\nb\r\nc\rd"), "data: a\ndata: b\ndata: c\ndata: d\n\n"),
            (ServerSentEvent(data: ""), "data: \n\n"), (ServerSentEvent(data: "a\n"), "data: a\ndata: \n\n"),
            (ServerSentEvent(event: "a\nb", data: "x"), "event: ab\ndata: x\n\n"),
        ])
    func events(event: ServerSentEvent, text: String) {
        #expect(String(decoding: event.bytes, as: UTF8.self) == text)
    }

    private static let steps = (1...3).map {
        EventStream.Step(ServerSentEvent(id: "\($0)", data: "d\($0)"), after: .milliseconds(10 * $0))
    }

    @Test("Events come after their waits, as often as is said, and then the end")
    func script() async throws {
        let stream = EventStream(Self.steps, times: 2, end: .reset)
        let seen = try await AskedDouble.stream(stream.response())
        #expect(seen.data == ["d1", "d2", "d3", "d1", "d2", "d3"])
        #expect(seen.pauses.prefix(3) == [.milliseconds(10), .milliseconds(20), .milliseconds(30)])
        #expect(seen.cut == "reset")
    }

    @Test("A client that connects again goes on behind its last event")
    func resumed() async throws {
        let stream = EventStream(Self.steps)
        #expect(try await AskedDouble.stream(stream.response(after: "2")).data == ["d3"])
        #expect(try await AskedDouble.stream(stream.response(after: "other")).data.count == 3)
        #expect(try await AskedDouble.stream(stream.response(after: "3")).data == [])
    }

    @Test("A long wait and a held connection are kept alive by comments")
    func keepAlive() async throws {
        let step = EventStream.Step(ServerSentEvent(data: "x"), after: .seconds(35))
        let waited = try await AskedDouble.stream(EventStream([step]).response())
        #expect(waited.text == ": keep-alive\n\n: keep-alive\n\ndata: x\n\n")
        #expect(waited.pauses == [.seconds(15), .seconds(15), .seconds(5)])
        let held = try await AskedDouble.stream(EventStream([], end: .hold).response())
        #expect(held.pauses.count == 50)
        #expect(held.cut == nil)
    }
}
