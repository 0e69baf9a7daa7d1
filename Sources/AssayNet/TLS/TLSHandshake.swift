internal import AssayCore

extension Channel {
    /// Speaks TLS from now on; everything that passes the channel goes through it.
    ///
    /// - Parameters:
    ///   - server: named by SNI and by its certificate, unless the options have another name.
    ///   - options: sessions are kept for them and the server.
    /// - Returns: why not.
    func startTLS(
        with server: HTTPOrigin, _ options: ConnectOptions, offering protocols: [String],
        until deadline: Int64, in scope: CancelScope?
    ) async -> ConnectFailure? {
        let context: TLSContext
        switch options.tlsContext {
        case .success(let made): context = made
        case .failure(let error): return ConnectFailure(.notSent, "tls: \(error)")
        }
        guard let session = TLSSession(context, on: descriptor, over: tls) else {
            return ConnectFailure(.tlsFailed, "OpenSSL gives no session")
        }
        let name = options.tls.serverName ?? server.host
        let fault = session.prepareClient(name: name, offering: protocols, verifies: options.tls.verifies)
        if let fault { return fault }
        if options.tls.resumesSessions {
            reactor.tlsSessions.serve(session, of: options, to: "\(name) \(server)")
        }
        return await shakeHands(session, with: server.description, until: deadline, in: scope)
    }

    /// Speaks TLS as the server.
    func acceptTLS(_ context: TLSContext, until deadline: Int64, in scope: CancelScope?) async
        -> ConnectFailure?
    {
        guard let session = TLSSession(context, on: descriptor) else {
            return ConnectFailure(.tlsFailed, "OpenSSL gives no session")
        }
        session.prepareServer()
        return await shakeHands(session, with: "the client", until: deadline, in: scope)
    }

    private func shakeHands(
        _ session: TLSSession, with name: String, until deadline: Int64, in scope: CancelScope?
    ) async -> ConnectFailure? {
        session.socketHasBytes = isReadable
        session.peerClosed = peerClosed
        tls = session
        while true {
            let wake: Wake
            switch session.shakeHands() {
            case .done:
                isReadable = session.mayHaveBytes
                isWritable = true
                return nil
            case .failed(let failure): return failure
            case .needsBytes:
                isReadable = false
                wake = await readable(until: deadline, in: scope)
            case .needsRoom:
                isWritable = false
                wake = await writable(until: deadline, in: scope)
            }
            switch wake {
            case .ready where !isClosed: break
            case .timeout: return ConnectFailure(.connectTimeout, "no TLS handshake with \(name) in time")
            default: return ConnectFailure(.cancelled, "cancelled in the TLS handshake with \(name)")
            }
        }
    }
}
