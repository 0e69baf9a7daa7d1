internal import AssayWire
internal import CLinux
internal import Glibc

extension AudioSocketLink: ChannelHandler {
    func channelBecameReady() {
        // A connection that is gone is told of even to those who do not read.
        if channel.isReadable, !isStalled || channel.isBroken { receiveAll() }
        if end == nil, channel.isWritable { flush() }
    }

    /// Stops reading the socket, so that the other side's window closes once the kernel's buffers are full.
    ///
    /// - Parameter deadline: CLOCK_MONOTONIC nanoseconds; `.max` for the rest of the call.
    public func stallReading(until deadline: Int64) {
        guard end == nil else { return }
        isStalled = true
        stallGeneration += 1
        let generation = stallGeneration
        guard deadline != .max else { return }
        after(.nanoseconds(max(0, deadline &- Reactor.monotonicNow()))) { link in
            if link.stallGeneration == generation { link.resumeReading() }
        }
    }

    /// Reads again after ``stallReading(until:)``, what has come meanwhile first.
    public func resumeReading() {
        guard isStalled else { return }
        isStalled = false
        if end == nil { receiveAll() }
    }

    /// Reads what is there: one call, unless there is more than 64 KiB or the other side has closed.
    ///
    /// Of a flood half a megabyte is read at a time, and frames that become due meanwhile are written.
    func receiveAll() {
        // Asked for from within a message: the reactor's buffer is being read.
        guard !reactor.pacer.isReceiving else { return receiveSoon() }
        for _ in 0..<8 {
            guard receiveOnce() else { return }
            reactor.pacer.fireIfDue()
            if channel.isClosed { return }
        }
        receiveSoon()
    }

    /// Reads on when other tasks have had their turn.
    func receiveSoon() {
        Task(executorPreference: reactor) { if self.end == nil, !self.isStalled { self.receiveAll() } }
    }

    /// - Returns: whether there is more to read.
    private func receiveOnce() -> Bool {
        let memory = unsafe reactor.input.memory
        let capacity = min(memory.count, 64 * 1024)
        var realtime: Int64 = 0
        // SAFETY: at most `capacity` bytes of the buffer are written, and parsed before anything else is received into it.
        let count = unsafe clinux_receive_stamped(channel.descriptor, memory.baseAddress, capacity, &realtime)
        if count == -Int64(EAGAIN) {
            channel.isReadable = false
            return false
        }
        guard count > 0 else {
            readingEnded(channel.wasReset ? ECONNRESET : -Int32(count))
            return false
        }
        let (at, isKernel) = reactor.pacer.arrival(
            realtime: realtime, now: reactor.now, earliest: connectedAt)
        hasKernelTimes = isKernel
        unsafe take(UnsafeRawBufferPointer(rebasing: memory[..<Int(count)]).bytes, at: at)
        if channel.isClosed { return false }
        if Int(count) == capacity || channel.peerClosed { return true }
        channel.isReadable = false
        return false
    }

    private func take(_ bytes: RawSpan, at: Int64) {
        // The time is that of the last byte: with whole messages behind the begun one it says nothing of the pause before.
        if parser.awaitsPayload, bytes.byteCount <= parser.missingBytes + AudioSocketType.headerBytes {
            payloadPause = max(payloadPause, at &- pieceAt)
        }
        // Lent for the call: the media may look at the link.
        var parser = AudioSocketParser()
        swap(&parser, &self.parser)
        reactor.pacer.isReceiving = true
        defer { reactor.pacer.isReceiving = false }
        parser.feed(bytes) { type, payload in
            deliver(type, payload, at: at)
            payloadPause = 0
        }
        pieceAt = at
        swap(&parser, &self.parser)
    }

    private func deliver(_ type: UInt8, _ payload: RawSpan, at: Int64) {
        guard end == nil else { return }
        hasHeard = true
        // What comes after this side has hung up is not for the media. A hangup answers one; a FIN is answered by closing.
        if hungUpAt != nil {
            if type == AudioSocketType.hangup, !finFollows {
                finish(.local, "hung up; the other side too (00)", reply: .hangup, at: at)
            }
            return
        }
        media?.frameArrived(type, payload, at: at)
        switch type {
        case AudioSocketType.hangup: finish(.hangup, "the other side hung up (00)", at: at)
        case AudioSocketType.error:
            var name = "without a code"
            // SAFETY: there is a first byte.
            if payload.byteCount > 0 {
                name = unsafe AudioSocketType.errorName(payload.unsafeLoad(as: UInt8.self))
            }
            finish(.errorFrame, "the other side sent an error (ff): \(name)", at: at)
        default: break
        }
    }

    private func readingEnded(_ errno: Int32) {
        let isWithin = parser.isWithinFrame
        let (kind, detail): (AudioSocketEnd.Kind, String) =
            switch errno {
            // A reset that follows a FIN is seen as a broken pipe.
            case 0, EPIPE:
                isWithin
                    ? (
                        .midFrame,
                        "the other side closed within a message: \(parser.heldBytes) bytes of it came"
                    )
                    : (.fin, "the other side closed the connection (FIN)")
            case ECONNRESET: (.reset, "the other side reset the connection (RST)")
            default: (.reset, SystemError(call: "recv", errno: errno).description)
            }
        if hungUpAt == nil { finish(kind, detail) } else { finish(.local, "hung up; \(detail)", reply: kind) }
    }
}

/// Asks for kernel times of what is received; without them the loop's are taken.
func stampReceives(_ descriptor: Int32) { _ = clinux_stamp_receives(descriptor) }

/// Keeps a copy of bytes that wait to be sent.
func append(_ bytes: RawSpan, to unsent: inout [UInt8]) {
    // SAFETY: the pointer is used within the closure only.
    unsafe bytes.withUnsafeBytes { unsafe unsent.append(contentsOf: $0) }
}

extension OutputBuffer {
    /// A message; one that is longer than a length can say is cut.
    func appendMessage(_ type: UInt8, _ payload: [UInt8]) {
        let count = min(payload.count, AudioSocketType.largestPayloadBytes)
        append(type)
        append(UInt8(count >> 8))
        append(UInt8(count & 0xFF))
        // SAFETY: the array is alive for the call.
        unsafe payload.withUnsafeBytes { unsafe append(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
    }
}
