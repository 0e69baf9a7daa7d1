internal import AssayAudio
internal import AssayCore
internal import AssayDoubles
internal import AssayFormats
internal import AssayNet
internal import AssayWire

/// One call of a bot: carries what the dialogue wants to the wire and to back ends, and what comes from there to the dialogue.
///
/// On the reactor's thread only. Time passes with the frames: the pacer asks every 20 ms.
final class BotCall: AudioSocketMedia {
    let number: Int
    let bot: VoiceBot
    let scope: CancelScope
    var conversation: Conversation
    var dialogue: Dialogue
    let mode: BotMode
    private let format: AudioSocketFormat
    var uuid = ""
    private var link: AudioSocketLink?
    var ear: Ear
    private var mouth = Mouth()
    var judge: ClientJudge?
    private var mark: Mouth.Mark?
    var facts = CallFacts()
    /// When the latest frame with a voiced sample was written; the first frame of what is being said.
    private var voicedAt: Int64 = 0
    private var firstFrameAt: Int64 = 0
    /// Everything was given out: the next slot tells the dialogue.
    private var hasSpoken = false
    /// When all of a burst has been played.
    private var playedAt: Int64?
    var keptBytes = 0
    /// Of the latest job.
    private(set) var jobNumber = 0

    init(_ number: Int, of bot: VoiceBot, _ readings: SwitchReadings?) {
        self.number = number
        self.bot = bot
        let script = bot.script
        mode = readings.map { script.mode.turned($0) } ?? script.mode
        format = script.format(in: mode)
        let scope = bot.scope(for: number)
        conversation = Conversation(scope, call: number)
        dialogue = Dialogue(script, mode: mode, random: scope.random)
        dialogue.extraThinking = readings?.duration("thinking") ?? .zero
        ear = Ear(script.format, hangover: script.endOfSpeech, bot.attention)
        self.scope = CancelScope(on: bot.reactor, within: bot.scope)
        if script.isStrict { judge = ClientJudge(script.format) }
        if mode.kind == .gappy {
            mouth.gapEvery = max(1, Int(mode.gapEvery.nanoseconds / AudioSocketFormat.frameNanoseconds))
            mouth.gapFor = max(1, Int(mode.gapFor.nanoseconds / AudioSocketFormat.frameNanoseconds))
        }
    }

    func begin(_ channel: Channel) {
        let link = AudioSocketLink(accepted: channel, media: self, on: bot.reactor)
        self.link = link
        link.channelFormat = format
        link.staysOpen = mode.kind == .noClose
        facts.connectedAt = link.connectedAt
        log(.connected, at: link.connectedAt)
        perform(dialogue.begin(at: link.connectedAt))
        link.startPacing()
    }

    func cancel() {
        link?.cancel()
        if mode.kind == .noClose { link?.close() }
    }

    /// In the journal: a call that nobody named goes by its number.
    private var name: String { uuid.isEmpty ? "\(number)" : uuid }

    func log(_ kind: BotEvent.Kind, at: Int64, _ facts: JSONObject = JSONObject()) {
        bot.record(BotEvent(kind, at: at, call: number, uuid: uuid, facts: facts))
    }

    // MARK: Speaking

    func nextFrame(due: Int64, into payload: inout [UInt8]) -> Bool {
        if hasSpoken, due >= playedAt ?? due {
            (hasSpoken, playedAt) = (false, nil)
            perform(dialogue.spoken(at: due))
        }
        listen(at: due)
        perform(dialogue.tick(at: due))
        if mode.kind == .burst {
            if mouth.isSpeaking, due >= playedAt ?? due { burst() }
            return false
        }
        mark = mouth.next(into: &payload)
        return mark != nil
    }

    func frameWritten(due: Int64, at: Int64, isShort: Bool) {
        guard let mark else { return }
        self.mark = nil
        written(mark, at: at)
    }

    private func written(_ mark: Mouth.Mark, at: Int64) {
        if mark.isFirst { firstFrameAt = at }
        if mark.isVoiced { voicedAt = at }
        if mark.isFirstVoiced {
            let isGreeting = mouth.purpose == .greeting
            log(isGreeting ? .greeting : .answer, at: at, ["frame": .int(firstFrameAt)])
            facts.began(isGreeting: isGreeting, at: at)
        }
        guard mark.isLast else { return }
        log(.said, at: at, ["voiced": .int(voicedAt)])
        hasSpoken = true
    }

