internal import AssayCore
internal import AssayFormats
internal import AssayNet

/// What a double says of TLS: `tls: true`, or `tls: {names: [api.example.com]}`.
public struct DoubleTLS: Sendable, Equatable {
    /// Names that its certificate is for besides `localhost` and loopback.
    public var names: [String] = []

    static func read(_ node: YAMLNode, _ yaml: YAMLReading) -> DoubleTLS? {
        guard node.pairs != nil else { return yaml.bool(node) == true ? DoubleTLS() : nil }
        return yaml.mapping(node, "'tls'") { fields in
            DoubleTLS(names: fields.optional("names") { yaml.oneOrMore($0, of: yaml.text) } ?? [])
        }
    }

    /// Makes a certificate for this run, and a file of the authority that vouches for it.
    func issue(for double: DoubleStart) throws(Diagnostic) -> Issued {
        let authority = CertificateAuthority(named: "Assay double \(double.name)")
        let own = authority.issue(for: ["localhost", "127.0.0.1", "::1"] + names)
        let folder = Host.environment("TMPDIR") ?? "/tmp"
        let mark = Crypto.random(count: 8).map { String($0, radix: 16) }.joined()
        let file = "\(folder)/assay-ca-\(mark).pem"
        do {
            try Files.write(authority.certificate, to: file)
            let tls = try ServerTLS(TLSServerOptions(certificate: own.certificate, key: own.key))
            return Issued(tls: tls, file: file)
        } catch {
            throw Diagnostic(
                "AS125", "double '\(double.name)' cannot listen with TLS: \(error)", at: double.location)
        }
    }

    struct Issued {
        var tls: ServerTLS
        /// PEM, to be removed with the double.
        var file: String
    }
}
