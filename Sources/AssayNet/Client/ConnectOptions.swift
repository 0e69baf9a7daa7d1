internal import Synchronization

/// How connections to a server are opened: TLS, proxy, own address, names.
///
/// Made once when a run is planned and shared by all its users; kept connections are told apart by it, by identity.
public final class ConnectOptions: Sendable {
    /// What is said; equal values may share one object.
    public struct Values: Sendable, Hashable {
        /// Of connections to `https` and `wss` origins.
        public var tls = TLSOptions()
        /// Which version of HTTP is spoken.
        public var version = HTTPVersionChoice.http1
        /// Who uses a connection after the exchange that opened it.
        public var reuse = ConnectionReuse.perUser
        /// Most exchanges at once on one connection of HTTP/2, at least 1; the peer's own bound holds too.
        public var streams = 100
        public var proxy: ProxyOptions?
        /// Own addresses to connect from, in turn.
        public var localAddresses: [SocketAddress] = []
        /// Where names lead to, in place of a resolver's answer.
        public var hosts: [HostOverride] = []
        /// Addresses that nothing is connected to: such a dial ends as ``Outcome/notSent``.
        public var refusedNetworks: [IPNetwork] = []
        /// How long a resolver's answer is used; `nil` for as long as the program runs.
        public var nameLifetime: Duration?
        /// Name look-up, connect, proxy and TLS together; `nil` for the client's own limit.
        public var connectTimeout: Duration?
        /// Why no connection can be opened: what was said has no meaning. Every dial ends as ``Outcome/notSent`` with it.
        public var fault: String?

        public init() {}
    }

    public let values: Values
    public var tls: TLSOptions { values.tls }
    public var version: HTTPVersionChoice { values.version }
    public var reuse: ConnectionReuse { values.reuse }
    public var streams: Int { max(1, values.streams) }

    private let context = Mutex<Result<TLSContext, TLSConfigurationError>?>(nil)
    private let ofProxy = Mutex<ConnectOptions?>(nil)
    /// Counts connections, for what is taken in turn.
    let turn = Atomic<Int>(0)

    public init(_ values: Values) { self.values = values }

    public convenience init(
        tls: TLSOptions = TLSOptions(), version: HTTPVersionChoice = .http1,
        reuse: ConnectionReuse = .perUser, streams: Int = 100
    ) {
        var values = Values()
        values.tls = tls
        values.version = version
        values.reuse = reuse
        values.streams = streams
        self.init(values)
    }

    /// System certificates, no proxy, HTTP/1.1.
    public static let standard = ConnectOptions()

    /// How TLS is spoken with a proxy: these without what is meant for the origin. The proxy is named by its own host, gets
    /// no client certificate, and is verified in any case, for it is sent the password in its URL.
    ///
    /// - Returns: always the same object, so that its certificates are read once.
    var towardsProxy: ConnectOptions {
        ofProxy.withLock { kept in
            if let kept { return kept }
            var own = Values()
            own.tls = tls
            own.tls.serverName = nil
            own.tls.certificateFile = nil
            own.tls.keyFile = nil
            own.tls.keyPassword = nil
            own.tls.certificates = []
            own.tls.verifies = true
            let made = ConnectOptions(own)
            kept = made
            return made
        }
    }

    /// What TLS needs, made at the first call: reads certificates, so call it before a run to learn what is wrong.
    public var tlsContext: Result<TLSContext, TLSConfigurationError> {
        context.withLock { context in
            if let context { return context }
            let made = Result { () throws(TLSConfigurationError) in try TLSContext(tls) }
            context = made
            return made
        }
    }
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

/// A name that is looked for elsewhere; SNI, `Host` and the certificate's check keep the name.
public struct HostOverride: Sendable, Hashable {
    /// Lower case; with `*.` before it, or `*` alone, for every name that ends so.
    public var name: String
    /// Only for this port; `nil` for each.
    public var port: UInt16?
    /// A name or a numeric address.
    public var target: String
    /// `nil` keeps the origin's.
    public var targetPort: UInt16?

    public init(name: String, port: UInt16? = nil, target: String, targetPort: UInt16? = nil) {
        self.name = name.lowercased()
        self.port = port
        self.target = target
        self.targetPort = targetPort
    }
}
