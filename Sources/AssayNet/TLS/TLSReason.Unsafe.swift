internal import COpenSSL

/// What OpenSSL's queue of errors says, for people.
enum TLSReason {
    /// The first error's reason, like `bad decrypt`; empties the queue.
    static func takeText() -> String {
        let code = ERR_peek_error()
        ERR_clear_error()
        return text(of: code)
    }

    static func text(of code: UInt) -> String {
        // SAFETY: a static terminated text.
        unsafe ERR_reason_error_string(code).map { unsafe String(cString: $0) } ?? "no reason given"
    }

    /// What came of a handshake, a send or a receive that OpenSSL ended; empties the queue.
    static func takeFailure(isHandshake: Bool) -> String {
        let code = ERR_peek_error()
        ERR_clear_error()
        let reason = ERR_GET_REASON(code)
        if reason >= SSL_AD_REASON_OFFSET, reason < SSL_AD_REASON_OFFSET + 256 {
            let number = reason - SSL_AD_REASON_OFFSET
            let name = newerAlerts[number] ?? alertName(number)
            return "the peer sent the alert '\(name)' (\(number))"
        }
        switch reason {
        case SSL_R_WRONG_VERSION_NUMBER where isHandshake,
            SSL_R_PACKET_LENGTH_TOO_LONG where isHandshake,
            SSL_R_HTTP_REQUEST:
            return "the peer does not speak TLS (\(text(of: code)))"
        default: return text(of: code)
        }
    }

    private static func alertName(_ number: Int32) -> String {
        // SAFETY: a static terminated text.
        unsafe SSL_alert_desc_string_long(number).map { unsafe String(cString: $0) } ?? "unknown"
    }

    /// Alerts that OpenSSL 3.0 has no names for (RFC 8446 §6, RFC 7301 §3.2).
    private static let newerAlerts: [Int32: String] = [
        109: "missing extension", 116: "certificate required", 120: "no application protocol",
    ]
}
