import AssayCore
import AssayScenario
import Testing

@Suite("Plain JSON profiles")
struct PlainProfileTests {
    private static func read(_ json: String) -> Result<LoadProfile, Diagnostics> {
        let texts = [
            "calls/tire.yml": "assay: 1\nscenario: tire\nsteps: [{http: {get: \"${api.url}/b\"}}]\n",
            "profiles/normal.json": json,
        ]
        return ScenarioReader(files: FileReader(texts: texts), stand: BadFilesTests.stand)
            .profile("profiles/normal.json")
    }

    private static func profile(_ members: String) throws -> LoadProfile {
        try read("{\"scenarios\": [\"../calls/tire.yml\"], \(members)}").get()
    }

    private static func problems(_ members: String) -> String {
        guard case .failure(let found) = read("{\"scenarios\": [\"../calls/tire.yml\"], \(members)}") else {
            return ""
        }
        return found.all.map { "\($0.code) \($0.message) | \($0.fix ?? "")" }.joined(separator: "\n")
    }

    private static func stages(_ profile: LoadProfile) -> [String] {
        switch profile.model {
        case .users(let start, let stages):
            ["\(start)"] + stages.map { "\($0.target) in \($0.length.inSeconds)" }
        case .arrivals(let arrivals):
            ["\(arrivals.start.perSecond)/s of \(arrivals.maximumUsers)"]
                + arrivals.stages.map { "\($0.target.perSecond)/s in \($0.length.inSeconds)" }
        default: []
        }
    }

