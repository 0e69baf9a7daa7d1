internal import AssayCore
internal import AssayDoubles
internal import AssayFormats

/// One call's conversation: what is heard comes in, what is to be done comes out.
///
/// Pure: times are passed in (CLOCK_MONOTONIC nanoseconds), randomness is seeded, nothing is awaited. ``tick(at:)`` is called
/// often, at least every 20 ms; whatever goes by time happens there.
struct Dialogue {
    enum Phase: Sendable {
        /// Something is to be said, not before a time.
        case waiting(until: Int64, BotAnswer)
        /// - Parameter stopAt: when it ends because the caller has begun to speak.
        case speaking(then: BotNext, stopAt: Int64?)
        case listening(since: Int64)
        /// What the words mean is being found out.
        case understanding(Words, Meaning, isHurried: Bool)
        /// A request is on its way; what then is said is not said before a time.
        case working(BotTurn?, BotAnswer, until: Int64, isFailure: Bool = false)
        case over
    }

    let script: BotScript
    var mode: BotMode
    /// More thinking time than the script's.
    var extraThinking = Duration.zero
    var phase: Phase = .over
    /// Whose turns count.
    var state = 0
    private var random: SeededRandom
    private var begunAt: Int64 = 0
    /// How often a turn was taken, by state and turn.
    var taken: [[Int]]
    /// Digits of messages that no turn has taken yet.
    var digits = ""
    /// When the caller's voice began, while it lasts.
    var voiceSince: Int64?
    var voiceEndedAt: Int64 = .min
    /// Words whose beginning was answered already.
    var skipsWords = false
    /// Words that ended while the bot was being stopped.
    var pendingWords: Words?
    /// Answers and greetings that were said or would have been.
    private var saidCount = 0
    /// The caller's voice began while the bot was speaking.
    var voiceBeganInSpeech = false
    private var isGreeting = false
    /// The turns that wait for silence, by state: they are looked at 50 times a second.
    private let silences: [[(turn: Int, nanoseconds: Int64)]]

    init(_ script: BotScript, mode: BotMode, random: SeededRandom) {
        self.script = script
        self.mode = mode
        self.random = random
        taken = script.states.map { [Int](repeating: 0, count: $0.turns.count) }
        silences = script.states.map { state in
            state.turns.enumerated().compactMap { index, turn in
                if case .silence(let length) = turn.heard { (index, length.nanoseconds) } else { nil }
            }
        }
    }

    // MARK: Time

    mutating func begin(at now: Int64) -> [DialogueAction] {
        begunAt = now
        guard let greeting = script.greeting else {
            phase = .listening(since: now)
            return []
        }
        isGreeting = true
        let until = now + greeting.after.sample(&random).nanoseconds
        let answer = BotAnswer(greeting.say)
        guard !greeting.say.contains(where: \.isText) else {
            phase = .working(nil, answer, until: until)
            return [.work(DialogueWork(name: "greeting", say: greeting.say))]
        }
        phase = .waiting(until: until, answer)
        return tick(at: now)
    }

    mutating func tick(at now: Int64) -> [DialogueAction] {
        if case .over = phase { return [] }
        if now - begunAt >= script.limits.call.nanoseconds {
            phase = .over
            return [.hangUp("the call lasted too long")]
        }
        switch phase {
        case .waiting(let until, let answer): return now >= until ? speak(answer, at: now) : []
        case .speaking(let then, let stopAt): return interrupt(then, stopAt, at: now)
        case .listening(let since): return listen(since: since, at: now)
        default: return []
        }
    }

    private mutating func listen(since: Int64, at now: Int64) -> [DialogueAction] {
        if let voiceSince {
            if mode.kind == .early, !skipsWords, now - voiceSince >= mode.earlyAfter.nanoseconds {
                skipsWords = true
                return [.hurry]
            }
            return []
        }
        let quietSince = max(since, voiceEndedAt)
        let due = silences[state].first { now - quietSince >= $0.nanoseconds && isLeft($0.turn) }
        return due.map { take($0.turn, at: now, thinks: false) } ?? []
    }

