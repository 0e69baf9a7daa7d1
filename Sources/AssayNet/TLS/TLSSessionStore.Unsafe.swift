internal import COpenSSL

/// Sessions of TLS that later connections of the same reactor resume: identifiers and tickets of TLS 1.2, tickets of 1.3.
@safe final class TLSSessionStore {
    struct Key: Hashable {
        var options: ObjectIdentifier
        var server: String
    }

    /// Servers at most; with one more all are forgotten.
    private static let limit = 1000

    /// An SSL_SESSION that belongs to this object.
    @safe private final class Kept {
        let handle: OpaquePointer
        init(_ handle: OpaquePointer) { unsafe self.handle = handle }
        // SAFETY: the reference that OpenSSL handed over is given back once.
        deinit { unsafe SSL_SESSION_free(handle) }
    }

    private var sessions: [Key: Kept] = [:]
    /// So that nothing else gets the identity that the keys are made of.
    private var options: [Key: ConnectOptions] = [:]

    init() {}

    /// Lets a connection resume what is kept for its server, and keeps what it brings.
    func serve(_ session: TLSSession, of connectOptions: ConnectOptions, to server: String) {
        let key = Key(options: ObjectIdentifier(connectOptions), server: server)
        if options.count >= Self.limit, options[key] == nil {
            options.removeAll()
            sessions.removeAll()
        }
        options[key] = connectOptions
        session.keeping = (self, key)
        // SAFETY: the SSL takes a reference of its own.
        if let kept = sessions[key] { unsafe SSL_set_session(session.handle, kept.handle) }
    }

    /// - Returns: whether it was kept, and belongs to the store now.
    fileprivate func keep(_ handle: OpaquePointer, _ key: Key) -> Bool {
        guard options[key] != nil, unsafe SSL_SESSION_is_resumable(handle) == 1 else { return false }
        sessions[key] = unsafe Kept(handle)
        return true
    }

    /// Lets clients of a context be told of sessions; it keeps none itself.
    static func enable(on context: TLSContext) {
        let mode =
            SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL_LOOKUP | SSL_SESS_CACHE_NO_INTERNAL_STORE
        unsafe SSL_CTX_ctrl(context.handle, SSL_CTRL_SET_SESS_CACHE_MODE, Int(mode), nil)
        unsafe SSL_CTX_sess_set_new_cb(context.handle, brought)
    }

    // SAFETY: C calls it with the SSL and a reference to the session, which is taken by returning 1; it captures nothing.
    private static let brought: @convention(c) (OpaquePointer?, OpaquePointer?) -> Int32 = {
        handle, session in
        guard let own = unsafe TLSSession.of(handle), let keeping = own.keeping, let session = unsafe session
        else { return 0 }
        return unsafe keeping.store.keep(session, keeping.key) ? 1 : 0
    }
}
