import AssayTestSupport
import AssayWire
import Testing

private let ok = HTTP2Frame.head([(":status", "200")])
private let whole = HTTP2Frame.endHeaders | HTTP2Frame.endStream

/// A request of which a peer makes something bad.
private func exchange(
    _ frames: [HTTP2Frame], options: HTTP2Options = HTTP2Options(), bodyLimit: Int = .max,
    opens: Bool = true
) -> (stream: HTTP2Stream, talk: HTTP2Talk) {
    let talk = HTTP2Talk(options)
    let stream = HTTP2Stream()
    stream.bodyLimitBytes = bodyLimit
    _ = talk.request(on: stream)
    talk.receive(((opens ? [HTTP2Frame(HTTP2Frame.settings)] : []) + frames).flatMap(\.bytes))
    return (stream, talk)
}

@Suite("Faults of peers in HTTP/2")
struct HTTP2FaultTests {
    @Test(
        "a stream that the peer resets ends with the code's name",
        arguments: [
            (UInt32(2), "INTERNAL_ERROR"), (5, "STREAM_CLOSED"), (8, "CANCEL"), (11, "ENHANCE_YOUR_CALM"),
            (0, "NO_ERROR"), (99, "code 99"),
        ])
    func resets(_ code: UInt32, _ name: String) {
        let (stream, talk) = exchange([HTTP2Frame(HTTP2Frame.reset, stream: 1, HTTP2Frame.word(code))])
        guard case .reset(let found)? = stream.end else {
            Issue.record("\(String(describing: stream.end))")
            return
        }
        #expect(found.description == name && talk.session.failure == nil && talk.session.takesRequests)
    }

    @Test("a refused stream and one above a farewell's last may be sent again; those below go on")
    func unprocessed() {
        let (refused, _) = exchange([HTTP2Frame(HTTP2Frame.reset, stream: 1, HTTP2Frame.word(7))])
        #expect(refused.end == .refused)
        let talk = HTTP2Talk()
        let first = talk.request()
        let second = talk.request()
        talk.receive(HTTP2Frame(HTTP2Frame.settings), HTTP2Frame.goAway(last: 1, 0, "restart"))
        #expect(talk.events == ["settings", "GOAWAY NO_ERROR 'restart' 1", "goneAway"])
        #expect(first.end == nil && second.end == .goneAway && !talk.session.takesRequests)
        _ = talk.request()
        #expect(talk.events.last == "not taken")
        talk.receive(HTTP2Frame.head([(":status", "200")], flags: whole))
        #expect(first.end == .whole)
    }

    @Test("an answer that is whole counts, even when the peer resets the rest of the request")
    func earlyAnswer() {
        let talk = HTTP2Talk()
        let body = String(repeating: "x", count: 100_000)
        let stream = talk.request("PUT / HTTP/1.1\r\nHost: a\r\n\r\n" + body)
        talk.receive(
            HTTP2Frame(HTTP2Frame.settings), HTTP2Frame.head([(":status", "413")], flags: whole),
            HTTP2Frame(HTTP2Frame.reset, stream: 1, HTTP2Frame.word(0)))
        #expect(stream.end == .whole && stream.status == 413 && talk.session.failure == nil)
    }

    @Test(
        "a response that is no HTTP ends its stream, and the connection lives on",
        arguments: [
            [HTTP2Frame.head([("x", "y")])], [HTTP2Frame.head([(":status", "20")])],
            [HTTP2Frame.head([(":status", "200"), (":status", "200")])],
            [HTTP2Frame.head([("a", "b"), (":status", "200")])],
            [HTTP2Frame.head([(":status", "200"), (":path", "/")])],
            [HTTP2Frame.head([(":status", "200"), ("content-length", "x")])],
            [HTTP2Frame.head([(":status", "200"), ("content-length", "5")], flags: whole)],
            [
                HTTP2Frame.head([(":status", "200"), ("content-length", "1")]),
                HTTP2Frame(HTTP2Frame.data, flags: HTTP2Frame.endStream, stream: 1, [1, 2]),
            ],
            [HTTP2Frame.head([(":status", "100")], flags: whole)],
            [ok, HTTP2Frame.head([("trailer", "without an end")])],
        ])
    func malformed(_ frames: [HTTP2Frame]) {
        let (stream, talk) = exchange(frames)
        guard case .malformed(let reason)? = stream.end else {
            Issue.record("\(String(describing: stream.end)) \(String(describing: talk.session.failure))")
            return
        }
        #expect(!reason.isEmpty && talk.session.failure == nil)
    }

