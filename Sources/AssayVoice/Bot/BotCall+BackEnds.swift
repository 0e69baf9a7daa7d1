internal import AssayAudio
internal import AssayCore
internal import AssayFormats
internal import AssayNet
internal import AssayWire

// What takes longer than a turn of the loop: tasks of the bot's reactor, which end with their call.
extension BotCall {
    /// Finds out one more thing about the words that ended last.
    func understand(_ what: DialogueAction.Understanding) {
        let bound = ReactorBound(self, on: bot.reactor)
        Task(executorPreference: bot.reactor) { await bound.value.find(what) }
    }

    /// Makes what an answer needs.
    func work(_ work: DialogueWork) {
        let bound = ReactorBound(self, on: bot.reactor)
        Task(executorPreference: bot.reactor) { await bound.value.make(work) }
    }

    private func find(_ what: DialogueAction.Understanding) async {
        switch what {
        case .likeness(let state):
            let likeness = await likeness(to: bot.matchers[state])
            tell { $0.understood(Meaning(likeness: likeness), at: $1) }
        case .text:
            guard let end = bot.script.transcribing else { return fail(.failed) }
            let words = ear.heard
            guard
                let answer = await ask(
                    "stt",
                    { (own: inout Conversation) throws(TemplateError) in try own.transcribing(words, end) })
            else { return }
            guard let text = answer.json["text"]?.stringValue else { return fail(.failed) }
            conversation.hear(text: text)
            tell { $0.understood(Meaning(text: text), at: $1) }
        case .chat(let state):
            guard let end = bot.script.chatting else { return fail(.failed) }
            guard case .understanding(_, let meaning, _) = dialogue.phase else { return }
            let (text, turns) = (meaning.text ?? "", bot.script.states[state].turns)
            guard
                let answer = await ask(
                    "llm",
                    { (own: inout Conversation) throws(TemplateError) in try own.chatting(text, turns, end) })
            else { return }
            guard let reply = conversation.reply(answer, end) else { return fail(.failed) }
            tell { $0.understood(Meaning(chat: reply), at: $1) }
        }
    }

    /// By turn. Worked out beside the loop, so that no other call's frames wait for it.
    private func likeness(to matchers: [Int: SoundMatcher]) async -> [Int: Double] {
        let heard = ear.heard
        guard !heard.samples.isEmpty else { return [:] }
        return await Blocking.run {
            let print = SoundPrint(heard)
            return matchers.mapValues { $0.likeness(print) }
        }
    }

    private func make(_ work: DialogueWork) async {
        var result: BackEndAnswer?
        if let call = work.call {
            guard
                let answer = await ask(
                    work.name, { (own: inout Conversation) throws(TemplateError) in try own.request(call) })
            else { return }
            if let failure = conversation.capture(call, answer) {
                log(
                    .call, at: Reactor.monotonicNow(),
                    ["name": .string(work.name), "failure": .string(failure)])
                return fail(.failed)
            }
            result = answer
        }
        var say = work.say
        if work.asksModel, let end = bot.script.chatting {
            let turns = bot.script.states[dialogue.state].turns
            guard
                let answer = await ask(
                    "llm",
                    { (own: inout Conversation) throws(TemplateError) in
                        try own.chatting(after: result, turns, end)
                    })
            else {
                return
            }
            guard let reply = conversation.reply(answer, end), reply.tool == nil else { return fail(.failed) }
            say = [.text(Template(constant: reply.text, at: SourceLocation(file: "llm", line: 1, column: 1)))]
        }
        var spoken: [Phrase] = []
        for phrase in say {
            guard case .text(let text) = phrase else {
                spoken.append(phrase)
                continue
            }
            guard let end = bot.script.speaking else { return fail(.failed) }
            guard
                let answer = await ask(
                    "tts", { (own: inout Conversation) throws(TemplateError) in try own.speaking(text, end) })
            else { return }
            switch await Self.sound(answer.body, rate: bot.script.format(in: mode).rate) {
            case .success(let sound): spoken.append(.sound(sound, name: Phrase.spokenName))
            case .failure(let error):
                log(.call, at: Reactor.monotonicNow(), ["name": "tts", "failure": .string(error.message)])
                return fail(.failed)
            }
        }
        let all = spoken
        tell { $0.worked(all, at: $1) }
    }

    /// A back end's sound at the rate of the call, made beside the loop.
    private static func sound(_ bytes: [UInt8], rate: Int) async -> Result<Sound, SoundError> {
        await Blocking.run { () -> Result<Sound, SoundError> in
            do throws(SoundError) {
                return .success(try Sound(wav: bytes).resampled(to: rate))
            } catch {
                return .failure(error)
            }
        }
    }

    /// Asks a back end; a failure is told to the dialogue here.
    ///
    /// - Returns: `nil` when there is no answer, or nobody to hear it any more.
    private func ask(
        _ name: String, _ make: (inout Conversation) throws(TemplateError) -> BackEndRequest
    ) async -> BackEndAnswer? {
        let request: BackEndRequest
        do {
            request = try make(&conversation)
        } catch {
            log(
                .call, at: Reactor.monotonicNow(), ["name": .string(name), "failure": .string(error.message)])
            fail(.failed)
            return nil
        }
        let answer = await bot.backEnds.ask(request, in: scope) { origin, state in
            log(
                .breaker, at: Reactor.monotonicNow(),
                ["of": .string(origin), "state": .string(state.rawValue)])
        }
        guard !scope.isCancelled else { return nil }
        var facts: JSONObject = ["name": .string(name), "took": .int(answer.took)]
        if answer.status > 0 { facts["status"] = .int(Int64(answer.status)) }
        if let failure = answer.failure { facts["failure"] = .string(failure) }
        log(.call, at: Reactor.monotonicNow(), facts)
        guard answer.failure == nil else {
            fail(answer.isRefused ? .refused : .failed)
            return nil
        }
        return answer
    }

    private func fail(_ outcome: BackEndOutcome) { tell { $0.failed(outcome, at: $1) } }

    private func tell(_ change: (inout Dialogue, Int64) -> [DialogueAction]) {
        guard !scope.isCancelled else { return }
        perform(change(&dialogue, Reactor.monotonicNow()))
    }
}
