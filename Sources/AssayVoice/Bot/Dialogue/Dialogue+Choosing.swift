internal import AssayCore
internal import AssayFormats

// Which turn is the right one.
extension Dialogue {
    func isLeft(_ turn: Int) -> Bool {
        script.states[state].turns[turn].times.map { taken[state][turn] < $0 } ?? true
    }

    /// Goes through the turns for the first that fits, and asks for what has to be known before one can be judged.
    mutating func weigh(
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

    mutating func take(
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
        var calls = turn.call.map { [(turn.heard.name, $0)] } ?? []
        if turn.answer.then == .transfer, let transfer = script.transfer {
            calls.append(("transfer", transfer))
        }
        let asksModel = isTool && turn.answer.say.isEmpty && turn.answer.then == .listen
        guard !calls.isEmpty || asksModel || turn.answer.say.contains(where: \.isText) else {
            phase = .waiting(until: until, turn.answer)
            return [note] + tick(at: now)
        }
        phase = .working(turn, turn.answer, until: until)
        let work = DialogueWork(
            calls: calls, name: turn.heard.name, say: turn.answer.say, asksModel: asksModel)
        return [note, .work(work)]
    }
}