    private func speak(_ phrases: [Phrase], _ purpose: DialogueAction.Purpose, at now: Int64) {
        hasSpoken = false
        let sounds = phrases.compactMap { bot.shelf.prepared($0, in: format) }
        mouth.say(sounds, for: purpose)
        guard mouth.isSpeaking else {
            hasSpoken = true
            return
        }
        if mode.kind == .burst { burst() }
    }

    /// As many frames as one write may have, at once; the next when these have been played.
    private func burst() {
        var payloads: [[UInt8]] = []
        var marks: [Mouth.Mark] = []
        while mode.burstFrames == 0 || payloads.count < mode.burstFrames {
            var payload: [UInt8] = []
            guard let mark = mouth.next(into: &payload) else { break }
            payloads.append(payload)
            marks.append(mark)
        }
        let at = Reactor.monotonicNow()
        link?.burst(payloads)
        for mark in marks { written(mark, at: at) }
        playedAt = at + Int64(payloads.count) * AudioSocketFormat.frameNanoseconds
    }

    // MARK: Doing

    /// Does what the dialogue wants, in this order.
    func perform(_ actions: [DialogueAction]) {
        for action in actions {
            let now = Reactor.monotonicNow()
            switch action {
            case .speak(let phrases, let purpose): speak(phrases, purpose, at: now)
            case .stopSpeaking: stopSpeaking(at: now)
            case .hurry:
                let words = ear.cutOff(at: now)
                wordsEnded(words.digits, began: words.began, ended: now, isHurried: true, at: now)
            case .understand(let what):
                let words = ear.heard
                begin { await $0.find(what, words) }
            case .work(let work): begin { await $0.make(work) }
            case .hangUp(let why): hangUp(why, at: now)
            case .resetConnection:
                log(.hangUp, at: now, ["why": "a digit came", "how": "rst"])
                link?.hangUp(.reset)
            case .note(let kind, let facts): note(kind, facts, at: now)
            }
        }
    }

    /// Begins something that takes longer than a turn of the loop.
    private func begin(_ work: @escaping @Sendable (BotJob) async -> Void) {
        jobNumber += 1
        let job = ReactorBound(BotJob(call: self, number: jobNumber), on: bot.reactor)
        Task(executorPreference: bot.reactor) { await work(job.value) }
    }

    private func note(_ kind: BotEvent.Kind, _ facts: JSONObject, at now: Int64) {
        log(kind, at: now, facts)
        guard kind == .turn || kind == .notUnderstood else { return }
        let heard = facts["heard"]?.stringValue ?? ""
        conversation.choose(heard)
        self.facts.turns += 1
        bot.record("TURN", "/calls/\(name)/turns", .object(facts), status: kind == .turn ? 200 : 404)
    }

    private func stopSpeaking(at now: Int64) {
        guard mouth.isSpeaking || hasSpoken else { return }
        mouth.stop()
        (hasSpoken, playedAt) = (false, nil)
        log(.stopped, at: now, ["voiced": .int(voicedAt)])
    }

    private func hangUp(_ why: String, at now: Int64) {
        let how = mode.kind == .noClose ? "not at all" : bot.script.hangup.rawValue
        log(.hangUp, at: now, ["why": .string(why), "how": .string(how)])
        facts.hungUp = why
        mouth.stop()
        // Who does not close says nothing either, and waits for the other side or for its time.
        if mode.kind == .noClose { closeLater() } else { link?.hangUp(bot.script.hangup) }
    }

    private func closeLater() {
        let bound = ReactorBound(self, on: bot.reactor)
        Task(executorPreference: bot.reactor) { await bound.value.close(after: bound.value.mode.closeAfter) }
    }

    private func close(after pause: Duration) async {
        await bot.reactor.sleep(for: pause, in: bot.scope)
        link?.close()
        link = nil
    }

    // MARK: The end

    func linkEnded(_ end: AudioSocketEnd) {
        for text in judge?.ended(isWithinMessage: end.kind == .midFrame) ?? [] { violate(text, at: end.at) }
        dialogue.ended()
        scope.cancel()
        scope.leave()
        bot.keptBytes -= keptBytes
        var ending: JSONObject = ["how": .string(end.name), "detail": .string(end.detail)]
        if let reply = end.reply { ending["reply"] = .string(reply.rawValue) }
        log(.ended, at: end.at, ending)
        bot.record(
            "CALL", "/calls/\(name)", facts.json(ended: end), status: facts.violations.isEmpty ? 200 : 400)
        if mode.kind == .noClose, end.kind != .local, end.kind != .cancelled {
            closeLater()
        } else {
            link = nil
        }
        bot.ended(number)
    }
}
