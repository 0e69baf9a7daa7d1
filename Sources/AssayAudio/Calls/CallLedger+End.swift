extension CallLedger {
    /// We hang up, in whatever way: the conversation is over. After the peer's own end it means nothing.
    public mutating func hungUp(at time: Int64) {
        guard hungUpAt == nil, end == nil else { return }
        conclude(at: time, byPeer: nil)
        hungUpAt = time
    }

    /// The peer ended the call, or its connection did. A hangup message is told apart from the end of the connection
    /// that follows it: the message gives the name, the connection's end the time.
    public mutating func ended(_ how: CallEnd, at time: Int64) {
        if end == nil { end = how }
        if !isConcluded { conclude(at: time, byPeer: how) }
        guard how == .fin || how == .reset || how == .midFrame, endedAt == nil else { return }
        endedAt = time
        if let hungUpAt { finish(.hangup, max(0, time - hungUpAt), at: hungUpAt) }
    }

    /// Nothing more is expected: measures what is left.
    public mutating func close(at time: Int64) {
        guard !isClosed else { return }
        isClosed = true
        conclude(at: time, byPeer: nil)
        // Who resets the connection waits for nobody.
        if let hungUpAt, endedAt == nil, time - hungUpAt >= Self.leastWait {
            finish(.hangup, time - hungUpAt, at: hungUpAt, isCensored: true)
        }
    }

    private static let leastWait: Int64 = 10_000_000

    /// The conversation is over: what is still open is censored.
    private mutating func conclude(at time: Int64, byPeer how: CallEnd?) {
        guard !isConcluded else { return }
        if let since = bargedInAt, let voicedUntil = botVoicedUntil, voicedUntil > time {
            bargedInAt = nil
            finish(.bargeStop, max(0, time - since), at: since, isCensored: true)
        }
        endUtterance()
        settle(to: time)
        isConcluded = true
        if time - timeline.quietSince > bounds.deadAir {
            finish(.deadAir, time - timeline.quietSince, at: timeline.quietSince, isCensored: true)
        }
        if let open = turn, let end = open.endOfSpeech, open.isUnanswered, how?.isOrderly != true {
            finish(.response, time - end, at: end, isCensored: true)
        }
        if firstFrame == nil { finish(.firstFrame, time - connectedAt, at: connectedAt, isCensored: true) }
        if utterances == 0 { finish(.greeting, time - connectedAt, at: connectedAt, isCensored: true) }
        finish(.talkOver, timeline.overlapped, at: connectedAt)
        finish(.predictedLoss, queue.lost, at: connectedAt, whole: queue.arrived)
    }
}
