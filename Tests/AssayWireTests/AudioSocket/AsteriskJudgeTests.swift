import AssayCore
import AssayWire
import Testing

private let millisecond: Int64 = 1_000_000

/// What Asterisk does with what a server sends: each case of the reference, at its exact times.
@Suite("Asterisk as the judge of a server")
struct AsteriskJudgeTests {
    struct Case: CustomTestStringConvertible {
        var name: String
        /// Milliseconds and what happens then.
        var events: [(Int64, AsteriskJudge.Event)]
        /// `kind severity`, in order.
        var findings: [String] = []
        var isOver = false
        var testDescription: String { name }
    }

    private static func audio(_ length: Int = 320, type: UInt8 = 0x10, pause: Int64 = 0)
        -> AsteriskJudge.Event
    {
        .message(type: type, length: length, payloadPause: pause)
    }
    private static func paced(
        _ count: Int, length: Int = 320, type: UInt8 = 0x10, every gap: Int64 = 20
    ) -> [(Int64, AsteriskJudge.Event)] {
        (0..<count).map { (Int64($0) * gap, audio(length, type: type)) }
    }
    private static func burst(_ count: Int, at time: Int64 = 0) -> [(Int64, AsteriskJudge.Event)] {
        Array(repeating: (time, audio()), count: count)
    }

    static let cases: [Case] = [
        Case(name: "audio on time is fine", events: paced(500)),
        Case(name: "a last frame that is short is fine", events: paced(3) + [(60, audio(44))]),
        Case(name: "00 ends cleanly", events: paced(2) + [(40, .message(type: 0, length: 0))], isOver: true),
        Case(name: "FIN ends cleanly", events: paced(2) + [(40, .closed(.fin))], isOver: true),
        Case(
            name: "RST is an error", events: paced(2) + [(40, .closed(.reset))],
            findings: ["reset ends the call"], isOver: true),
        Case(
            name: "FIN within a message is an error", events: paced(2) + [(40, .closed(.midFrame))],
            findings: ["mid-frame ends the call"], isOver: true),
        Case(
            name: "01 ends the call", events: [(0, .message(type: 1, length: 16))],
            findings: ["wrong-type ends the call"], isOver: true),
        Case(
            name: "02 ends the call", events: [(0, .message(type: 2, length: 0))],
            findings: ["wrong-type ends the call"], isOver: true),
        Case(
            name: "03 ends the call", events: [(0, .message(type: 3, length: 1))],
            findings: ["wrong-type ends the call"], isOver: true),
        Case(
            name: "ff ends the call", events: [(0, .message(type: 0xFF, length: 1))],
            findings: ["wrong-type ends the call"], isOver: true),
        Case(
            name: "an empty frame ends the call", events: [(0, audio(0))],
            findings: ["empty-frame ends the call"], isOver: true),
        Case(name: "a payload 2 ms behind its header survives", events: [(0, audio(pause: 2 * millisecond))]),
        Case(
            name: "a payload 2.1 ms behind its header may not",
            events: [(0, audio(pause: 2_100_000)), (20, audio(pause: 7_999_999))],
            findings: ["late-payload risk"]),
        Case(
            name: "a payload 8 ms behind its header ends the call",
            events: [(0, audio(pause: 8 * millisecond))],
            findings: ["late-payload ends the call"], isOver: true),
        Case(
            name: "1,999 ms without traffic are fine",
            events: [(0, audio()), (1999, audio()), (3998, .sent), (5997, .nothing)]),
        Case(
            name: "2,000 ms without traffic drop the call", events: [(0, audio()), (2000, audio())],
            findings: ["silence ends the call"], isOver: true),
        Case(
            name: "2,000 ms without traffic drop the call before anything was said",
            events: [(2000, .nothing)],
            findings: ["silence ends the call"], isOver: true),
        Case(
            name: "the caller's own frames are traffic",
            events: (0..<300).map { ($0 * 20, .sent) } + [(6000, audio())]),
        Case(name: "a silent caller may send none: the server's frames are traffic", events: paced(200)),
        Case(name: "96 frames at once are heard", events: burst(96)),
        Case(
            name: "97 frames at once are thrown away", events: burst(97), findings: ["burst heard wrongly"]),
        Case(
            name: "96 frames and one more when the first has begun to play are heard",
            events: burst(96) + [(1, audio())]),
        Case(
            name: "4 s at once are hardly heard", events: burst(200), findings: ["burst heard wrongly"]),
        Case(
            name: "4 s at twice their speed are too many, but for the last of them",
            events: paced(200, every: 10), findings: ["burst heard wrongly"]),
        Case(name: "1 s at once each second is heard", events: (0..<10).flatMap { burst(50, at: $0 * 1000) }),
        Case(
            name: "16 kHz as type 10 plays at half speed", events: paced(25, length: 640),
            findings: ["wrong-rate heard wrongly"]),
        Case(
            name: "16 kHz as type 10 for less than half a second is not told", events: paced(24, length: 640)),
        Case(name: "40 ms of 8 kHz every 40 ms are fine", events: paced(100, length: 640, every: 40)),
        Case(
            name: "µ-law as type 10 is noise", events: paced(25, length: 160),
            findings: ["wrong-rate heard wrongly"]),
        Case(name: "10 ms of 8 kHz every 10 ms are fine", events: paced(100, length: 160, every: 10)),
        Case(
            name: "another rate under its own type depends on the version",
            events: paced(100, length: 640, type: 0x12),
            findings: ["other-rate risk"]),
        Case(
            name: "an odd length loses a byte", events: [(0, audio(319))],
            findings: ["torn-sample heard wrongly"]),
        Case(
            name: "after the end nothing is judged",
            events: [
                (0, .message(type: 0, length: 0)), (5, .message(type: 1, length: 16)), (10, .closed(.reset)),
            ],
            isOver: true),
    ]

