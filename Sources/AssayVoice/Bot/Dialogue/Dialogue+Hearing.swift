internal import AssayFormats

// What the caller does.
extension Dialogue {
    private static let digitLimit = 32

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
}
