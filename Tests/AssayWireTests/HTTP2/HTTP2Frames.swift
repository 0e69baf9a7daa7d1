import AssayWire

/// Frames as a server would send them, and as a client sent them (RFC 9113 §4.1).
struct HTTP2Frame: Equatable {
    var type: UInt8
    var flags: UInt8
    var stream: UInt32
    var payload: [UInt8]

    static let data: UInt8 = 0, headers: UInt8 = 1, reset: UInt8 = 3, settings: UInt8 = 4
    static let ping: UInt8 = 6, goAway: UInt8 = 7, windowUpdate: UInt8 = 8, continuation: UInt8 = 9
    static let endStream: UInt8 = 1, endHeaders: UInt8 = 4, ack: UInt8 = 1

    init(_ type: UInt8, flags: UInt8 = 0, stream: UInt32 = 0, _ payload: [UInt8] = []) {
        self.type = type
        self.flags = flags
        self.stream = stream
        self.payload = payload
    }

    var bytes: [UInt8] {
        let count = payload.count
        let head = [UInt8(count >> 16 & 255), UInt8(count >> 8 & 255), UInt8(count & 255), type, flags]
        return head + Self.word(stream) + payload
    }

    static func word(_ value: UInt32) -> [UInt8] {
        [UInt8(value >> 24), UInt8(value >> 16 & 255), UInt8(value >> 8 & 255), UInt8(value & 255)]
    }

    /// A head without compression: each field a literal that is not indexed.
    static func head(
        _ fields: [(String, String)], stream: UInt32 = 1, flags: UInt8 = endHeaders
    ) -> HTTP2Frame {
        HTTP2Frame(headers, flags: flags, stream: stream, block(fields))
    }

    static func block(_ fields: [(String, String)]) -> [UInt8] {
        fields.flatMap { [0] + text($0.0) + text($0.1) }
    }

    private static func text(_ text: String) -> [UInt8] {
        let count = text.utf8.count
        if count < 127 { return [UInt8(count)] + Array(text.utf8) }
        var bytes: [UInt8] = [127]
        var rest = count - 127
        while rest >= 128 {
            bytes.append(UInt8(rest & 127) | 128)
            rest >>= 7
        }
        return bytes + [UInt8(rest)] + Array(text.utf8)
    }

    static func goAway(last: UInt32, _ code: UInt32, _ debug: String = "") -> HTTP2Frame {
        HTTP2Frame(goAway, word(last) + word(code) + Array(debug.utf8))
    }

    static func setting(_ identifier: UInt16, _ value: UInt32) -> HTTP2Frame {
        HTTP2Frame(settings, [UInt8(identifier >> 8), UInt8(identifier & 255)] + word(value))
    }

    /// The frames of what a client sent, without its preface.
    static func all(in bytes: [UInt8]) -> [HTTP2Frame] {
        var rest = bytes[...]
        let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)
        if rest.starts(with: preface) { rest = rest.dropFirst(preface.count) }
        var frames: [HTTP2Frame] = []
        while rest.count >= 9 {
            let head = Array(rest.prefix(9))
            let count = Int(head[0]) << 16 | Int(head[1]) << 8 | Int(head[2])
            let stream = head[5...].reduce(0) { $0 << 8 | UInt32($1) } & 0x7FFF_FFFF
            frames.append(
                HTTP2Frame(head[3], flags: head[4], stream: stream, Array(rest.dropFirst(9).prefix(count))))
            rest = rest.dropFirst(9 + count)
        }
        return frames
    }
}

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
            for place in piece.byteOffsets { sent.append(unsafe piece.unsafeLoad(fromByteOffset: place, as: UInt8.self)) }
        }
        note()
    }

    func receive(_ frames: HTTP2Frame..., piece: Int = .max) { receive(frames.flatMap(\.bytes), piece: piece) }

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
