internal import COpenSSL

/// What is wrong with a certificate, in a sentence that begins with the reason's name.
enum TLSCertificateFault {
    /// Watches OpenSSL's check of a chain and notes what it objects to; it changes no verdict.
    // SAFETY: C calls it with the check's context; it captures nothing.
    static let watch: @convention(c) (Int32, OpaquePointer?) -> Int32 = { isGood, check in
        if isGood == 1 { return 1 }
        let place = SSL_get_ex_data_X509_STORE_CTX_idx()
        // SAFETY: OpenSSL keeps the SSL whose handshake runs there.
        let handle = unsafe X509_STORE_CTX_get_ex_data(check, place)
        if let session = unsafe TLSSession.of(handle.map { OpaquePointer($0) }) {
            session.certificateFault =
                unsafe session.certificateFault ?? text(of: check, for: session.expectedName)
        }
        return 0
    }

    private static func text(of check: OpaquePointer?, for name: String) -> String {
        let error = unsafe X509_STORE_CTX_get_error(check)
        let depth = unsafe X509_STORE_CTX_get_error_depth(check)
        guard let certificate = unsafe X509_STORE_CTX_get_current_cert(check) else {
            return "untrusted: \(words(for: error))"
        }
        let subject = unsafe title(X509_get_subject_name(certificate))
        let whose = depth == 0 ? "the certificate '\(subject)'" : "'\(subject)' of the certificate's chain"
        switch error {
        case X509_V_ERR_CERT_HAS_EXPIRED:
            return unsafe "expired: \(whose) was valid until \(date(X509_get0_notAfter(certificate)))"
        case X509_V_ERR_CERT_NOT_YET_VALID:
            return unsafe "not yet valid: \(whose) is valid from \(date(X509_get0_notBefore(certificate)))"
        case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
            return "self-signed: \(whose) is its own issuer and is not among the trusted ones"
        case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
            return "unknown issuer: the chain ends in '\(subject)', which is not among the trusted ones"
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
            X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
            let issuer = unsafe title(X509_get_issuer_name(certificate))
            return "unknown issuer: \(whose) is signed by '\(issuer)', which is not among the trusted ones"
        case X509_V_ERR_HOSTNAME_MISMATCH, X509_V_ERR_IP_ADDRESS_MISMATCH:
            return unsafe "wrong name: expected \(name), the certificate has \(names(of: certificate))"
        default: return "untrusted: \(whose): \(words(for: error))"
        }
    }

    private static func words(for error: Int32) -> String {
        // SAFETY: a static terminated text.
        unsafe X509_verify_cert_error_string(Int(error)).map { unsafe String(cString: $0) }
            ?? "error \(error)"
    }

    /// A name's common name, or all of it.
    private static func title(_ name: OpaquePointer?) -> String {
        let whole = unsafe text { unsafe X509_NAME_print_ex($0, name, 0, UInt(copenssl_one_line)) }
        let common = whole.split(separator: ", ").last { $0.hasPrefix("CN = ") }
        return common.map { String($0.dropFirst(5)) } ?? whole
    }

    /// `2024-01-31 12:00 UTC`
    private static func date(_ time: UnsafePointer<ASN1_TIME>?) -> String {
        var parts = unsafe tm()
        // SAFETY: a structure of ours is filled.
        guard unsafe ASN1_TIME_to_tm(time, &parts) == 1 else { return "an unreadable date" }
        func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return unsafe "\(parts.tm_year + 1900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday)) "
            + "\(two(parts.tm_hour)):\(two(parts.tm_min)) UTC"
    }

    /// The names that a certificate is for: `api.example.com, 127.0.0.1`.
    private static func names(of certificate: OpaquePointer) -> String {
        let place = unsafe X509_get_ext_by_NID(certificate, NID_subject_alt_name, -1)
        guard place >= 0, let names = unsafe X509_get_ext(certificate, place) else {
            return unsafe "no names but its title '\(title(X509_get_subject_name(certificate)))'"
        }
        let printed = unsafe text { unsafe X509V3_EXT_print($0, names, 0, 0) }
        return printed.replacing("DNS:", with: "").replacing("IP Address:", with: "")
    }

    /// What OpenSSL prints.
    private static func text(_ print: (OpaquePointer?) -> Int32) -> String {
        let memory = unsafe BIO_new(BIO_s_mem())
        // SAFETY: the memory is freed once; what is read is cut to what there was.
        defer { unsafe BIO_free(memory) }
        _ = unsafe print(memory)
        var bytes = [UInt8](repeating: 0, count: 8192)
        let count = unsafe BIO_read(memory, &bytes, Int32(bytes.count))
        let text = String(decoding: bytes.prefix(Int(max(0, count))), as: UTF8.self)
        return String(text.drop { $0.isWhitespace })
    }
}
