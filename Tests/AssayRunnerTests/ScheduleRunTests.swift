import AssayCore
import AssayNet
import AssayRunner
import AssayWire
import Testing

/// Schedules on a reactor, against a server in the same one.
@Suite("Schedules that run", .serialized)
struct ScheduleRunTests {
    /// A bench whose answers take so long as their path says: `/wait/300`.
    private static func bench() throws -> Bench {
        try Bench { request, _ in
            if request.target.hasPrefix("/wait/"), let length = Int(request.target.dropFirst(6)) {
                try? await Task.sleep(for: .milliseconds(length))
            }
            return HTTPResponse(text: #"{"token":"t1"}"#)
        }
    }

    static func files(_ profile: String, _ scenarios: [String: String]) -> [String: String] {
        var files = ["profile.yml": "assay: 1\nload: profile\n" + profile]
        for (name, steps) in scenarios {
            files["\(name).yml"] = "assay: 1\nscenario: \(name)\n" + steps
        }
        return files
    }

    private static func get(_ path: String) -> String {
        "steps: [{id: one, http: {get: \"${api.url}\(path)\"}}]\n"
    }

    private static func asked(_ bench: Bench) -> [String] { bench.reactor.run { bench.asked.all } }

    @Test("Each scenario is driven by its own schedule, from its own start on")
    func own() throws {
        let bench = try Self.bench()
        let profile = """
            scenarios:
              - {use: buy.yml, iterations: {users: 2, each: 3}}
              - {use: browse.yml, arrivals: {count: 5, for: 250ms, max-users: 5}, start: 400ms}
            """
        let (record, ending) = try bench.load(
            files: Self.files(profile, ["buy": Self.get("/buy"), "browse": Self.get("/browse")]))
        let asked = Self.asked(bench)
        #expect(asked.count { $0 == "GET /buy" } == 6 && asked.count { $0 == "GET /browse" } == 5)
        // The first schedule was over before the other began.
        #expect(asked.prefix(6).allSatisfy { $0 == "GET /buy" })
        #expect(ending.lengthNanoseconds >= 600_000_000)
        #expect(record.counter("iterations") == 11)
    }

    @Test("Users have numbers of their own over all schedules, and values the profile gives them")
    func numbers() throws {
        let bench = try Self.bench()
        let profile = """
            setup: [{http: {post: "${api.url}/login"}, capture: {token: $.token}}]
            scenarios:
              - {use: buy.yml, iterations: {users: 2, each: 1}, with: {what: "${token}"}}
              - {use: buy.yml, name: twice, iterations: {users: 3, each: 1}, with: {what: tea}}
            """
        let steps = "params: {what: nothing}\n" + Self.get("/${load.user}/${what}/${token}")
        let (record, _) = try bench.load(files: Self.files(profile, ["buy": steps]))
        #expect(
            Self.asked(bench).dropFirst().sorted() == [
                "GET /0/t1/t1", "GET /1/t1/t1", "GET /2/tea/t1", "GET /3/tea/t1", "GET /4/tea/t1",
            ])
        #expect(Set(record.series.compactMap { $0[tag: "scenario"] }) == ["buy", "twice"])
    }

    @Test("What the set-up captures is seen by scenarios that are used as well")
    func used() throws {
        let bench = try Self.bench()
        let profile = """
            setup: [{http: {post: "${api.url}/login"}, capture: {token: $.token}}]
            scenarios: [outer.yml]
            feeds: {goods: {rows: [{id: 7}]}}
            iterations: {users: 1, each: 1}
            """
        _ = try bench.load(
            files: Self.files(
                profile, ["outer": "steps: [{use: inner.yml}]\n", "inner": Self.get("/${token}/${goods.id}")])
        )
        #expect(Self.asked(bench) == ["POST /login", "GET /t1/7"])
    }

    @Test("A pass that does not end within the graceful stop is broken off and does not count")
    func gracefulStop() throws {
        let bench = try Self.bench()
        let profile = "scenarios: [slow.yml]\nusers: 2\nfor: 100ms\ngraceful-stop: 100ms\n"
        let (record, ending) = try bench.load(files: Self.files(profile, ["slow": Self.get("/wait/5000")]))
        #expect(record.counter("iterations") == 0 && record.counter("iterations.interrupted") == 2)
        #expect(ending.lengthNanoseconds < 3_000_000_000)
        let patient = try Self.bench()
        let longer = "scenarios: [slow.yml]\nusers: 2\nfor: 100ms\ngraceful-stop: 20s\n"
        let (second, _) = try patient.load(files: Self.files(longer, ["slow": Self.get("/wait/400")]))
        #expect(second.counter("iterations") == 2)
    }

    @Test("A user that is told to go ends its pass within the bound of the ramp-down, or is broken off")
    func rampDown() throws {
        let stages = "users: {start: 2, stages: [{for: 50ms, to: 2}, {for: 0s, to: 0}, {for: 1500ms, to: 0}]}"
        for (bound, passes) in [("100ms", UInt64(0)), ("10s", 2)] {
            let bench = try Self.bench()
            let (record, ending) = try bench.load(
                files: Self.files(
                    "scenarios: [slow.yml]\n\(stages)\ngraceful-ramp-down: \(bound)\n",
                    ["slow": Self.get("/wait/700")]))
            #expect(record.counter("iterations") == passes, "\(bound)")
            #expect(record.counter("iterations.interrupted") == 2 - passes, "\(bound)")
            #expect(ending.lengthNanoseconds >= 1_500_000_000)
        }
    }

