internal import AssayCore
internal import AssayWire

extension AudioSocketLink {
    /// Ends the call from this side; frames stop, and no message reaches the media any more.
    ///
    /// The link lives on until the other side has closed too, so that its answer can be told: ``AudioSocketEnd/reply``.
    ///
    /// - Parameter limit: how long the other side has for it.
    public func hangUp(_ how: Hangup, replyWithin limit: Duration = .seconds(2)) {
        guard end == nil, hungUpAt == nil else { return }
        stopPacing()
        switch how {
        case .fin: break
        case .frame: send(AudioSocketType.hangup, [])
        case .reset: channel.resetOnClose()
        case .midFrame:
            var half: [UInt8] = []
            AudioSocketWriter.appendHeader(channelFormat.type, length: channelFormat.frameBytes, to: &half)
            half.append(contentsOf: repeatElement(0, count: channelFormat.frameBytes / 2))
            sendRaw(half)
        }
        // Sending may have shown that the other side was first.
        guard end == nil else { return }
        hungUpAt = Reactor.monotonicNow()
        if how == .reset { return finish(.local, "hung up (rst)") }
        if how != .frame {
            finFollows = true
            if unsentBytes == 0 { channel.shutdownWriting() }
        }
        resumeReading()  // to see what the other side does
        let patience = limit.shortText
        after(limit) {
            $0.finish(.local, "hung up (\(how.rawValue)); the other side did not close within \(patience)")
        }
    }

    /// This side has hung up, and the other side has not closed yet.
    public var isHangingUp: Bool { hungUpAt != nil && end == nil }

    /// Ends the call because Assay stops; closes at once.
    public func cancel() { finish(.cancelled, "cancelled") }

    /// Ends the call as ``AudioSocketEnd/Kind/noAnswer`` unless a message has come by then.
    public func expectAnswer(within limit: Duration) {
        let text = limit.shortText
        after(limit) { link in
            if !link.hasHeard, link.hungUpAt == nil {
                link.finish(.noAnswer, "the server accepted the call and sent nothing within \(text)")
            }
        }
    }

    /// Closes the socket of a link that ``staysOpen``; ends the call when it has not ended yet.
    public func close() {
        finish(.local, "closed")
        channel.close()
    }

    /// - Parameter at: when, unless it is now.
    func finish(
        _ kind: AudioSocketEnd.Kind, _ detail: String, reply: AudioSocketEnd.Kind? = nil, at: Int64? = nil
    ) {
        guard end == nil else { return }
        stopPacing()
        let end = AudioSocketEnd(
            kind, at: at ?? Reactor.monotonicNow(), detail: detail, hungUpAt: hungUpAt, reply: reply)
        self.end = end
        let endsHere = kind == .local || kind == .cancelled || kind == .stalled || kind == .noAnswer
        if !staysOpen || endsHere { channel.close() }
        timers.cancel()
        unsent = []
        unsentStart = 0
        let media = self.media
        self.media = nil
        media?.linkEnded(end)
    }

    /// Does something later, unless the call has ended by then.
    func after(_ pause: Duration, _ action: @escaping @Sendable (AudioSocketLink) -> Void) {
        let deadline = Reactor.monotonicNow() &+ pause.nanoseconds
        let scope = CancelScope(on: reactor, within: timers)
        Task(executorPreference: reactor) {
            let wake = await self.reactor.sleep(until: deadline, in: scope)
            scope.leave()
            if wake == .timeout, self.end == nil { action(self) }
        }
    }
}
