internal import AssayCore
internal import COpenSSL
internal import Glibc

/// TLS of one connection: records in and out through the connection's descriptor, or through another session's bytes when
/// the way to the server leads through a proxy that speaks TLS itself.
///
/// OpenSSL reads ahead, so a small answer costs one receive; that the socket is empty is known from a short read, and
/// then not asked again. `@unchecked Sendable`: touched on its reactor's thread only.
@safe public final class TLSSession: @unchecked Sendable {
    /// An SSL.
    let handle: OpaquePointer
    /// Keeps what the SSL was made of alive, and sessions that can be resumed in their place.
    let context: TLSContext
    let descriptor: Int32
    /// The session that carries this one's records.
    let below: TLSSession?
    /// Where sessions of this connection are kept for the next, and for which server.
    var keeping: (store: TLSSessionStore, key: TLSSessionStore.Key)?
    /// There may be bytes in the socket.
    var socketHasBytes = true
    /// The peer has closed its direction of TCP: a short read does not mean that the socket is empty.
    var peerClosed = false
    /// More will be sent at once: the kernel may keep a piece that fills no segment.
    var hasMore = false
    /// A read that waits for room to write, and a write that waits for bytes.
    private(set) var readWaitsForRoom = false
    private(set) var writeWaitsForBytes = false
    /// TCP ended: seen by the transport below OpenSSL.
    var sawEnd = false
    /// Of the last receive or send that failed.
    var lastError: Int32 = 0
    /// How reading has ended; it is told again to whoever asks again.
    private var ending: Transfer?
    /// What OpenSSL or the certificate's check objected to.
    public internal(set) var failure: ConnectFailure?
    /// The name that the peer's certificate must have.
    var expectedName = ""
    /// Of the certificate, found while the handshake ran.
    var certificateFault: String?
    private var isShaken = false
    /// The peer ended TCP without ending TLS (no close_notify), so what was read may be a part of what was sent.
    public private(set) var wasTruncated = false
    /// It did so inside a record.
    public private(set) var endedInsideRecord = false

    /// - Parameter below: carries the records in place of the descriptor.
    init?(_ context: TLSContext, on descriptor: Int32, over below: TLSSession? = nil) {
        // SAFETY: freed in deinit.
        guard let handle = unsafe SSL_new(context.handle) else { return nil }
        unsafe self.handle = handle
        self.context = context
        self.descriptor = descriptor
        self.below = below
        // SAFETY: session and transport live exactly as long as this object, and are used by its methods only.
        let own = unsafe Unmanaged.passUnretained(self).toOpaque()
        let transport = unsafe TLSTransport.make(own)
        unsafe SSL_set_ex_data(handle, 0, own)
        unsafe SSL_set_bio(handle, transport, transport)
    }

    deinit { unsafe SSL_free(handle) }

    /// The session of an SSL that OpenSSL calls back with.
    static func of(_ handle: OpaquePointer?) -> TLSSession? {
        // SAFETY: set in `init`, and an SSL does not outlive its session.
        guard let handle = unsafe handle, let own = unsafe SSL_get_ex_data(handle, 0) else { return nil }
        return unsafe Unmanaged<TLSSession>.fromOpaque(own).takeUnretainedValue()
    }

    // MARK: bytes

    /// - Returns: what was received, and whether nothing more can come before the channel becomes ready again.
    func receive(into memory: UnsafeMutableRawBufferPointer) -> (Transfer, isDrained: Bool) {
        var count = 0
        while count < memory.count {
            if let ending {
                return count > 0 ? (.moved(count), false) : (ending, false)
            }
            let room = Int32(clamping: memory.count - count)
            ERR_clear_error()
            // SAFETY: at most `room` bytes of the caller's memory are written.
            let got = unsafe SSL_read(handle, memory.baseAddress.map { unsafe $0 + count }, room)
            if got > 0 {
                count += Int(got)
                continue
            }
            let result = conclude(got)
            switch result {
            case .later: return (count > 0 ? .moved(count) : .later, true)
            default: ending = result
            }
        }
        return (.moved(count), false)
    }

    func transmit(_ memory: UnsafeRawBufferPointer) -> Transfer {
        var count = 0
        while count < memory.count {
            let rest = Int32(clamping: memory.count - count)
            ERR_clear_error()
            // SAFETY: `rest` bytes of the caller's memory are read; what OpenSSL could not send it asks for again.
            let put = unsafe SSL_write(handle, memory.baseAddress.map { unsafe $0 + count }, rest)
            if put > 0 {
                count += Int(put)
                continue
            }
            let result = conclude(put, isWriting: true)
            if result == .later { return count > 0 ? .moved(count) : .later }
            learnWhy()
            return result
        }
        return .moved(count)
    }

