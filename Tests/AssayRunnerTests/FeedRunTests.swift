import AssayCore
import AssayNet
import AssayRunner
import AssayWire
import Testing

/// Feeds, set-up and teardown of a load, against a server in the same reactor.
@Suite("Feeds and set-up of a load", .serialized)
struct FeedRunTests {
    private static let steps = "steps: [{id: one, http: {get: \"${api.url}/${feed.n}\"}}]\n"
    private static let rows = "[" + (0..<20).map { "{n: \($0)}" }.joined(separator: ", ") + "]"

    private static func asked(_ bench: Bench) -> [String] { bench.reactor.run { bench.asked.all } }

    private static func bench() throws -> Bench { try Bench { _, _ in HTTPResponse(text: "{}") } }

    /// Runs with a second reactor beside the bench's own.
    private static func onTwo<Value>(_ bench: Bench, _ body: (Reactor) throws -> Value) throws -> Value {
        let second = try Reactor()
        let stop = second.makeSignal()
        startThread(named: "second") { second.run { _ = await stop.wait() } }
        defer { bench.reactor.run { await Task(executorPreference: second) { stop.notifyAll() }.value } }
        return try body(second)
    }

    @Test("Unique rows are used once over both reactors, and then the run ends")
    func unique() throws {
        let bench = try Self.bench()
        let (record, ending) = try Self.onTwo(bench) { second in
            try bench.load(
                "users: 4\nfor: 1h\nfeed: {rows: \(Self.rows), pick: unique, per: iteration}\n",
                scenario: Self.steps, reactors: [second])
        }
        #expect(Self.asked(bench).sorted() == (0..<20).map { "GET /\($0)" }.sorted())
        #expect(record.counter("iterations") == 20 && ending.lengthNanoseconds < 60_000_000_000)
        #expect(ending.usedUpFeeds.map(\.rows) == [20] && ending.usedUpFeeds.map(\.isFailure) == [false])
    }

    @Test(
        "Rows that are exactly enough are enough, however users divide over two reactors",
        arguments: [(3, 2), (1, 6), (5, 3)])
    func enough(users: Int, each: Int) throws {
        let bench = try Self.bench()
        let count = users * each
        let rows = "[" + (0..<count).map { "{n: \($0)}" }.joined(separator: ", ") + "]"
        let (record, ending) = try Self.onTwo(bench) { second in
            try bench.load(
                "iterations: {users: \(users), each: \(each)}\nfeed: {rows: \(rows), pick: unique, at-end: fail}\n",
                scenario: Self.steps, reactors: [second])
        }
        #expect(Self.asked(bench).sorted() == (0..<count).map { "GET /\($0)" }.sorted())
        #expect(record.counter("iterations") == UInt64(count) && ending.usedUpFeeds.isEmpty)
    }

    @Test("A feed that must not run out ends the run, and says so")
    func failing() throws {
        let bench = try Self.bench()
        let (record, ending) = try Self.onTwo(bench) { second in
            try bench.load(
                "users: 4\nfor: 1h\nfeed: {rows: \(Self.rows), at-end: fail}\n",
                scenario: Self.steps + "", reactors: [second])
        }
        #expect(record.counter("iterations") == 20)
        #expect(ending.usedUpFeeds.map(\.isFailure) == [true])
    }

    @Test("A schedule whose scenario does not read the feed takes no row and goes on")
    func others() throws {
        let bench = try Self.bench()
        let profile = """
            scenarios:
              - {use: read.yml, users: 1, for: 1h}
              - {use: other.yml, iterations: {users: 1, each: 30}}
            feeds: {goods: {rows: [{n: 1}, {n: 2}], at-end: stop}}
            """
        let files = ScheduleRunTests.files(
            profile,
            [
                "read": "steps: [{http: {get: \"${api.url}/${goods.n}\"}}]\n",
                "other": "steps: [{http: {get: \"${api.url}/other\"}}]\n",
            ])
        let (record, _) = try bench.load(files: files)
        let asked = Self.asked(bench)
        #expect(asked.count { $0 == "GET /other" } == 30)
        #expect(asked.filter { $0 != "GET /other" } == ["GET /1", "GET /2"])
        #expect(record.counter("iterations") == 32)
    }

