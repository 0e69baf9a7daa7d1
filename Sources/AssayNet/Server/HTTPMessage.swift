public import AssayWire

/// A request as a handler sees it, body whole.
public struct HTTPRequest: Sendable {
    public var method: String
    /// Path and query as sent.
    public var target: String
    public var headers: HTTPHeaders
    public var body: [UInt8]
    /// Who asks; `nil` without a connection and for one through a Unix socket.
    public var peer: SocketAddress?
    /// It came over TLS.
    public var isSecure = false

    public init(method: String, target: String, headers: HTTPHeaders = HTTPHeaders(), body: [UInt8] = []) {
        self.method = method
        self.target = target
        self.headers = headers
        self.body = body
    }

    /// The target without its query.
    public var path: Substring { target.prefix { $0 != "?" } }

    /// The query without its question mark; empty when there is none.
    public var query: Substring { target.drop { $0 != "?" }.dropFirst() }
}

/// What a handler answers.
public struct HTTPResponse: Sendable {
    public var status: Int
    /// The words after the status; those of RFC 9110 when `nil`.
    public var reason: String?
    /// `Content-Length` and `Connection` are the server's: what is said here about them is replaced where it is wrong.
    public var headers: HTTPHeaders
    /// The whole body; not looked at where there is a ``stream``.
    public var body: [UInt8]
    /// Writes a body of unknown length piece by piece, chunked; for server-sent events and cut-off answers.
    public var stream: (@Sendable (HTTPBodyWriter) async -> Void)?
    /// Takes the connection over once the head is sent: after a 101, another protocol is spoken on it. There is no body then.
    public var upgrade: (@Sendable (HTTPUpgrade) async -> Void)?
    /// How it goes onto the wire, the faults on purpose included.
    public var delivery = HTTPDelivery()
    /// Ends the connection after this answer.
    public var closes = false

    public init(status: Int = 200, headers: HTTPHeaders = HTTPHeaders(), body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    public init(status: Int = 200, text: String, type: String = "text/plain; charset=utf-8") {
        self.init(status: status, headers: HTTPHeaders([("Content-Type", type)]), body: Array(text.utf8))
    }
}

/// A connection that is HTTP no more.
public struct HTTPUpgrade: Sendable {
    /// Closed by the server when the closure that took it over returns.
    public let channel: Channel
    /// What the client sent behind its request.
    public let unread: [UInt8]
    /// Cancelled when the server stops.
    public let scope: CancelScope
}