    @Test(
        "bytes that are no HTTP/2 end the connection, with the reason",
        arguments: [
            ([HTTP2Frame(HTTP2Frame.ping, [1])], "FRAME_SIZE_ERROR"),
            ([HTTP2Frame(HTTP2Frame.settings, [1, 2, 3])], "FRAME_SIZE_ERROR"),
            ([HTTP2Frame(HTTP2Frame.settings, flags: 0, stream: 3)], "PROTOCOL_ERROR"),
            ([HTTP2Frame.setting(4, 0xFFFF_FFFF)], "FLOW_CONTROL_ERROR"),
            ([HTTP2Frame.setting(5, 1)], "PROTOCOL_ERROR"),
            ([HTTP2Frame.setting(2, 9)], "PROTOCOL_ERROR"),
            (
                [HTTP2Frame(HTTP2Frame.headers, flags: 4, stream: 1, [0xFF, 0xFF, 0xFF, 0xFF])],
                "COMPRESSION_ERROR"
            ),
            ([HTTP2Frame(HTTP2Frame.headers, flags: 4, stream: 1, [0xBF])], "COMPRESSION_ERROR"),
            ([HTTP2Frame(HTTP2Frame.data, stream: 0, [1])], "PROTOCOL_ERROR"),
            ([HTTP2Frame(HTTP2Frame.data, flags: HTTP2Frame.endStream, stream: 1, [1])], "PROTOCOL_ERROR"),
            ([HTTP2Frame(HTTP2Frame.data, stream: 9, [1])], "PROTOCOL_ERROR"),
            ([HTTP2Frame(HTTP2Frame.continuation, stream: 1, [1])], "PROTOCOL_ERROR"),
            (
                [HTTP2Frame(HTTP2Frame.headers, stream: 1, [0x88]), HTTP2Frame(HTTP2Frame.ping)],
                "PROTOCOL_ERROR"
            ),
            (
                [
                    HTTP2Frame(HTTP2Frame.settings, flags: HTTP2Frame.ack),
                    HTTP2Frame(5, flags: 4, stream: 1, HTTP2Frame.word(2) + [0x82]),
                ], "PROTOCOL_ERROR"
            ),
            ([HTTP2Frame(HTTP2Frame.windowUpdate, HTTP2Frame.word(0))], "PROTOCOL_ERROR"),
            ([HTTP2Frame(HTTP2Frame.windowUpdate, HTTP2Frame.word(0x7FFF_FFFF))], "FLOW_CONTROL_ERROR"),
        ])
    func broken(_ frames: [HTTP2Frame], _ code: String) {
        let (_, talk) = exchange(frames)
        #expect(talk.session.failure?.code.description == code, "\(String(describing: talk.session.failure))")
        #expect(talk.session.failure?.isLimit == false && talk.frames().last?.type == HTTP2Frame.goAway)
    }

    @Test("a peer that does not begin with its settings, or speaks something else, is told apart")
    func strangers() {
        let (_, early) = exchange([ok], opens: false)
        #expect(early.session.failure?.code == .protocolError)
        let answers: [(String, String)] = [
            ("HTTP/1.1 400 Bad Request\r\n", "the peer answers in HTTP/1: it speaks no HTTP/2 here"),
            (
                "\u{15}\u{03}\u{01}\u{00}\u{02}\u{02}\u{28}",
                "the peer answers in TLS: it speaks no HTTP/2 in the clear"
            ),
        ]
        for (answer, reason) in answers {
            for piece in [1, 3, 100] {
                let talk = HTTP2Talk()
                _ = talk.request()
                talk.receive(Array(answer.utf8), piece: piece)
                #expect(talk.session.failure?.reason == reason)
            }
        }
    }

    @Test("a frame that is larger than allowed is named so, before its payload comes")
    func oversized() {
        let talk = HTTP2Talk()
        _ = talk.request()
        talk.receive(HTTP2Frame(HTTP2Frame.settings))
        talk.receive([0x00, 0x40, 0x01, 0, 0, 0, 0, 0, 1])
        #expect(talk.session.failure?.isLimit == true)
        #expect(
            talk.session.failure?.description
                == "FRAME_SIZE_ERROR: a frame is larger than the 16384 bytes allowed")
    }

    @Test("heads and bodies over their limits end their stream only")
    func limits() {
        let long = HTTP2Frame.head([(":status", "200"), ("x", String(repeating: "y", count: 500))])
        let (headed, talk) = exchange([long], options: HTTP2Options(headBytes: 300))
        #expect(headed.end == .tooLarge("the head is longer than 300 bytes") && talk.session.failure == nil)
        let many = HTTP2Frame.head([(":status", "200")] + (0..<9).map { ("x\($0)", "y") })
        let (crowded, _) = exchange([many], options: HTTP2Options(headers: 8))
        #expect(crowded.end == .tooLarge("the head has more than 8 fields"))
        let data = HTTP2Frame(HTTP2Frame.data, stream: 1, [UInt8](repeating: 1, count: 60))
        let (bodied, after) = exchange([ok, data, data, data], bodyLimit: 100)
        #expect(bodied.end == .tooLarge("the body is longer than 100 bytes") && bodied.body.isEmpty)
        #expect(after.frames().contains { $0.type == HTTP2Frame.reset } && after.session.failure == nil)
        #expect(after.events.filter { $0.hasPrefix("tooLarge") }.count == 1)
    }

    @Test("data behind the end of a stream hurts nobody else")
    func late() {
        let end = HTTP2Frame(HTTP2Frame.data, flags: HTTP2Frame.endStream, stream: 1, [1])
        let (stream, talk) = exchange([ok, end, end])
        #expect(stream.end == .whole && stream.body == [1])
        #expect(talk.session.failure == nil || talk.session.failure?.code.description == "STREAM_CLOSED")
    }
}
