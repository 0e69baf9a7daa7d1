internal import AssayCore

extension Channel {
    /// Sends what can be sent without waiting, through TLS when the channel has it; keeps ``isWritable`` true to the facts.
    ///
    /// With TLS, what could not be sent must be what is sent next: a part of it may be in a record already.
    /// - Parameter hasMore: the kernel may keep a piece that fills no segment until the next.
    func transmit(_ memory: UnsafeRawBufferPointer, hasMore: Bool = false) -> Transfer {
        if let tls { return unsafe transmit(memory, through: tls, hasMore: hasMore) }
        // SAFETY: `memory` is the caller's and alive for the call.
        let result = unsafe AssayNet.transmit(descriptor, memory, hasMore: hasMore)
        if result == .later { isWritable = false }
        return result
    }

    /// Receives what is there without waiting, through TLS when the channel has it; keeps ``isReadable`` true to the facts.
    func receive(into memory: UnsafeMutableRawBufferPointer) -> Transfer {
        if let tls { return unsafe receive(into: memory, through: tls) }
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

    // MARK: TLS

    private func transmit(
        _ memory: UnsafeRawBufferPointer, through tls: TLSSession, hasMore: Bool
    ) -> Transfer {
        tls.hasMore = hasMore
        let result = unsafe tls.transmit(memory)
        if result == .later { isWritable = false }
        return result
    }

    private func receive(into memory: UnsafeMutableRawBufferPointer, through tls: TLSSession) -> Transfer {
        let (result, isDrained) = unsafe tls.receive(into: memory)
        isReadable = !isDrained
        return result
    }

    // MARK: what became of it

    /// Whether nothing waits to be received: with TLS, tickets and changes of keys do not count.
    public var isQuiet: Bool {
        guard isReadable else { return true }
        guard let tls, tls.takeHousekeeping() else { return false }
        isReadable = false
        return true
    }

    /// The peer ended TCP without ending TLS (close_notify): what was read may be a part of what was sent.
    public var wasTruncated: Bool { tls?.wasTruncated ?? false }

    /// What a send or a receive that failed comes to.
    func failure(_ errno: Int32, in call: String) -> ConnectFailure {
        tls?.failure ?? ConnectFailure(.reset, SystemError(call: call, errno: errno).description)
    }
}
