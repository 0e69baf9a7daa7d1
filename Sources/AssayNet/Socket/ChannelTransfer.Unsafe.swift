extension Channel {
    /// Sends what can be sent without waiting, through TLS when the channel has it; keeps ``isWritable`` true to the facts.
    ///
    /// - Parameter hasMore: the kernel may keep a piece that fills no segment until the next.
    func transmit(_ memory: UnsafeRawBufferPointer, hasMore: Bool = false) -> Transfer {
        // SAFETY: `memory` is the caller's and alive for the call.
        let result = unsafe AssayNet.transmit(descriptor, memory, hasMore: hasMore)
        if result == .later { isWritable = false }
        return result
    }

    /// Receives what is there without waiting, through TLS when the channel has it; keeps ``isReadable`` true to the facts.
    func receive(into memory: UnsafeMutableRawBufferPointer) -> Transfer {
        // SAFETY: `memory` is the caller's and alive for the call.
        let result = unsafe AssayNet.receive(descriptor, into: memory)
        switch result {
        // Less than was asked for: the socket is empty, so no second call is needed to find that out.
        case .moved(let count): if count < memory.count, !peerClosed { isReadable = false }
        case .later: isReadable = false
        case .end, .failed: break
        }
        return result
    }
}
