extension CallLedger {
    /// The caller begins to speak: write time of the frame with the annotated first speech sample.
    ///
    /// Without it a turn begins with the first voiced frame after half a second without one; noise that lasts is then
    /// part of the turn.
    public mutating func startOfSpeech(at time: Int64) {
        advance(to: time)
        guard !isConcluded else { return }
        if let open = turn, let end = open.endOfSpeech, open.isUnanswered, time - end < bounds.pause {
            // The caller went on after a breath.
            turn?.endOfSpeech = nil
            return
        }
        // Its first voiced frame may have been told before.
        if let open = turn, open.endOfSpeech == nil, abs(time - open.startedAt) <= bounds.disorder { return }
        beginTurn(at: time)
    }

    /// The caller is done: write time of the frame with the annotated last speech sample (T_eos).
    public mutating func endOfSpeech(at time: Int64) {
        advance(to: time)
        guard !isConcluded else { return }
        if turn == nil {
            beginTurn(at: time)
        } else if let end = turn?.endOfSpeech, turn?.isUnanswered == false {
            beginTurn(at: end)
        }
        turn?.endOfSpeech = time
        if let early = turn?.earlyAt {
            if early < time { finish(.early, time - early, at: early) } else { turn?.earlyAt = nil }
        }
    }

    /// A voiced frame of the caller was written.
    mutating func spoke(at time: Int64, until end: Int64) {
        let wasQuiet = time - max(lastCallerVoice ?? .min / 2, turn?.endOfSpeech ?? .min / 2) >= bounds.pause
        if turn == nil || turn?.endOfSpeech != nil && wasQuiet { beginTurn(at: time) }
        // Speaking over the bot counts from the first voiced frame of a turn, or after a pause.
        if wasQuiet || !isTurnVoiced { interrupted(at: time) }
        isTurnVoiced = true
        lastCallerVoice = end
    }

    /// The bot began an utterance.
    mutating func answered(at time: Int64) {
        guard let open = turn else { return }
        guard let end = open.endOfSpeech else {
            if open.earlyAt == nil { turn?.earlyAt = time }
            return
        }
        guard open.answeredAt == nil else { return }
        if time >= end {
            turn?.answeredAt = time
            finish(.response, time - end, at: end)
        } else if open.earlyAt == nil {
            turn?.earlyAt = time
            finish(.early, end - time, at: time)
        }
    }

    private mutating func beginTurn(at time: Int64) {
        if let open = turn, let end = open.endOfSpeech, open.isUnanswered {
            finish(.response, time - end, at: end, isCensored: true)
        }
        turn = CallTurn(number: (turn?.number ?? 0) + 1, startedAt: time)
        isTurnVoiced = false
    }

    private mutating func interrupted(at time: Int64) {
        guard bargedInAt == nil, isBotSpeaking(at: time) else { return }
        bargedInAt = time
    }
}
