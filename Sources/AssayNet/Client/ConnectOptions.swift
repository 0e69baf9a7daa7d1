/// How connections to a server are opened: TLS, proxy, own address, names.
///
/// Made once when a run is planned and shared by all its users; kept connections are told apart by it, by identity.
public final class ConnectOptions: Sendable {
    /// Of connections to `https` and `wss` origins.
    public let tls: TLSOptions
    /// Which version of HTTP is spoken.
    public let version: HTTPVersionChoice
    /// Who uses a connection after the exchange that opened it.
    public let reuse: ConnectionReuse
    /// Most exchanges at once on one connection of HTTP/2; the peer's own bound holds too.
    public let streams: Int

    /// - Parameter streams: at least 1.
    public init(
        tls: TLSOptions = TLSOptions(), version: HTTPVersionChoice = .http1,
        reuse: ConnectionReuse = .perUser, streams: Int = 100
    ) {
        self.tls = tls
        self.version = version
        self.reuse = reuse
        self.streams = max(1, streams)
    }

    /// System certificates, no proxy, HTTP/1.1.
    public static let standard = ConnectOptions()
}

/// Which version of HTTP a request is made with.
public enum HTTPVersionChoice: String, Sendable, CaseIterable {
    /// HTTP/1.1.
    case http1 = "1.1"
    /// HTTP/2: by ALPN over TLS, with prior knowledge without.
    case http2 = "2"
    /// HTTP/2 where TLS agrees on it, else HTTP/1.1.
    case any
}

/// How TLS is spoken.
public struct TLSOptions: Sendable, Hashable {
    public init() {}
}
