public import AssayNet

/// WebSockets as scripts have them.
public protocol ScriptSocketHost: ScriptLoopHost {
    /// What the options say of sockets; the same for the whole run.
    var socketSettings: ScriptSocketSettings { get }

    /// Says that the script opens a socket now, before anything is sent: the host takes down what belongs to this moment
    /// (group, tags) in ``ScriptSocketRequest/context``.
    func begin(_ request: ScriptSocketRequest)

    /// Opens a connection over the virtual user's network.
    ///
    /// - Returns: always one; a failure is told in it.
    func open(_ request: ScriptSocketRequest) async -> ScriptSocketOpening

    /// Takes a measurement.
    func measure(_ measurement: ScriptSocketMeasurement, of request: ScriptSocketRequest)
}

/// What a script's options say of its sockets; the defaults are k6's.
public struct ScriptSocketSettings: Sendable, Hashable {
    /// Empty for none.
    public var userAgent = ""
    /// `throw`: a connection that fails is an exception.
    public var throwsFailures = false

    public init() {}
}

extension ScriptSocketHost {
    public var socketSettings: ScriptSocketSettings { ScriptSocketSettings() }

    public func begin(_ request: ScriptSocketRequest) {}

    /// For hosts without a network.
    public func open(_ request: ScriptSocketRequest) async -> ScriptSocketOpening {
        ScriptSocketOpening(failure: "WebSockets cannot be opened here")
    }

    public func measure(_ measurement: ScriptSocketMeasurement, of request: ScriptSocketRequest) {}
}

/// What is measured of sockets; times are nanoseconds.
public enum ScriptSocketMeasurement: Sendable, Hashable {
    /// `ws_sessions` and `ws_connecting`, also of what failed: from the look-up of the name to the end of the handshake.
    case opened(connecting: Int64)
    /// `ws_session_duration`: from before the connection was made.
    case ended(session: Int64)
    /// `ws_msgs_sent`
    case sent
    /// `ws_msgs_received`
    case received
    /// `ws_ping`
    case pong(roundTrip: Int64)
}

/// A connection that a script wants; belongs to its virtual user's thread.
public final class ScriptSocketRequest {
    /// As the script wrote it.
    public let url: String
    /// Field lines, names in canonical case, each once.
    public internal(set) var headers: [(name: String, value: String)] = []
    /// Wanted subprotocols.
    public internal(set) var protocols: [String] = []
    /// Offers to pack messages, without keeping a window between them (RFC 7692).
    public internal(set) var isPacked = false
    /// Where cookies come from and go to; `nil` for the virtual user's.
    public internal(set) var jar: AnyObject?
    /// Tags of this socket alone.
    public internal(set) var tags: [ScriptTag] = []
    /// Whether the tag `name` is the address unless the script says otherwise; `k6/ws` has none.
    public let isNamed: Bool
    /// Of the answer, once there is one; 0 before.
    public internal(set) var status = 0
    /// The subprotocol agreed on.
    public internal(set) var selectedProtocol = ""
    /// The host's own notes on where in the script it was made.
    public var context: AnyObject?

    init(url: String, isNamed: Bool) {
        self.url = url
        self.isNamed = isNamed
    }
}

/// What came of opening a socket.
public struct ScriptSocketOpening {
    /// `nil` when it failed.
    public var socket: (any ScriptSocket)?
    /// Of the answer; 0 when there was none.
    public var status = 0
    /// Of the answer, names in canonical case, values of the same name joined.
    public var headers: [(name: String, value: String)] = []
    /// Of an answer that was no agreement.
    public var body: [UInt8] = []
    public var selectedProtocol = ""
    /// Values of `Sec-WebSocket-Extensions`.
    public var extensions: [String] = []
    /// From the look-up of the name to the end of the handshake, nanoseconds.
    public var connecting: Int64 = 0
    /// In k6's words: `dial tcp 127.0.0.1:1: connect: connection refused`.
    public var failure: String?

    public init(failure: String? = nil) { self.failure = failure }
}

/// An open connection. Nothing of it waits: what comes is kept until it is taken.
public protocol ScriptSocket: AnyObject {
    /// Called between tasks when something has come, was sent or ended; it returns at once.
    var onChange: (() -> Void)? { get set }
    /// The next thing that came; the last is an end.
    func take() -> ScriptSocketEvent?
    /// - Returns: whether it is on its way; `false` when the connection is over.
    func send(_ kind: ScriptSocketKind, _ bytes: [UInt8]) -> Bool
    func ping(_ bytes: [UInt8]) -> Bool
    /// Says that it is over; the peer's answer comes as the end.
    func close(_ code: Int, reason: String)
    /// Bytes that are not with the kernel yet.
    var unsentBytes: Int { get }
    /// Goes away in good order without waiting for the peer.
    func leave()
    /// Goes away at once.
    func abort()
}

public enum ScriptSocketKind: Sendable { case text, binary }

/// What comes over a socket.
public enum ScriptSocketEvent: Sendable, Equatable {
    case message(WebSocketMessage.Kind, [UInt8])
    /// The peer closed it; without a code when it gave none.
    case closed(code: Int?, reason: String)
    /// It ended without a word: the connection was closed under it.
    case brokenOff
    /// Anything else that ends a connection.
    case failed(String)
}
