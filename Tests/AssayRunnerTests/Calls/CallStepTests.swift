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
        "answer.wav": Sound(samples: ScriptedBot.voice(600), rate: 8000).wav(),
    ]

    static func run(
        _ script: ScriptedBot.Script, _ steps: String, timeout: Duration = .seconds(20)
    ) throws -> (result: TestResult, bot: ScriptedBot) {
        let reactor = try Reactor()
        let bot = try ScriptedBot(on: reactor, script)
        var bench = try Bench(on: reactor)
        bench.members = ["bot": ["audiosocket": .string(bot.url)]]
        bench.files = files
        bench.sounds = SoundShelf { path in
            files[path].map { .success($0) } ?? .failure(StepError("no file \(path)"))
        }
        let results = try bench.test("steps:\n" + steps, timeout: timeout)
        bot.stop()
        return (try #require(results.first), bot)
    }

    @Test("A caller is greeted, speaks, is answered and hangs up") func conversation() throws {
        let script = ScriptedBot.Script(
            greeting: ScriptedBot.voice(500), answers: [ScriptedBot.voice(800)])
        let (result, _) = try Self.run(
            script,
            """
              - call: {to: "${bot.audiosocket}", as: c1}
              - call: {on: c1, expect-greeting: {within: 2s}}
              - call: {on: c1, say: hello.wav}
              - call: {on: c1, expect-response: {within: 2s}}
                expect: {latency: {less: 1s}}
                capture: {took: $.latency}
              - call: {on: c1, hangup: fin}
            """)
        #expect(result.status == .passed, "\(result.failures)")
    }
}

extension TestResult {
    /// What failed, for messages of tests.
    var failures: [String] {
        steps.flatMap { step in
            step.mismatches.map { "\(step.name): \($0.subject) \($0.expected): \($0.actual)" }
        }
    }
}
