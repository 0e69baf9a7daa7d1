import AssayCore
import AssayPolicy
import Testing

/// A result whose only step ended as the test did; `stand` names a finding after the test.
func tried(
    _ status: TestResult.Status, at start: Int64 = 0, taking length: Int64 = 10, step kind: String? = "http",
    reason: String? = nil
) -> TestResult {
    let place = SourceLocation(file: "tests/a.yml", line: 3, column: 1)
    let steps = kind.map {
        [
            StepResult(
                name: "reserve", kind: $0, location: place, status: status == .passed ? .passed : .failed,
                startedAtNanoseconds: start, durationNanoseconds: length,
                mismatches: status == .passed
                    ? [] : [Mismatch(subject: "status", expected: "200", actual: "\(start)")])
        ]
    }
    return TestResult(
        level: "e2e", scenario: "reserve", location: place, status: status, reason: reason,
        startedAtNanoseconds: start, durationNanoseconds: length, steps: steps ?? [])
}

func record(of tests: [TestResult]) -> RunRecord {
    var record = RunRecord(
        header: RunHeader(
            kind: .test, project: "p", name: "all", startedAtMilliseconds: 0, seed: 1, assayVersion: "0",
            host: .init(name: "h", system: "s", cores: 1, memoryBytes: 1)))
    record.tests = tests
    return record
}

@Suite("Retries")
struct RetriesTests {
    @Test(
        "a test is tried again as long as a step of it fails and tries are left",
        arguments: [
            (tries: [TestResult.Status.failed], retries: 2, again: true),
            ([.failed, .failed], 2, true), ([.failed, .failed, .failed], 2, false), ([.failed], 0, false),
            ([.passed], 2, false), ([.failed, .passed], 2, false), ([.interrupted], 2, false),
            ([.failed, .interrupted], 2, false), ([.skipped], 2, false), ([], 2, false),
        ])
    func again(tries: [TestResult.Status], retries: Int, again: Bool) {
        #expect(isTriedAgain(after: tries.map { tried($0) }, retries: retries, isStandUp: true) == again)
    }

    @Test("on a dead stand nothing is tried again")
    func deadStand() { #expect(!isTriedAgain(after: [tried(.failed)], retries: 2, isStandUp: false)) }

    @Test(
        "what fails the test and no step of it is not doubted: a policy, a stand that could not begin it, leftovers",
        arguments: [nil, "stand"])
    func policies(kind: String?) {
        #expect(!isTriedAgain(after: [tried(.failed, step: kind)], retries: 2, isStandUp: true))
    }

    @Test(
        "a failed test that left something behind is tried again, one whose own service died is not",
        arguments: [("leftovers", true), ("service 'api'", false), ("isolation", false)])
    func afterwards(subject: String, again: Bool) {
        var result = tried(.failed)
        var found = tried(.failed, step: "stand").steps[0]
        found.mismatches[0].subject = subject
        result.steps.append(found)
        #expect(isTriedAgain(after: [result], retries: 2, isStandUp: true) == again)
    }

    @Test("one try is the result")
    func single() {
        #expect(judgeTries([tried(.failed)]) == tried(.failed))
        #expect(judgeTries([tried(.passed)]).attempts.isEmpty)
    }

    @Test(
        "failed and then passed is flaky: passed, with the steps of the try that passed and the failure of the other"
    )
    func flaky() {
        let result = judgeTries([tried(.failed, at: 1), tried(.failed, at: 2), tried(.passed, at: 3)])
        #expect(result.isFlaky && result.status == .passed)
        #expect(result.startedAtNanoseconds == 3 && result.steps == tried(.passed, at: 3).steps)
        #expect(result.attempts.map(\.status) == [.failed, .failed, .passed])
        #expect(result.attempts.map(\.firstMismatch?.actual) == ["1", "2", nil])
    }

    @Test(
        "failed every time, or cut off on the way, is failed with the first try in full",
        arguments: [TestResult.Status.failed, .interrupted])
    func failed(last: TestResult.Status) {
        let result = judgeTries([tried(.failed, at: 1), tried(last, at: 2)])
        #expect(result.status == .failed && !result.isFlaky && result.startedAtNanoseconds == 1)
        #expect(result.attempts.count == 2)
    }

    @Test("a flaky test passes the run, or fails it by name where the project wants that")
    func policy() {
        var run = record(of: [tried(.passed), judgeTries([tried(.failed), tried(.passed)])])
        #expect(judgeTests(run, interrupted: false, deaths: []).status == .passed)
        run.fail(judgeFlakyTests(run))
        #expect(run.tests.map(\.status) == [.passed, .failed])
        #expect(run.tests[1].isFlaky, "that it passed in the end stays known")
        #expect(run.tests[1].reason == "'reserve' passed only on try 2, and a test must pass at once (flaky)")
        #expect(judgeTests(run, interrupted: false, deaths: []).reasons == ["1 test failed"])
    }

    @Test("the step that failed first is the innermost that says what differed")
    func firstFailure() {
        var outer = tried(.failed).steps[0]
        outer.mismatches = []
        outer.name = "group"
        outer.children = [tried(.passed).steps[0], tried(.failed, at: 7).steps[0]]
        #expect([outer].firstFailure?.mismatches.first?.actual == "7")
        outer.mismatches = [Mismatch(subject: "succeeded", expected: "10", actual: "9")]
        outer.children[1].mismatches = []
        #expect([outer].firstFailure?.name == "group" && [outer].firstFailure?.children == [])
        #expect(tried(.passed).steps.firstFailure == nil)
    }
}

@Suite("Repetitions")
struct RepetitionTests {
    private func tally(_ results: [TestResult], of planned: Int = 20) -> TestResult? {
        var tally = RepetitionTally(planned: planned)
        for (index, result) in results.enumerated() { tally.add(result, number: index + 1) }
        return tally.result
    }

