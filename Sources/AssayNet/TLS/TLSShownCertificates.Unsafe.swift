internal import COpenSSL

/// The certificates of a client, read once, of which each connection shows the one that suits its server.
@safe final class TLSShownCertificates {
    /// One of them with its key.
    private struct Shown {
        var certificates: PEMCertificates
        var key: TLSPrivateKey
        var said: TLSClientCertificate

        /// - Returns: whether the SSL takes certificate, chain and key.
        func put(on handle: OpaquePointer) -> Bool {
            // SAFETY: the SSL takes references of its own of certificates and key.
            var isFirst = true
            var isTaken = true
            unsafe certificates.forEach { certificate in
                let result =
                    isFirst
                    ? unsafe Int(SSL_use_certificate(handle, certificate))
                    : unsafe SSL_ctrl(handle, SSL_CTRL_CHAIN_CERT, 1, UnsafeMutableRawPointer(certificate))
                isTaken = isTaken && result == 1
                isFirst = false
            }
            return unsafe isTaken && SSL_use_PrivateKey(handle, key.handle) == 1
        }
    }

    private var all: [Shown] = []

    init(_ certificates: [TLSClientCertificate]) throws(TLSConfigurationError) {
        for said in certificates {
            let pem = PEMText(bytes: said.certificate, name: said.name)
            let shown = Shown(
                certificates: try PEMCertificates(pem, .certificate),
                key: try TLSPrivateKey(PEMText(bytes: said.key, name: said.name), said.keyPassword),
                said: said)
            ERR_clear_error()
            guard unsafe X509_check_private_key(shown.certificates.first, shown.key.handle) == 1 else {
                _ = TLSReason.takeText()
                throw TLSConfigurationError(
                    .key, "the key of \(said.name) does not belong to its certificate")
            }
            all.append(shown)
        }
    }

    /// Lets connections of a context ask which one they show.
    ///
    /// - Throws: what the context does not take, because of its level of security for instance: a handshake would show none.
    func serve(_ context: OpaquePointer) throws(TLSConfigurationError) {
        for one in all {
            // SAFETY: the SSL is freed once, when it has taken the certificate or not.
            let trial = unsafe SSL_new(context)
            defer { unsafe SSL_free(trial) }
            ERR_clear_error()
            guard let handle = unsafe trial, unsafe one.put(on: handle) else {
                throw TLSConfigurationError(
                    .certificate, "\(one.said.name) cannot be used: \(TLSReason.takeText())")
            }
        }
        unsafe SSL_CTX_set_cert_cb(context, Self.asked, nil)
    }

    // SAFETY: C calls it with the SSL whose server has asked for a certificate; it captures nothing.
    private static let asked: @convention(c) (OpaquePointer?, UnsafeMutableRawPointer?) -> Int32 = {
        handle, _ in
        guard let handle = unsafe handle, let session = unsafe TLSSession.of(handle),
            let shown = session.context.shown
        else { return 1 }
        unsafe shown.show(to: session.expectedName, on: handle)
        return 1
    }

    /// The first one that the server takes, of those that are meant for it before the others; none where it takes none of them.
    private func show(to server: String, on handle: OpaquePointer) {
        let accepted = unsafe SSL_get0_peer_CA_list(handle)
        let taken = all.filter { unsafe $0.certificates.areIssued(byOneOf: accepted) }
        let best = [2, 1, 0].lazy.compactMap { fitness in
            taken.first { $0.said.fitness(for: server) == fitness }
        }.first
        // The context has taken each of them before there was a connection.
        if let best { _ = unsafe best.put(on: handle) }
    }
}

/// A private key of a PEM text.
@safe final class TLSPrivateKey {
    /// An EVP_PKEY.
    let handle: OpaquePointer

    init(_ pem: PEMText, _ password: String?) throws(TLSConfigurationError) {
        ERR_clear_error()
        let memory = unsafe BIO_new(BIO_s_mem())
        // SAFETY: the memory has a copy of the text, and is freed once.
        defer { unsafe BIO_free(memory) }
        unsafe BIO_write(memory, pem.bytes, Int32(pem.bytes.count))
        var secret = Array((password ?? "").utf8.map { CChar(bitPattern: $0) }) + [0]
        // SAFETY: a terminated text stands in for the question on the terminal that OpenSSL would ask.
        let key = unsafe secret.withUnsafeMutableBytes {
            unsafe PEM_read_bio_PrivateKey(memory, nil, nil, $0.baseAddress)
        }
        guard let key = unsafe key else {
            let reason = TLSReason.takeText()
            let isLocked = pem.bytes.contains(PEMText.encryptedMark)
            throw TLSConfigurationError(
                .key,
                isLocked
                    ? "the key of \(pem.name) is encrypted, and "
                        + (password == nil ? "there is no password for it" : "the password is not its own")
                    : "\(pem.name) holds no private key in PEM form (\(reason))")
        }
        unsafe handle = key
    }

    deinit { unsafe EVP_PKEY_free(handle) }
}
