internal import Glibc

extension Channel {
    /// Sends without waiting.
    ///
    /// - Parameter start: where in `bytes` to begin.
    /// - Returns: how many bytes went out; `nil` when the connection is broken.
    public func send(_ bytes: [UInt8], from start: Int = 0) -> Int? {
        // SAFETY: the array is alive for the call.
        let sent = unsafe bytes.withUnsafeBytes {
            unsafe transmit(UnsafeRawBufferPointer(rebasing: $0[start...]))
        }
        switch sent {
        case .moved(let count): return count
        case .later: return 0
        case .end: return nil
        case .failed(let error):
            // The kernel says it once: a receive would see an end now.
            if error == ECONNRESET { wasReset = true }
            return nil
        }
    }

    /// Receives what is there without waiting.
    ///
    /// - Parameter limitBytes: at most; never more than the reactor's buffer holds, 256 KiB.
    /// - Returns: none when nothing is there yet; `nil` at the end of the stream.
    public func receive(limitBytes: Int = 4096) -> [UInt8]? {
        let memory = unsafe reactor.input.memory
        let count = min(limitBytes, memory.count)
        // SAFETY: at most `count` bytes of the reactor's buffer are written, and copied out before anything suspends.
        let room = unsafe UnsafeMutableRawBufferPointer(rebasing: memory[..<count])
        switch unsafe receive(into: room) {
        case .moved(let count): return unsafe [UInt8](room[..<count])
        case .later: return []
        case .end: return nil
        case .failed(let error):
            wasReset = error == ECONNRESET
            return nil
        }
    }
}

extension Channel {
    /// Sends without waiting; see ``send(_:)-([UInt8])``.
    public func send(_ bytes: RawSpan) -> Int? {
        // SAFETY: the span's bytes are alive for the call.
        switch unsafe bytes.withUnsafeBytes({ unsafe transmit($0) }) {
        case .moved(let count): return count
        case .later: return 0
        case .end: return nil
        case .failed(let error):
            if error == ECONNRESET { wasReset = true }
            return nil
        }
    }

    /// Receives what is there into memory of the caller's, without waiting.
    ///
    /// - Returns: how many bytes came, none when nothing is there yet; `nil` at the end of the stream.
    public func receive(into memory: inout MutableRawSpan) -> Int? {
        // SAFETY: at most the span's bytes are written.
        let came = unsafe memory.withUnsafeMutableBytes { unsafe receive(into: $0) }
        switch came {
        case .moved(let count): return count
        case .later: return 0
        case .end, .failed: return nil
        }
    }
}
