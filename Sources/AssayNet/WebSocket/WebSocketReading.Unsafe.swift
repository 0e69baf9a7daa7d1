internal import AssayCore
internal import AssayWire

extension WebSocketConnection: ChannelHandler {
    func channelBecameReady() {
        if unsentStart < unsent.count, channel.isWritable {
            flush()
            wake()
        }
        if channel.isReadable { receiveAll() }
        if channel.isClosed || channel.peerClosed && isDeaf { wake() }
    }

    /// Reads what is there, up to half a megabyte at a time.
    func receiveAll() {
        for _ in 0..<8 {
            guard channel.isReadable, !channel.isClosed, isDeaf || !isFull else { return }
            receiveOnce()
        }
        receiveSoon()
    }

    /// Reads on when others have had their turn.
    func receiveSoon() {
        guard channel.isReadable else { return }
        Task(executorPreference: reactor) { self.receiveAll() }
    }

    private func receiveOnce() {
        let memory = unsafe reactor.input.memory
        // SAFETY: at most 64 KiB of the reactor's buffer are written, and dealt with before anything else is received into it.
        let room = unsafe UnsafeMutableRawBufferPointer(rebasing: memory[..<min(memory.count, 64 * 1024)])
        switch unsafe channel.receive(into: room) {
        case .moved(let count):
            bytesReceived += count
            if isDeaf { return }
            unsafe take(UnsafeRawBufferPointer(rebasing: room[..<count]).bytes)
        case .later: channel.isReadable = false
        case .end: ended(nil)
        case .failed(let errno): ended(channel.failure(errno, in: "recv"))
        }
    }

    /// What came behind the handshake.
    func take(_ bytes: [UInt8]) {
        // SAFETY: the array is alive for the call.
        unsafe bytes.withUnsafeBytes { unsafe take($0.bytes) }
    }

    private func take(_ bytes: RawSpan) {
        var place = 0
        while place < bytes.byteCount, !isDeaf {
            let (event, consumed) = reader.next(bytes.extracting(place..<bytes.byteCount))
            place += consumed
            switch event {
            case .needMore: break
            case .message(let kind, let payload): arrived(kind == .text ? .text : .binary, payload)
            case .ping(let payload): answerPing(payload)
            case .pong(let payload): arrived(.pong, payload)
            case .close(let code, let reason): peerCloses(code, reason)
            case .failed(let error): peerErred(error)
            }
        }
        if unsentStart < unsent.count { flush() }
        wake()
    }

    private func ended(_ failure: ConnectFailure?) {
        if let failure {
            finish(.failed(WebSocketFailure(failure.outcome, failure.note)))
        } else {
            let inside = reader.isBetweenMessages ? "without a close frame" : "inside a message"
            finish(
                .failed(
                    WebSocketFailure(
                        channel.wasTruncated ? .tlsTruncated : .closedEarly,
                        "the peer closed the connection \(inside)")))
        }
        channel.close()
        wake()
    }

    // MARK: sending

    /// Hands the kernel what it takes.
    func flush() {
        while !channel.isClosed, unsentStart < unsent.count || appendWaitingPong() {
            // SAFETY: the array is not touched during the call.
            let result = unsafe unsent.withUnsafeBytes {
                unsafe channel.transmit(UnsafeRawBufferPointer(rebasing: $0[unsentStart...]))
            }
            switch result {
            case .moved(let count):
                unsentStart += count
                bytesSent += count
            case .later:
                // A slow peer may never take the last of it.
                if unsentStart > 64 * 1024, unsentStart > unsent.count / 2 {
                    unsent.removeFirst(unsentStart)
                    unsentStart = 0
                }
                return
            case .end: return
            case .failed(let errno):
                let failure = channel.failure(errno, in: "send")
                unsentStart = unsent.count
                // What the peer said before it went away is worth reading: its close, for one.
                if channel.isReadable, end == nil, !isDeaf { receiveAll() }
                finish(.failed(WebSocketFailure(failure.outcome, failure.note)))
            }
        }
        guard unsentStart >= unsent.count else { return }
        unsentStart = 0
        if unsent.capacity > 512 { unsent = [] } else { unsent.removeAll(keepingCapacity: true) }
    }
}
