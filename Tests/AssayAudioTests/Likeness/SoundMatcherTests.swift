import AssayAudio
import AssayCore
import Testing

/// The threshold comes from these: the phrases of the example, what a telephone line does to them, and all pairs.
@Suite("Likeness of sounds")
struct SoundMatcherTests {
    struct Line: CustomTestStringConvertible, Sendable {
        var name: String
        var carry: @Sendable (Sound) -> Sound
        var testDescription: String { name }
    }

    private static func overMuLaw(_ sound: Sound) -> Sound {
        Sound(samples: MuLaw.decode(MuLaw.encode(sound.resampled(to: 8_000).samples)), rate: 8_000)
    }

    /// Three frames of 20 ms silenced or taken out, each away from the edges.
    private static func losing(_ sound: Sound, isSilenced: Bool) -> Sound {
        var samples = sound.samples
        let frame = sound.rate / 50
        for part in [0.65, 0.45, 0.25] {
            let start = Int(Double(samples.count) * part)
            if isSilenced {
                for place in start..<(start + frame) { samples[place] = 0 }
            } else {
                samples.removeSubrange(start..<(start + frame))
            }
        }
        return Sound(samples: samples, rate: sound.rate)
    }

    private static func between(silences first: Int, _ second: Int, _ sound: Sound) -> Sound {
        .silence(for: .milliseconds(first), rate: sound.rate) + sound
            + .silence(for: .milliseconds(second), rate: sound.rate)
    }

    static let lines = [
        Line(name: "8 kHz and µ-law") { overMuLaw($0) },
        Line(name: "10 dB quieter") { $0.amplified(byDecibels: -10) },
        Line(name: "10 dB louder, clipped") { $0.amplified(byDecibels: 10) },
        Line(name: "three frames silenced") { losing($0, isSilenced: true) },
        Line(name: "three frames missing") { losing($0, isSilenced: false) },
        Line(name: "silence before and after") { between(silences: 1_234, 777, $0) },
        Line(name: "a marker in front") { MarkerTones.mark($0, with: "5") ?? $0 },
        Line(name: "noise 20 dB below") {
            $0.mixed(
                with: .noise(
                    for: .nanoseconds($0.nanoseconds), dBFS: $0.levelDBFS - 20, seed: 1, rate: $0.rate))
        },
        Line(name: "all of it") {
            let heard = losing(overMuLaw($0), isSilenced: true).amplified(byDecibels: -10)
            return MarkerTones.mark(between(silences: 7, 300, heard), with: "3") ?? heard
        },
    ]

    private static let matchers = Phrase.all.map { SoundMatcher(reference: $0.recording.sound) }

    @Test("a phrase is like itself after whatever the line does to it", arguments: lines)
    func same(_ line: Line) throws {
        try #require(!Phrase.all.isEmpty)
        for (phrase, matcher) in zip(Phrase.all, Self.matchers) {
            let likeness = matcher.likeness(line.carry(phrase.recording.sound))
            #expect(likeness > SoundMatcher.threshold + 0.12, "\(phrase.name): \(likeness)")
        }
    }

    @Test("another phrase of the same voice is not")
    func different() {
        for heard in Phrase.all {
            let print = SoundPrint(heard.recording.sound)
            for (phrase, matcher) in zip(Phrase.all, Self.matchers) {
                let isSame = phrase.recording.bounds?.transcript == heard.recording.bounds?.transcript
                let likeness = matcher.likeness(print)
                #expect(
                    isSame ? likeness > SoundMatcher.threshold : likeness < SoundMatcher.threshold - 0.15,
                    "\(phrase.name), heard \(heard.name): \(likeness)")
            }
        }
    }

    @Test("an answer is found among others that stand before and behind it")
    func among() throws {
        let (first, second) = (
            try #require(Phrase.named("greeting")), try #require(Phrase.named("listening"))
        )
        let third = try #require(Phrase.named("not-found"))
        let heard = first + second + third
        for reference in [first, second, third] { #expect(SoundMatcher(reference: reference).isLike(heard)) }
        #expect(!SoundMatcher(reference: try #require(Phrase.named("farewell"))).isLike(heard))
    }

    @Test("half an answer is not the answer")
    func half() throws {
        let answer = try #require(Phrase.named("results"))
        let half = answer.cut(0..<(answer.samples.count / 2))
        #expect(!SoundMatcher(reference: answer).isLike(half))
    }

    @Test("the best of several is the right one")
    func best() throws {
        let heard = Self.overMuLaw(try #require(Phrase.named("operator-request")))
        let names = ["goodbye", "operator-request", "stop"]
        let references = try names.map { SoundMatcher(reference: try #require(Phrase.named($0))) }
        let best = try #require(SoundMatcher.best(of: references, for: heard))
        #expect(best.index == 1 && best.likeness > 0.9)
        #expect(SoundMatcher.best(of: [], for: heard) == nil)
    }

    @Test("silence, noise, tones and nothing at all are like no phrase, and no phrase is like them")
    func noSpeech() throws {
        let phrase = try #require(Phrase.named("greeting"))
        let others = [
            Sound(samples: [], rate: 8_000), .silence(for: .seconds(3), rate: 8_000),
            .noise(for: .seconds(3), dBFS: -25, seed: 4, rate: 8_000),
            .tone(hertz: 440, for: .seconds(3), dBFS: -20, rate: 8_000), Sound(samples: [1], rate: 16_000),
        ]
        for other in others {
            #expect(SoundMatcher(reference: phrase).likeness(other) < 0.4)
            #expect(SoundMatcher(reference: other).likeness(phrase) < 0.4)
        }
    }
}
