internal import COpenSSL

/// What all connections of the same ``TLSOptions`` have in common: certificates, keys, versions.
///
/// `@unchecked Sendable`: OpenSSL's SSL_CTX is never changed once made, and its reference counts are atomic.
@safe public final class TLSContext: @unchecked Sendable {
    /// An SSL_CTX.
    let handle: OpaquePointer
    /// Of a server: what it takes of the client's offer by ALPN (RFC 7301), most wanted first.
    let serverProtocols: [[UInt8]]
    /// Of a client that has a certificate for each of several servers.
    let shown: TLSShownCertificates?

    /// Of clients.
    public init(_ options: TLSOptions) throws(TLSConfigurationError) {
        shown =
            options.certificates.isEmpty || options.certificateFile != nil
            ? nil : try TLSShownCertificates(options.certificates)
        // SAFETY: the context is freed in deinit, or below when it cannot be used.
        let made = unsafe SSL_CTX_new(TLS_client_method())
        guard let handle = unsafe made else {
            throw TLSConfigurationError(.versions, "OpenSSL gives no context: \(TLSReason.takeText())")
        }
        unsafe self.handle = handle
        serverProtocols = []
        configureTransport()
        try setVersions(options.lowest, options.highest)
        if let ciphers = options.ciphers { try setCiphers(ciphers) }
        try setVerification(options)
        if let file = options.certificateFile {
            try useCertificate(
                try Self.read(file, .certificate),
                key: try options.keyFile.map { path throws(TLSConfigurationError) in try Self.read(path, .key)
                },
                password: options.keyPassword)
        } else if options.keyFile != nil {
            throw TLSConfigurationError(.key, "there is a key, but no certificate that it belongs to")
        }
        try unsafe shown?.serve(handle)
        TLSSessionStore.enable(on: self)
    }

    /// Of servers.
    init(_ options: TLSServerOptions) throws(TLSConfigurationError) {
        // SAFETY: as above.
        let made = unsafe SSL_CTX_new(TLS_server_method())
        guard let handle = unsafe made else {
            throw TLSConfigurationError(.versions, "OpenSSL gives no context: \(TLSReason.takeText())")
        }
        unsafe self.handle = handle
        serverProtocols = options.protocols.map { Array($0.utf8) }
        shown = nil
        configureTransport()
        try setVersions(options.lowest, options.highest)
        try useCertificate(
            PEMText(bytes: options.certificate, name: "the server's certificate"),
            key: options.key.map { PEMText(bytes: $0, name: "the server's key") }, password: nil)
        if let authorities = options.clientAuthorities {
            try trust(PEMText(bytes: authorities, name: "the clients' authorities"))
            let demand = options.requiresClientCertificate ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0
            unsafe SSL_CTX_set_verify(handle, SSL_VERIFY_PEER | demand, TLSCertificateFault.watch)
        }
        // Sessions of clients with certificates are told apart by it; any constant will do.
        let name = Array("assay".utf8)
        unsafe SSL_CTX_set_session_id_context(handle, name, UInt32(name.count))
        unsafe SSL_CTX_set_alpn_select_cb(handle, TLSALPN.select, nil)
    }

    deinit { unsafe SSL_CTX_free(handle) }

    // MARK: settings

    private func configureTransport() {
        // Half-sent records may come back from elsewhere in memory; idle connections give their buffers back.
        let modes =
            SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS
        unsafe SSL_CTX_ctrl(handle, SSL_CTRL_MODE, Int(modes), nil)
        // One receive takes the head of a record and its body, and often the next record.
        unsafe SSL_CTX_ctrl(handle, SSL_CTRL_SET_READ_AHEAD, 1, nil)
        unsafe SSL_CTX_set_options(handle, copenssl_no_renegotiation)
    }