    @Test("A profile as a team keeps it: the duration holds the ramp")
    func normal() throws {
        let profile = try Self.profile(
            """
            "name": "normal", "description": "an ordinary day", "concurrent_calls": 20, "duration": "30m",
            "ramp_up": "5m", "thresholds": {"p95_ms": 2000, "error_rate": 0}
            """)
        #expect(profile.name == "normal")
        #expect(profile.scenarios.map(\.scenario.name) == ["tire"])
        #expect(Self.stages(profile) == ["0", "20 in 300.0", "20 in 1500.0"])
        #expect(
            profile.thresholds.map(\.text) == ["p95(call.response) < 2s", "rate(call.failed) <= 0%"])
        #expect(
            profile.thresholds[0].location
                == SourceLocation(file: "profiles/normal.json", line: 2, column: 43, length: 4))
    }

    @Test(
        "Times, users and rates have many spellings",
        arguments: [
            ("\"users\": 5, \"duration\": \"90s\"", ["0", "5 in 0.0", "5 in 90.0"]),
            (
                "\"concurrency\": 5, \"durationMinutes\": 2, \"rampUpSeconds\": 30",
                ["0", "5 in 30.0", "5 in 90.0"]
            ),
            (
                "\"vus\": 5, \"duration_ms\": 1500, \"ramp-down\": \"500ms\"",
                ["0", "5 in 0.0", "5 in 1.0", "0 in 0.5"]
            ),
            ("\"users\": 10, \"hold\": \"1m\", \"ramp_up\": \"30s\"", ["0", "10 in 30.0", "10 in 60.0"]),
            ("\"users\": 10, \"run_time\": \"1m\", \"spawn_rate\": 2", ["0", "10 in 5.0", "10 in 55.0"]),
            (
                "\"calls_per_minute\": 120, \"duration\": \"1m\", \"max_calls\": 50",
                ["0.0/s of 50", "2.0/s in 0.0", "2.0/s in 60.0"]
            ),
            (
                "\"stages\": [{\"duration\": \"30s\", \"target\": 20}, {\"duration\": \"10s\", \"target\": 0}]",
                ["0", "20 in 30.0", "0 in 10.0"]
            ),
        ])
    func spellings(members: String, wanted: [String]) throws {
        #expect(Self.stages(try Self.profile(members)) == wanted)
    }

    @Test(
        "Limits become thresholds, of HTTP unless the profile speaks of calls",
        arguments: [
            ("\"users\": 1", "{\"p95_ms\": 1500}", ["p95(http.duration) < 1500ms"]),
            (
                "\"users\": 1", "{\"p99\": \"2.5s\", \"avg_ms\": 0.5}",
                ["p99(http.duration) < 2.5s", "avg(http.duration) < 500us"]
            ),
            ("\"users\": 1", "{\"latency_p95_seconds\": 3}", ["p95(http.duration) < 3s"]),
            ("\"users\": 1", "{\"max_latency_ms\": 9000}", ["max(http.duration) < 9s"]),
            ("\"users\": 1", "{\"error_rate\": 0.05}", ["rate(http.failed) < 5%"]),
            ("\"users\": 1", "{\"error_rate_percent\": 5}", ["rate(http.failed) < 5%"]),
            ("\"users\": 1", "{\"errors\": \"< 5%\"}", ["rate(http.failed) < 5%"]),
            ("\"concurrent_calls\": 1", "{\"min_calls_per_minute\": 20}", ["rate(calls) >= 20/min"]),
            ("\"users\": 1", "{\"rps\": 50}", ["rate(http.requests) >= 50/s"]),
            (
                "\"users\": 1, \"metric\": \"redis.duration\"", "{\"p95_ms\": 5, \"error_rate\": 0}",
                ["p95(redis.duration) < 5ms", "rate(redis.failed) <= 0%"]
            ),
            ("\"users\": 1", "[\"p95(http.waiting) < 1s\"]", ["p95(http.waiting) < 1s"]),
        ])
    func limits(users: String, limits: String, wanted: [String]) throws {
        let profile = try Self.profile("\(users), \"duration\": \"1m\", \"nfr\": \(limits)")
        #expect(profile.thresholds.map(\.text) == wanted)
    }

    @Test("Steps search for the degradation, and the limits are what they degrade beyond")
    func stress() throws {
        let profile = try Self.profile(
            """
            "name": "stress", "users": 100, "max_users": 200, "step": 50, "duration": "3m", "at_least": 100,
            "thresholds": {"p95_ms": 3000, "error_rate": 0.05}
            """)
        let search = try #require(profile.search)
        #expect(search.steps.map(\.load) == [100, 150, 200])
        #expect(search.steps.map { ($0.ramp + $0.hold).inSeconds } == [60, 60, 60])
        #expect(search.conditions.map(\.text) == ["p95(http.duration) < 3s", "rate(http.failed) < 5%"])
        #expect(search.atLeast == 100 && profile.thresholds.isEmpty)
    }

    @Test(
        "What is wrong is told with its place and a way out",
        arguments: [
            (
                "\"concurent_calls\": 20, \"duration\": \"1m\"",
                "AS010 'concurent_calls' is not known in a plain profile | did you mean 'concurrent_calls'?"
            ),
            (
                "\"users\": 20, \"vus\": 20, \"duration\": \"1m\"",
                "AS404 the profile has both 'users' and 'vus', which mean the same | keep one of them"
            ),
            (
                "\"users\": 20, \"duration\": 30",
                "AS015 'duration' needs a unit, found the number 30 | write \"30s\", or call it 'duration_seconds' or 'duration_minutes'"
            ),
            (
                "\"users\": 20, \"duration\": \"1m\", \"ramp_up\": \"5m\"",
                "AS406 'duration' of 60.0 s is shorter than its ramps, 5m 00s | the ramps are part of it; for a time beside them, call it 'hold'"
            ),
            (
                "\"duration\": \"1m\"",
                "AS406 the profile does not say how many users there are | add \"users\": 20, or \"concurrent_calls\": 20"
            ),
            (
                "\"users\": 2, \"duration\": \"1m\", \"nfr\": {\"p95ms\": 20}",
                "AS405 'p95ms' is no limit that is known | did you mean 'p95_ms'?"
            ),
            (
                "\"users\": 2, \"duration\": \"1m\", \"nfr\": {\"error_rate\": 5}",
                "AS405 'error_rate' is a fraction of 1, found the number 5 | write \"5%\", or call it 'error_rate_percent'"
            ),
            (
                "\"users\": 2, \"duration\": \"1m\", \"nfr\": {\"error_rate\": 1}",
                "AS405 'error_rate' is a fraction of 1, found the number 1 | write \"1%\", or call it 'error_rate_percent'"
            ),
            (
                "\"users\": 2, \"duration\": \"1m\", \"at_least\": 5",
                "AS401 'at_least' is judged step by step, and this load has no steps | add \"step\": 20, \"step_duration\": \"30s\", \"max_users\": 400"
            ),
            (
                "\"users\": 100, \"start\": 200, \"step\": 10, \"step_duration\": \"10s\"",
                "AS400 the steps rise from 200 to 100 | give 'to' more than the start"
            ),
        ])
    func told(members: String, wanted: String) { #expect(Self.problems(members) == wanted) }

    @Test("A profile without scenarios says so, and one that is no object too")
    func empty() {
        guard case .failure(let none) = Self.read("{\"users\": 1, \"duration\": \"1m\"}"),
            case .failure(let list) = Self.read("[1]")
        else {
            Issue.record("it was read")
            return
        }
        #expect(none.all.map(\.message) == ["the profile names no scenario"])
        #expect(list.all.map(\.message) == ["expected an object for the load profile, found a list"])
    }

    @Test("JSON with `assay` is Assay's own form")
    func own() throws {
        let profile = try Self.read(
            """
            {"assay": 1, "load": "own", "scenarios": ["../calls/tire.yml"],
             "users": {"stages": [{"for": "1m", "to": 20}]}}
            """
        ).get()
        #expect(profile.name == "own" && Self.stages(profile) == ["0", "20 in 60.0"])
    }
}
