internal import AssayAudio
internal import AssayCore
internal import AssayNet
internal import AssayScenario

extension CallConversation {
    /// Speaks over the other side, and judges when it stopped.
    func bargeIn(_ action: CallBargeIn) async -> CallOutcome {
        var outcome = CallOutcome()
        guard let sounds = sounds(action.speech, &outcome) else { return outcome }
        outcome.said = "barge in: " + outcome.said
        call.waiters[.bargeStop] = step.row
        let waitsUntil = now &+ action.waits.nanoseconds
        while call.ledger.quietAt(now) == nil {
            if isOver || now >= waitsUntil {
                return failed(
                    outcome, "barge-in", "a voice to speak over within \(action.waits.shortText)")
            }
            guard await wait(until: waitsUntil) else { return .cancelled }
        }
        let start = (call.utterance?.startedAt ?? now) &+ action.after.nanoseconds
        while now < start, !isOver {
            guard await wait(until: start) else { return .cancelled }
        }
        guard call.ledger.quietAt(now) != nil else {
            return failed(
                outcome, "barge-in", "the other side to speak for \(action.after.shortText) at least")
        }
        let begin = now
        let ticket = call.say(sounds)
        if let bound = action.stopsWithin {
            outcome = await awaitStop(bound, since: begin, ticket, outcome)
            if outcome.mismatch != nil || outcome.isCancelled { return outcome }
        }
        while call.saidTicket < ticket {
            if isOver { return failed(outcome, "call", "the call to be up while the caller speaks") }
            guard await wait(until: .max) else { return .cancelled }
        }
        return outcome
    }

    /// Waits until it is known when the other side stopped, or that it did not in time.
    private func awaitStop(
        _ bound: Duration, since begin: Int64, _ ticket: Int, _ outcome: CallOutcome
    ) async -> CallOutcome {
        let expected = "the other side to stop within \(bound.shortText) of the caller's voice"
        let utterances = call.ledger.utterances
        while call.voiceStartedAt == nil {
            if isOver { return failed(outcome, "stop", expected) }
            if call.saidTicket >= ticket {
                return failed(outcome, "stop", expected, "what was said has no voice in it")
            }
            guard await wait(until: now &+ 20_000_000) else { return .cancelled }
        }
        let voice = call.voiceStartedAt ?? begin
        let limit = voice &+ bound.nanoseconds
        while true {
            call.advance(to: now)
            if let found = call.takeMeasurement(.bargeStop, since: begin) {
                if let row = step.row ?? call.row { session.meter?.call(found, row) }
                return stopped(found.value, found.isCensored, bound, expected, outcome)
            }
            let until = call.ledger.botVoicedUntil ?? 0
            if call.ledger.bargedInAt == nil || call.ledger.utterances > utterances {
                return stopped(max(0, until - voice), false, bound, expected, outcome)
            }
            if isOver { return failed(outcome, "stop", expected) }
            if now > limit, until > limit {
                return failed(outcome, "stop", expected, "it still speaks after \(shown(until - voice))")
            }
            let next = now <= limit ? limit &+ 1 : call.ledger.botQuietAt ?? now &+ 20_000_000
            guard await wait(until: max(next, now &+ 1_000_000)) else { return .cancelled }
        }
    }

    private func stopped(
        _ took: Int64, _ isCensored: Bool, _ bound: Duration, _ expected: String, _ outcome: CallOutcome
    ) -> CallOutcome {
        var outcome = outcome
        outcome.latency = took
        outcome.measured("latency", took)
        outcome.measured("stop", took)
        outcome.heard =
            isCensored ? "it had not stopped after \(shown(took))" : "it stopped after \(shown(took))"
        if isCensored || took > bound.nanoseconds { return failed(outcome, "stop", expected, outcome.heard) }
        return outcome
    }
}
