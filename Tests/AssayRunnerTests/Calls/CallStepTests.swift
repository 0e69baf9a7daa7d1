import AssayAudio
import AssayCore
import AssayFormats
import AssayNet
import AssayScenario
import Testing

@testable import AssayRunner

@Suite("Call steps")
struct CallStepTests {
    /// The caller's words: 400 ms of voice between silences, its bounds beside it.
    static let files: [String: [UInt8]] = [
        "hello.wav": Sound(
            samples: [Int16](repeating: 0, count: 800) + ScriptedBot.voice(400, hertz: 500)
                + [Int16](repeating: 0, count: 1600), rate: 8000
        ).wav(),
        "hello.json": Array(#"{"start-ms": 100, "end-ms": 500}"#.utf8),
        "babble.wav": Sound(samples: babble, rate: 8000).wav(),
    ]

    static func run(
        _ script: ScriptedBot.Script, _ steps: String, timeout: Duration = .seconds(20),
        recordings: RecordingShelf? = nil
    ) throws -> (result: TestResult, bot: ScriptedBot.Facts) {
        let reactor = try Reactor()
        let bot = try ScriptedBot(on: reactor, script)
        var bench = try Bench(on: reactor)
        bench.members = ["bot": ["audiosocket": .string(bot.url)]]
        bench.files = files
        bench.recordings = recordings
        bench.sounds = SoundShelf { path in
            files[path].map { .success($0) } ?? .failure(StepError("no file \(path)"))
        }
        let results = try bench.test("steps:\n" + steps, timeout: timeout)
        let facts = reactor.run { bot.facts }
        return (try #require(results.first), facts)
    }

    static let call = "  - call: {to: \"${bot.audiosocket}\", as: c1}\n"
    static let greets = ScriptedBot.Script(
        greeting: ScriptedBot.voice(500), answers: [ScriptedBot.voice(800)])

    /// The sentence with which a scenario fails.
    static func failure(_ script: ScriptedBot.Script, _ steps: String) throws -> String {
        let (result, _) = try run(script, steps)
        #expect(result.status == .failed)
        return result.failures.first ?? "nothing failed"
    }

    @Test("A caller is greeted, speaks, is answered and hangs up") func conversation() throws {
        let (result, bot) = try Self.run(
            Self.greets,
            Self.call + """
                  - call: {on: c1, expect-greeting: {within: 2s}}
                    expect: {within: 1s, json: {$.firstFrame: {less: 500}}}
                  - call: {on: c1, say: hello.wav}
                  - call: {on: c1, expect-response: {within: 2s}}
                    expect: {latency: {less: 1s}}
                    capture: {took: $.latency}
                  - if: "${took > 0 && took < 1000}"
                    then: [{call: {on: c1, hangup: fin}}]
                    else: [{call: {on: c1, expect-silence: 1ms}}]
                """)
        #expect(result.status == .passed, "\(result.failures)")
        #expect(bot.uuids.count == 1)
        let response = try #require(result.steps[3].exchange)
        #expect(response.summary.hasPrefix("c1: expect a response → a voice after "))
        #expect(result.recordings.isEmpty)
    }

    @Test("An answer is known by its tone and by what it is like") func markerAndLikeness() throws {
        let sound = Sound(samples: Self.babble, rate: 8000)
        let marked = MarkerTones.mark(sound, with: "4")
        let script = ScriptedBot.Script(answers: [try #require(marked).samples])
        let steps = Self.call + "  - call: {on: c1, say: hello.wav}\n"
        let (result, _) = try Self.run(
            script,
            steps + """
                  - call: {on: c1, expect-response: {within: 2s, marker: "4", like: babble.wav}}
                    expect: {marker: "4", likeness: {at-least: 0.7}}
                """)
        #expect(result.status == .passed, "\(result.failures)")
        let other = try Self.failure(
            script, steps + "  - call: {on: c1, expect-response: {within: 2s, marker: \"5\"}}")
        #expect(other.contains("marker the tone of 5: the tone of 4;"))
        let unlike = try Self.failure(
            script, steps + "  - call: {on: c1, expect-response: {within: 2s, like: hello.wav}}")
        #expect(unlike.contains("likeness at least 0.70 like hello.wav: "))
    }

    @Test("A server that is silent fails the step that waits, with what was heard instead") func silent()
        throws
    {
        let greeting = try Self.failure(
            .init(), Self.call + "  - call: {on: c1, expect-greeting: {within: 300ms}}")
        #expect(greeting.contains("greeting a voice within 300 ms of the connection: in all it heard "))
        #expect(greeting.contains("and no voice in it"))
        let response = try Self.failure(
            .init(),
            Self.call
                + "  - call: {on: c1, say: hello.wav}\n  - call: {on: c1, expect-response: {within: 300ms}}")
        #expect(response.contains("response a voice within 300 ms of the end of speech: in all it heard "))
    }

    @Test("Barging in is judged by when the other side stopped") func bargeIn() throws {
        var script = ScriptedBot.Script(greeting: ScriptedBot.voice(3000))
        let steps =
            Self.call + """
                  - call: {on: c1, expect-greeting: {within: 2s}}
                  - call: {on: c1, barge-in: {after: 300ms, say: hello.wav}, expect-stop: {within: 400ms}}
                    capture: {stop: $.stop}
                """
        let (result, _) = try Self.run(script, steps)
        #expect(result.status == .passed, "\(result.failures)")
        script.stops = false
        let failure = try Self.failure(script, steps)
        #expect(
            failure.contains(
                "stop the other side to stop within 400 ms of the caller's voice: it still speaks"))
    }

    @Test("The other side's way of hanging up is told, and judged") func hangups() throws {
        var script = ScriptedBot.Script(greeting: ScriptedBot.voice(100))
        let press = Self.call + "  - call: {on: c1, dtmf: \"12\"}\n"
        for (how, name) in [
            (AudioSocketLink.Hangup.fin, "fin"), (.frame, "00"), (.reset, "rst"), (.midFrame, "mid-frame"),
        ] {
            script.endsOnDigit = how
            let (result, bot) = try Self.run(
                script,
                Self.call
                    + "  - call: {on: c1, dtmf: \"1\"}\n  - call: {on: c1, expect-hangup: {within: 1s, how: \(name)}}"
            )
            #expect(result.status == .passed, "\(name): \(result.failures)")
            #expect(bot.digits == [0x31])
        }
        let unclean = try Self.failure(script, press + "  - call: {on: c1, expect-hangup: {within: 1s}}")
        #expect(unclean.contains("closed within a message (mid-frame)"))
        script.endsOnDigit = nil
        let never = try Self.failure(script, press + "  - call: {on: c1, expect-hangup: {within: 200ms}}")
        #expect(never.contains("hangup the other side to hang up (fin or 00) within 200 ms"))
    }

    @Test("A server that does not close when the caller has hung up is found out") func staysOpen() throws {
        let failure = try Self.failure(
            .init(staysOpen: true), Self.call + "  - call: {on: c1, hangup: {how: fin, within: 200ms}}")
        #expect(failure.contains("hangup the other side to close within 200 ms"))
    }

    @Test("Several calls go on side by side, and branches of `parallel` have their own") func several() throws
    {
        let (result, bot) = try Self.run(
            Self.greets,
            Self.call + """
                  - call: {to: "${bot.audiosocket}", as: c2, uuid: 40325ec2-5efd-4bd3-805f-53576e581d13}
                  - call: {on: c2, expect-greeting: {within: 2s}}
                  - call: {on: c1, expect-greeting: {within: 2s}}
                  - parallel:
                      times: 3
                      steps:
                        - call: {to: "${bot.audiosocket}", as: own}
                        - call: {on: own, expect-greeting: {within: 2s}}
                        - call: {on: own, hangup: fin}
                  - call: {on: c1, hangup: 00}
                  - call: {on: c2, hangup: rst}
                """)
        #expect(result.status == .passed, "\(result.failures)")
        #expect(bot.uuids.count == 5)
        #expect(bot.uuids[1].prefix(3) == [0x40, 0x32, 0x5e])
        #expect(Set(bot.uuids).count == 5)
    }

    @Test("A call lives until the end of the pass, and is hung up then by FIN") func endOfPass() throws {
        let (result, bot) = try Self.run(Self.greets, Self.call + "  - think: 50ms")
        #expect(result.status == .passed)
        #expect(bot.ends.map(\.kind) == [.fin])
    }

    @Test("Disturbances leave a call up that a good server bears") func disturbances() throws {
        let (result, _) = try Self.run(
            .init(answers: [ScriptedBot.voice(800)]),
            Self.call + """
                  - call: {on: c1, split-header: {pause: 3ms}}
                  - call: {on: c1, stall-reading: 100ms}
                  - call: {on: c1, noise: {for: 200ms, level: -60}}
                  - call: {on: c1, silence: {for: 200ms, frames: none}}
                  - call: {on: c1, expect-silence: 100ms}
                  - call: {on: c1, play-burst: hello.wav}
                  - call: {on: c1, expect-response: {within: 2s}}
                  - call: {on: c1, hangup: mid-frame}
                """)
        #expect(result.status == .passed, "\(result.failures)")
    }

    @Test("Nobody there is told by name") func refused() throws {
        let failure = try Self.failure(.init(), "  - call: {to: \"127.0.0.1:1\"}")
        #expect(failure.contains("call the call 'call' to be connected: connect-refused: "))
    }

    @Test("Failed calls are recorded, and their files named") func recorded() throws {
        let folder = TemporaryFolder()
        defer { folder.remove() }
        let (result, _) = try Self.run(
            .init(greeting: ScriptedBot.voice(500), greetsAfter: 40),
            Self.call + "  - call: {on: c1, expect-greeting: {within: 300ms}}",
            recordings: RecordingShelf(folder: folder.path + "/calls"))
        #expect(result.status == .failed)
        let recording = try #require(result.recordings.first)
        #expect(recording.call == "c1")
        #expect(recording.path == folder.path + "/calls/test-c1.wav")
        #expect(result.failures[0].contains("recording: \(recording.path)"))
        let sound = try Sound(wav: Files.read(recording.path))
        #expect(sound.rate == 8000)
        #expect(sound.nanoseconds > 0)
    }

    @Test("Recordings of calls that went well are kept when somebody asks for them") func keptAlways() throws
    {
        let folder = TemporaryFolder()
        defer { folder.remove() }
        let (result, _) = try Self.run(
            Self.greets,
            "  - call: {to: \"${bot.audiosocket}\", keep-recording: true}\n  - call: {expect-greeting: {within: 2s}}",
            recordings: RecordingShelf(folder: folder.path + "/calls"))
        #expect(result.status == .passed, "\(result.failures)")
        #expect(result.recordings.map(\.call) == ["call"])
    }

    @Test("A test that runs out of time hangs up and ends") func timeout() throws {
        let (result, bot) = try Self.run(
            .init(), Self.call + "  - call: {on: c1, silence: 10s}", timeout: .milliseconds(300))
        #expect(result.status == .failed)
        #expect(result.reason == "did not end within 300 ms")
        #expect(bot.ends.map(\.kind) == [.fin])
    }

    /// Something with a shape of its own, for likeness: tones that change.
    static let babble: [Int16] = (0..<12).flatMap { step in
        ScriptedBot.voice(90, hertz: [220, 700, 340, 1500, 500, 260, 1100, 420, 900, 300, 1900, 600][step])
    }
}

extension TestResult {
    /// What failed, for messages of tests.
    var failures: [String] {
        func told(_ steps: [StepResult]) -> [String] {
            steps.flatMap { step in
                step.mismatches.map { "\(step.name): \($0.subject) \($0.expected): \($0.actual)" }
                    + told(step.children)
            }
        }
        return told(steps)
    }
}