    /// A peer that refuses says why (alert) before it closes, and a send may be the first to see that it has closed.
    private func learnWhy() {
        guard failure == nil, ending == nil else { return }
        let error = lastError
        lastError = 0
        _ = takeHousekeeping()
        if lastError == 0 { lastError = error }
    }

    /// Takes what is not data, like tickets and changes of keys.
    ///
    /// - Returns: whether there was nothing else.
    func takeHousekeeping() -> Bool {
        guard ending == nil else { return false }
        var byte: UInt8 = 0
        ERR_clear_error()
        // SAFETY: at most one byte of a local is written.
        let got = unsafe SSL_peek(handle, &byte, 1)
        return got <= 0 && conclude(got) == .later
    }

    enum HandshakeStep {
        case done
        case needsBytes
        case needsRoom
        case failed(ConnectFailure)
    }

    func shakeHands() -> HandshakeStep {
        ERR_clear_error()
        let result = unsafe SSL_do_handshake(handle)
        if result == 1 {
            isShaken = true
            return .done
        }
        switch conclude(result, isWriting: false) {
        case .later: return readWaitsForRoom ? .needsRoom : .needsBytes
        case .failed(let error) where failure == nil:
            return .failed(
                ConnectFailure(
                    error == ECONNRESET ? .reset : .tlsFailed,
                    "\(SystemError(call: "TLS handshake", errno: error))"))
        default:
            return .failed(failure ?? ConnectFailure(.tlsFailed, "the peer closed in the TLS handshake"))
        }
    }

    /// What OpenSSL means by a result that is not a number of bytes.
    private func conclude(_ result: Int32, isWriting: Bool = false) -> Transfer {
        readWaitsForRoom = false
        writeWaitsForBytes = false
        switch unsafe SSL_get_error(handle, result) {
        case SSL_ERROR_WANT_READ:
            writeWaitsForBytes = isWriting
            return .later
        case SSL_ERROR_WANT_WRITE:
            readWaitsForRoom = !isWriting
            return .later
        case SSL_ERROR_ZERO_RETURN: return isWriting ? .failed(EPIPE) : .end
        default: return fail()
        }
    }

    private func fail() -> Transfer {
        if let certificateFault {
            _ = TLSReason.takeText()
            failure = failure ?? ConnectFailure(.tlsCertificate, certificateFault)
            return .failed(EPROTO)
        }
        if lastError != 0 { return .failed(lastError) }
        if sawEnd {
            ERR_clear_error()
            guard isShaken else {
                failure = ConnectFailure(.tlsFailed, "the peer closed in the TLS handshake")
                return .failed(EPROTO)
            }
            wasTruncated = true
            endedInsideRecord = unsafe SSL_has_pending(handle) == 1
            return .end
        }
        failure = failure ?? ConnectFailure(.tlsFailed, TLSReason.takeFailure(isHandshake: !isShaken))
        return .failed(EPROTO)
    }

    // MARK: ending

    /// Says that nothing more will come (close_notify), as far as that needs no waiting.
    func sayClosed() {
        guard isShaken, failure == nil, lastError == 0 else { return }
        ERR_clear_error()
        unsafe SSL_shutdown(handle)
        ERR_clear_error()
    }

    /// What the handshake agreed on by ALPN.
    public var applicationProtocol: String? {
        var name: UnsafePointer<UInt8>?
        var count: UInt32 = 0
        // SAFETY: OpenSSL's own bytes, copied before anything else happens to the session.
        unsafe SSL_get0_alpn_selected(handle, &name, &count)
        guard let name = unsafe name, count > 0 else { return nil }
        return unsafe String(decoding: UnsafeBufferPointer(start: name, count: Int(count)), as: UTF8.self)
    }

    /// `TLSv1.3`.
    public var version: String { unsafe String(cString: SSL_get_version(handle)) }

    /// What it is encrypted with, as the standards name it: `TLS_AES_128_GCM_SHA256`; `nil` before the handshake.
    public var cipher: String? {
        // SAFETY: a static terminated text.
        unsafe SSL_CIPHER_standard_name(SSL_get_current_cipher(handle)).map { unsafe String(cString: $0) }
    }

    /// Whether the handshake resumed an earlier session.
    public var isResumed: Bool { unsafe SSL_session_reused(handle) == 1 }
}