    @Test("passes and failures are counted, and the first failure is kept")
    func counts() throws {
        let result = try #require(
            tally([
                tried(.passed, at: 1), tried(.failed, at: 20), tried(.failed, at: 30), tried(.passed, at: 40),
            ]))
        #expect(result.status == .failed && result.startedAtNanoseconds == 20)
        #expect(result.reason == "2 of 4 passed; repetition 2 is shown")
        let counts = try #require(result.repetitions)
        #expect((counts.passed, counts.failed, counts.planned, counts.firstFailure) == (2, 2, 20, 2))
        #expect(
            (counts.beganAtNanoseconds, counts.endedAtNanoseconds, counts.totalNanoseconds) == (1, 50, 40))
        #expect(result.attempts.isEmpty)
    }

    @Test("its own reason stays behind the counts")
    func reason() throws {
        let result = try #require(tally([tried(.failed, reason: "did not end within 1 s")]))
        #expect(result.reason == "0 of 1 passed; repetition 1 is shown: did not end within 1 s")
    }

    @Test("where nothing failed the slowest is kept")
    func slowest() throws {
        let result = try #require(
            tally([tried(.passed, taking: 5), tried(.passed, at: 9, taking: 50), tried(.passed, taking: 7)]))
        #expect(result.status == .passed && result.durationNanoseconds == 50 && result.reason == nil)
        #expect(result.repetitions?.text == "3 of 3 passed")
    }

    @Test("what was cut off is no judgement")
    func interrupted() throws {
        let cut = try #require(tally([tried(.interrupted)]))
        #expect(cut.status == .interrupted && cut.repetitions?.judged == 0)
        let later = try #require(tally([tried(.interrupted), tried(.passed), tried(.interrupted)]))
        #expect(later.status == .passed && later.repetitions?.judged == 1)
        #expect(tally([]) == nil)
    }

    @Test("a million repetitions keep no more than one")
    func bounded() throws {
        var tally = RepetitionTally(planned: 1_000_000)
        let result = tried(.failed)
        for number in 1...100_000 { tally.add(result, number: number) }
        let sum = try #require(tally.result)
        #expect(sum.repetitions?.failed == 100_000 && sum.steps.count == 1 && sum.attempts.isEmpty)
    }
}
