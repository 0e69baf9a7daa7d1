internal import COpenSSL

/// A PEM text with what people call it.
struct PEMText {
    var bytes: [UInt8]
    var name: String
    static let encryptedMark = Array("ENCRYPTED".utf8)
}

/// The certificates of a PEM text, in its order.
@safe final class PEMCertificates {
    private var list: [OpaquePointer] = unsafe []

    init(_ pem: PEMText, _ part: TLSConfigurationError.Part) throws(TLSConfigurationError) {
        let memory = unsafe BIO_new(BIO_s_mem())
        // SAFETY: the memory has a copy of the text, and is freed once; certificates are freed in deinit.
        defer { unsafe BIO_free(memory) }
        unsafe BIO_write(memory, pem.bytes, Int32(pem.bytes.count))
        ERR_clear_error()
        while let certificate = unsafe PEM_read_bio_X509(memory, nil, nil, nil) {
            unsafe list.append(certificate)
        }
        let isEnd = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE
        let reason = TLSReason.takeText()
        if unsafe list.isEmpty {
            throw TLSConfigurationError(part, "\(pem.name) holds no certificate in PEM form")
        }
        if !isEnd {
            let count = unsafe list.count
            throw TLSConfigurationError(
                part, "certificate \(count + 1) of \(pem.name) cannot be read: \(reason)")
        }
    }

    deinit { unsafe forEach { unsafe X509_free($0) } }

    /// The own one, which its chain follows; there always is one.
    var first: OpaquePointer { unsafe list[0] }

    /// Whether an authority of a list, of X509_NAME, signed one of them; of an empty list, which takes any, as well.
    func areIssued(byOneOf names: OpaquePointer?) -> Bool {
        let count = unsafe OPENSSL_sk_num(names)
        if count <= 0 { return true }
        return unsafe list.contains { certificate in
            let issuer = unsafe X509_get_issuer_name(certificate)
            return (0..<count).contains { place in
                // SAFETY: the list's names live as long as the handshake that asks.
                let name = unsafe OPENSSL_sk_value(names, place).map { OpaquePointer($0) }
                return unsafe X509_NAME_cmp(issuer, name) == 0
            }
        }
    }

    func forEach(_ body: (OpaquePointer) -> Void) {
        for index in unsafe list.indices { unsafe body(list[index]) }
    }
}
