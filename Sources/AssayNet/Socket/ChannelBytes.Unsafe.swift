extension Channel {
    /// Sends without waiting.
    ///
    /// - Returns: how many bytes went out; `nil` when the connection is broken.
    public func send(_ bytes: [UInt8]) -> Int? {
        // SAFETY: the array is alive for the call.
        switch unsafe bytes.withUnsafeBytes({ unsafe transmit(descriptor, $0) }) {
        case .moved(let count): return count
        case .later:
            isWritable = false
            return 0
        case .end, .failed: return nil
        }
    }

    /// Receives what is there without waiting.
    ///
    /// - Returns: none when nothing is there yet; `nil` at the end of the stream.
    public func receive(limitBytes: Int = 4096) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: limitBytes)
        // SAFETY: at most the array's size is written.
        let came = unsafe bytes.withUnsafeMutableBytes { unsafe AssayNet.receive(descriptor, into: $0) }
        switch came {
        case .moved(let count): return Array(bytes.prefix(count))
        case .later:
            isReadable = false
            return []
        case .end, .failed: return nil
        }
    }
}

extension Channel {
    /// Sends without waiting; see ``send(_:)-([UInt8])``.
    public func send(_ bytes: RawSpan) -> Int? {
        // SAFETY: the span's bytes are alive for the call.
        switch unsafe bytes.withUnsafeBytes({ unsafe transmit(descriptor, $0) }) {
        case .moved(let count): return count
        case .later:
            isWritable = false
            return 0
        case .end, .failed: return nil
        }
    }

    /// Receives what is there into memory of the caller's, without waiting.
    ///
    /// - Returns: how many bytes came, none when nothing is there yet; `nil` at the end of the stream.
    public func receive(into memory: inout MutableRawSpan) -> Int? {
        let room = memory.byteCount
        // SAFETY: at most the span's bytes are written.
        let came = unsafe memory.withUnsafeMutableBytes { unsafe AssayNet.receive(descriptor, into: $0) }
        switch came {
        case .moved(let count):
            // Less than fits is all there was; a peer that has closed is seen by the next call.
            if count < room, !peerClosed { isReadable = false }
            return count
        case .later:
            isReadable = false
            return 0
        case .end, .failed: return nil
        }
    }
}
