import AssayAudio
import AssayCore
import Testing

@Suite("End of speech")
struct EndOfSpeechTests {
    /// Milliseconds of tone and of silence in turn.
    private static func sound(_ milliseconds: [Int], rate: Int = 8_000) -> Sound {
        var sound = Sound(samples: [], rate: rate)
        for (number, time) in milliseconds.enumerated() {
            let time = Duration.milliseconds(time)
            sound =
                sound
                + (number % 2 == 0
                    ? Sound.noise(for: time, dBFS: -20, seed: 1, rate: rate)
                    : .silence(for: time, rate: rate))
        }
        return sound
    }

    static let cases: [([Int], [Utterance])] = [
        ([100, 600], [Utterance(start: 0, end: 800)]),
        ([100, 400, 100, 600], [Utterance(start: 0, end: 4_800)]),
        ([100, 490, 100, 600], [Utterance(start: 0, end: 5_520)]),
        ([100, 500, 100, 600], [Utterance(start: 0, end: 800), Utterance(start: 4_800, end: 5_600)]),
        ([0, 300, 100, 100], [Utterance(start: 2_400, end: 3_200)]),
        ([0, 2_000], []),
        ([0, 300, 10, 2_000], []),
    ]

    @Test("a pause as long as the hangover ends an utterance, a shorter one does not", arguments: cases)
    func utterances(_ milliseconds: [Int], _ wanted: [Utterance]) {
        let sound = Self.sound(milliseconds)
        #expect(EndOfSpeechDetector.utterances(in: sound, hangover: .milliseconds(500)) == wanted)
    }

    @Test("any pieces give the same utterances")
    func pieces() {
        var random = SeededRandom(seed: 5)
        for _ in 0..<60 {
            // Pauses just below and just above the hangover: what is not settled yet must not end anything.
            let times = (0..<12).map {
                10 * ($0 % 2 == 0 ? random.integer(in: 0...9) : random.integer(in: 11...18))
            }
            let sound = Self.sound(times, rate: 16_000)
            let wanted = EndOfSpeechDetector.utterances(in: sound, hangover: .milliseconds(150))
            var detector = EndOfSpeechDetector(rate: 16_000, hangover: .milliseconds(150))
            var found: [Utterance] = []
            var place = 0
            while place < sound.samples.count {
                let next = min(sound.samples.count, place + random.integer(in: 1...400))
                found += detector.push(Array(sound.samples[place..<next]))
                place = next
            }
            if let last = detector.finish() { found.append(last) }
            #expect(found == wanted, "\(times)")
        }
    }

    @Test("the end is told one hangover after it, and until then the utterance is open")
    func moment() {
        let sound = Self.sound([100, 1_000])
        var detector = EndOfSpeechDetector(rate: 8_000, hangover: .milliseconds(300))
        var told: Int?
        for start in stride(from: 0, to: sound.samples.count, by: 160) {
            let ended = detector.push(Array(sound.samples[start..<(start + 160)]))
            if !ended.isEmpty { told = told ?? detector.position }
            #expect((detector.speakingSince != nil) == (told == nil))
        }
        #expect(told == 3_200)
        #expect(detector.finish() == nil)
    }

    @Test("an utterance that the end of the stream cuts is given by finish")
    func cut() {
        var detector = EndOfSpeechDetector(rate: 8_000, hangover: .milliseconds(300))
        #expect(detector.push(Self.sound([100]).samples).isEmpty)
        #expect(detector.isVoiced)
        #expect(detector.finish() == Utterance(start: 0, end: 800))
        #expect(detector.finish() == nil)
    }
}
