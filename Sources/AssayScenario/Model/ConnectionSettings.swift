public import AssayFormats

/// How connections are opened and kept; like ``HTTPSettings``, `nil` is the next wider one's.
public struct ConnectionSettings: Sendable {
    /// `1.1`, `2` or `any` (what TLS agrees on).
    public var version: Version?
    public var reuse: Reuse?
    /// Most requests at once on one connection of HTTP/2.
    public var streams: Int?
    public var tls: TLS?
    /// `nil` is the next wider one's; ``Proxy/none`` takes a wider one back.
    public var proxy: Proxy?
    /// Own addresses that connections are made from, in turn.
    public var localAddresses: [Template]?
    /// Names that are looked for elsewhere: `api.example.com: 127.0.0.1:8443`.
    public var hosts: [Host]?
    /// How long an address that a resolver gave is used; `nil` as long as the run.
    public var nameLifetime: Duration?

    public enum Version: String, Sendable, CaseIterable {
        case http1 = "1.1"
        case http2 = "2"
        case any
    }

    /// Who shares connections.
    public enum Reuse: Sendable, Equatable {
        /// Each user has its own and keeps them.
        case perUser
        /// The users of a reactor share them; `most` to an origin.
        case shared(most: Int)
        /// Each request opens one and closes it.
        case none
    }

    public struct TLS: Sendable {
        /// File of PEM certificates to trust in place of the system's.
        public var authorities: Template?
        /// File of the own certificate (PEM, with its chain).
        public var certificate: Template?
        /// File of its key (PEM); `nil` when it is in the same file.
        public var key: Template?
        /// Of the key.
        public var password: Template?
        /// Any certificate will do.
        public var insecure: Bool?
        /// Name for SNI and for the certificate, in place of the URL's.
        public var serverName: Template?
        /// `1.2`, `1.3`.
        public var lowest: String?
        public var highest: String?
        /// Sessions are resumed on the next connection to the same server.
        public var resumes: Bool?
        /// OpenSSL's cipher list, for TLS 1.2 and 1.3.
        public var ciphers: String?
        public init() {}

        func over(_ wider: TLS) -> TLS {
            var result = self
            result.authorities = authorities ?? wider.authorities
            result.certificate = certificate ?? wider.certificate
            result.key = key ?? (certificate == nil ? wider.key : nil)
            result.password = password ?? (certificate == nil ? wider.password : nil)
            result.insecure = insecure ?? wider.insecure
            result.serverName = serverName ?? wider.serverName
            result.lowest = lowest ?? wider.lowest
            result.highest = highest ?? wider.highest
            result.resumes = resumes ?? wider.resumes
            result.ciphers = ciphers ?? wider.ciphers
            return result
        }
    }

    public enum Proxy: Sendable {
        /// `http://user:password@proxy:3128`; not used for the hosts of `except`.
        case url(Template, except: [String])
        case none
    }

    public struct Host: Sendable {
        public var name: String
        /// An address, with a port where that is another one too.
        public var address: Template
        public init(name: String, address: Template) {
            self.name = name
            self.address = address
        }
    }

    public init() {}

    func over(_ wider: ConnectionSettings) -> ConnectionSettings {
        var result = self
        result.version = version ?? wider.version
        result.reuse = reuse ?? wider.reuse
        result.streams = streams ?? wider.streams
        result.tls = tls.map { own in wider.tls.map { own.over($0) } ?? own } ?? wider.tls
        result.proxy = proxy ?? wider.proxy
        result.localAddresses = localAddresses ?? wider.localAddresses
        result.hosts = hosts ?? wider.hosts
        result.nameLifetime = nameLifetime ?? wider.nameLifetime
        return result
    }
}
