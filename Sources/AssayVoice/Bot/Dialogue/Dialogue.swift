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
        case waiting(until: Int64, BotAnswer, DialogueAction.Purpose)
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
    private(set) var phase: Phase = .over
    private(set) var state = 0
    private var random: SeededRandom
    private var begunAt: Int64 = 0
    /// How often a turn was taken, by state and turn.
    private var taken: [[Int]]
    /// Digits of messages that no turn has taken yet.
    private var digits = ""
    /// When the caller's voice began, while it lasts.
    private var voiceSince: Int64?
    private var voiceEndedAt: Int64 = .min
    /// Words whose beginning was answered already.
    private var skipsWords = false
    /// Words that ended while the bot was being stopped.
    private var pendingWords: Words?
    /// Answers and greetings that were said or would have been.
    private var saidCount = 0

    private static let digitLimit = 32

    init(_ script: BotScript, mode: BotMode, random: SeededRandom) {
        self.script = script
        self.mode = mode
        self.random = random
        taken = script.states.map { [Int](repeating: 0, count: $0.turns.count) }
    }

    // MARK: Time

    mutating func begin(at now: Int64) -> [DialogueAction] {
        begunAt = now
        guard let greeting = script.greeting else {
            phase = .listening(since: now)
            return []
        }
        let after = greeting.after.sample(&random).nanoseconds
        phase = .waiting(until: now + after, BotAnswer(greeting.say), .greeting)
        return tick(at: now)
    }

    mutating func tick(at now: Int64) -> [DialogueAction] {
        if case .over = phase { return [] }
        if now - begunAt >= script.limits.call.nanoseconds {
            phase = .over
            return [.hangUp("the call lasted too long")]
        }
        switch phase {
        case .waiting(let until, let answer, let purpose):
            return now >= until ? speak(answer, purpose, at: now) : []
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
        for (index, turn) in script.states[state].turns.enumerated() {
            guard case .silence(let length) = turn.heard, isLeft(index) else { continue }
            if now - quietSince >= length.nanoseconds { return take(index, at: now, thinks: false) }
        }
        return []
    }

    // MARK: Speaking

    private mutating func speak(
        _ answer: BotAnswer, _ purpose: DialogueAction.Purpose, at now: Int64
    ) -> [DialogueAction] {
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

    private var voiceBeganInSpeech = false

    /// Everything has been said.
    mutating func spoken(at now: Int64) -> [DialogueAction] {
        guard case .speaking(let then, _) = phase else { return [] }
        return go(then, at: now)
    }

    private mutating func go(_ then: BotNext, at now: Int64) -> [DialogueAction] {
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

    // MARK: Hearing

    /// - Parameter at: when the first voiced sample came.
    mutating func voiceBegan(at: Int64) {
        voiceSince = at
        if case .speaking = phase { voiceBeganInSpeech = true }
    }

    mutating func voiceEnded(at now: Int64) {
        voiceSince = nil
        voiceEndedAt = now
        if case .speaking(_, nil) = phase { voiceBeganInSpeech = false }
    }

    /// The caller has finished; or had to, because the bot would not wait.
    mutating func wordsEnded(_ words: Words, isHurried: Bool = false, at now: Int64) -> [DialogueAction] {
        if !isHurried, skipsWords {
            skipsWords = false
            return []
        }
        switch phase {
        case .listening: return weigh(words, Meaning(), isHurried: isHurried, at: now)
        case .speaking(_, .some): pendingWords = words
        default: break
        }
        return []
    }

    /// One more step of what the words mean is known.
    mutating func understood(_ meaning: Meaning, at now: Int64) -> [DialogueAction] {
        guard case .understanding(let words, var known, let isHurried) = phase else { return [] }
        if let likeness = meaning.likeness { known.likeness = likeness }
        if let text = meaning.text { known.text = text }
        if let chat = meaning.chat { known.chat = chat }
        return weigh(words, known, isHurried: isHurried, at: now)
    }

    /// A digit as a message of type 03.
    mutating func digit(_ digit: Character, at now: Int64) -> [DialogueAction] {
        if case .over = phase { return [] }
        if mode.kind == .diesOnDTMF, mode.fatalDigit.isEmpty || mode.fatalDigit == String(digit) {
            phase = .over
            return [.resetConnection]
        }
        digits.append(digit)
        if digits.count > Self.digitLimit { digits.removeFirst() }
        var actions: [DialogueAction] = []
        for (index, turn) in script.states[state].turns.enumerated() {
            guard case .digits(let wanted) = turn.heard, digits.hasSuffix(wanted), isLeft(index) else {
                continue
            }
            switch phase {
            case .speaking(.hangUp, _), .speaking(.transfer, _), .working: return []
            case .speaking: actions.append(.stopSpeaking)
            default: break
            }
            digits = ""
            return actions + take(index, at: now)
        }
        return []
    }

    // MARK: Choosing

    private func isLeft(_ turn: Int) -> Bool {
        script.states[state].turns[turn].times.map { taken[state][turn] < $0 } ?? true
    }

    /// Goes through the turns for the first that fits, and asks for what has to be known before one can be judged.
    private mutating func weigh(
        _ words: Words, _ meaning: Meaning, isHurried: Bool, at now: Int64
    ) -> [DialogueAction] {
        func ask(_ what: DialogueAction.Understanding) -> [DialogueAction] {
            phase = .understanding(words, meaning, isHurried: isHurried)
            return [.understand(what)]
        }
        let turns = script.states[state].turns
        for (index, turn) in turns.enumerated() where turn.heard.isOfWords && isLeft(index) {
            switch turn.heard {
            case .anything: return answer(index, words, meaning, isHurried, at: now)
            case .marker(let digits):
                if words.digits.contains(digits) { return answer(index, words, meaning, isHurried, at: now) }
            case .like:
                guard let likeness = meaning.likeness else { return ask(.likeness(state: state)) }
                if index == mostAlike(likeness) { return answer(index, words, meaning, isHurried, at: now) }
            case .text(let matcher):
                guard let text = meaning.text else { return ask(.text) }
                if matcher.judge(.string(text), subject: "").isEmpty {
                    return answer(index, words, meaning, isHurried, at: now)
                }
            case .tool(let name):
                guard meaning.text != nil else { return ask(.text) }
                guard let chat = meaning.chat else { return ask(.chat(state: state)) }
                if chat.tool == name { return answer(index, words, meaning, isHurried, at: now) }
            case .digits, .silence: break
            }
        }
        if script.chatting != nil {
            guard meaning.text != nil else { return ask(.text) }
            guard let chat = meaning.chat else { return ask(.chat(state: state)) }
            if !chat.text.isEmpty { return say(chat.text, words, at: now) }
        }
        // A bot that does not wait says something all the same.
        if isHurried, let first = turns.indices.first(where: { turns[$0].heard.isOfWords && isLeft($0) }) {
            return answer(first, words, meaning, isHurried, at: now)
        }
        phase = .listening(since: now)
        return [.note(.notUnderstood, facts(words, meaning))]
    }

    /// Of the state's references the one that is most alike, when it is alike enough.
    private func mostAlike(_ likeness: [Int: Double]) -> Int? {
        let turns = script.states[state].turns
        let best = likeness.filter { isLeft($0.key) }.max { ($0.value, -$0.key) < ($1.value, -$1.key) }
        guard let best, case .like(let reference) = turns[best.key].heard, best.value >= reference.threshold
        else { return nil }
        return best.key
    }

    private func facts(_ words: Words, _ meaning: Meaning) -> JSONObject {
        var facts = JSONObject()
        if !words.digits.isEmpty { facts["digits"] = .string(words.digits) }
        if let text = meaning.text { facts["text"] = .string(text) }
        let turns = script.states[state].turns
        if let best = meaning.likeness?.max(by: { ($0.value, -$0.key) < ($1.value, -$1.key) }) {
            facts["nearest"] = .string(turns[best.key].heard.name)
            facts["likeness"] = .double((best.value * 1000).rounded() / 1000)
        }
        if let tool = meaning.chat?.tool { facts["tool"] = .string(tool) }
        return facts
    }

    private mutating func answer(
        _ index: Int, _ words: Words, _ meaning: Meaning, _ isHurried: Bool, at now: Int64
    ) -> [DialogueAction] {
        take(
            index, at: now, from: words.endedAt, facts: facts(words, meaning), thinks: !isHurried,
            isTool: meaning.chat?.tool != nil)
    }

    /// A model's words, of no turn.
    private mutating func say(_ text: String, _ words: Words, at now: Int64) -> [DialogueAction] {
        let until = words.endedAt + thinking(nil)
        let answer = BotAnswer([.text(Template(constant: text, at: Self.nowhere))])
        phase = .working(nil, answer, until: until)
        return [
            .note(.turn, ["heard": "words of the model", "text": .string(text)]),
            .work(DialogueWork(name: "say", say: answer.say)),
        ]
    }

    private static let nowhere = SourceLocation(file: "", line: 1, column: 1)

    private mutating func thinking(_ own: DelayDistribution?) -> Int64 {
        (own ?? script.thinking).sample(&random).nanoseconds + extraThinking.nanoseconds
    }

    private mutating func take(
        _ index: Int, at now: Int64, from start: Int64? = nil, facts: JSONObject = JSONObject(),
        thinks: Bool = true,
        isTool: Bool = false
    ) -> [DialogueAction] {
        let turn = script.states[state].turns[index]
        taken[state][index] += 1
        let until = thinks ? max(now, (start ?? now) + thinking(turn.after)) : now
        var facts = facts
        facts["heard"] = .string(turn.heard.name)
        let note = DialogueAction.note(.turn, facts)
        let call = turn.call ?? (turn.answer.then == .transfer ? script.transfer : nil)
        let asksModel = isTool && turn.answer.say.isEmpty && turn.answer.then == .listen
        guard call != nil || asksModel || turn.answer.say.contains(where: \.isText) else {
            phase = .waiting(until: until, turn.answer, .answer)
            return [note] + tick(at: now)
        }
        phase = .working(turn, turn.answer, until: until)
        let name = turn.answer.then == .transfer && turn.call == nil ? "transfer" : turn.heard.name
        return [
            note, .work(DialogueWork(call: call, name: name, say: turn.answer.say, asksModel: asksModel)),
        ]
    }

    // MARK: Back ends

    /// What was to be made is there.
    ///
    /// - Parameter say: without texts.
    mutating func worked(_ say: [Phrase], at now: Int64) -> [DialogueAction] {
        guard case .working(_, var answer, let until, _) = phase else { return [] }
        answer.say = say
        phase = .waiting(until: max(now, until), answer, .answer)
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
            phase = .waiting(until: now, answer, .answer)
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
