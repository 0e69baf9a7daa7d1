/// How TLS is spoken with servers.
///
/// Paths are opened when a ``TLSContext`` is made of it, once for all connections.
public struct TLSOptions: Sendable, Hashable {
    /// File of PEM certificates to trust in place of the system's.
    public var authorityFile: String?
    /// File of the own certificate (PEM), followed by its chain.
    public var certificateFile: String?
    /// File of its key (PEM); `nil` when it is in the same file.
    public var keyFile: String?
    /// Of the key.
    public var keyPassword: String?
    /// Own certificates, of which the server is shown the one that suits it; only where ``certificateFile`` is none.
    public var certificates: [TLSClientCertificate] = []
    /// `false` takes any certificate.
    public var verifies = true
    /// Name for SNI and for the certificate, in place of the origin's host.
    public var serverName: String?
    public var lowest = TLSVersion.tls1_2
    public var highest = TLSVersion.tls1_3
    /// OpenSSL's lists: names that begin `TLS_` are of TLS 1.3, others of TLS 1.2; `nil` for OpenSSL's own choice.
    public var ciphers: String?
    /// Whether a connection resumes a session of an earlier one to the same server.
    public var resumesSessions = false

    public init() {}
}

/// A version of TLS; older ones are not spoken (RFC 8996).
public enum TLSVersion: String, Sendable, CaseIterable, Comparable {
    case tls1_2 = "1.2"
    case tls1_3 = "1.3"

    public static func < (left: TLSVersion, right: TLSVersion) -> Bool { left.rawValue < right.rawValue }
}

/// Why TLS cannot be spoken as it was said: a file that cannot be read or used.
public struct TLSConfigurationError: Error, Sendable, Equatable, CustomStringConvertible {
    public enum Part: String, Sendable {
        case authorities = "ca"
        case certificate
        case key
        case ciphers
        case versions
    }

    /// Which of the options is meant.
    public var part: Part
    public var description: String

    init(_ part: Part, _ description: String) {
        self.part = part
        self.description = description
    }
}
