internal import COpenSSL

/// A certificate with its key, both as PEM text.
public struct MadeCertificate: Sendable, Hashable {
    public var certificate: [UInt8]
    public var key: [UInt8]
}

/// Makes certificates for tests and doubles: a root of its own that signs what it is asked for, with keys on P-256.
///
/// The same seed gives the same keys. `@unchecked Sendable`: nothing is changed once made.
@safe public final class CertificateAuthority: @unchecked Sendable {
    private let key: OpaquePointer
    private let root: OpaquePointer
    private let seed: [UInt8]

    /// When a certificate is valid, from now: seconds, negative for the past.
    public typealias Validity = Range<Int>
    public static let standardValidity: Validity = -3600..<(30 * 86400)

    /// - Parameter seed: bytes that the key is computed from; by default nobody can foresee them.
    public init(
        named name: String = "Assay authority", seed: [UInt8] = Crypto.random(count: 32),
        valid: Validity = CertificateAuthority.standardValidity
    ) {
        self.seed = seed
        let made = unsafe SeededKeys.ec(seed).key
        unsafe key = made
        unsafe root = Self.made(
            name, [], key: made, issuer: nil, signedBy: made, valid: valid,
            extensions: [
                (NID_basic_constraints, "critical,CA:TRUE"), (NID_key_usage, "critical,keyCertSign,cRLSign"),
            ])
    }

    deinit {
        unsafe X509_free(root)
        unsafe EVP_PKEY_free(key)
    }

    /// The root's certificate, which clients are to trust.
    public var certificate: [UInt8] { unsafe Self.pem { unsafe PEM_write_bio_X509($0, root) } }

    /// A certificate for servers and clients.
    ///
    /// - Parameters:
    ///   - names: host names and numeric addresses; the first is the title too.
    ///   - isSelfSigned: its issuer is itself, not the root.
    public func issue(
        for names: [String], valid: Validity = CertificateAuthority.standardValidity,
        isSelfSigned: Bool = false
    ) -> MadeCertificate {
        let own = unsafe SeededKeys.ec(Crypto.sha256(seed + Array(names.joined(separator: " ").utf8))).key
        // SAFETY: freed once; certificates have copies of the public half.
        defer { unsafe EVP_PKEY_free(own) }
        let leaf = unsafe Self.made(
            names.first ?? "", names, key: own, issuer: isSelfSigned ? nil : root,
            signedBy: isSelfSigned ? own : key, valid: valid,
            extensions: [
                (NID_basic_constraints, "critical,CA:FALSE"), (NID_ext_key_usage, "serverAuth,clientAuth"),
            ])
        // SAFETY: freed once, after it was written.
        defer { unsafe X509_free(leaf) }
        return MadeCertificate(
            certificate: unsafe Self.pem { unsafe PEM_write_bio_X509($0, leaf) },
            key: unsafe Self.pem { unsafe PEM_write_bio_PrivateKey($0, own, nil, nil, 0, nil, nil) })
    }

    private static func made(
        _ title: String, _ names: [String], key: OpaquePointer, issuer: OpaquePointer?,
        signedBy signer: OpaquePointer, valid: Validity, extensions: [(Int32, String)]
    ) -> OpaquePointer {
        guard let certificate = unsafe X509_new() else { preconditionFailure("OpenSSL makes a certificate") }
        unsafe X509_set_version(certificate, 2)
        let serial = Crypto.random(count: 7).reduce(0) { $0 << 8 | UInt64($1) } | 1
        unsafe ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate), serial)
        unsafe X509_gmtime_adj(X509_getm_notBefore(certificate), valid.lowerBound)
        unsafe X509_gmtime_adj(X509_getm_notAfter(certificate), valid.upperBound)
        let name = unsafe X509_get_subject_name(certificate)
        let text = Array(title.utf8.prefix(64))
        // SAFETY: the size passed is the array's own; the name belongs to the certificate.
        unsafe X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_FLAG, text, Int32(text.count), -1, 0)
        unsafe X509_set_issuer_name(certificate, issuer.map { unsafe X509_get_subject_name($0) } ?? name)
        unsafe X509_set_pubkey(certificate, key)
        var context = unsafe X509V3_CTX()
        unsafe X509V3_set_ctx(&context, issuer ?? certificate, certificate, nil, nil, 0)
        let alternatives = names.filter(isName).map { name in
            SocketAddress(numeric: name, port: 0) == nil ? "DNS:" + name : "IP:" + name
        }
        var wanted = extensions + [(NID_subject_key_identifier, "hash")]
        if !alternatives.isEmpty {
            wanted.append((NID_subject_alt_name, alternatives.joined(separator: ",")))
        }
        for (kind, value) in wanted {
            // SAFETY: the context's certificates are alive; the extension is copied and freed once.
            guard let made = unsafe X509V3_EXT_conf_nid(nil, &context, kind, value) else { continue }
            unsafe X509_add_ext(certificate, made, -1)
            unsafe X509_EXTENSION_free(made)
        }
        let size = unsafe X509_sign(certificate, signer, EVP_sha256())
        precondition(size > 0, "OpenSSL signs a certificate with a key it has made")
        return unsafe certificate
    }

    /// Names go into a line of OpenSSL's, where commas and the like mean something.
    private static func isName(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                default: [UInt8(ascii: "."), 0x2D, 0x5F, 0x2A, 0x3A].contains(byte)
                }
            }
    }

    private static func pem(_ write: (OpaquePointer?) -> Int32) -> [UInt8] {
        let memory = unsafe BIO_new(BIO_s_mem())
        // SAFETY: the memory is freed once, after its last use; what is read is cut to what there was.
        defer { unsafe BIO_free(memory) }
        let done = unsafe write(memory)
        precondition(done == 1, "OpenSSL writes what it has made")
        var text = [UInt8](repeating: 0, count: 16 << 10)
        let count = unsafe BIO_read(memory, &text, Int32(text.count))
        return Array(text.prefix(Int(max(0, count))))
    }
}
