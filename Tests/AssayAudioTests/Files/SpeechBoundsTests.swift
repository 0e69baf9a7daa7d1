import AssayAudio
import Testing

@Suite("Bounds of speech")
struct SpeechBoundsTests {
    @Test("bounds that are written read the same, fractions of a millisecond too")
    func roundTrip() throws {
        let bounds = SpeechBounds(
            startNanoseconds: 100_000_000, endNanoseconds: 1_072_109_000, transcript: "Стоп, зачекайте!",
            voice: "uk")
        let text = bounds.rendered()
        #expect(
            text == """
                {
                  "start-ms": 100,
                  "end-ms": 1072.109,
                  "transcript": "Стоп, зачекайте!",
                  "voice": "uk"
                }

                """)
        #expect(try SpeechBounds(parsing: Array(text.utf8)) == bounds)
    }

    @Test(
        "the last sample of speech is within the bounds, at every rate",
        arguments: [8_000, 16_000, 22_050, 44_100])
    func samples(rate: Int) {
        for milliseconds in 1...200 {
            let end = Int64(milliseconds) * 1_000_000 + 333_333
            let range = SpeechBounds(startNanoseconds: 500_000, endNanoseconds: end).samples(rate: rate)
            #expect(Sound.nanoseconds(ofSamples: range.upperBound, rate: rate) >= end)
            #expect(Sound.nanoseconds(ofSamples: range.upperBound - 1, rate: rate) < end)
            #expect(Sound.nanoseconds(ofSamples: range.lowerBound, rate: rate) <= 500_000)
        }
    }

    @Test("with no file they are found by the detector")
    func found() throws {
        let tone = Sound.tone(hertz: 440, for: .milliseconds(300), dBFS: -20, rate: 8_000)
        let sound =
            Sound.silence(for: .milliseconds(200), rate: 8_000) + tone
            + .silence(for: .seconds(1), rate: 8_000)
        let bounds = try #require(SpeechBounds.found(in: sound))
        #expect(bounds.startNanoseconds == 200_000_000)
        #expect(bounds.endNanoseconds == 500_000_000)
        #expect(SpeechBounds.found(in: .silence(for: .seconds(1), rate: 8_000)) == nil)
        let recording = try Recording(wav: sound.wav(), bounds: nil)
        #expect(recording.areBoundsFound && recording.bounds == bounds)
    }

    @Test("a recording keeps its bounds at another rate")
    func resampled() throws {
        let sound = Sound.tone(hertz: 440, for: .milliseconds(300), dBFS: -20, rate: 16_000)
        let recording = try Recording(
            wav: sound.wav(), bounds: Array(#"{"start-ms": 1, "end-ms": 299}"#.utf8))
        let half = recording.resampled(to: 8_000)
        #expect(!half.areBoundsFound && half.bounds == recording.bounds)
        #expect(half.sound.nanoseconds == sound.nanoseconds)
    }

    @Test("the file of bounds has the sound's name")
    func names() {
        #expect(SpeechBounds.fileName(for: "audio/tire-search.wav") == "audio/tire-search.json")
        #expect(SpeechBounds.fileName(for: "A.WAV") == "A.json")
        #expect(SpeechBounds.fileName(for: "phrase") == "phrase.json")
    }

    private static let example = #"write for example {"start-ms": 10, "end-ms": 1840, "transcript": "…"}"#

    static let faults: [(String, String)] = [
        ("[1]", "byte 0: expected an object with the bounds of speech, found array; fix: \(example)"),
        (
            #"{"start-ms": 1,}"#,
            "byte 15: line 1, column 16: expected a member's name in double quotes, found '}'; fix: \(example)"
        ),
        (#"{"start-ms": 1}"#, "'end-ms' is missing; fix: \(example)"),
        (
            #"{"start-ms": 1, "end-ms": "2"}"#,
            #"'end-ms' is "2", where milliseconds from the start of the file are expected; fix: "# + example
        ),
        (
            #"{"start-ms": -1, "end-ms": 2}"#,
            "'start-ms' is -1, where milliseconds from the start of the file are expected; fix: \(example)"
        ),
        (
            #"{"start-ms": 2, "end-ms": 1e12}"#,
            "'end-ms' is 1000000000000.0, where milliseconds from the start of the file are expected; fix: \(example)"
        ),
        (
            #"{"start-ms": 5, "end-ms": 2.5}"#,
            "speech ends (2.5 ms) before it starts (5 ms); fix: exchange start-ms and end-ms, or measure again"
        ),
        (
            #"{"start-ms": 1, "end-ms": 2, "transcipt": "a"}"#,
            "bounds of speech have no member 'transcipt'; fix: did you mean 'transcript'?"
        ),
        (
            #"{"start-ms": 1, "end-ms": 2, "transcript": 3}"#,
            "'transcript' is integer, where a text is expected; fix: \(example)"
        ),
    ]

    @Test("bounds that cannot be read say what is expected", arguments: faults)
    func fault(_ text: String, _ message: String) {
        let error = #expect(throws: SoundError.self) { try SpeechBounds(parsing: Array(text.utf8)) }
        #expect(error?.description == message)
    }

    @Test("bounds behind the end of their sound belong to another one")
    func otherSound() {
        let sound = Sound.silence(for: .seconds(1), rate: 8_000)
        let error = #expect(throws: SoundError.self) {
            try Recording(wav: sound.wav(), bounds: Array(#"{"start-ms": 1, "end-ms": 1200}"#.utf8))
        }
        #expect(error?.message == "speech is said to end at 1200 ms, but the sound lasts 1000 ms")
    }
}
