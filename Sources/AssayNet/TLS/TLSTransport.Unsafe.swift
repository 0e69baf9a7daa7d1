internal import COpenSSL
internal import Glibc

/// Where OpenSSL's records go and come from: a BIO over this program's own receive and send, without SIGPIPE, and
/// without a system call when the socket is known to be empty.
enum TLSTransport {
    /// - Parameter session: the ``TLSSession``, not retained; it outlives the BIO.
    static func make(_ session: UnsafeMutableRawPointer) -> OpaquePointer? {
        // SAFETY: the method lives as long as the program; the SSL frees the BIO.
        let transport = unsafe BIO_new(method.handle)
        unsafe BIO_set_data(transport, session)
        unsafe BIO_set_init(transport, 1)
        return unsafe transport
    }

    /// `@unchecked Sendable`: never changed once made.
    @safe private final class Method: @unchecked Sendable {
        let handle: OpaquePointer?
        init() {
            unsafe handle = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "assay")
            unsafe BIO_meth_set_read(handle, take)
            unsafe BIO_meth_set_write(handle, give)
            unsafe BIO_meth_set_ctrl(handle, control)
        }
    }

    private static let method = Method()

    private static func session(_ transport: OpaquePointer?) -> TLSSession? {
        // SAFETY: set in `make`; the session owns the SSL that owns the BIO that is called here.
        guard let own = unsafe BIO_get_data(transport) else { return nil }
        return unsafe Unmanaged<TLSSession>.fromOpaque(own).takeUnretainedValue()
    }

    // SAFETY: C calls these with a BIO of `make` and memory of the size it says; they capture nothing.
    private static let take: @convention(c) (OpaquePointer?, UnsafeMutablePointer<CChar>?, Int32) -> Int32 = {
        transport, memory, count in
        unsafe BIO_clear_flags(transport, retryFlags)
        guard let session = unsafe session(transport), let memory = unsafe memory, count > 0 else {
            return -1
        }
        let room = unsafe UnsafeMutableRawBufferPointer(start: memory, count: Int(count))
        switch unsafe session.receiveRecordBytes(into: room) {
        case .moved(let moved): return Int32(moved)
        case .end: return 0
        case .later:
            unsafe BIO_set_flags(transport, BIO_FLAGS_READ | BIO_FLAGS_SHOULD_RETRY)
            return -1
        case .failed: return -1
        }
    }

    private static let give: @convention(c) (OpaquePointer?, UnsafePointer<CChar>?, Int32) -> Int32 = {
        transport, memory, count in
        unsafe BIO_clear_flags(transport, retryFlags)
        guard let session = unsafe session(transport), let memory = unsafe memory else { return -1 }
        let bytes = unsafe UnsafeRawBufferPointer(start: memory, count: Int(count))
        switch unsafe session.sendRecordBytes(bytes) {
        case .moved(let moved): return Int32(moved)
        case .later:
            unsafe BIO_set_flags(transport, BIO_FLAGS_WRITE | BIO_FLAGS_SHOULD_RETRY)
            return -1
        case .end, .failed: return -1
        }
    }

    private static let control: @convention(c) (OpaquePointer?, Int32, Int, UnsafeMutableRawPointer?) -> Int =
        {
            transport, command, _, _ in
            switch command {
            case BIO_CTRL_EOF: unsafe session(transport)?.sawEnd == true ? 1 : 0
            case BIO_CTRL_FLUSH, BIO_CTRL_PUSH, BIO_CTRL_POP: 1
            default: 0
            }
        }

    private static let retryFlags = BIO_FLAGS_READ | BIO_FLAGS_WRITE | BIO_FLAGS_SHOULD_RETRY
}

extension TLSSession {
    fileprivate func receiveRecordBytes(into memory: UnsafeMutableRawBufferPointer) -> Transfer {
        if sawEnd { return .end }
        let result: Transfer
        if let below {
            result = unsafe below.receive(into: memory).0
        } else if !socketHasBytes {
            return .later
        } else {
            // SAFETY: OpenSSL's own memory, alive for the call.
            result = unsafe AssayNet.receive(descriptor, into: memory)
            switch result {
            case .moved(let count): if count < memory.count, !peerClosed { socketHasBytes = false }
            case .later: socketHasBytes = false
            case .end, .failed: break
            }
        }
        switch result {
        case .end: sawEnd = true
        case .failed(let error): lastError = error
        case .moved, .later: break
        }
        return result
    }

    fileprivate func sendRecordBytes(_ bytes: UnsafeRawBufferPointer) -> Transfer {
        // SAFETY: OpenSSL's own memory, alive for the call.
        let result =
            if let below {
                unsafe below.transmit(bytes)
            } else {
                unsafe AssayNet.transmit(descriptor, bytes, hasMore: hasMore)
            }
        if case .failed(let error) = result { lastError = error }
        return result
    }

    /// The channel became ready; sessions below are told first.
    ///
    /// - Returns: whether reading and writing may go on.
    func becameReady(readable: Bool, writable: Bool, peerClosed: Bool) -> (reads: Bool, writes: Bool) {
        _ = below?.becameReady(readable: readable, writable: writable, peerClosed: peerClosed)
        if readable { socketHasBytes = true }
        if peerClosed { self.peerClosed = true }
        return (readable || writable && readWaitsForRoom, writable || readable && writeWaitsForBytes)
    }
}
