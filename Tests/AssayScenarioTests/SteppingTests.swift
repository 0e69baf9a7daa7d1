import AssayCore
import AssayScenario
import Testing

@Suite("Loads that rise in steps")
struct SteppingTests {
    static func profile(_ lines: String) throws -> LoadProfile {
        let texts = [
            "browse.yml": "assay: 1\nscenario: browse\nsteps: [{http: {get: \"${api.url}/b\"}}]\n",
            "stress.yml": "assay: 1\nload: stress\nscenarios: [browse.yml]\n" + lines,
        ]
        return try ScenarioReader(files: FileReader(texts: texts), stand: BadFilesTests.stand)
            .profile("stress.yml").get()
    }

    @Test("Steps rise from the start to the end, and the last one is there even when it is no multiple")
    func steps() throws {
        let search = try #require(
            try Self.profile("users: {start: 20, step: {by: 30, every: 30s, to: 100}}\n").search)
        #expect(search.steps.map(\.load) == [20, 50, 80, 100])
        #expect(search.steps.allSatisfy { $0.ramp == .seconds(3) && $0.hold == .seconds(27) })
        #expect(search.conditions.isEmpty)
    }

    @Test("Each step is two stages: the rise, and the time that is measured")
    func stages() throws {
        let profile = try Self.profile(
            "arrivals: {step: {by: 10/s, every: 20s, to: 20/s, ramp: 5s}, max-users: 50}\n")
        guard case .arrivals(let arrivals)? = profile.model, arrivals.maximumUsers == 50 else {
            Issue.record("not a load of arrivals")
            return
        }
        let stages = arrivals.stages
        #expect(arrivals.start.perSecond == 0)
        #expect(stages.map(\.target.perSecond) == [10, 10, 20, 20])
        #expect(stages.map(\.length) == [.seconds(5), .seconds(15), .seconds(5), .seconds(15)])
    }

    @Test("A hundred steps of a tenth end where they should")
    func fractions() throws {
        let profile = try Self.profile(
            "arrivals: {step: {by: 0.1/s, every: 1s, to: 10/s}, max-users: 50}\n")
        #expect(profile.search?.steps.count == 100)
        #expect(profile.search?.steps.last?.load == 10)
    }

    @Test("Conditions are a list, or stand beside what must hold at least")
    func conditions() throws {
        let users = "users: {start: 20, step: {by: 20, every: 30s, to: 400}}\n"
        let short = try #require(try Self.profile(users + "degrades: [p95(http.duration) < 3s]\n").search)
        #expect(short.conditions.map(\.text) == ["p95(http.duration) < 3s"])
        #expect(short.atLeast == nil && short.confirm == 1)
        let long = try #require(
            try Self.profile(
                users + "degrades: {beyond: [rate(http.failed) < 5%], at-least: 100 users, confirm: 0}\n"
            ).search)
        #expect(long.conditions.map(\.text) == ["rate(http.failed) < 5%"])
        #expect(long.atLeast == 100 && long.confirm == 0)
    }

    @Test("A scale shortens stages and steps and leaves alone what is driven and judged")
    func scaled() throws {
        let profile = try Self.profile(
            "users: {start: 20, step: {by: 20, every: 30s, to: 40}}\nthresholds: [p95(http.duration) < 3s]\n"
                + "graceful-stop: 7s\n")
        let short = try #require(profile.scaled(by: 0.1))
        #expect(short.scale == 0.1 && profile.scale == 1)
        #expect(short.search?.steps.map(\.hold) == [.milliseconds(2700), .milliseconds(2700)])
        #expect(short.search?.steps.map(\.load) == [20, 40])
        guard case .users(_, let stages) = short.model else {
            Issue.record("not a load of users")
            return
        }
        #expect(stages.map(\.length.nanoseconds) == [300_000_000, 2_700_000_000, 300_000_000, 2_700_000_000])
        #expect(
            short.pacing.gracefulStop == .seconds(7)
                && short.thresholds.map(\.text) == ["p95(http.duration) < 3s"])
    }

    @Test("A fixed amount of work has no schedule to scale")
    func unscaled() throws {
        #expect(try Self.profile("iterations: {users: 2, each: 3}\n").scaled(by: 0.5) == nil)
    }
}
