import AssayAudio
import AssayWire
import Testing

@testable import AssayVoice

@Suite("What a bot hears")
struct EarTests {
    private static let millisecond: Int64 = 1_000_000

    /// Plays sounds to an ear, a frame every 20 ms.
    private struct Bed {
        var ear: Ear
        var now: Int64 = 0
        var events: [Ear.Event] = []

        init(tones: Bool = false, words: Bool = false, limit: Duration = .seconds(20)) {
            ear = Ear(
                .asteriskApp, hangover: .milliseconds(200), .init(tones: tones, words: words, limit: limit))
        }

        mutating func play(_ sound: Sound) {
            var place = 0
            while place < sound.samples.count {
                let bytes = PCM16.encode(Array(sound.samples[place..<min(place + 160, sound.samples.count)]))
                unsafe ear.hear(bytes.span.bytes, at: now) { events.append($0) }
                place += 160
                now += 20 * millisecond
            }
        }

        /// Nothing comes.
        mutating func wait(_ time: Int64) {
            for _ in 0..<(time / 20) {
                ear.pass(at: now) { events.append($0) }
                now += 20 * millisecond
            }
        }
    }

    private static func tone(_ milliseconds: Int) -> Sound {
        .tone(hertz: 440, for: .milliseconds(milliseconds), dBFS: -16, rate: 8000)
    }

    private static func silence(_ milliseconds: Int) -> Sound {
        .silence(for: .milliseconds(milliseconds), rate: 8000)
    }

    @Test("words begin and end with the frames that hold their first and last voiced samples")
    func words() {
        var bed = Bed()
        bed.play(Self.silence(100))
        bed.play(Self.tone(400))
        bed.play(Self.silence(300))
        let ms = Self.millisecond
        #expect(
            bed.events == [
                .voiceBegan(at: 100 * ms), .voiceEnded(at: 480 * ms),
                .words(began: 100 * ms, ended: 480 * ms, digits: ""),
            ])
    }

    @Test("a pause shorter than the hangover ends no words, and is no new beginning of them")
    func pause() {
        var bed = Bed()
        bed.play(Self.tone(200))
        bed.play(Self.silence(100))
        bed.play(Self.tone(200))
        bed.play(Self.silence(300))
        let words = bed.events.filter { if case .words = $0 { true } else { false } }
        #expect(words == [.words(began: 0, ended: 480 * Self.millisecond, digits: "")])
        #expect(bed.events.count == 5)
    }

    @Test("a caller who sends nothing is silent")
    func noFrames() {
        var bed = Bed()
        bed.play(Self.tone(200))
        bed.wait(400)
        #expect(bed.events.count == 3)
        bed.wait(1000)
        #expect(bed.events.count == 3)
    }

    @Test("tones within words are told with them, and once")
    func tones() {
        var bed = Bed(tones: true)
        for digits in ["12", "3"] {
            bed.play(Sound.dtmf(digits, rate: 8000) ?? Self.silence(0))
            bed.play(Self.silence(300))
        }
        let told = bed.events.compactMap { if case .words(_, _, let digits) = $0 { digits } else { nil } }
        #expect(told == ["12", "3"])
    }

    @Test("what is kept begins a little before the words and has a limit")
    func kept() {
        var bed = Bed(words: true, limit: .seconds(1))
        bed.play(Self.silence(5000))
        #expect(bed.ear.keptBytes <= 2 * 3400)
        bed.play(Self.tone(300))
        bed.play(Self.silence(300))
        let seconds = Double(bed.ear.heard.samples.count) / 8000
        #expect((0.6...1.0).contains(seconds))
        bed.play(Self.tone(5000))
        bed.play(Self.silence(300))
        #expect(bed.ear.heard.samples.count <= 8160)
    }
}
