import AssayTestSupport
import AssayWire

/// A session and what was sent on it so far.
final class HTTP2Talk {
    let session: HTTP2Session
    private(set) var sent: [UInt8] = []
    private(set) var events: [String] = []
    private var clock: Int64 = 0

    init(_ options: HTTP2Options = HTTP2Options()) {
        session = HTTP2Session(options)
        send()
    }

    func request(
        _ text: String = "GET / HTTP/1.1\r\nHost: a\r\n\r\n", on stream: HTTP2Stream = HTTP2Stream(),
        source: (any HTTP2BodySource)? = nil, holdsBody: Bool = false
    ) -> HTTP2Stream {
        let bytes = Array(text.utf8)
        let isTaken = unsafe session.submit(
            stream, request: bytes.span.bytes, isSecure: false, source: source, holdsBody: holdsBody)
        if !isTaken { events.append("not taken") }
        send()
        return stream
    }

    func send() {
        clock += 1
        session.takeFrames(now: clock) { piece in
            for place in piece.byteOffsets {
                sent.append(unsafe piece.unsafeLoad(fromByteOffset: place, as: UInt8.self))
            }
        }
        note()
    }

    func receive(_ frames: HTTP2Frame..., piece: Int = .max) {
        receive(frames.flatMap(\.bytes), piece: piece)
    }

    func receive(_ bytes: [UInt8], piece: Int = .max) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let part = Array(rest.prefix(piece))
            rest = rest.dropFirst(part.count)
            clock += 1
            unsafe session.receive(part.span.bytes, now: clock)
            note()
        }
        send()
    }

    private func note() {
        for event in session.events {
            switch event {
            case .ended(let stream): events.append("\(stream.end.map { "\($0)" } ?? "?")")
            case .settings: events.append("settings")
            case .goAway(let farewell): events.append("\(farewell) \(farewell.lastStream)")
            case .ping: events.append("ping")
            }
        }
        session.removeEvents()
    }

    /// Frames sent since the last call.
    func frames() -> [HTTP2Frame] {
        let frames = HTTP2Frame.all(in: sent)
        sent.removeAll()
        return frames
    }
}
