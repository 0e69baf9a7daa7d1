internal import AssayFormats
internal import AssayNet
internal import AssayWire

// What comes over the wire.
extension BotCall {
    func frameArrived(_ type: UInt8, _ payload: RawSpan, at: Int64) {
        if judge != nil {
            for text in judge?.receive(type, [UInt8](copying: payload), at: at) ?? [] {
                violate(text, at: at)
            }
        }
        switch type {
        case AudioSocketType.uuid where uuid.isEmpty:
            uuid = Self.text(ofUUID: [UInt8](copying: payload))
            conversation.begin(uuid: uuid)
            log(.uuid, at: at)
        case AudioSocketType.dtmf:
            guard let byte = [UInt8](copying: payload).first else { return }
            let digit = Character(UnicodeScalar(byte))
            log(.dtmf, at: at, ["digit": .string(String(digit))])
            perform(dialogue.digit(digit, at: at))
        case _ where AudioSocketType.isAudio(type):
            var events: [Ear.Event] = []
            ear.hear(payload, at: at) { events.append($0) }
            take(events)
        default: break
        }
    }

    /// Time passes without a word.
    func listen(at now: Int64) {
        var events: [Ear.Event] = []
        ear.pass(at: now) { events.append($0) }
        take(events)
    }

    /// Tells the dialogue what the ear has heard.
    private func take(_ events: [Ear.Event]) {
        for event in events {
            switch event {
            case .voiceBegan(let at): dialogue.voiceBegan(at: at)
            case .voiceEnded(let at): dialogue.voiceEnded(at: at)
            case .words(let began, let ended, let digits):
                let now = Reactor.monotonicNow()
                wordsEnded(digits, began: began, ended: ended, isHurried: false, at: now)
            }
        }
        if bot.attention.words { weighMemory() }
    }

    func wordsEnded(_ digits: String, began: Int64, ended: Int64, isHurried: Bool, at now: Int64) {
        var facts: JSONObject = ["began": .int(began), "ended": .int(ended)]
        if !digits.isEmpty { facts["digits"] = .string(digits) }
        if isHurried { facts["early"] = true }
        log(.heard, at: now, facts)
        conversation.hear(digits: digits)
        perform(dialogue.wordsEnded(Words(digits: digits, endedAt: now), isHurried: isHurried, at: now))
    }

    private func weighMemory() {
        bot.keptBytes += ear.keptBytes - keptBytes
        keptBytes = ear.keptBytes
        ear.isForgetful = bot.keptBytes > bot.script.limits.memoryBytes
    }

    func violate(_ text: String, at: Int64) {
        facts.violations.append(text)
        log(.violation, at: at, ["what": .string(text)])
    }

    /// As texts write it: `550e8400-e29b-41d4-a716-446655440000`.
    private static func text(ofUUID bytes: [UInt8]) -> String {
        let digits = Array(hexadecimal(bytes))
        guard digits.count == 32 else { return String(digits) }
        let parts = [digits[0..<8], digits[8..<12], digits[12..<16], digits[16..<20], digits[20..<32]]
        return parts.map { String($0) }.joined(separator: "-")
    }
}
