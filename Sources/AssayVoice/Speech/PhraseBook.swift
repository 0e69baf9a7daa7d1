internal import AssayAudio
internal import AssayCore

/// The phrases of a speech double, ready to be recognised and spoken.
struct PhraseBook: Sendable {
    private let phrases: [SpokenPhrase]
    private let matchers: [SoundMatcher]
    private let byText: [String: Int]

    init(_ phrases: [SpokenPhrase]) {
        self.phrases = phrases
        matchers = phrases.map { SoundMatcher(reference: $0.sound) }
        byText = Dictionary(
            phrases.enumerated().map { (Self.plain($0.element.text), $0.offset) },
            uniquingKeysWith: { first, _ in first })
    }

    /// The phrase that a sound is most like, and how alike they are; `nil` when there are no phrases.
    func recognise(_ sound: Sound) -> (phrase: SpokenPhrase, likeness: Double)? {
        SoundMatcher.best(of: matchers, for: sound).map { (phrases[$0.index], $0.likeness) }
    }

    /// The recording of a text: letter case, punctuation and spaces do not matter.
    func recording(of text: String) -> SpokenPhrase? { byText[Self.plain(text)].map { phrases[$0] } }

    /// A text as it is compared.
    static func plain(_ text: String) -> String {
        var words: [String] = []
        var word = ""
        for character in text.lowercased() {
            if character.isLetter || character.isNumber {
                word.append(character)
            } else if character.isWhitespace || character == "-" {
                if !word.isEmpty { words.append(word) }
                word = ""
            }
        }
        if !word.isEmpty { words.append(word) }
        return words.joined(separator: " ")
    }
}

/// A sound for a text that nobody has recorded: a tone for each syllable or so, as long as somebody would speak.
///
/// The same text, voice and seed give the same samples; other texts sound different.
enum SpokenPattern {
    /// About 14 letters a second, as people speak.
    private static let letter = Duration.milliseconds(70)
    private static let pause = Duration.milliseconds(90)
    private static let level = -20.0
    private static let longest = 4000

    static func sound(of text: String, voice: String, seed: UInt64, speed: Double = 1, rate: Int) -> Sound {
        let speed = min(4, max(0.25, speed))
        var random = SeededRandom(seed: seed).split(hash(text + "\u{0}" + voice))
        var sound = Sound(samples: [], rate: rate)
        let base = Double(random.integer(in: 110...260))
        for word in text.prefix(longest).split(whereSeparator: \.isWhitespace) {
            var left = word.count
            while left > 0 {
                let letters = min(left, random.integer(in: 1...3))
                left -= letters
                let length = letter * Double(letters) / speed
                let pitch = base * random.double(in: 0.8..<1.6)
                var part = Sound.tone(hertz: pitch, for: length, dBFS: level, rate: rate)
                part = part.mixed(
                    with: Sound.tone(
                        hertz: pitch * random.double(in: 3..<9), for: length, dBFS: level - 6, rate: rate))
                sound.samples += part.samples
            }
            sound.samples += Sound.silence(for: pause / speed, rate: rate).samples
        }
        return sound
    }

    /// FNV-1a, so that a text has the same pattern in every process.
    private static func hash(_ text: String) -> UInt64 {
        text.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }
}
