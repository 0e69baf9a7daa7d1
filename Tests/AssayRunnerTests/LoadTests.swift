import AssayCore
import AssayNet
import AssayRunner
import AssayWire
import Testing

@Suite("Load", .serialized)
struct LoadTests {
    private static let one = #"steps: [{id: one, http: {get: "${api.url}/one"}, expect: {status: 200}}]"#

    @Test("a fixed amount of work is done exactly, however it is shared")
    func iterations() throws {
        for (profile, count) in [
            ("iterations: {users: 7, each: 3}", 21), ("iterations: {users: 7, total: 50}", 50),
        ] {
            let bench = try Bench { _, _ in HTTPResponse(text: "{}") }
            let (record, _) = try bench.load(profile, scenario: Self.one)
            #expect(record.counter("iterations") == UInt64(count))
            #expect(record.counter("http.requests") == UInt64(count))
            #expect(record.counter("checks") == UInt64(count))
            #expect(bench.reactor.run { bench.asked.count } == count)
        }
    }

    @Test("two reactors do the same work as one")
    func reactors() throws {
        let bench = try Bench { _, _ in HTTPResponse(text: "{}") }
        let second = try Reactor()
        let stop = second.makeSignal()
        startThread(named: "second") { second.run { _ = await stop.wait() } }
        let (record, _) = try bench.load(
            "iterations: {users: 8, each: 5}", scenario: Self.one, reactors: [second])
        bench.reactor.run { await Task(executorPreference: second) { stop.notifyAll() }.value }
        #expect(record.counter("iterations") == 40)
        #expect(record.trend("http.duration").count == 40)
        #expect(bench.reactor.run { bench.asked.count } == 40)
    }

    @Test("an open model starts what its schedule says, and counts what found no free user")
    func arrivals() throws {
        let bench = try Bench { _, _ in HTTPResponse(text: "{}") }
        let profile = "arrivals: {start: 200/s, stages: [{for: 500ms, to: 200/s}], max-users: 50}"
        let (record, _) = try bench.load(profile, scenario: Self.one)
        #expect(record.counter("iterations") + record.counter("iterations.dropped") == 100)
        #expect(record.trend("schedule.lag").count >= record.counter("iterations"))

        let slow = try Bench { _, _ in HTTPResponse(text: "{}") }
        let starved = "arrivals: {start: 100/s, stages: [{for: 500ms, to: 100/s}], max-users: 2}"
        let (second, _) = try slow.load(
            starved, scenario: #"steps: [{http: {get: "${api.url}/a"}}, {think: 300ms}]"#)
        #expect(second.counter("iterations.dropped") > 30)
        #expect(second.counter("iterations") + second.counter("iterations.dropped") == 50)
    }

    @Test("what the set-up captures every user sees, and the feed hands its rows round")
    func setup() throws {
        let bench = try Bench { request, _ in
            HTTPResponse(text: request.target == "/login" ? #"{"token":"t1"}"# : "{}")
        }
        let files = """
            iterations: {users: 2, each: 2}
            setup:
              - http: {post: "${api.url}/login"}
                capture: {token: $.token}
            """
        let (record, _) = try bench.load(
            files, scenario: #"steps: [{id: me, http: {get: "${api.url}/me?t=${token}"}}]"#)
        let asked = bench.reactor.run { bench.asked.all }
        #expect(asked.first == "POST /login" && asked.dropFirst().allSatisfy { $0 == "GET /me?t=t1" })
        // The set-up is not measured.
        #expect(record.counter("http.requests") == 4)
    }

    @Test("a failed set-up is told, and there is no load")
    func failedSetup() throws {
        let bench = try Bench { _, _ in HTTPResponse(status: 500, text: "{}") }
        let profile = """
            iterations: {users: 2, each: 2}
            setup: [{id: login, http: {post: "${api.url}/login"}, expect: {status: 200}}]
            """
        let (record, ending) = try bench.load(profile, scenario: Self.one)
        #expect(ending.setupFailure?.name == "login" && record.counter("http.requests") == 0)
    }

    @Test("failed checks are counted and grouped with one sample, and the pass goes on")
    func failedChecks() throws {
        let bench = try Bench { request, _ in
            HTTPResponse(status: request.target == "/one" ? 503 : 200, text: #"{"ok":false}"#)
        }
        let (record, ending) = try bench.load(
            "iterations: {users: 1, each: 3}",
            scenario: """
                steps:
                  - {id: one, http: {get: "${api.url}/one"}, expect: {status: 200, json: {$.ok: true}}}
                  - {id: two, http: {get: "${api.url}/two"}, expect: {status: 200}}
                """)
        #expect(record.counter("iterations") == 3 && record.counter("http.requests") == 6)
        #expect(record.counter("http.failed") == 3 && record.counter("checks") == 3)
        let group = try #require(ending.failures.first)
        #expect(ending.failures.count == 1 && group.count == 3 && group.step == "one")
        #expect(group.mismatches.map(\.subject) == ["status", "$.ok"])
        #expect(group.sample?.summary.contains("→ 503") == true)
    }

    @Test("a server that is gone ends in named outcomes, not in a hang")
    func refused() throws {
        let bench = try Bench { _, _ in HTTPResponse(text: "{}") }
        bench.server.stop()
        let (record, ending) = try bench.load("iterations: {users: 2, each: 2}", scenario: Self.one)
        #expect(ending.failures.map(\.reason) == ["connect-refused"])
        #expect(record.counter("http.failed") == 4 && record.counter("iterations") == 4)
    }

    @Test("stopping early lets running passes end and begins no more")
    func stopping() throws {
        let bench = try Bench { _, _ in HTTPResponse(text: "{}") }
        let (record, ending) = try bench.load(
            "users: {start: 3, stages: [{for: 1h, to: 3}]}",
            scenario: #"steps: [{http: {get: "${api.url}/one"}}, {think: 20ms}]"#, stopAfter: 1)
        #expect(ending.lengthNanoseconds < 60_000_000_000 && !ending.interrupted)
        #expect(record.counter("iterations") > 0)
    }
}
