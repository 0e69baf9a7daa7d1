internal import AssayAudio
internal import AssayCore
internal import AssayFormats
internal import AssayNet
internal import AssayScenario

/// One step of a call that is up: does something, or waits for the other side.
struct CallConversation {
    let session: Session
    let call: CallSession
    let step: PlannedStep

    init(_ session: Session, _ call: CallSession, _ step: PlannedStep) {
        self.session = session
        self.call = call
        self.step = step
    }

    func perform(_ wish: CallAction.Wish) async -> CallOutcome {
        switch wish {
        case .connect: return CallOutcome()
        case .greeting(let within): return await awaitGreeting(within)
        case .say(let speech): return await say(speech)
        case .response(let response): return await awaitResponse(response)
        case .bargeIn(let action): return await bargeIn(action)
        case .digits(let digits): return await press(digits)
        case .silence(let length, let frames):
            return await utter("silence for \(length.shortText)") { $0.pause(length, sent: frames) }
        case .noise(let length, let level):
            let noise = SpokenSound.noise(for: length, dBFS: level, format: call.format)
            return await utter("noise for \(length.shortText)") { $0.say([noise]) }
        case .quiet(let length): return await awaitSilence(length)
        case .ended(let within, let how): return await awaitEnd(within, how)
        case .hangUp(let how, let within): return await hangUp(how, within)
        case .stallReading(let length): return await stallReading(length)
        case .splitHeader(let place, let pause): return await splitHeader(at: place, pause)
        case .burst(let sound): return await burst(sound)
        }
    }

    // MARK: pieces

    var now: Int64 { Reactor.monotonicNow() }

    /// Waits for something to change, or for a moment.
    ///
    /// - Returns: `false` when the pass is cancelled.
    func wait(until deadline: Int64) async -> Bool {
        await call.changed.wait(until: deadline, in: session.scope) != .cancelled
    }

    /// Why nothing more can come of the call.
    var isOver: Bool { !call.isUp || call.finding != nil }

    /// The step failed: what was awaited, and what was heard instead.
    func failed(
        _ outcome: CallOutcome, _ subject: String, _ expected: String, _ why: String? = nil
    ) -> CallOutcome {
        var outcome = outcome
        let told = call.told(at: now)
        outcome.mismatch = Mismatch(
            subject: subject, expected: expected, actual: why.map { "\($0); \(told)" } ?? told,
            location: step.step.location)
        return outcome
    }

    func shown(_ nanoseconds: Int64) -> String { shortText(nanoseconds: Double(nanoseconds)) }

    // MARK: saying

    /// Queues something and waits until the last of it has been written.
    func utter(_ said: String, _ queue: (CallSession) -> Int) async -> CallOutcome {
        var outcome = CallOutcome()
        outcome.said = said
        guard !isOver else { return failed(outcome, "call", "the call to be up") }
        let begin = now
        let ticket = queue(call)
        while call.saidTicket < ticket {
            if isOver { return failed(outcome, "call", "the call to be up until the end of \(said)") }
            guard await wait(until: .max) else { return .cancelled }
        }
        let took = now - begin
        outcome.measured("took", took)
        outcome.heard = "done after \(shown(took))"
        return outcome
    }

    /// The files of a speech, ready to be said.
    func sounds(_ speech: CallSpeech) throws -> [SpokenSound] {
        try speech.sounds.map { sound in
            let written = try session.text(sound.path, step.names)
            return try session.context.sounds.spoken(sound.place(of: written), call.format)
        }
    }

    func sounds(_ speech: CallSpeech, _ outcome: inout CallOutcome) -> [SpokenSound]? {
        do {
            let sounds = try self.sounds(speech)
            outcome.said = told(sounds)
            return sounds
        } catch {
            outcome.mismatch = Self.mismatch(error, "say", step)
            return nil
        }
    }

    static func mismatch(_ error: any Error, _ subject: String, _ step: PlannedStep) -> Mismatch {
        if let error = error as? TemplateError { return StepEnd.failure(error).mismatches[0] }
        let error = error as? StepError
        return Mismatch(
            subject: subject, expected: "a sound", actual: error?.message ?? "it cannot be read",
            location: error?.location ?? step.step.location)
    }

