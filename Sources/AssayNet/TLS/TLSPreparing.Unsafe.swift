internal import AssayCore
internal import COpenSSL

extension TLSSession {
    /// What the client says first, and what it asks of the server's certificate.
    ///
    /// - Parameter name: a host name, or a numeric address, which SNI must not have (RFC 6066 §3).
    /// - Returns: why the handshake must not begin; a name that OpenSSL does not take would be one it does not check.
    func prepareClient(name: String, offering protocols: [String], verifies: Bool) -> ConnectFailure? {
        expectedName = name
        unsafe SSL_set_connect_state(handle)
        let bare = name.hasSuffix(".") ? String(name.dropLast()) : name
        // OpenSSL reads up to the first zero, and takes an empty name for none.
        guard !bare.isEmpty, !bare.utf8.contains(0) else {
            return ConnectFailure(.tlsFailed, "there is no name to check the peer's certificate for")
        }
        var isChecked = true
        let isNumeric = SocketAddress(numeric: name, port: 0) != nil
        if isNumeric {
            if verifies {
                // Certificates have no zones.
                let address = String(name.prefix { $0 != "%" })
                isChecked = unsafe X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(handle), address) == 1
            }
        } else {
            var sent = Array(bare.utf8) + [0]
            // SAFETY: OpenSSL copies the terminated text.
            unsafe sent.withUnsafeMutableBytes {
                unsafe _ = SSL_ctrl(
                    handle, SSL_CTRL_SET_TLSEXT_HOSTNAME, Int(TLSEXT_NAMETYPE_host_name), $0.baseAddress)
            }
            if verifies {
                unsafe SSL_set_hostflags(handle, UInt32(X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS))
                isChecked = unsafe SSL_set1_host(handle, bare) == 1
            }
        }
        guard isChecked else {
            ERR_clear_error()
            return ConnectFailure(.tlsFailed, "OpenSSL cannot check a certificate for the name '\(name)'")
        }
        guard !protocols.isEmpty else { return nil }
        let list = protocols.flatMap { name in
            let bytes = Array(name.utf8.prefix(255))
            return [UInt8(bytes.count)] + bytes
        }
        unsafe SSL_set_alpn_protos(handle, list, UInt32(list.count))
        return nil
    }

    func prepareServer() { unsafe SSL_set_accept_state(handle) }

    /// Whether a receive could give something now.
    var mayHaveBytes: Bool { unsafe socketHasBytes || SSL_has_pending(handle) == 1 }
}
