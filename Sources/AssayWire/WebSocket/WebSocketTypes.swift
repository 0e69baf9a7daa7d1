/// Which end of a WebSocket this is: a client masks what it sends, a server does not (RFC 6455 §5.3).
public enum WebSocketRole: Sendable, Equatable {
    case client
    case server
}

/// What a frame is (RFC 6455 §5.2).
public enum WebSocketOpcode: UInt8, Sendable, CaseIterable {
    case continuation = 0
    case text = 1
    case binary = 2
    case close = 8
    case ping = 9
    case pong = 10

    /// Control frames are short, never fragmented, and may stand between the fragments of a message.
    public var isControl: Bool { rawValue >= 8 }
}

/// What a message carries.
public enum WebSocketKind: String, Sendable, CaseIterable {
    /// Valid UTF-8.
    case text
    case binary

    public var opcode: WebSocketOpcode { self == .text ? .text : .binary }
}

/// Bounds on what a peer may send, so that no peer decides how much memory is used.
public struct WebSocketLimits: Sendable, Equatable {
    /// Of one frame's payload as it is on the wire.
    public var frameBytes: Int
    /// Of a message, unpacked and of all fragments together.
    public var messageBytes: Int

    public init(frameBytes: Int = 64 << 20, messageBytes: Int = 64 << 20) {
        self.frameBytes = frameBytes
        self.messageBytes = messageBytes
    }
}

/// Why a connection was closed, as a close frame says it (RFC 6455 §7.4).
public struct WebSocketCloseCode: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
    public var rawValue: UInt16
    public init(rawValue: UInt16) { self.rawValue = rawValue }
    public init(_ value: UInt16) { rawValue = value }

    public static let normal = WebSocketCloseCode(1000)
    public static let goingAway = WebSocketCloseCode(1001)
    public static let protocolError = WebSocketCloseCode(1002)
    public static let unsupportedData = WebSocketCloseCode(1003)
    public static let invalidData = WebSocketCloseCode(1007)
    public static let policyViolation = WebSocketCloseCode(1008)
    public static let messageTooBig = WebSocketCloseCode(1009)
    public static let mandatoryExtension = WebSocketCloseCode(1010)
    public static let internalError = WebSocketCloseCode(1011)

    /// Whether a close frame may carry it: those of the RFC and the IANA registry, and 3000–4999 for libraries and applications.
    ///
    /// 1005, 1006 and 1015 stand for what was never sent, and 1004 means nothing.
    public var isSendable: Bool {
        switch rawValue {
        case 1000...1003, 1007...1014, 3000...4999: true
        default: false
        }
    }

    /// The words of the registry: `going away`; `nil` where it has none.
    public var meaning: String? {
        switch rawValue {
        case 1000: "normal closure"
        case 1001: "going away"
        case 1002: "protocol error"
        case 1003: "unsupported data"
        case 1007: "invalid data"
        case 1008: "policy violation"
        case 1009: "message too big"
        case 1010: "mandatory extension"
        case 1011: "internal error"
        case 1012: "service restart"
        case 1013: "try again later"
        case 1014: "bad gateway"
        default: nil
        }
    }

    /// `1001 (going away)`
    public var description: String { meaning.map { "\(rawValue) (\($0))" } ?? "\(rawValue)" }
}

/// What came of bytes that were read; see ``WebSocketReader/next(_:)``.
public enum WebSocketEvent: Sendable, Equatable {
    /// All bytes are dealt with and nothing is whole yet.
    case needMore
    case message(WebSocketKind, [UInt8])
    case ping([UInt8])
    case pong([UInt8])
    /// The peer closes; without a code when it gives none. Nothing that follows is read.
    case close(WebSocketCloseCode?, reason: String)
    /// The peer broke the protocol or a limit; nothing behind can be read.
    case failed(WebSocketError)
}