    @Test("a server is judged as Asterisk would", arguments: cases)
    func judges(_ example: Case) {
        var judge = AsteriskJudge(connectedAt: 0)
        for (time, event) in example.events { judge.receive(event, at: time * millisecond) }
        #expect(judge.findings.map { "\($0.kind.rawValue) \($0.severity.rawValue)" } == example.findings)
        #expect(judge.isOver == example.isOver)
        #expect(judge.severity == judge.findings.map(\.severity).max())
    }

    @Test("findings say in a sentence what was seen and what it leads to")
    func texts() {
        func texts(_ events: [(Int64, AsteriskJudge.Event)], format: AudioSocketFormat = .asteriskApp)
            -> [String]
        {
            var judge = AsteriskJudge(format: format, connectedAt: 0)
            for (time, event) in events { judge.receive(event, at: time * millisecond) }
            return judge.findings.map(\.text)
        }
        let wrongRate = [
            "640 bytes every 20 ms where 8 kHz audio (10) has 320, as 16 kHz would: "
                + "the caller hears it at 50 % of its speed"
        ]
        #expect(texts(Self.paced(30, length: 640)) == wrongRate)
        #expect(
            texts(Self.paced(30, length: 160)) == [
                "160 bytes every 20 ms where 8 kHz audio (10) has 320, as 8-bit audio or half the rate would: "
                    + "the caller hears noise or gaps"
            ])
        #expect(
            texts(Self.burst(200)) == [
                "more than 96 audio messages waited to be heard: Asterisk throws most of them away, "
                    + "so far about 3.68 s of 4.00 s"
            ])
        #expect(
            texts([(0, .message(type: 3, length: 1))]) == [
                "the server sent DTMF (03): Asterisk takes nothing but audio and hangup and ends the call"
            ])
        #expect(
            texts([(0, Self.audio(pause: 8_150_000))]) == [
                "a payload came 8.1 ms behind its header: Asterisk waits about 5 ms and ends the call"
            ])
        #expect(
            texts(
                [(0, Self.audio())], format: AudioSocketFormat(rate: 16_000, type: 0x12, encoding: .linear16))
                == [
                    "the server answers 16 kHz audio (12) with 8 kHz audio (10): Asterisk resamples it"
                ])
    }

    @Test(
        "what a type means is what the call was made with", arguments: AudioSocketFormat.presets.map(\.name))
    func presets(_ name: String) throws {
        let format = try #require(AudioSocketFormat.named(name))
        var judge = AsteriskJudge(format: format, connectedAt: 0)
        for (time, event) in Self.paced(200, length: format.frameBytes, type: format.type) {
            judge.receive(event, at: time * millisecond)
        }
        #expect(judge.findings == [])
    }

    @Test("half a frame's bytes are told of every format")
    func halfRate() throws {
        let format = try #require(AudioSocketFormat.named("legacy-chan16"))
        var judge = AsteriskJudge(format: format, connectedAt: 0)
        for (time, event) in Self.paced(30) { judge.receive(event, at: time * millisecond) }
        #expect(
            judge.findings.map(\.text) == [
                "320 bytes every 20 ms where 16 kHz linear16 as type 10 has 640, as 8-bit audio or half the rate would: "
                    + "the caller hears noise or gaps"
            ])
    }

    @Test("another rate under its own type is dangerous before Asterisk knew it")
    func otherRate() {
        var judge = AsteriskJudge(connectedAt: 0)
        judge.receive(Self.audio(640, type: 0x12), at: 0)
        #expect(
            judge.findings.map(\.text) == [
                "the server answers 8 kHz audio (10) with 16 kHz audio (12): "
                    + "Asterisk before 20.17, 21.12, 22.7 and 23.1 ends the call"
            ])
    }

    @Test("silence is dated to when Asterisk gave up")
    func silenceTime() {
        var judge = AsteriskJudge(connectedAt: 100 * millisecond)
        judge.receive(.sent, at: 500 * millisecond)
        judge.receive(Self.audio(), at: 9000 * millisecond)
        #expect(judge.findings.map(\.at) == [2500 * millisecond])
    }

    @Test("of 4 s at once the caller hears 0.32 s")
    func burstLoss() {
        var judge = AsteriskJudge(connectedAt: 0)
        for (time, event) in Self.burst(200) { judge.receive(event, at: time) }
        #expect(judge.lostNanoseconds == 3680 * millisecond)
    }

    @Test("a queue that is drained loses nothing, whatever the frames' lengths", arguments: UInt64(1)...20)
    func drained(_ seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var queue = PlayQueue()
        var now: Int64 = 0
        for _ in 0..<2000 {
            let duration = Int64.random(in: 1...60, using: &random) * millisecond
            let overflows = queue.add(nanoseconds: duration, at: now)
            #expect(!overflows)
            #expect(queue.count <= 2)
            now += duration
        }
        #expect(queue.lost == 0 && queue.total == now)
    }
}
