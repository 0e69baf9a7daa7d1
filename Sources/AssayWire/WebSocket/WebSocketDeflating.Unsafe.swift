internal import CZlib

/// Unpacks the messages of one direction (RFC 7692 §7.2.2); zlib's state is made with the first packed message.
///
/// Belongs to one connection; not `Sendable`. Memory: about 40 KiB from then on, or only inside a message without context.
// SAFETY: the one pointer is private, owned by this object alone and freed with it.
@safe final class WebSocketInflater {
    private let keepsContext: Bool
    // SAFETY: allocated and initialised once, in `open`; it must not move, because zlib's state points back to it.
    private var stream: UnsafeMutablePointer<z_stream>?

    init(keepsContext: Bool) {
        self.keepsContext = keepsContext
        unsafe stream = nil
    }

    deinit { close() }

    private func close() {
        guard let stream = unsafe stream else { return }
        unsafe inflateEnd(stream)
        unsafe stream.deinitialize(count: 1)
        unsafe stream.deallocate()
        unsafe self.stream = nil
    }

    private func open() throws(WebSocketError) -> UnsafeMutablePointer<z_stream> {
        if let stream = unsafe stream { return unsafe stream }
        let made = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        unsafe made.initialize(to: z_stream())
        // Negative: bare DEFLATE data. The largest window reads what any smaller one wrote.
        let size = unsafe Int32(MemoryLayout<z_stream>.size)
        guard unsafe inflateInit2_(made, -15, ZLIB_VERSION, size) == Z_OK else {
            unsafe made.deallocate()
            throw .badDeflate("no memory")
        }
        unsafe stream = made
        return unsafe made
    }

    /// - Parameter limitBytes: of `output`; one byte more is ``WebSocketError/messageTooLarge(limit:)``.
    func inflate(_ bytes: [UInt8], into output: inout [UInt8], limitBytes: Int) throws(WebSocketError) {
        let stream = try unsafe open()
        // SAFETY: the pointer is used within the closure only; zlib keeps none of it, as `next_in` is set anew each time.
        let failure: WebSocketError? = unsafe bytes.withUnsafeBytes { bytes in
            unsafe stream.pointee.next_in = bytes.baseAddress.map {
                unsafe UnsafeMutablePointer(mutating: $0.assumingMemoryBound(to: UInt8.self))
            }
            unsafe stream.pointee.avail_in = UInt32(bytes.count)
            return unsafe drain(stream, into: &output, limitBytes)
        }
        if let failure { throw failure }
    }

    private func drain(
        _ stream: UnsafeMutablePointer<z_stream>, into output: inout [UInt8], _ limitBytes: Int
    ) -> WebSocketError? {
        while true {
            var isFull = false
            let failure: WebSocketError? = unsafe withUnsafeTemporaryAllocation(
                byteCount: 16 * 1024, alignment: 8
            ) { room in
                // SAFETY: zlib writes at most `avail_out` bytes, and only those written are read.
                unsafe stream.pointee.next_out = room.baseAddress?.assumingMemoryBound(to: UInt8.self)
                unsafe stream.pointee.avail_out = UInt32(room.count)
                let status = unsafe CZlib.inflate(stream, Z_SYNC_FLUSH)
                let count = unsafe room.count - Int(stream.pointee.avail_out)
                if output.count + count > limitBytes { return .messageTooLarge(limit: limitBytes) }
                unsafe output.append(contentsOf: room.prefix(count))
                isFull = unsafe stream.pointee.avail_out == 0
                switch status {
                case Z_OK, Z_BUF_ERROR: return nil
                case Z_STREAM_END:
                    // A last block ends the stream (§7.2.3.5); what follows is a stream of its own.
                    unsafe inflateReset(stream)
                    isFull = unsafe stream.pointee.avail_in > 0
                    return nil
                default:
                    let words = unsafe stream.pointee.msg.map { unsafe String(cString: $0) }
                    return .badDeflate(words ?? "zlib's status \(status)")
                }
            }
            if let failure { return failure }
            if !isFull { return nil }
        }
    }

