import AssayAudio
import AssayWire
import Testing

@testable import AssayRunner

@Suite("What a caller says")
struct CallMouthTests {
    static let format = AudioSocketFormat.asteriskApp

    /// A voice in the middle of silence: frames 5 to 9 of 15.
    static let word = SpokenSound(
        Sound(
            samples: [Int16](repeating: 0, count: 800) + ScriptedBot.voice(100)
                + [Int16](repeating: 0, count: 800), rate: 8000),
        bounds: nil, name: "word.wav", format: format)

    /// The next frames, each as `.` for silence, `v` for voice, `-` for none, with `<` and `>` around what is said.
    static func frames(_ mouth: inout CallMouth, _ count: Int) -> String {
        var text = ""
        for _ in 0..<count {
            var payload: [UInt8] = []
            var skipped: Int?
            guard let given = mouth.next(into: &payload, skipped: &skipped) else {
                text += "-" + (skipped == nil ? "" : "!")
                continue
            }
            #expect(payload.count == format.frameBytes)
            if given.beginsSpeech { text += "<" }
            text += given.isVoiced ? "v" : "."
            if given.endsSpeech { text += ">" }
            if given.completes != nil { text += "!" }
        }
        return text
    }

    @Test("A sound's bounds are found when no file tells them") func bounds() {
        #expect(Self.word.frames.count == 15)
        #expect(Self.word.speech == 5...9)
    }

    @Test("The end of speech is the frame of the last annotated sample, not of the last voice")
    func annotated() {
        let sound = Sound(samples: [Int16](repeating: 0, count: 800) + ScriptedBot.voice(100), rate: 8000)
        let spoken = SpokenSound(
            sound, bounds: SpeechBounds(startNanoseconds: 0, endNanoseconds: 121_000_000), name: "x",
            format: Self.format)
        #expect(spoken.speech == 0...6)
    }

    @Test("A sound is made ready at the call's rate, and its last frame is whole") func resampled() {
        let wide = AudioSocketFormat(rate: 16000, type: 0x12, encoding: .linear16)
        let spoken = SpokenSound(
            Sound(samples: ScriptedBot.voice(110), rate: 8000), bounds: nil, name: "x", format: wide)
        #expect(spoken.frames.map(\.count) == [640, 640, 640, 640, 640, 640])
    }

    @Test("µ-law takes a byte a sample") func mulaw() {
        let format = AudioSocketFormat(rate: 8000, type: 0x10, encoding: .mulaw)
        let spoken = SpokenSound(
            Sound(samples: ScriptedBot.voice(40), rate: 8000), bounds: nil, name: "x", format: format)
        #expect(spoken.frames.map(\.count) == [160, 160])
    }

    @Test("A caller who says nothing sends silence, or nothing at all") func idle() {
        var filling = CallMouth(Self.format, fillsSilence: true)
        #expect(Self.frames(&filling, 3) == "...")
        var silent = CallMouth(Self.format, fillsSilence: false)
        #expect(Self.frames(&silent, 3) == "---")
    }

    @Test("Each sound is said whole, then silence goes on; the ticket is done with its last frame")
    func saying() {
        var mouth = CallMouth(Self.format, fillsSilence: true)
        #expect(mouth.say([Self.word]) == 1)
        #expect(mouth.saying == "word.wav")
        #expect(Self.frames(&mouth, 17) == ".....<vvvvv>.....!..")
        #expect(mouth.isIdle)
    }

    @Test("Several sounds are one speech: it begins in the first and ends in the last") func several() {
        var mouth = CallMouth(Self.format, fillsSilence: true)
        _ = mouth.say([Self.word, Self.word])
        #expect(Self.frames(&mouth, 30) == ".....<vvvvv..........vvvvv>.....!")
    }

    @Test("A pause is sent as silence or left out, and is done with its last slot") func pauses() {
        var mouth = CallMouth(Self.format, fillsSilence: false)
        _ = mouth.pause(frames: 2, sent: true)
        _ = mouth.pause(frames: 2, sent: false)
        #expect(Self.frames(&mouth, 6) == "..!--!--")
    }

    @Test("Noise is no speech; keys as tones are") func noiseAndKeys() throws {
        let noise = SpokenSound.noise(for: .milliseconds(100), dBFS: -20, format: Self.format)
        #expect(noise.speech == nil)
        #expect(!noise.voiced.contains(true))
        let keys = try #require(SpokenSound.tones("12", format: Self.format))
        #expect(keys.speech == 0...11)
        #expect(
            ToneDetector.digits(in: Sound(samples: keys.samples, rate: 8000)).map(\.character) == ["1", "2"])
    }
}
