public import AssayCore
public import AssayWire

/// What a client asks to open a WebSocket.
public struct WebSocketRequest: Sendable {
    public var origin: HTTPOrigin
    /// Path and query.
    public var target: String
    /// The caller's own fields; those of the handshake itself are left out.
    public var headers: [(name: String, value: String)]
    /// Subprotocols, most wanted first.
    public var protocols: [String]
    /// Offered; `nil` for no compression.
    public var deflate: WebSocketDeflate?
    public var limits = WebSocketLimits()
    /// Messages that wait to be received, and their bytes; beyond them the peer is read no further.
    public var inbox = WebSocketInboxLimits()
    /// Pings of the peer are received like messages too, from the first one on.
    public var tellsPings = false

    public init(
        origin: HTTPOrigin, target: String, headers: [(name: String, value: String)] = [],
        protocols: [String] = [], deflate: WebSocketDeflate? = nil
    ) {
        self.origin = origin
        self.target = target
        self.headers = headers
        self.protocols = protocols
        self.deflate = deflate
    }

    /// Where it is opened, as a person writes it: `ws://127.0.0.1:8080`.
    public var address: String { "\(origin.isSecure ? "wss" : "ws")://\(origin.authority)" }

    /// The handshake's bytes.
    func head(_ handshake: WebSocketHandshake) -> [UInt8] {
        var text = "GET \(target) HTTP/1.1\r\n"
        if !headers.contains(where: { $0.name.lowercased() == "host" }) {
            text += "Host: \(origin.authority)\r\n"
        }
        for (name, value) in headers where !WebSocketHandshake.ownFields.contains(name.lowercased()) {
            text += "\(name): \(value)\r\n"
        }
        for (name, value) in handshake.fields { text += "\(name): \(value)\r\n" }
        return Array((text + "\r\n").utf8)
    }
}

/// How much may wait to be received on one connection.
public struct WebSocketInboxLimits: Sendable, Equatable {
    public var messages: Int
    public var bytes: Int
    public init(messages: Int = 4096, bytes: Int = 1 << 20) {
        self.messages = messages
        self.bytes = bytes
    }
}

/// A message as it was received.
public struct WebSocketMessage: Sendable, Equatable {
    public enum Kind: String, Sendable, CaseIterable { case text, binary, pong, ping }
    public var kind: Kind
    public var bytes: [UInt8]
    /// When its last byte was seen, CLOCK_MONOTONIC nanoseconds.
    public var arrivedAt: Int64

    /// Its bytes as UTF-8, which those of a text message are.
    public var text: String { String(decoding: bytes, as: UTF8.self) }
}

/// Why something came to nothing.
public struct WebSocketFailure: Error, Sendable, Equatable, CustomStringConvertible {
    public var outcome: Outcome
    /// In a sentence.
    public var note: String
    public init(_ outcome: Outcome, _ note: String) {
        self.outcome = outcome
        self.note = note
    }

    public var description: String { "\(outcome.name): \(note)" }
}

/// What came of the opening handshake; times are nanoseconds.
public struct WebSocketOpening: Sendable {
    /// Of the answer; 0 when there was none.
    public var status = 0
    public var headers = HTTPHeaders()
    /// The request as sent, and the answer's head.
    public var request: [UInt8] = []
    public var responseHead: [UInt8] = []
    /// What followed the head of an answer that was no 101, up to 64 KiB.
    public var body: [UInt8] = []
    public var selectedProtocol: String?
    /// Whether compression was agreed on.
    public var isDeflated = false
    /// Name look-up, connect and the way through a proxy.
    public var connectingNanoseconds: Int64 = 0
    public var tlsNanoseconds: Int64 = 0
    /// From sending the request to the end of the answer's head.
    public var handshakeNanoseconds: Int64 = 0
    public var bytesSent = 0
    public var bytesReceived = 0
    /// `nil` when the connection is open.
    public var failure: WebSocketFailure?
}

/// How a connection ended.
public enum WebSocketEnd: Error, Sendable, Equatable {
    /// The peer sent a close frame; what it answered to one of ours is told so too.
    case closed(WebSocketCloseCode?, reason: String)
    /// The connection broke, or the peer broke the protocol.
    case failed(WebSocketFailure)

    /// For those who wanted something else of the connection.
    public var failure: WebSocketFailure {
        switch self {
        case .failed(let failure): return failure
        case .closed(let code, let reason):
            let with = code.map { " with \($0)" } ?? " without a code"
            return WebSocketFailure(
                .closedEarly, "the peer closed the WebSocket\(with)" + (reason.isEmpty ? "" : ": \(reason)"))
        }
    }
}
