import AssayCore
import AssayFormats
import AssayNet
import AssayWire
import Synchronization
import Testing

@testable import AssayRunner

extension Bench {
    /// Runs the scenario's tests with retries or repetitions, and stops the server.
    func test(
        _ text: String, retries: Int = 0, repeats: TestRun.Repeats? = nil, jobs: Int = 2, seed: UInt64 = 1,
        isStandUp: @escaping @Sendable () -> Bool = { true }, cancelledAfter: Int = .max,
        ground: ((RunContext) -> any TestGround)? = nil
    ) throws -> [TestResult] {
        let entries = TestEntry.entries(try scenario(text), level: "unit")
        let (reactor, server) = (reactor, server)
        let ground = ground?(context()) ?? SharedGround(context())
        return reactor.run {
            var options = TestRun.Options(seed: seed, jobs: jobs)
            options.retries = .init(limit: retries, isStandUp: isStandUp)
            options.repeats = repeats
            let scope = CancelScope(on: reactor)
            let run = TestRun(ground, options: options, on: reactor, scope: scope)
            var ended = 0
            let results = await run.run(entries, startedAt: Reactor.monotonicNow()) { _ in
                ended += 1
                if ended == cancelledAfter { scope.cancel() }
            }
            server.stop()
            return results
        }
    }
}

private let asking = """
    vars: {id: "${uuid()}"}
    steps:
      - http: {post: "${api.url}/${id}"}
        defer: {http: {delete: "${api.url}/${id}"}}
      - http: {get: "${api.url}/check"}
        expect: {status: 200}
    """

/// Counts tests that come and go.
private struct CountingGround: TestGround {
    let context: RunContext
    let visits: Visits

    final class Visits: Sendable {
        private let counts = Mutex((entered: 0, left: 0))
        func enter() { counts.withLock { $0.entered += 1 } }
        func leave() { counts.withLock { $0.left += 1 } }
        var all: (entered: Int, left: Int) { counts.withLock { $0 } }
    }

    struct Visit: GroundVisit {
        let context: RunContext
        let visits: Visits
        func leave() async -> [Mismatch] {
            visits.leave()
            return []
        }
    }

    func isExclusive(level: String) -> Bool { true }

    func enter(_ entry: TestEntry, in scope: CancelScope) async -> Result<any GroundVisit, GroundFailure> {
        visits.enter()
        return .success(Visit(context: context, visits: visits))
    }
}

/// Answers 503 to the first `failures` questions.
private func failing(first failures: Int) throws -> Bench {
    let checks = Mutex(0)
    return try Bench { request, _ in
        guard request.target == "/check" else { return HTTPResponse(status: 200) }
        let number = checks.withLock { count in
            count += 1
            return count
        }
        return HTTPResponse(status: number <= failures ? 503 : 200)
    }
}

@Suite("Retrying")
struct RetryingTests {
    @Test(
        "a test that fails and then passes is flaky; each try is whole, with its own values and its own cleanup"
    )
    func flaky() throws {
        let bench = try failing(first: 2)
        let result = try #require(try bench.test(asking, retries: 2).first)
        #expect(result.status == .passed && result.isFlaky)
        #expect(result.attempts.map(\.status) == [.failed, .failed, .passed])
        #expect(result.attempts.first?.firstMismatch?.actual == "503")
        let asked = bench.reactor.run { bench.asked.all }
        #expect(
            asked.map { String($0.prefix(4)) } == [
                "POST", "GET ", "DELE", "POST", "GET ", "DELE", "POST", "GET ", "DELE",
            ])
        let names = asked.filter { $0.hasPrefix("POST") }
        #expect(Set(names).count == 3, "each try draws its own values")
        #expect(
            asked.filter { $0.hasPrefix("DELETE") }.map { $0.dropFirst(7) } == names.map { $0.dropFirst(5) })
    }

    @Test(
        "the values of every try come again with the seed, and the first try's are those of a run without retries"
    )
    func replay() throws {
        func names(retries: Int, failures: Int) throws -> [String] {
            let bench = try failing(first: failures)
            _ = try bench.test(asking, retries: retries, seed: 77)
            return bench.reactor.run { bench.asked.all.filter { $0.hasPrefix("POST") } }
        }
        let tries = try names(retries: 2, failures: 2)
        #expect(try names(retries: 2, failures: 2) == tries)
        #expect(try names(retries: 0, failures: 0) == Array(tries.prefix(1)))
    }

    @Test(
        "a test that fails every time has failed, and is not tried more often than allowed",
        arguments: [0, 1, 2])
    func failed(retries: Int) throws {
        let bench = try failing(first: 100)
        let result = try #require(try bench.test(asking, retries: retries).first)
        #expect(result.status == .failed && !result.isFlaky)
        #expect(result.attempts.count == (retries == 0 ? 0 : retries + 1))
        #expect(bench.reactor.run { bench.asked.all.count { $0 == "GET /check" } } == retries + 1)
    }

    @Test("each try and each repetition is on ground of its own", arguments: [nil, 4])
    func ground(repeats: Int?) throws {
        let visits = CountingGround.Visits()
        let bench = try failing(first: 2)
        let repeats = repeats.map { TestRun.Repeats(times: $0) }
        _ = try bench.test(
            asking, retries: 5, repeats: repeats, ground: { CountingGround(context: $0, visits: visits) })
        #expect(visits.all == (repeats?.times ?? 3, repeats?.times ?? 3))
    }

    @Test("on a dead stand a failed test is not tried again")
    func dead() throws {
        let bench = try failing(first: 1)
        let result = try #require(try bench.test(asking, retries: 2, isStandUp: { false }).first)
        #expect(result.status == .failed && result.attempts.isEmpty)
    }
}

