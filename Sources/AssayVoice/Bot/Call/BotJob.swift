internal import AssayAudio
internal import AssayCore
internal import AssayFormats
internal import AssayNet
internal import AssayWire

/// One thing that takes a call longer than a turn of the loop: a task of the bot's reactor, which ends with the call.
///
/// What comes of a job is only told while no later one has begun: a digit may have gone on meanwhile.
struct BotJob {
    let call: BotCall
    let number: Int

    /// Whether somebody waits for what comes of it.
    private var isWanted: Bool { !call.scope.isCancelled && call.jobNumber == number }

    private var bot: VoiceBot { call.bot }

    // MARK: What words mean

    /// Finds out one more thing about the words that ended last.
    func find(_ what: DialogueAction.Understanding, _ words: Sound) async {
        switch what {
        case .likeness(let state):
            let likeness = await likeness(of: words, to: bot.matchers[state])
            tell { $0.understood(Meaning(likeness: likeness), at: $1) }
        case .text: await transcribe(words)
        case .chat(let state): await chat(bot.script.states[state].turns)
        }
    }

    /// By turn. Worked out beside the loop, so that no other call's frames wait for it.
    private func likeness(of words: Sound, to matchers: [Int: SoundMatcher]) async -> [Int: Double] {
        guard !words.samples.isEmpty else { return [:] }
        return await Blocking.run {
            let print = SoundPrint(words)
            return matchers.mapValues { $0.likeness(print) }
        }
    }

    private func transcribe(_ words: Sound) async {
        guard let end = bot.script.transcribing else { return fail(.failed) }
        let answer = await ask("stt") { (own: inout Conversation) throws(TemplateError) in
            try own.transcribing(words, end)
        }
        guard let answer else { return }
        guard let text = answer.json["text"]?.stringValue else { return fail(.failed) }
        call.conversation.hear(text: text)
        tell { $0.understood(Meaning(text: text), at: $1) }
    }

    private func chat(_ turns: [BotTurn]) async {
        guard let end = bot.script.chatting, case .understanding(_, let meaning, _) = call.dialogue.phase
        else {
            return fail(.failed)
        }
        let text = meaning.text ?? ""
        let answer = await ask("llm") { (own: inout Conversation) throws(TemplateError) in
            try own.chatting(text, turns, end)
        }
        guard let answer else { return }
        guard let reply = call.conversation.reply(answer, end) else { return fail(.failed) }
        tell { $0.understood(Meaning(chat: reply), at: $1) }
    }

    // MARK: What an answer needs

    /// Makes the calls, asks the model, and has texts spoken.
    func make(_ work: DialogueWork) async {
        var result: BackEndAnswer?
        for (name, tool) in work.calls {
            let answer = await ask(name) { (own: inout Conversation) throws(TemplateError) in
                try own.request(tool)
            }
            guard let answer else { return }
            if let failure = call.conversation.capture(tool, answer) { return fail(name, failure) }
            result = answer
        }
        var say = work.say
        if work.asksModel, let end = bot.script.chatting {
            let turns = bot.script.states[call.dialogue.state].turns
            let told = result
            let answer = await ask("llm") { (own: inout Conversation) throws(TemplateError) in
                try own.chatting(after: told, turns, end)
            }
            guard let answer else { return }
            guard let reply = call.conversation.reply(answer, end), reply.tool == nil else {
                return fail(.failed)
            }
            say = [.text(Template(constant: reply.text, at: SourceLocation(file: "llm", line: 1, column: 1)))]
        }
        var spoken: [Phrase] = []
        for phrase in say {
            guard let sound = await sound(of: phrase) else { return }
            spoken.append(sound)
        }
        let all = spoken
        tell { $0.worked(all, at: $1) }
    }

    /// A text as a sound; others stay as they are.
    ///
    /// - Returns: `nil` when it could not be made, which is told.
    private func sound(of phrase: Phrase) async -> Phrase? {
        guard case .text(let text) = phrase else { return phrase }
        guard let end = bot.script.speaking else {
            fail(.failed)
            return nil
        }
        let answer = await ask("tts") { (own: inout Conversation) throws(TemplateError) in
            try own.speaking(text, end)
        }
        guard let answer else { return nil }
        let rate = bot.script.format(in: call.mode).rate
        // Beside the loop, as resampling takes its time.
        let made = await Blocking.run { () -> Result<Sound, SoundError> in
            do throws(SoundError) {
                return .success(try Sound(wav: answer.body).resampled(to: rate))
            } catch {
                return .failure(error)
            }
        }
        switch made {
        case .success(let sound): return .sound(sound, name: Phrase.spokenName)
        case .failure(let error):
            fail("tts", error.message)
            return nil
        }
    }

    // MARK: Asking and telling

    /// Asks a back end; a failure is told to the dialogue here.
    ///
    /// - Returns: `nil` when there is no answer, or nobody to hear it any more.
    private func ask(
        _ name: String, _ make: (inout Conversation) throws(TemplateError) -> BackEndRequest
    ) async -> BackEndAnswer? {
        let request: BackEndRequest
        do {
            request = try make(&call.conversation)
        } catch {
            fail(name, error.message)
            return nil
        }
        let answer = await bot.backEnds.ask(request, in: call.scope) { origin, state in
            call.log(
                .breaker, at: Reactor.monotonicNow(),
                ["of": .string(origin), "state": .string(state.rawValue)])
        }
        guard !call.scope.isCancelled else { return nil }
        var facts: JSONObject = ["name": .string(name), "took": .int(answer.took)]
        if answer.status > 0 { facts["status"] = .int(Int64(answer.status)) }
        if let failure = answer.failure { facts["failure"] = .string(failure) }
        call.log(.call, at: Reactor.monotonicNow(), facts)
        guard answer.failure == nil else {
            fail(answer.isRefused ? .refused : .failed)
            return nil
        }
        return isWanted ? answer : nil
    }

    /// Logs why, and tells the dialogue that it failed.
    private func fail(_ name: String, _ reason: String) {
        call.log(.call, at: Reactor.monotonicNow(), ["name": .string(name), "failure": .string(reason)])
        fail(.failed)
    }

    private func fail(_ outcome: BackEndOutcome) { tell { $0.failed(outcome, at: $1) } }

    private func tell(_ change: (inout Dialogue, Int64) -> [DialogueAction]) {
        guard isWanted else { return }
        call.perform(change(&call.dialogue, Reactor.monotonicNow()))
    }
}
