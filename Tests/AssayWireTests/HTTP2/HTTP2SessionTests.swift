import AssayTestSupport
import AssayWire
import Testing

private let ok = HTTP2Frame.head([(":status", "200"), ("content-type", "text/plain")])

private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

@Suite("A session of HTTP/2")
struct HTTP2SessionTests {
    @Test("opens with its preface, its settings and a window for the connection, and asks for no pushes")
    func opening() {
        let talk = HTTP2Talk()
        #expect(text(talk.sent).hasPrefix("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"))
        let frames = talk.frames()
        #expect(frames.map(\.type) == [HTTP2Frame.settings, HTTP2Frame.windowUpdate])
        let settings = frames[0].payload
        #expect(settings.prefix(6) == [0, 2, 0, 0, 0, 0], "ENABLE_PUSH is 0")
        #expect(settings.dropFirst(6).prefix(6) == [0, 4, 0, 16, 0, 0], "a stream's window is 1 MiB")
        #expect(frames[1].payload == HTTP2Frame.word(UInt32((16 << 20) - 65_535)))
    }

    @Test("a response is the same however its bytes are cut", arguments: [1, 2, 3, 7, 9, 10, 1000])
    func pieces(_ piece: Int) {
        let talk = HTTP2Talk()
        let stream = talk.request()
        talk.receive(
            HTTP2Frame(HTTP2Frame.settings), HTTP2Frame.head([(":status", "103"), ("link", "x")]), ok,
            HTTP2Frame(HTTP2Frame.data, stream: 1, Array("hello ".utf8)),
            HTTP2Frame(HTTP2Frame.data, stream: 1, Array("world".utf8)),
            HTTP2Frame.head(
                [("grpc-status", "0"), ("content-encoding", "gzip")],
                flags: HTTP2Frame.endHeaders | HTTP2Frame.endStream), piece: piece)
        #expect(talk.events == ["settings", "whole"])
        #expect(stream.end == .whole && stream.status == 200)
        #expect(
            text(stream.head) == "HTTP/2 200\r\ncontent-type: text/plain\r\ngrpc-status: 0\r\n\r\n")
        #expect(text(stream.body) == "hello world" && !stream.hasContentEncoding)
        #expect(stream.sentAt > 0 && stream.firstByteAt > stream.sentAt && stream.endAt >= stream.firstByteAt)
        #expect(talk.session.failure == nil && talk.session.open.isEmpty)
    }

    @Test("bytes of a stream are counted with the frames around them")
    func counts() {
        let talk = HTTP2Talk()
        let stream = talk.request("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc")
        let sent = talk.frames().filter { $0.stream == 1 }
        #expect(sent.map(\.type) == [HTTP2Frame.headers, HTTP2Frame.data])
        #expect(stream.bytesSent == sent.reduce(0) { $0 + $1.payload.count + 9 })
        let data = HTTP2Frame(HTTP2Frame.data, flags: HTTP2Frame.endStream, stream: 1, Array("yes".utf8))
        talk.receive(HTTP2Frame(HTTP2Frame.settings), ok, data)
        #expect(
            stream.bytesReceived == ok.bytes.count + data.bytes.count && stream.writtenAt == stream.sentAt)
    }

    @Test("a stream object serves one exchange after another, and streams interleave")
    func interleaving() {
        let talk = HTTP2Talk()
        let first = talk.request()
        let second = talk.request("GET /b HTTP/1.1\r\nHost: a\r\n\r\n")
        talk.receive(
            HTTP2Frame(HTTP2Frame.settings), HTTP2Frame.head([(":status", "200")], stream: 3), ok,
            HTTP2Frame(HTTP2Frame.data, flags: HTTP2Frame.endStream, stream: 3, Array("two".utf8)),
            HTTP2Frame(HTTP2Frame.data, flags: HTTP2Frame.endStream, stream: 1, Array("one".utf8)))
        #expect(text(first.body) == "one" && text(second.body) == "two")
        _ = talk.request(on: first)
        #expect(first.end == nil && first.body.isEmpty && first.status == 0)
        talk.receive(HTTP2Frame.head([(":status", "204")], stream: 5, flags: 5))
        #expect(first.end == .whole && first.status == 204)
    }

    @Test("a body is sent as the peer's window allows")
    func sendingWindow() {
        let talk = HTTP2Talk()
        _ = talk.frames()
        let body = String(repeating: "x", count: 100_000)
        _ = talk.request("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n" + body)
        func sent() -> Int {
            talk.frames().filter { $0.type == HTTP2Frame.data }.reduce(0) { $0 + $1.payload.count }
        }
        #expect(sent() == 65_535, "the first window")
        talk.receive(
            HTTP2Frame(HTTP2Frame.settings), HTTP2Frame(HTTP2Frame.windowUpdate, HTTP2Frame.word(50_000)),
            HTTP2Frame(HTTP2Frame.windowUpdate, stream: 1, HTTP2Frame.word(10_000)))
        #expect(sent() == 10_000)
        talk.receive(HTTP2Frame(HTTP2Frame.windowUpdate, stream: 1, HTTP2Frame.word(90_000)))
        #expect(sent() == 24_465)
    }

    @Test("bytes of bodies are acknowledged, those of nobody's streams too")
    func receivingWindow() {
        let talk = HTTP2Talk(HTTP2Options(streamWindowBytes: 40_000, connectionWindowBytes: 65_535))
        let stream = talk.request()
        stream.keepsBody = false
        let piece = HTTP2Frame(HTTP2Frame.data, stream: 1, [UInt8](repeating: 1, count: 16_000))
        talk.receive(
            HTTP2Frame(HTTP2Frame.settings), HTTP2Frame(HTTP2Frame.settings, flags: HTTP2Frame.ack), ok)
        _ = talk.frames()
        for _ in 0..<20 { talk.receive(piece) }
        let updates = talk.frames().filter { $0.type == HTTP2Frame.windowUpdate }
        #expect(updates.contains { $0.stream == 0 } && updates.contains { $0.stream == 1 })
        #expect(stream.body.isEmpty && stream.end == nil && talk.session.failure == nil)
        talk.session.cancel(stream)
        talk.send()
        for _ in 0..<8 { talk.receive(piece) }
        let after = talk.frames()
        #expect(after.contains { $0.type == HTTP2Frame.reset && $0.payload == HTTP2Frame.word(8) })
        #expect(after.contains { $0.type == HTTP2Frame.windowUpdate && $0.stream == 0 })
        #expect(talk.session.failure == nil && stream.end == .cancelled)
    }

    @Test("a peer that overruns the window is ended")
    func overrun() {
        let talk = HTTP2Talk(HTTP2Options(streamWindowBytes: 1_000))
        let stream = talk.request()
        talk.receive(
            HTTP2Frame(HTTP2Frame.settings), HTTP2Frame(HTTP2Frame.settings, flags: HTTP2Frame.ack), ok)
        talk.receive(HTTP2Frame(HTTP2Frame.data, stream: 1, [UInt8](repeating: 1, count: 16_000)))
        #expect(stream.end != nil || talk.session.failure?.code.description == "FLOW_CONTROL_ERROR")
    }

    @Test("a body that is not there yet is waited for, and one that fails ends its stream")
    func sources() {
        final class Source: HTTP2BodySource {
            var pieces: [HTTP2BodyPiece] = []
            func read(into room: inout MutableRawSpan) -> HTTP2BodyPiece {
                guard !pieces.isEmpty else { return .later }
                let piece = pieces.removeFirst()
                if case .bytes(let count, _) = piece {
                    for place in 0..<count {
                        room.storeBytes(of: UInt8(ascii: "z"), toByteOffset: place, as: UInt8.self)
                    }
                }
                return piece
            }
        }
        let talk = HTTP2Talk()
        let source = Source()
        let stream = talk.request("PUT / HTTP/1.1\r\nHost: a\r\n\r\n", source: source)
        talk.receive(HTTP2Frame(HTTP2Frame.settings))
        #expect(!talk.frames().contains { $0.type == HTTP2Frame.data })
        source.pieces = [.bytes(3, isLast: false), .bytes(2, isLast: true)]
        talk.session.resumeBody(of: stream)
        talk.send()
        let sent = talk.frames().filter { $0.type == HTTP2Frame.data }
        #expect(text(sent.flatMap(\.payload)) == "zzzzz" && sent.last?.flags == HTTP2Frame.endStream)
        let failing = Source()
        failing.pieces = [.failed("read upload.bin: EIO")]
        let second = talk.request("PUT / HTTP/1.1\r\nHost: a\r\n\r\n", source: failing)
        #expect(second.end == .bodyFailed("read upload.bin: EIO"))
        #expect(talk.session.failure == nil)
    }

    @Test("a body that was announced waits for 100 Continue, or for its release")
    func continuing() {
        let request = "PUT / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nab"
        let talk = HTTP2Talk()
        talk.receive(HTTP2Frame(HTTP2Frame.settings))
        _ = talk.request(request, holdsBody: true)
        #expect(!talk.frames().contains { $0.type == HTTP2Frame.data })
        talk.receive(HTTP2Frame.head([(":status", "100")]))
        #expect(talk.frames().contains { $0.type == HTTP2Frame.data && text($0.payload) == "ab" })
        let second = talk.request(request, holdsBody: true)
        talk.session.releaseBody(of: second)
        talk.send()
        #expect(talk.frames().contains { $0.type == HTTP2Frame.data && $0.stream == 3 })
        let third = talk.request(request, holdsBody: true)
        talk.receive(HTTP2Frame.head([(":status", "417")], stream: 5, flags: 5))
        #expect(third.end == .whole && third.status == 417)
        let frames = talk.frames()
        #expect(!frames.contains { $0.type == HTTP2Frame.data && $0.stream == 5 })
        #expect(frames.contains { $0.type == HTTP2Frame.reset && $0.payload == HTTP2Frame.word(0) })
    }

    @Test("pings and settings are answered, and the peer's bound of streams is known")
    func housekeeping() {
        let talk = HTTP2Talk()
        #expect(talk.session.peerStreams >= 100)
        talk.receive(HTTP2Frame.setting(3, 7), HTTP2Frame(HTTP2Frame.ping, [1, 2, 3, 4, 5, 6, 7, 8]))
        #expect(talk.events == ["settings", "ping"] && talk.session.peerStreams == 7)
        let frames = talk.frames().filter { $0.flags == HTTP2Frame.ack }
        #expect(frames.map(\.type) == [HTTP2Frame.settings, HTTP2Frame.ping])
        #expect(frames.last?.payload == [1, 2, 3, 4, 5, 6, 7, 8])
    }

    @Test("streams beyond the peer's bound wait until another has ended")
    func concurrency() {
        let talk = HTTP2Talk()
        talk.receive(HTTP2Frame.setting(3, 1))
        let first = talk.request()
        let second = talk.request()
        #expect(first.sentAt > 0 && second.sentAt == 0)
        talk.receive(HTTP2Frame.head([(":status", "200")], flags: 5))
        #expect(first.end == .whole && second.sentAt > first.sentAt)
        let third = talk.request()
        talk.session.cancel(third)
        talk.receive(HTTP2Frame.head([(":status", "200")], stream: 3, flags: 5))
        #expect(second.end == .whole && third.end == .cancelled && talk.session.failure == nil)
        let fourth = talk.request(on: third)
        #expect(fourth.sentAt > 0)
    }

    @Test("a farewell is the last that is sent")
    func shuttingDown() {
        let talk = HTTP2Talk()
        talk.receive(HTTP2Frame(HTTP2Frame.settings))
        talk.session.shutDown()
        talk.send()
        #expect(talk.frames().last?.type == HTTP2Frame.goAway && talk.session.failure == nil)
        #expect(!talk.session.takesRequests)
    }
}
