import AssayAudio
import AssayCore
import AssayFormats
import AssayNet
import AssayScenario
import AssayWire
import Testing

@testable import AssayRunner

/// A call on a clock of its own: frames are given and taken at times that a test says.
final class FakeCall {
    let call: CallSession
    private(set) var now: Int64 = 0
    private var speaks: [Int16] = []
    static let second: Int64 = 1_000_000_000

    init(_ keys: (inout CallConnect) -> Void = { _ in }) throws {
        let reactor = try Reactor()
        let place = Template(constant: "127.0.0.1:9", at: SourceLocation(file: "x", line: 1, column: 1))
        var connect = CallConnect(to: place)
        keys(&connect)
        call = CallSession(
            "c1", connect, row: nil, changed: reactor.makeSignal(), meter: nil, keepsAudio: true,
            recordingPath: nil)
        call.begin(at: 0, recordingFor: nil)
    }

    /// The other side says this from now on.
    func speak(_ samples: [Int16]) { speaks += samples }

    /// Time passes in frames of 20 ms: ours is written, the other side's arrives `delay` later.
    func run(_ milliseconds: Int, delay: Int64 = 3_000_000, hears: Bool = true) {
        for _ in 0..<(milliseconds / 20) {
            var payload: [UInt8] = []
            if call.nextFrame(due: now, into: &payload) {
                call.frameWritten(due: now, at: now, isShort: false)
            }
            if hears {
                var frame = [Int16](repeating: 0, count: 160)
                for (place, sample) in speaks.prefix(160).enumerated() { frame[place] = sample }
                speaks.removeFirst(min(160, speaks.count))
                unsafe call.frameArrived(0x10, PCM16.encode(frame).span.bytes, at: now + delay)
            }
            now += 20_000_000
        }
    }

    func arrive(_ type: UInt8, _ payload: [UInt8]) {
        unsafe call.frameArrived(type, payload.span.bytes, at: now)
    }
    func end(_ kind: AudioSocketEnd.Kind) { call.linkEnded(AudioSocketEnd(kind, at: now, detail: "test")) }

    /// The first figure of a kind in milliseconds, censored ones with a `+`.
    func figure(_ kind: CallMeasurement.Kind) -> String? {
        call.advance(to: now)
        return call.takeMeasurement(kind).map { "\($0.value / 1_000_000)\($0.isCensored ? "+" : "")" }
    }
}

@Suite("A call on a clock of its own")
struct CallSessionTests {
    static let word = CallMouthTests.word

    @Test("The greeting is timed from the connection to the arrival of the first voiced frame")
    func greeting() throws {
        let fake = try FakeCall()
        fake.run(200)
        fake.speak(ScriptedBot.voice(200))
        fake.run(400)
        #expect(fake.call.utterance == .init(number: 1, startedAt: 203_000_000, startSample: 1600))
        #expect(fake.figure(.greeting) == "203")
        #expect(fake.figure(.firstFrame) == "3")
    }

    @Test("A response is timed from the write of the last annotated sample to the first voiced arrival")
    func response() throws {
        let fake = try FakeCall()
        fake.run(100)
        _ = fake.call.say([Self.word])
        fake.run(500)
        // The word's last voiced frame, its tenth, was written at 100 + 9 × 20 ms.
        #expect(fake.call.awaitsFrom == 280_000_000)
        fake.speak(ScriptedBot.voice(200))
        fake.run(300)
        #expect(fake.figure(.response) == "\(603 - 280)")
        #expect(fake.call.saidTicket == 1)
    }

    @Test("An answer that begins too early is early, and no response") func early() throws {
        let fake = try FakeCall()
        _ = fake.call.say([Self.word])
        fake.run(140)
        fake.speak(ScriptedBot.voice(400))
        fake.run(800)
        #expect(fake.figure(.early) != nil)
        #expect(fake.figure(.response) == nil)
        #expect(fake.call.utterance?.number == 1)
        #expect(fake.call.takenUtterance == 0)
    }

    @Test("A false start before the end of speech is no answer; what comes after it is") func falseStart()
        throws
    {
        let fake = try FakeCall()
        _ = fake.call.say([Self.word, Self.word])
        fake.run(100)
        fake.speak(ScriptedBot.voice(60))
        fake.run(900)
        let end = try #require(fake.call.awaitsFrom)
        #expect(fake.call.answer(since: end) == nil)
        #expect(fake.call.falseStart == 103_000_000)
        fake.speak(ScriptedBot.voice(200))
        fake.run(200)
        #expect(fake.call.answer(since: end)?.startedAt == 1_003_000_000)
    }

    @Test("Speaking over the other side measures when it stopped") func bargeIn() throws {
        let fake = try FakeCall()
        fake.speak(ScriptedBot.voice(600))
        fake.run(300)
        _ = fake.call.say([Self.word])
        fake.run(2000)
        // Our voice is first written at 400 ms; its last voiced frame arrives at 583 ms and is played until 603 ms.
        #expect(fake.figure(.bargeStop) == "203")
    }

    @Test("What a current Asterisk would not bear is told once, in a sentence") func strict() throws {
        let fake = try FakeCall()
        fake.run(100)
        fake.arrive(0x03, [0x31])
        #expect(fake.call.finding?.contains("ends the call") == true)
        let lenient = try FakeCall { $0.strict = false }
        lenient.run(100)
        lenient.arrive(0x03, [0x31])
        #expect(lenient.call.finding == nil)
    }

    @Test("Two seconds without a word either way drop a strict call") func dropped() throws {
        let fake = try FakeCall { $0.fillsSilence = false }
        fake.run(3000, hears: false)
        #expect(fake.call.finding?.contains("2,000 ms") == true)
    }

    @Test("The end of the link ends the measuring, with what did not come censored") func ended() throws {
        let fake = try FakeCall()
        _ = fake.call.say([Self.word])
        fake.run(1200)
        fake.end(.reset)
        #expect(fake.figure(.response) == "1020+")
        #expect(!fake.call.isUp)
        #expect(
            fake.call.told(at: fake.now).hasPrefix(
                "the other side reset the connection (rst) 0 ns ago; in all it heard 1.20 s"))
    }

    @Test("What was heard is told in words") func told() throws {
        let fake = try FakeCall()
        #expect(fake.call.told(at: 0) == "no audio ever came; the call is up")
        fake.run(100)
        #expect(
            fake.call.told(at: fake.now)
                == "in all it heard 100 ms of audio, and no voice in it, the last frame 17.0 ms ago; the call is up"
        )
        fake.speak(ScriptedBot.voice(200))
        fake.run(400)
        #expect(
            fake.call.told(at: fake.now)
                == "in all it heard 500 ms of audio, 200 ms of it voice in 1 utterance, the last until 197 ms ago, "
                + "the last frame 17.0 ms ago; the call is up")
    }
}
