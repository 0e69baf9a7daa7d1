/// How a server of ours speaks TLS; everything is PEM text, so that certificates may be made for a run.
public struct TLSServerOptions: Sendable, Hashable {
    /// The server's certificate, followed by its chain.
    public var certificate: [UInt8]
    /// Its key; `nil` when it stands with the certificate.
    public var key: [UInt8]?
    /// Whom certificates of clients must come from; `nil` asks for none.
    public var clientAuthorities: [UInt8]?
    /// Clients without one are refused.
    public var requiresClientCertificate = false
    /// What is taken of a client's offer by ALPN, most wanted first.
    public var protocols = ["http/1.1"]
    public var lowest = TLSVersion.tls1_2
    public var highest = TLSVersion.tls1_3

    public init(certificate: [UInt8], key: [UInt8]? = nil) {
        self.certificate = certificate
        self.key = key
    }
}

/// TLS of a server, made ready once for all its connections.
public final class ServerTLS: Sendable {
    let context: TLSContext

    /// - Throws: ``TLSConfigurationError`` for a certificate or key that cannot be used.
    public init(_ options: TLSServerOptions) throws(TLSConfigurationError) {
        context = try TLSContext(options)
    }
}