    /// The last fragment has been unpacked: what the sender cut off is put back.
    func finishMessage(into output: inout [UInt8], limitBytes: Int) throws(WebSocketError) {
        try inflate([0x00, 0x00, 0xFF, 0xFF], into: &output, limitBytes: limitBytes)
        if !keepsContext { close() }
    }
}

/// Packs the messages of one direction (RFC 7692 §7.2.1); zlib's state is made with the first message.
///
/// Belongs to one connection; not `Sendable`. Memory: up to 260 KiB from then on, or only inside a message without context.
// SAFETY: the one pointer is private, owned by this object alone and freed with it.
@safe final class WebSocketDeflater {
    private let keepsContext: Bool
    private let windowBits: Int32
    // SAFETY: allocated and initialised once, in `open`; it must not move, because zlib's state points back to it.
    private var stream: UnsafeMutablePointer<z_stream>?

    /// - Parameter windowBits: 8…15, of what the peer keeps to unpack with.
    init(windowBits: Int, keepsContext: Bool) {
        // zlib packs with 9 at least, and then looks no further back than 250 bytes: a window of 8 reads that too.
        self.windowBits = Int32(min(15, max(9, windowBits)))
        self.keepsContext = keepsContext
        unsafe stream = nil
    }

    deinit { close() }

    private func close() {
        guard let stream = unsafe stream else { return }
        unsafe deflateEnd(stream)
        unsafe stream.deinitialize(count: 1)
        unsafe stream.deallocate()
        unsafe self.stream = nil
    }

    private func open() -> UnsafeMutablePointer<z_stream>? {
        if let stream = unsafe stream { return unsafe stream }
        let made = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        unsafe made.initialize(to: z_stream())
        // The memory of zlib's hash follows the window, so that a small one is small as a whole.
        let memoryLevel = min(8, windowBits - 7)
        let size = unsafe Int32(MemoryLayout<z_stream>.size)
        guard
            unsafe deflateInit2_(
                made, 1, Z_DEFLATED, -windowBits, memoryLevel, Z_DEFAULT_STRATEGY, ZLIB_VERSION, size)
                == Z_OK
        else {
            unsafe made.deallocate()
            return nil
        }
        unsafe stream = made
        return unsafe made
    }

    /// - Returns: the packed payload, the last four bytes cut off; `nil` without memory, then it is sent as it is.
    func deflate(_ payload: [UInt8]) -> [UInt8]? {
        guard let stream = unsafe open() else { return nil }
        var output: [UInt8] = []
        // SAFETY: zlib reads its input only, though its type says otherwise, and within the closure.
        unsafe payload.withUnsafeBytes { bytes in
            unsafe stream.pointee.next_in = bytes.baseAddress.map {
                unsafe UnsafeMutablePointer(mutating: $0.assumingMemoryBound(to: UInt8.self))
            }
            unsafe stream.pointee.avail_in = UInt32(bytes.count)
            var isFull = true
            while isFull {
                unsafe withUnsafeTemporaryAllocation(byteCount: 16 * 1024, alignment: 8) { room in
                    // SAFETY: zlib writes at most `avail_out` bytes, and only those written are read.
                    unsafe stream.pointee.next_out = room.baseAddress?.assumingMemoryBound(to: UInt8.self)
                    unsafe stream.pointee.avail_out = UInt32(room.count)
                    unsafe CZlib.deflate(stream, Z_SYNC_FLUSH)
                    unsafe output.append(contentsOf: room.prefix(room.count - Int(stream.pointee.avail_out)))
                    isFull = unsafe stream.pointee.avail_out == 0
                }
            }
        }
        if output.suffix(4) == [0x00, 0x00, 0xFF, 0xFF] { output.removeLast(4) }
        if !keepsContext { close() }
        return output
    }
}