    @Test("A user keeps its row, and one that comes again has other numbers of chance")
    func users() throws {
        let bench = try Self.bench()
        let profile = """
            users: {start: 2, stages: [{for: 100ms, to: 2}, {for: 0s, to: 0}, {for: 50ms, to: 0}, {for: 100ms, at: 2}]}
            pace: 1h
            feed: {rows: \(Self.rows)}
            """
        _ = try bench.load(
            profile,
            scenario: "steps: [{http: {get: \"${api.url}/${feed.n}/${random.int(1, 1000000000)}\"}}]\n")
        let asked = Self.asked(bench).map { $0.split(separator: "/").map(String.init) }
        #expect(asked.map { $0[1] }.sorted() == ["0", "0", "1", "1"])
        #expect(Set(asked.map { $0[2] }).count == 4)
    }

    @Test("The set-up and the teardown have bounds")
    func bounds() throws {
        let bench = try Bench { request, _ in
            if request.target == "/slow" { try? await Task.sleep(for: .seconds(30)) }
            return HTTPResponse(text: "{}")
        }
        let (record, ending) = try bench.load(
            "iterations: {users: 1, each: 1}\nsetup: [{id: login, http: {get: \"${api.url}/slow\"}}]\nsetup-timeout: 200ms\n",
            scenario: "steps: [{http: {get: \"${api.url}/one\"}}]\n")
        #expect(ending.setupFailure?.name == "login" && record.counter("iterations") == 0)
        #expect(ending.setupFailure?.mismatches.map(\.expected) == ["to end within 200 ms"])
        let second = try Bench { request, _ in
            if request.target == "/slow" { try? await Task.sleep(for: .seconds(30)) }
            return HTTPResponse(text: "{}")
        }
        let (whole, end) = try second.load(
            "iterations: {users: 1, each: 1}\nteardown: [{id: bye, http: {get: \"${api.url}/slow\"}}]\nteardown-timeout: 200ms\n",
            scenario: "steps: [{http: {get: \"${api.url}/one\"}}]\n")
        #expect(end.teardownFailure?.name == "bye" && whole.counter("iterations") == 1)
    }

    @Test("What a step of the set-up registers to be taken back waits for the end of the load")
    func deferred() throws {
        let setup = """
            setup:
              - {id: make, http: {post: "${api.url}/make"}, defer: {http: {delete: "${api.url}/make"}}}
            teardown: [{http: {post: "${api.url}/bye"}}]
            iterations: {users: 1, each: 1}
            """
        let bench = try Self.bench()
        _ = try bench.load(setup, scenario: "steps: [{http: {get: \"${api.url}/one\"}}]\n")
        #expect(Self.asked(bench) == ["POST /make", "GET /one", "POST /bye", "DELETE /make"])

        let broken = try Bench { request, _ in HTTPResponse(status: request.target == "/b" ? 500 : 200) }
        let failing = setup.replacing(
            "teardown", with: "  - {http: {get: \"${api.url}/b\"}, expect: {status: 200}}\nteardown")
        let (_, ending) = try broken.load(failing, scenario: "steps: [{http: {get: \"${api.url}/one\"}}]\n")
        #expect(ending.setupFailure != nil)
        #expect(Self.asked(broken) == ["POST /make", "GET /b", "DELETE /make"])
    }

    @Test("Stopping ends a set-up that would take long, and the teardown runs after a load that was stopped")
    func stopped() throws {
        let bench = try Bench { request, _ in
            if request.target == "/slow" { try? await Task.sleep(for: .seconds(30)) }
            return HTTPResponse(text: "{}")
        }
        let files = ScheduleRunTests.files(
            "scenarios: [a.yml]\nusers: 1\nfor: 1h\nsetup: [{http: {get: \"${api.url}/slow\"}}]\n",
            ["a": "steps: [{think: 1s}]\n"])
        let reactor = bench.reactor
        let begun = Reactor.monotonicNow()
        let (_, ending) = try bench.load(files: files) { stop in
            Task(executorPreference: reactor) {
                await reactor.sleep(for: .milliseconds(100))
                stop.stop(gracefully: true, interrupted: true)
            }
        }
        #expect(ending.setupFailure != nil && Reactor.monotonicNow() - begun < 10_000_000_000)
    }
}