    @Test("A user that is wanted again while it ends its pass goes on")
    func comesBack() throws {
        let bench = try Self.bench()
        let profile = """
            scenarios: [slow.yml]
            users: {start: 1, stages: [{for: 100ms, to: 1}, {for: 0s, to: 0}, {for: 50ms, to: 0}, {for: 400ms, at: 1}]}
            graceful-ramp-down: 100ms
            """
        let (record, _) = try bench.load(files: Self.files(profile, ["slow": Self.get("/wait/400")]))
        // Its pass lasted longer than the bound of the ramp-down, which no longer counted.
        #expect(record.counter("iterations.interrupted") == 0 && record.counter("iterations") >= 1)
    }

    @Test("Passes that have not begun when the time is up are dropped and counted")
    func within() throws {
        let bench = try Self.bench()
        let profile = "scenarios: [slow.yml]\niterations: {users: 2, total: 40, within: 300ms}\n"
        let (record, ending) = try bench.load(files: Self.files(profile, ["slow": Self.get("/wait/100")]))
        let passes = record.counter("iterations")
        #expect(passes >= 2 && passes < 20)
        #expect(passes + record.counter("iterations.dropped") == 40)
        #expect(ending.lengthNanoseconds < 5_000_000_000)
    }

    @Test("A user begins a pass at most as often as its pace says")
    func pace() throws {
        let bench = try Self.bench()
        let profile = "scenarios: [quick.yml]\niterations: {users: 2, each: 3}\npace: 200ms\n"
        let (record, ending) = try bench.load(files: Self.files(profile, ["quick": Self.get("/a")]))
        #expect(record.counter("iterations") == 6)
        #expect(ending.lengthNanoseconds >= 400_000_000)
        // Nobody waits after the last pass.
        let once = try Self.bench()
        let (second, end) = try once.load(
            files: Self.files(
                "scenarios: [quick.yml]\niterations: {users: 2, each: 1}\npace: 1h\n",
                ["quick": Self.get("/a")]))
        #expect(second.counter("iterations") == 2 && end.lengthNanoseconds < 60_000_000_000)
    }

    @Test("The last start of a ramp lies at the end of its schedule, and begins or is dropped like any other")
    func lastArrival() throws {
        let ramp = "start: 20/s, stages: [{for: 500ms, to: 60/s}]"
        for ready in [1, 30] {
            let bench = try Self.bench()
            let (record, _) = try bench.load(
                files: Self.files(
                    "scenarios: [quick.yml]\narrivals: {\(ramp), max-users: 30, ready-users: \(ready)}\n",
                    ["quick": Self.get("/a")]))
            #expect(Self.asked(bench).count == 20, "\(ready) ready")
            #expect(record.counter("iterations") == 20 && record.counter("iterations.dropped") == 0)
        }
        let starved = try Self.bench()
        let (second, _) = try starved.load(
            files: Self.files(
                "scenarios: [slow.yml]\narrivals: {\(ramp), max-users: 2}\n",
                ["slow": Self.get("/wait/120")]))
        let passes = second.counter("iterations")
        #expect(passes < 20 && passes + second.counter("iterations.dropped") == 20)
    }

    @Test("Two reactors share arrivals, and no start is lost where one has no user")
    func sharing() throws {
        let bench = try Self.bench()
        let second = try Reactor()
        let stop = second.makeSignal()
        startThread(named: "second") { second.run { _ = await stop.wait() } }
        let profile = """
            scenarios: [quick.yml]
            arrivals: {at: 100/s, for: 300ms, max-users: 1, ready-users: 1, spread: poisson}
            """
        let (record, _) = try bench.load(
            files: Self.files(profile, ["quick": Self.get("/${load.user}")]), reactors: [second])
        bench.reactor.run { await Task(executorPreference: second) { stop.notifyAll() }.value }
        let count = record.counter("iterations") + record.counter("iterations.dropped")
        #expect((12...50).contains(count))
        #expect(Set(Self.asked(bench)) == ["GET /0"])
    }

    @Test("Stopping ends every schedule, also one that has not begun")
    func stopping() throws {
        let bench = try Self.bench()
        let profile = """
            scenarios:
              - {use: a.yml, users: 2, for: 1h}
              - {use: b.yml, arrivals: 20/s, for: 1h, max-users: 5}
              - {use: c.yml, iterations: {users: 1, each: 1000000}, start: 30m}
            teardown: [{http: {post: "${api.url}/bye"}}]
            """
        let (record, ending) = try bench.load(
            files: Self.files(
                profile,
                ["a": "steps: [{think: 20ms}]\n", "b": Self.get("/b"), "c": Self.get("/c")]), stopAfter: 1)
        #expect(ending.lengthNanoseconds < 10_000_000_000 && record.counter("iterations") > 20)
        let asked = Self.asked(bench)
        #expect(asked.last == "POST /bye" && !asked.contains("GET /c"))
    }
}
