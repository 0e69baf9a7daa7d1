import AssayAudio
import AssayCore
import AssayFormats
import AssayNet
import Testing

@testable import AssayRunner

@Suite("Calls as load")
struct CallLoadTests {
    static func load(
        _ script: ScriptedBot.Script, _ profile: String, _ steps: String
    ) throws -> (record: RunRecord, ending: LoadRun.Ending) {
        let reactor = try Reactor()
        let bot = try ScriptedBot(on: reactor, script)
        var bench = try Bench(on: reactor)
        bench.members = ["bot": ["audiosocket": .string(bot.url)]]
        bench.files = CallStepTests.files
        bench.sounds = SoundShelf { path in
            CallStepTests.files[path].map { .success($0) } ?? .failure(StepError("no file \(path)"))
        }
        let result = try bench.load(profile, scenario: "steps:\n" + steps)
        bot.stop()
        return result
    }

    static let conversation =
        CallStepTests.call + """
              - call: {on: c1, expect-greeting: {within: 2s}}
              - call: {on: c1, say: hello.wav}
              - id: search
                call: {on: c1, expect-response: {within: 2s}}
              - call: {on: c1, hangup: fin}
            """

    @Test("Every call is counted, and its times are those of the steps that waited for them") func counted()
        throws
    {
        let (record, ending) = try Self.load(
            CallStepTests.greets, "iterations: {users: 5, each: 1}", Self.conversation)
        #expect(ending.failures.isEmpty, "\(ending.failures)")
        #expect(record.counter("calls") == 5)
        #expect(record.counter("call.failed") == 0)
        for metric in ["call.greeting", "call.first-frame", "call.response", "call.hangup", "call.talk-over"]
        {
            #expect(record.trend(metric).count == 5, "\(metric)")
        }
        #expect(record.trend("call.hole").count == 5)
        #expect(record.trend("call.lateness").count > 5 * 50)
        let response = try #require(
            record.series.first { $0.metric == "call.response" && $0[tag: "name"] == "search" })
        #expect(response[tag: "scenario"] == "test")
        let place = try #require(record.series.firstIndex(of: response))
        let own = record.intervals.flatMap(\.points).filter { $0.series == place }
        #expect(!own.isEmpty)
        #expect(record.trend("call.response").minimum > 100_000_000)
    }

    @Test("A call of which a step fails has failed; one that nobody takes, too") func failed() throws {
        let (record, ending) = try Self.load(
            .init(), "iterations: {users: 3, each: 1}",
            CallStepTests.call + "  - call: {on: c1, expect-greeting: {within: 100ms}}")
        #expect(record.counter("call.failed") == 3)
        #expect(ending.failures.map(\.reason) == ["greeting"])
        #expect(ending.failures.map(\.count) == [3])
        let refused = try Self.load(
            .init(), "iterations: {users: 2, each: 1}", "  - call: {to: \"127.0.0.1:1\"}"
        ).record
        #expect(refused.counter("calls") == 2)
        #expect(refused.counter("call.failed") == 2)
    }

    @Test("What did not come is counted as taking longer, not left out") func censored() throws {
        let (record, _) = try Self.load(
            .init(), "iterations: {users: 2, each: 1}",
            CallStepTests.call + """
                  - call: {on: c1, say: hello.wav}
                  - call: {on: c1, expect-response: {within: 200ms}}
                """)
        #expect(record.trend("call.response").count == 2)
        #expect(record.trend("call.response").minimum >= 200_000_000)
    }

    @Test("Scheduled calls that no user was free for have failed") func dropped() throws {
        let (record, _) = try Self.load(
            CallStepTests.greets,
            "arrivals: {start: 20/s, max-users: 1, stages: [{for: 500ms, to: 20/s}]}",
            CallStepTests.call + "  - call: {on: c1, expect-greeting: {within: 2s}}\n  - think: 300ms")
        let dropped = record.counter("iterations.dropped")
        #expect(dropped > 0)
        #expect(record.counter("call.failed") == dropped)
    }

    @Test("A load without calls keeps no series of them") func withoutCalls() throws {
        let bench = try Bench { _, _ in HTTPResponse() }
        let (record, _) = try bench.load(
            "iterations: {users: 1, each: 1}", scenario: "steps: [{http: {get: \"${api.url}/\"}}]\n")
        #expect(!record.series.contains { $0.metric.hasPrefix("call") })
    }
}