    private func told(_ sounds: [SpokenSound]) -> String {
        let length = sounds.reduce(0) { $0 + $1.nanoseconds }
        return "say \(sounds.map(\.name).joined(separator: ", ")) (\(shown(length)))"
    }

    private func say(_ speech: CallSpeech) async -> CallOutcome {
        var outcome = CallOutcome()
        guard let sounds = sounds(speech, &outcome) else { return outcome }
        if let waits = speech.waits {
            let deadline = now &+ waits.nanoseconds
            while let quietAt = call.ledger.quietAt(now) {
                if isOver { break }
                if now >= deadline {
                    return failed(
                        outcome, "turn", "the other side to end its turn within \(waits.shortText)")
                }
                guard await wait(until: min(deadline, quietAt)) else { return .cancelled }
            }
        }
        return await utter(outcome.said) { $0.say(sounds) }
    }

    private func press(_ digits: CallDigits) async -> CallOutcome {
        var outcome = CallOutcome()
        let keys: String
        do {
            keys = try session.text(digits.digits, step.names)
        } catch {
            outcome.mismatch = Self.mismatch(error, "dtmf", step)
            return outcome
        }
        guard !keys.isEmpty, keys.allSatisfy(CallDigits.keys.contains) else {
            outcome.mismatch = Mismatch(
                subject: "dtmf", expected: "keys of \(CallDigits.keys)", actual: Shown.text(keys),
                location: step.step.location)
            return outcome
        }
        let means = digits.means ?? call.plan.usualMeans
        outcome.said = "press \(keys) (\(means.rawValue))"
        if means == .tones, let tones = SpokenSound.tones(keys, format: call.format) {
            return await utter(outcome.said) { $0.say([tones]) }
        }
        for (place, key) in keys.utf8.enumerated() {
            if isOver { return failed(outcome, "call", "the call to be up while keys are pressed") }
            if place > 0,
                await session.reactor.sleep(for: .milliseconds(150), in: session.scope) == .cancelled
            {
                return .cancelled
            }
            call.press(key)
        }
        outcome.heard = "pressed"
        return outcome
    }

    // MARK: disturbing

    private func stallReading(_ length: Duration) async -> CallOutcome {
        var outcome = CallOutcome()
        outcome.said = "stall reading for \(length.shortText)"
        guard !isOver else { return failed(outcome, "call", "the call to be up") }
        let end = now &+ length.nanoseconds
        call.link?.stallReading(until: end)
        return await pass(until: end, outcome)
    }

    private func splitHeader(at place: Int, _ pause: Duration) async -> CallOutcome {
        var outcome = CallOutcome()
        outcome.said = "split a message behind byte \(place) for \(pause.shortText)"
        guard !isOver else { return failed(outcome, "call", "the call to be up") }
        call.link?.splitNextFrame(at: place, pause: pause)
        // The next frame is due within 20 ms.
        return await pass(until: now &+ pause.nanoseconds &+ 40_000_000, outcome)
    }

    /// Time passes; the call may end meanwhile, which later steps judge.
    private func pass(until end: Int64, _ outcome: CallOutcome) async -> CallOutcome {
        var outcome = outcome
        while now < end, !isOver {
            guard await wait(until: end) else { return .cancelled }
        }
        outcome.heard = isOver ? call.told(at: now) : "done"
        return outcome
    }

    private func burst(_ sound: CallSound) async -> CallOutcome {
        var outcome = CallOutcome()
        let speech = CallSpeech(sounds: [sound])
        guard let sounds = sounds(speech, &outcome) else { return outcome }
        guard !isOver else { return failed(outcome, "call", "the call to be up") }
        for sound in sounds { call.burst(sound) }
        outcome.said += " at once"
        if isOver { return failed(outcome, "call", "the call to be up after the burst") }
        outcome.heard = "sent"
        return outcome
    }
}

extension CallLedger {
    /// When the bot's turn is over as far as one knows; `nil` when it is not speaking.
    func quietAt(_ now: Int64) -> Int64? {
        guard isBotSpeaking(at: now), let botVoicedUntil else { return nil }
        return botVoicedUntil &+ bounds.pause
    }
}