    // MARK: Speaking

    private mutating func speak(_ answer: BotAnswer, at now: Int64) -> [DialogueAction] {
        let purpose = isGreeting ? DialogueAction.Purpose.greeting : .answer
        isGreeting = false
        saidCount += 1
        let isMuted = mode.kind == .silent && saidCount > mode.silentAfter
        guard !answer.say.isEmpty, !isMuted else { return go(answer.then, at: now) }
        phase = .speaking(then: answer.then, stopAt: nil)
        return [.speak(answer.say, purpose)]
    }

    /// The caller's voice, when it began while the bot was speaking, stops an answer that does not end the call.
    private mutating func interrupt(_ then: BotNext, _ stopAt: Int64?, at now: Int64) -> [DialogueAction] {
        if let stopAt {
            guard now >= stopAt else { return [] }
            return [.stopSpeaking] + go(then, at: now)
        }
        guard let voiceSince, !isBargeBlind(then), let bargeIn = script.bargeIn,
            now - voiceSince >= bargeIn.needs.nanoseconds
        else { return [] }
        let stopAt = voiceSince + bargeIn.stopsAfter.nanoseconds
        phase = .speaking(then: then, stopAt: stopAt)
        let note = DialogueAction.note(.bargeIn, ["voice": .int(voiceSince)])
        return [note] + (now >= stopAt ? interrupt(then, stopAt, at: now) : [])
    }

    private func isBargeBlind(_ then: BotNext) -> Bool {
        mode.kind == .deaf || then == .hangUp || then == .transfer || !voiceBeganInSpeech
    }

    /// Everything has been said.
    mutating func spoken(at now: Int64) -> [DialogueAction] {
        guard case .speaking(let then, _) = phase else { return [] }
        return go(then, at: now)
    }

    mutating func go(_ then: BotNext, at now: Int64) -> [DialogueAction] {
        voiceBeganInSpeech = false
        switch then {
        case .hangUp:
            phase = .over
            return [.hangUp("the script ends the call")]
        case .transfer:
            phase = .over
            return [.note(.transfer, [:]), .hangUp("the caller was handed over")]
        case .state(let name):
            state = script.states.firstIndex { $0.name == name } ?? state
            phase = .listening(since: now)
        case .listen: phase = .listening(since: now)
        }
        guard let words = pendingWords else { return [] }
        pendingWords = nil
        return weigh(words, Meaning(), isHurried: false, at: now)
    }

    mutating func thinking(_ own: DelayDistribution?) -> Int64 {
        (own ?? script.thinking).sample(&random).nanoseconds + extraThinking.nanoseconds
    }

    // MARK: Back ends

    /// What was to be made is there.
    ///
    /// - Parameter say: without texts.
    mutating func worked(_ say: [Phrase], at now: Int64) -> [DialogueAction] {
        guard case .working(_, var answer, let until, _) = phase else { return [] }
        answer.say = say
        phase = .waiting(until: max(now, until), answer)
        return tick(at: now)
    }

    /// A back end failed, was too slow, or was not asked.
    mutating func failed(_ outcome: BackEndOutcome, at now: Int64) -> [DialogueAction] {
        var own = script.failed
        switch phase {
        // What a failure says needed a back end too.
        case .working(_, let answer, _, isFailure: true): return go(answer.then, at: now)
        case .working(let turn, _, _, _): own = turn?.failed ?? own
        case .understanding: break
        default: return []
        }
        guard let answer = outcome == .refused ? script.breaker?.answer ?? own : own else {
            return go(.listen, at: now)
        }
        guard answer.say.contains(where: \.isText) else {
            phase = .waiting(until: now, answer)
            return tick(at: now)
        }
        phase = .working(nil, answer, until: now, isFailure: true)
        return [.work(DialogueWork(name: "failure", say: answer.say))]
    }

    /// The other side has ended the call.
    mutating func ended() { phase = .over }

    /// Whether the machine waits for words or digits.
    var isListening: Bool { if case .listening = phase { true } else { false } }
}

extension Phrase {
    var isText: Bool { if case .text = self { true } else { false } }
}
