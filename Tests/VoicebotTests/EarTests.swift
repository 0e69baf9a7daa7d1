import AssayAudio
import Testing

@testable import voicebot_service

@Suite("What a caller's samples mean")
struct EarTests {
    private static let rate = 8000

    private static func speech(_ time: Duration) -> Sound {
        .tone(hertz: 300, for: time, dBFS: -20, rate: rate)
    }
    private static func pause(_ time: Duration) -> Sound { .silence(for: time, rate: rate) }

    /// Hears sounds frame by frame.
    private static func heard(_ sounds: Sound...) -> [Ear.Event] {
        var ear = Ear(rate: rate)
        let samples = sounds.flatMap(\.samples)
        return stride(from: 0, to: samples.count, by: 160).flatMap { start in
            ear.hear(Array(samples[start..<min(start + 160, samples.count)]))
        }
    }

    private static func kinds(_ events: [Ear.Event]) -> [String] {
        events.map { if case .began = $0 { "began" } else { "said" } }
    }

    @Test("An utterance begins once and is told whole when it is over")
    func utterance() throws {
        let events = Self.heard(Self.pause(.seconds(1)), Self.speech(.seconds(1)), Self.pause(.seconds(1)))
        #expect(Self.kinds(events) == ["began", "said"])
        guard case .said(let sound)? = events.last else { return }
        let speech = try #require(VoicedDetector.ranges(in: sound).first)
        #expect(abs(speech.count - Self.rate) <= 2 * 80)
        #expect(sound.samples.count - speech.count >= Self.rate * 3 / 10, "a margin on both sides")
    }

    @Test("A pause shorter than the hangover belongs to the utterance")
    func shortPause() {
        let events = Self.heard(
            Self.speech(.milliseconds(600)), Self.pause(.milliseconds(300)), Self.speech(.milliseconds(600)),
            Self.pause(.seconds(1)))
        #expect(Self.kinds(events) == ["began", "said"])
    }

    @Test("Two utterances are two, each with its own samples")
    func two() {
        let events = Self.heard(
            Self.speech(.milliseconds(400)), Self.pause(.seconds(2)), Self.speech(.milliseconds(800)),
            Self.pause(.seconds(2)))
        #expect(Self.kinds(events) == ["began", "said", "began", "said"])
        let lengths = events.compactMap { if case .said(let sound) = $0 { sound.samples.count } else { nil } }
        #expect(lengths.count == 2 && lengths[1] > lengths[0] + 2000)
    }

    @Test("Silence, noise of a line and a click are nothing", arguments: [0, 1, 2])
    func nothing(kind: Int) {
        let sounds: [Sound] = [
            Self.pause(.seconds(2)), .noise(for: .seconds(2), dBFS: -60, seed: 7, rate: Self.rate),
            Self.pause(.seconds(1)) + Self.speech(.milliseconds(30)) + Self.pause(.seconds(1)),
        ]
        #expect(Self.heard(sounds[kind]) == [])
    }

    @Test("Who talks for minutes is kept for twenty seconds")
    func long() {
        let events = Self.heard(Self.speech(.seconds(60)), Self.pause(.seconds(1)))
        guard case .said(let sound)? = events.last else {
            Issue.record("nothing was heard")
            return
        }
        #expect(sound.samples.count <= 22 * Self.rate)
    }
}

@Suite("What the bot says, as frames")
struct MouthTests {
    @Test("Sounds are cut into frames, the last filled up with silence")
    func frames() {
        var mouth = Mouth(frameSamples: 4)
        #expect(mouth.next() == [0, 0, 0, 0])
        mouth.say(Sound(samples: [1, 2, 3, 4, 5], rate: 200))
        mouth.say(Sound(samples: [6], rate: 200))
        #expect(mouth.next() == [1, 2, 3, 4])
        #expect(mouth.isSpeaking)
        #expect(mouth.next() == [5, 6, 0, 0])
        #expect(!mouth.isSpeaking)
        mouth.say(Sound(samples: [7, 7, 7, 7], rate: 200))
        #expect(mouth.next() == [7, 7, 7, 7])
    }

    @Test("It falls silent at once, or after what it is told")
    func stops() {
        var mouth = Mouth(frameSamples: 2)
        mouth.say(Sound(samples: [1, 2, 3, 4, 5, 6, 7, 8], rate: 100))
        _ = mouth.next()
        mouth.say(only: 2)
        #expect(mouth.next() == [3, 4])
        #expect(!mouth.isSpeaking)
        mouth.say(Sound(samples: [9, 9, 9, 9], rate: 100))
        mouth.stop()
        #expect(mouth.next() == [0, 0])
    }
}
