import AssayAudio
import AssayWire
import Testing

@testable import AssayRunner

@Suite("What a caller hears")
struct CallEarTests {
    static let format = AudioSocketFormat.asteriskApp

    /// Frames as the ear judged them: `v` voiced, `.` not.
    static func judged(_ samples: [Int16], frame: Int = 160) -> String {
        var ear = CallEar(format, keeps: .zero)
        var text = ""
        for (place, start) in stride(from: 0, to: samples.count, by: frame).enumerated() {
            let part = Array(samples[start..<min(samples.count, start + frame)])
            _ = unsafe ear.hear(PCM16.encode(part).span.bytes, at: Int64(place) * 20_000_000)
            ear.takeJudged { text += $0.isVoiced ? "v" : "." }
        }
        ear.finish()
        ear.takeJudged { text += $0.isVoiced ? "v" : "." }
        return text
    }

    static func silence(_ milliseconds: Int) -> [Int16] { [Int16](repeating: 0, count: milliseconds * 8) }

    @Test("A frame is voiced when any voice is in it, also when that is known only a frame later")
    func voicedFrames() {
        let voice = ScriptedBot.voice(60)
        #expect(Self.judged(Self.silence(60) + voice + Self.silence(60)) == "...vvv...")
        // The voice begins in the second half of the third frame.
        #expect(Self.judged(Self.silence(50) + voice + Self.silence(90)) == "..vvvv....")
    }

    @Test("A click of 10 ms is no voice") func click() {
        #expect(Self.judged(Self.silence(50) + ScriptedBot.voice(10) + Self.silence(60)) == "......")
    }

    @Test("A long message is heard frame by frame") func longMessage() {
        let samples = Self.silence(60) + ScriptedBot.voice(60) + Self.silence(60)
        #expect(Self.judged(samples, frame: 1440) == "...vvv...")
    }

    @Test("Voice is dated by the arrival of the frame it begins in") func arrival() {
        var ear = CallEar(Self.format, keeps: .zero)
        let samples = Self.silence(50) + ScriptedBot.voice(50)
        var first: Int64?
        for place in 0..<5 {
            let part = Array(samples[(place * 160)..<((place + 1) * 160)])
            _ = unsafe ear.hear(PCM16.encode(part).span.bytes, at: 1000 + Int64(place))
            ear.takeJudged { if $0.isVoiced, first == nil { first = $0.at } }
        }
        #expect(first == 1002)
    }

    @Test("Audio is kept as far as something asks for it") func kept() {
        var ear = CallEar(Self.format, keeps: .milliseconds(100))
        for value in 0..<40 {
            let part = [Int16](repeating: Int16(value), count: 160)
            _ = unsafe ear.hear(PCM16.encode(part).span.bytes, at: Int64(value) * 20_000_000)
        }
        let heard = ear.audio(from: 38 * 160)
        #expect(heard.samples.count == 320)
        #expect(heard.samples.first == 38)
        #expect(ear.audio(from: 0).samples.count <= 1600 + 160)
    }

    @Test("Tones are heard as digits") func tones() throws {
        var ear = CallEar(Self.format, keeps: .zero)
        let sound = try #require(Sound.dtmf("7", rate: 8000))
        var heard = false
        for start in stride(from: 0, to: sound.samples.count - 159, by: 160) {
            let part = Array(sound.samples[start..<(start + 160)])
            heard = unsafe ear.hear(PCM16.encode(part).span.bytes, at: Int64(start)).digitHeard || heard
        }
        #expect(heard)
        #expect(ear.digits.map(\.digit) == ["7"])
    }
}

@Suite("Recordings of calls")
struct CallRecordingTests {
    static func recording(longest: Duration = .seconds(10)) -> CallRecording {
        CallRecording(startedAt: 1_000_000_000, rate: 8000, longest: longest)
    }

    @Test("Both sides lie where they were heard: left the caller, right the other side") func aligned() throws
    {
        var recording = Self.recording()
        recording.said([Int16](repeating: 100, count: 160)[...], at: 1_100_000_000)
        recording.heard([Int16](repeating: -100, count: 160)[...], at: 1_200_000_000)
        let bytes = recording.wav()
        // 44 bytes of header, then pairs of samples.
        func pair(_ sample: Int) -> [Int16] {
            Array(PCM16.decode(Array(bytes[(44 + sample * 4)..<(48 + sample * 4)])))
        }
        #expect(pair(799) == [0, 0])
        #expect(pair(800) == [100, 0])
        #expect(pair(1600) == [0, -100])
        #expect(bytes.count == 44 + 4 * 1760)
    }

    @Test("The network's small gaps leave no holes in what was said") func jitter() {
        var recording = Self.recording()
        for frame in 0..<10 {
            let late = frame % 2 == 0 ? Int64(0) : 4_000_000
            recording.heard(
                [Int16](repeating: 7, count: 160)[...], at: 1_000_000_000 + Int64(frame) * 20_000_000 + late)
        }
        #expect(recording.size == 1600)
    }

    @Test("It is bounded, and says so") func bounded() {
        var recording = Self.recording(longest: .milliseconds(100))
        recording.said([Int16](repeating: 1, count: 1600)[...], at: 1_000_000_000)
        #expect(recording.size == 800)
        recording.said([Int16](repeating: 1, count: 160)[...], at: 1_200_000_000)
        #expect(recording.isCut)
    }

    @Test("A run keeps as many as it may, and names none twice") func shelf() {
        let shelf = RecordingShelf(folder: "calls", limit: 1, megabytes: 1)
        #expect(shelf.path("Tyre search [é]", "c1") == "calls/tyre-search-é-c1.wav")
        #expect(shelf.path("Tyre search [é]", "c1") == "calls/tyre-search-é-c1-2.wav")
        shelf.giveBack("calls/tyre-search-é-c1-2.wav")
        #expect(shelf.path("Tyre search [é]", "c1") == "calls/tyre-search-é-c1-2.wav")
        #expect(shelf.take(400_000))
        #expect(!shelf.take(400_000))
        shelf.release(800_000)
        #expect(shelf.takesMore)
        #expect(shelf.mayWrite())
        #expect(!shelf.mayWrite())
        #expect(!shelf.takesMore)
    }
}
