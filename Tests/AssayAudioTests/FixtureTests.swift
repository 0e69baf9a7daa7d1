import AssayAudio
import AssayFormats
import AssayNet
import Testing

@Suite("Phrases of the voice bot's example")
struct FixtureTests {
    @Test("each file of the index is there with its bounds, and nothing else is")
    func index() throws {
        let json = try JSON(parsing: try Files.read(Phrase.folder + "phrases.json"))
        let entries = try #require(json["phrases"]?.arrayValue)
        #expect(entries.compactMap { $0["file"]?.stringValue }.sorted() == Phrase.names)
        #expect(Phrase.all.count == entries.count)
        for entry in entries {
            let name = try #require(entry["file"]?.stringValue)
            let phrase = try #require(Phrase.all.first { $0.name + ".wav" == name })
            #expect(entry["transcript"]?.stringValue == phrase.recording.bounds?.transcript)
            #expect(entry["voice"]?.stringValue == phrase.recording.bounds?.voice)
            #expect(entry["rate"]?.intValue == Int64(phrase.recording.sound.rate))
        }
    }

    @Test(
        "the bounds are those that are heard: silence outside, speech within 10 ms inside",
        arguments: Phrase.all)
    func bounds(_ phrase: Phrase) throws {
        let sound = phrase.recording.sound
        let bounds = try #require(phrase.recording.bounds).samples(rate: sound.rate)
        let edge = sound.rate / 100
        // The filter of the resampling rings for a few samples.
        #expect(sound.cut(0..<(bounds.lowerBound - 24)).peakDBFS < -50)
        #expect(sound.cut((bounds.upperBound + 24)..<sound.samples.count).peakDBFS < -50)
        #expect(sound.cut(bounds.lowerBound..<(bounds.lowerBound + edge)).peakDBFS > -50)
        #expect(sound.cut((bounds.upperBound - edge)..<bounds.upperBound).peakDBFS > -50)
    }

    @Test("they are loud enough to be heard and not clipped", arguments: Phrase.all)
    func level(_ phrase: Phrase) {
        #expect((-35...(-15)).contains(phrase.recording.sound.levelDBFS))
        #expect(phrase.recording.sound.peakDBFS < 0)
    }

    @Test(
        "the detector hears one utterance in each, and ends it early rather than late", arguments: Phrase.all)
    func detected(_ phrase: Phrase) throws {
        let sound = phrase.recording.sound
        let utterances = EndOfSpeechDetector.utterances(in: sound, hangover: .milliseconds(500))
        let bounds = try #require(phrase.recording.bounds).samples(rate: sound.rate)
        #expect(utterances.count == 1)
        let (start, end) = (utterances[0].start - bounds.lowerBound, utterances[0].end - bounds.upperBound)
        #expect((-sound.rate / 100...sound.rate / 40).contains(start))
        #expect((-sound.rate / 10...sound.rate / 100).contains(end))
    }

    @Test("the phrase at 8 kHz is the one at 16 kHz")
    func rates() throws {
        let eight = try #require(Phrase.all.first { $0.name == "tire-search-8k" }).recording
        let sixteen = try #require(Phrase.all.first { $0.name == "tire-search" }).recording
        #expect((eight.sound.rate, sixteen.sound.rate) == (8_000, 16_000))
        #expect(eight.bounds == sixteen.bounds)
        #expect(SoundMatcher(reference: sixteen.sound).likeness(eight.sound) > 0.95)
    }
}
