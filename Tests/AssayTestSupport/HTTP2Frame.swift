/// Frames as a server would send them, and as a client sent them (RFC 9113 §4.1).
public struct HTTP2Frame: Equatable, Sendable {
    public var type: UInt8
    public var flags: UInt8
    public var stream: UInt32
    public var payload: [UInt8]

    public static let data: UInt8 = 0, headers: UInt8 = 1, reset: UInt8 = 3, settings: UInt8 = 4
    public static let ping: UInt8 = 6, goAway: UInt8 = 7, windowUpdate: UInt8 = 8, continuation: UInt8 = 9
    public static let endStream: UInt8 = 1, endHeaders: UInt8 = 4, ack: UInt8 = 1

    public init(_ type: UInt8, flags: UInt8 = 0, stream: UInt32 = 0, _ payload: [UInt8] = []) {
        self.type = type
        self.flags = flags
        self.stream = stream
        self.payload = payload
    }

    public var bytes: [UInt8] {
        let count = payload.count
        let head = [UInt8(count >> 16 & 255), UInt8(count >> 8 & 255), UInt8(count & 255), type, flags]
        return head + Self.word(stream) + payload
    }

    public static func word(_ value: UInt32) -> [UInt8] {
        [UInt8(value >> 24), UInt8(value >> 16 & 255), UInt8(value >> 8 & 255), UInt8(value & 255)]
    }

    /// A head without compression: each field a literal that is not indexed.
    public static func head(
        _ fields: [(String, String)], stream: UInt32 = 1, flags: UInt8 = endHeaders
    ) -> HTTP2Frame {
        HTTP2Frame(headers, flags: flags, stream: stream, block(fields))
    }

    public static func block(_ fields: [(String, String)]) -> [UInt8] {
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

    public static func goAway(last: UInt32, _ code: UInt32, _ debug: String = "") -> HTTP2Frame {
        HTTP2Frame(goAway, word(last) + word(code) + Array(debug.utf8))
    }

    public static func setting(_ identifier: UInt16, _ value: UInt32) -> HTTP2Frame {
        HTTP2Frame(settings, [UInt8(identifier >> 8), UInt8(identifier & 255)] + word(value))
    }

    /// The frames of what a client sent, without its preface.
    public static func all(in bytes: [UInt8]) -> [HTTP2Frame] {
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
