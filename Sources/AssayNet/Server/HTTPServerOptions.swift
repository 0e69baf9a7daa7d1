public import AssayWire

/// What a server grants its clients, so that none of them decides how much memory or how many connections it uses.
public struct HTTPServerOptions: Sendable {
    /// Of a request's parts; a body that is longer is refused with 413, a head with 431.
    public var limits: HTTP1Limits
    /// How long a connection may say nothing between requests, or take nothing of an answer.
    public var idleTimeout: Duration = .seconds(75)
    /// Within what time of its first byte a head must be whole; then 408.
    public var headTimeout: Duration = .seconds(30)
    /// How long a body may take whatever its size; beyond it must come at ``bodyBytesPerSecond``, else 408.
    public var bodyTimeout: Duration = .seconds(30)
    /// On the average since the head.
    public var bodyBytesPerSecond = 500
    /// Connections at a time; another is answered 503. `nil` for as many as there are descriptors.
    public var maxConnections: Int?
    /// The server speaks TLS; the handshake has as long as a head.
    public var tls: ServerTLS?

    public init(limits: HTTP1Limits = HTTP1Limits(bodyBytes: 32 << 20)) { self.limits = limits }
}