@Suite("Repeating")
struct RepeatingTests {
    @Test("every test runs so often, each time with other values, and is counted")
    func counted() throws {
        let bench = try failing(first: 3)
        let result = try #require(try bench.test(asking, retries: 5, repeats: .init(times: 20)).first)
        let counts = try #require(result.repetitions)
        #expect((counts.passed, counts.failed, counts.planned) == (17, 3, 20))
        #expect(result.status == .failed && result.attempts.isEmpty)
        #expect(result.reason == "17 of 20 passed; repetition 1 is shown")
        #expect(result.steps.first { $0.status == .failed }?.mismatches.first?.actual == "503")
        #expect(bench.reactor.run { Set(bench.asked.all.filter { $0.hasPrefix("POST") }).count } == 20)
    }

    @Test("until the first failure: nothing more is begun after it")
    func untilFailure() throws {
        let bench = try Bench { _, count in HTTPResponse(status: count == 5 ? 500 : 200) }
        let text = "steps:\n  - http: {get: \"${api.url}/\"}\n    expect: {status: 200}\n"
        let result = try #require(
            try bench.test(text, repeats: .init(times: 1_000_000, untilFailure: true)).first)
        #expect(result.repetitions?.firstFailure == 5 && result.repetitions?.judged == 5)
        #expect(bench.reactor.run { bench.asked.count } == 5)
    }

    @Test("an interrupted run does not go through the rounds that are left")
    func interrupted() throws {
        let bench = try failing(first: 0)
        let result = try #require(
            try bench.test(asking, repeats: .init(times: 1_000_000), cancelledAfter: 3).first)
        #expect(result.status == .passed && result.repetitions?.passed == 3)
        #expect(result.repetitions?.planned == 1_000_000)
    }
}

@Suite("The schedule of repetitions")
struct RepeatScheduleTests {
    private typealias Start = RepeatSchedule.Start

    /// Begins and ends one after the other.
    private func all(_ schedule: RepeatSchedule) -> [Start] {
        var schedule = schedule
        var starts: [Start] = []
        while let start = schedule.next() {
            starts.append(start)
            schedule.ended(start.test)
        }
        return starts
    }

    @Test("one round is the order it was given")
    func single() {
        let schedule = RepeatSchedule([2, 0, 1], rounds: 1, reshuffledBy: SeededRandom(seed: 1))
        #expect(
            all(schedule) == [Start(test: 2, round: 0), Start(test: 0, round: 0), Start(test: 1, round: 0)])
    }

    @Test("every round has every test, in an order of its own that the seed repeats")
    func rounds() {
        let tests = Array(0..<8)
        let first = all(RepeatSchedule(tests, rounds: 6, reshuffledBy: SeededRandom(seed: 9)))
        let rounds = (0..<6).map { round in first.filter { $0.round == round }.map(\.test) }
        #expect(rounds.allSatisfy { $0.sorted() == tests })
        #expect(Set(rounds).count == 6 && rounds[0] == tests)
        #expect(first == all(RepeatSchedule(tests, rounds: 6, reshuffledBy: SeededRandom(seed: 9))))
        #expect(first != all(RepeatSchedule(tests, rounds: 6, reshuffledBy: SeededRandom(seed: 10))))
    }

    @Test("without randomness every round has the order of the first")
    func declared() {
        #expect(all(RepeatSchedule([1, 0], rounds: 3, reshuffledBy: nil)).map(\.test) == [1, 0, 1, 0, 1, 0])
    }

    @Test("a test is not begun while it still runs; others go on for that round")
    func noOverlap() {
        var schedule = RepeatSchedule([0, 1], rounds: 3, reshuffledBy: nil)
        #expect(schedule.next() == Start(test: 0, round: 0))
        #expect(schedule.next() == Start(test: 1, round: 0))
        #expect(schedule.next() == nil)
        schedule.ended(1)
        #expect(schedule.next() == Start(test: 1, round: 1))
        schedule.ended(1)
        #expect(schedule.next() == nil, "it does not run ahead of the round")
        schedule.ended(0)
        #expect(schedule.next() == Start(test: 0, round: 1))
    }

    @Test("stopped, nothing is begun; with its rounds ended, the rest of this round is")
    func ends() {
        var schedule = RepeatSchedule([0, 1, 2], rounds: 100, reshuffledBy: nil)
        _ = schedule.next()
        schedule.endRounds()
        #expect(all(schedule) == [Start(test: 1, round: 0), Start(test: 2, round: 0)])
        schedule.stop()
        #expect(all(schedule).isEmpty)
        #expect(all(RepeatSchedule([], rounds: 5, reshuffledBy: nil)).isEmpty)
    }
}
