internal import AssayAudio
internal import AssayCore
internal import AssayFormats
internal import AssayNet
internal import AssayScenario
internal import AssayWire

extension CallConversation {
    /// By how much later than it came a voice may be known: frames are judged with those that follow. Arrival decides.
    private static let knownLate: Int64 = 60_000_000

    // MARK: greeting

    func awaitGreeting(_ within: Duration) async -> CallOutcome {
        var outcome = CallOutcome()
        outcome.said = "expect a greeting"
        call.waiters[.greeting] = step.row
        let expected = "a voice within \(within.shortText) of the connection"
        let deadline = call.connectedAt &+ within.nanoseconds &+ Self.knownLate
        while call.utterance == nil {
            if isOver || now >= deadline { return failed(outcome, "greeting", expected) }
            guard await wait(until: deadline) else { return .cancelled }
        }
        let latency = call.ledger.greeting ?? (call.utterance?.startedAt ?? now) - call.connectedAt
        meter(.greeting)
        call.takenUtterance = max(call.takenUtterance, 1)
        outcome.latency = latency
        outcome.measured("latency", latency)
        outcome.measured("greeting", latency)
        if let first = call.ledger.firstFrame { outcome.measured("firstFrame", first) }
        outcome.heard = "a voice \(shown(latency)) after the connection"
        if latency > within.nanoseconds { return failed(outcome, "greeting", expected, outcome.heard) }
        return outcome
    }

    /// Counts a figure as this step's own.
    func meter(_ kind: CallMeasurement.Kind, since time: Int64 = .min) {
        guard let found = call.takeMeasurement(kind, since: time), let row = step.row ?? call.row else {
            return
        }
        session.meter?.call(found, row)
    }

    // MARK: response

    func awaitResponse(_ response: CallResponse) async -> CallOutcome {
        var outcome = CallOutcome()
        outcome.said = "expect a response"
        call.waiters[.response] = step.row
        call.waiters[.early] = step.row
        let base = call.awaitsFrom
        let from = base ?? now
        let since = base == nil ? "" : " of the end of speech"
        let expected = "a voice within \(response.within.shortText)\(since)"
        let deadline = from &+ response.within.nanoseconds &+ Self.knownLate
        var answer = call.answer(since: from)
        while answer == nil {
            if response.notEarly, let early = call.falseStart, base != nil {
                outcome.measured("early", from - early)
                return failed(
                    outcome, "response", "no voice before the end of speech",
                    "a voice \(shown(from - early)) before it")
            }
            if isOver || now >= deadline { return failed(outcome, "response", expected) }
            // A voice that goes on after a breath wakes nobody.
            let next = call.falseStart == nil ? deadline : min(deadline, now &+ 50_000_000)
            guard await wait(until: next) else { return .cancelled }
            answer = call.answer(since: from)
        }
        guard let utterance = answer else { return outcome }
        call.takenUtterance = utterance.number
        call.answered()
        meter(.response)
        meter(.early)
        let latency = utterance.startedAt - from
        if let early = call.falseStart, base != nil, latency >= 0 { outcome.measured("early", from - early) }
        call.falseStart = nil
        if latency < 0, base != nil {
            outcome.measured("early", -latency)
            outcome.heard = "a voice \(shown(-latency)) before the end of speech"
            if response.notEarly {
                return failed(outcome, "response", "no voice before the end of speech", outcome.heard)
            }
        } else {
            outcome.latency = max(0, latency)
            outcome.measured("latency", max(0, latency))
            outcome.heard = "a voice after \(shown(max(0, latency)))"
        }
        if latency > response.within.nanoseconds {
            return failed(outcome, "response", expected, outcome.heard)
        }
        if let marker = response.marker {
            outcome = await judge(marker, from: utterance, outcome)
            if outcome.mismatch != nil || outcome.isCancelled { return outcome }
        }
        if let like = response.like {
            outcome = await judge(like, atLeast: response.likeness, of: utterance, outcome)
        }
        return outcome
    }

    /// Waits for a tone in front of the answer; which digit it is decides.
    private func judge(
        _ marker: Template, from utterance: CallSession.Utterance, _ outcome: CallOutcome
    ) async -> CallOutcome {
        var outcome = outcome
        let wanted: String
        do {
            wanted = try session.text(marker, step.names)
        } catch {
            outcome.mismatch = Self.mismatch(error, "marker", step)
            return outcome
        }
        let limit = utterance.startedAt &+ 2_000_000_000
        // Tones of what was said before are not this answer's.
        call.skipDigits(before: utterance.startedAt)
        while call.ear.digits.count <= call.takenDigits {
            if isOver || now >= limit {
                return failed(outcome, "marker", "the tone of \(wanted) in front of the answer")
            }
            guard await wait(until: limit) else { return .cancelled }
        }
        let heard = call.ear.digits[call.takenDigits].digit
        call.takenDigits += 1
        outcome.facts["marker"] = .string(String(heard))
        outcome.heard += ", marked \(heard)"
        if String(heard) != wanted {
            return failed(outcome, "marker", "the tone of \(wanted)", "the tone of \(heard)")
        }
        return outcome
    }

    /// Listens until as much has been heard as the reference has, or the other side is done, and compares.
    private func judge(
        _ like: CallSound, atLeast wanted: Double, of utterance: CallSession.Utterance,
        _ outcome: CallOutcome
    ) async -> CallOutcome {
        var outcome = outcome
        let matcher: SoundMatcher
        let length: Int64
        let name: String
        do {
            let place = like.place(of: try session.text(like.path, step.names))
            matcher = try session.context.sounds.matcher(place, call.format)
            length = try session.context.sounds.nanoseconds(place)
            name = String(place.split(separator: "/").last ?? "")
        } catch {
            outcome.mismatch = Self.mismatch(error, "like", step)
            return outcome
        }
        let slack: Int64 = 300_000_000
        call.wantedSamples =
            utterance.startSample + Sound.samples(inNanoseconds: length + slack, rate: call.format.rate)
        defer { call.wantedSamples = .max }
        while call.isUp, call.ear.sampleCount < call.wantedSamples, let quietAt = call.ledger.quietAt(now) {
            guard await wait(until: quietAt) else { return .cancelled }
        }
        let heard = call.ear.audio(from: utterance.startSample)
        // Comparing takes a millisecond or so, in which frames of other calls are due.
        let likeness = await Blocking.run { matcher.likeness(heard) }
        outcome.facts["likeness"] = .double((likeness * 1000).rounded() / 1000)
        outcome.heard += ", \(fixed(likeness, places: 2)) like \(name)"
        if likeness < wanted {
            return failed(
                outcome, "likeness", "at least \(fixed(wanted, places: 2)) like \(name)",
                "\(fixed(likeness, places: 2)) in \(shown(heard.nanoseconds)) heard")
        }
        return outcome
    }

    // MARK: silence

    func awaitSilence(_ length: Duration) async -> CallOutcome {
        var outcome = CallOutcome()
        outcome.said = "expect silence for \(length.shortText)"
        let begin = now
        let end = begin &+ length.nanoseconds
        while now < end {
            if let until = call.ledger.botVoicedUntil, until > begin {
                return failed(outcome, "silence", "no voice for \(length.shortText)", "a voice was heard")
            }
            if isOver { return failed(outcome, "silence", "the call to be up, and silent") }
            guard await wait(until: end) else { return .cancelled }
        }
        if let until = call.ledger.botVoicedUntil, until > begin {
            return failed(outcome, "silence", "no voice for \(length.shortText)", "a voice was heard")
        }
        outcome.heard = "nothing"
        return outcome
    }
}
