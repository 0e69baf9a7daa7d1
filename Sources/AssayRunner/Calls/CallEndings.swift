internal import AssayAudio
internal import AssayCore
internal import AssayFormats
internal import AssayNet
internal import AssayScenario

extension CallConversation {
    func awaitEnd(_ within: Duration, _ how: CallEnding?) async -> CallOutcome {
        var outcome = CallOutcome()
        outcome.said = "expect the other side to hang up"
        let wanted = how.map(\.rawValue) ?? "fin or 00"
        let expected = "the other side to hang up (\(wanted)) within \(within.shortText)"
        let begin = now
        let deadline = begin &+ within.nanoseconds
        while call.isUp {
            if call.finding != nil || now >= deadline { return failed(outcome, "hangup", expected) }
            guard await wait(until: deadline) else { return .cancelled }
        }
        guard let end = call.end else { return outcome }
        let took = max(0, end.at - begin)
        outcome.latency = took
        outcome.measured("latency", took)
        let name = CallEnd(end.kind)?.rawValue ?? end.kind.rawValue
        outcome.facts["end"] = .string(name)
        outcome.heard = "\(end.toldEnd) after \(shown(took))"
        tellFindings(&outcome)
        let isWanted = how.map { $0.rawValue == name } ?? (end.kind == .fin || end.kind == .hangup)
        return isWanted ? outcome : failed(outcome, "hangup", expected)
    }

    /// What was wrong with the other side's audio is known when the call is over.
    private func tellFindings(_ outcome: inout CallOutcome) {
        let findings = call.heardWrongly
        outcome.facts["findings"] = .array(findings.map { .string($0) })
        outcome.heard += findings.map { "; " + $0 }.joined()
    }

    func hangUp(_ how: CallHangup, _ within: Duration) async -> CallOutcome {
        var outcome = CallOutcome()
        outcome.said = "hang up (\(how.rawValue))"
        guard call.isUp, let link = call.link else {
            return failed(outcome, "call", "the call to be up")
        }
        call.waiters[.hangup] = step.row
        link.hangUp(AudioSocketLink.Hangup(how), replyWithin: within)
        while call.isUp {
            guard await wait(until: .max) else { return .cancelled }
        }
        meter(.hangup)
        guard let end = call.end else { return outcome }
        guard how != .reset else {
            outcome.heard = "the connection was reset"
            return outcome
        }
        guard end.hungUpAt != nil else { return failed(outcome, "hangup", "the call to be up") }
        guard let reply = end.reply, let hungUpAt = end.hungUpAt else {
            return failed(
                outcome, "hangup", "the other side to close within \(within.shortText) of the caller's end")
        }
        let took = max(0, end.at - hungUpAt)
        outcome.latency = took
        outcome.measured("latency", took)
        outcome.facts["end"] = .string(CallEnd(reply)?.rawValue ?? reply.rawValue)
        outcome.heard = "the other side closed (\(reply.rawValue)) after \(shown(took))"
        tellFindings(&outcome)
        return outcome
    }
}

extension AudioSocketLink.Hangup {
    init(_ how: CallHangup) {
        switch how {
        case .fin: self = .fin
        case .frame: self = .frame
        case .reset: self = .reset
        case .midFrame: self = .midFrame
        }
    }
}