    private func setVersions(_ lowest: TLSVersion, _ highest: TLSVersion) throws(TLSConfigurationError) {
        guard lowest <= highest,
            unsafe SSL_CTX_ctrl(handle, SSL_CTRL_SET_MIN_PROTO_VERSION, lowest.number, nil) == 1,
            unsafe SSL_CTX_ctrl(handle, SSL_CTRL_SET_MAX_PROTO_VERSION, highest.number, nil) == 1
        else {
            throw TLSConfigurationError(
                .versions, "there is no version of TLS from \(lowest.rawValue) to \(highest.rawValue)")
        }
    }

    private func setCiphers(_ list: String) throws(TLSConfigurationError) {
        let names = list.split(separator: ":")
        let newer = names.filter { $0.hasPrefix("TLS_") }.joined(separator: ":")
        let older = names.filter { !$0.hasPrefix("TLS_") }.joined(separator: ":")
        ERR_clear_error()
        guard unsafe older.isEmpty || SSL_CTX_set_cipher_list(handle, older) == 1,
            unsafe newer.isEmpty || SSL_CTX_set_ciphersuites(handle, newer) == 1
        else { throw TLSConfigurationError(.ciphers, "no cipher for '\(list)': \(TLSReason.takeText())") }
    }

    private func setVerification(_ options: TLSOptions) throws(TLSConfigurationError) {
        guard options.verifies else {
            unsafe SSL_CTX_set_verify(handle, SSL_VERIFY_NONE, nil)
            return
        }
        unsafe SSL_CTX_set_verify(handle, SSL_VERIFY_PEER, TLSCertificateFault.watch)
        if let file = options.authorityFile {
            try trust(try Self.read(file, .authorities))
        } else {
            unsafe SSL_CTX_set_default_verify_paths(handle)
        }
    }

    private func trust(_ pem: PEMText) throws(TLSConfigurationError) {
        let certificates = try PEMCertificates(pem, .authorities)
        let store = unsafe SSL_CTX_get_cert_store(handle)
        // SAFETY: the store takes references of its own.
        unsafe certificates.forEach { unsafe X509_STORE_add_cert(store, $0) }
        // What the file holds is trusted as it is: an intermediate or the server's own certificate too.
        unsafe X509_STORE_set_flags(store, UInt(X509_V_FLAG_PARTIAL_CHAIN))
    }

    private func useCertificate(
        _ pem: PEMText, key: PEMText?, password: String?
    ) throws(TLSConfigurationError) {
        let certificates = try PEMCertificates(pem, .certificate)
        ERR_clear_error()
        // SAFETY: the context takes references of its own of certificates and key.
        var isFirst = true
        var isTaken = true
        unsafe certificates.forEach { certificate in
            if isFirst {
                isTaken = unsafe SSL_CTX_use_certificate(handle, certificate) == 1
            } else {
                unsafe SSL_CTX_ctrl(
                    handle, SSL_CTRL_CHAIN_CERT, 1, UnsafeMutableRawPointer(certificate))
            }
            isFirst = false
        }
        guard isTaken else {
            throw TLSConfigurationError(
                .certificate, "\(pem.name) cannot be used: \(TLSReason.takeText())")
        }
        let keyText = key ?? pem
        let privateKey = try TLSPrivateKey(keyText, password)
        guard unsafe SSL_CTX_use_PrivateKey(handle, privateKey.handle) == 1,
            unsafe SSL_CTX_check_private_key(handle) == 1
        else {
            _ = TLSReason.takeText()
            throw TLSConfigurationError(
                .key, "the key of \(keyText.name) does not belong to the certificate of \(pem.name)")
        }
    }

    private static func read(
        _ path: String, _ part: TLSConfigurationError.Part
    ) throws(TLSConfigurationError) -> PEMText {
        do {
            return PEMText(bytes: try Files.read(path, limitBytes: 16 << 20), name: path)
        } catch {
            throw TLSConfigurationError(part, "\(path) cannot be read: \(error)")
        }
    }
}

extension TLSVersion {
    fileprivate var number: Int {
        switch self {
        case .tls1_2: Int(TLS1_2_VERSION)
        case .tls1_3: Int(TLS1_3_VERSION)
        }
    }
}
