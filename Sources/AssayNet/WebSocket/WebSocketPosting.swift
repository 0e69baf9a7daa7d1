internal import AssayCore
public import AssayWire

// For callers that do not wait: what the kernel does not take now is sent by the reactor's loop when there is room.
extension WebSocketConnection {
    /// Begins to send a message.
    ///
    /// - Returns: `nil` when it is sent or will be, unless the connection breaks; see ``unsentBytes``.
    public func post(_ kind: WebSocketKind, _ payload: [UInt8]) -> WebSocketFailure? {
        if let failure = notOpen { return failure }
        writer.append(kind, payload, fragmentBytes: nil, to: &unsent) { self.mask() }
        flush()
        return nil
    }

    /// Begins to send a ping; its pong is received like a message.
    public func post(ping payload: [UInt8]) -> WebSocketFailure? {
        if let failure = notOpen { return failure }
        writer.append(control: .ping, payload, to: &unsent) { self.mask() }
        flush()
        return nil
    }

    /// Says that it is over, if that was not said before; the peer's answer is received as the end.
    public func post(close code: WebSocketCloseCode?, reason: String) {
        guard end == nil else { return }
        sendClose(code, reason)
        // What waits to be received is of no use any more, and must not keep the answer from being read.
        _ = discardWaiting()
    }

    /// The next message, ping or pong that has come, else how the connection ended; `nil` when there is neither yet.
    public func take() -> Result<WebSocketMessage, WebSocketEnd>? {
        if waitingMessages > 0 { return .success(takeMessage()) }
        return end.map { .failure($0) }
    }

    /// Bytes of frames that the kernel has not taken yet.
    public var unsentBytes: Int { unsent.count - unsentStart }

    /// Waits until everything posted is with the kernel.
    ///
    /// - Returns: `nil` when it is; ``Outcome/timeout`` and ``Outcome/cancelled`` leave the rest on its way.
    public func drained(until deadline: Int64 = .max, in scope: CancelScope? = nil) async -> WebSocketFailure?
    {
        await flushed(until: deadline, in: scope)
    }
}
