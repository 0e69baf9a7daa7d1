import AssayCore
import AssayPolicy
import Testing

private func record(_ tests: (String, TestResult.Status, Double)...) -> RunRecord {
    var record = RunRecord(
        header: RunHeader(
            kind: .test, project: "p", name: "all", startedAtMilliseconds: 0, seed: 1, assayVersion: "0",
            host: .init(name: "h", system: "s", cores: 1, memoryBytes: 1)))
    record.tests = tests.map { name, status, seconds in
        TestResult(
            level: "e2e", scenario: name, location: SourceLocation(file: "a.yml", line: 1, column: 1),
            status: status, startedAtNanoseconds: 0, durationNanoseconds: Int64(seconds * 1e9))
    }
    return record
}

@Test("a passed test over the limit is named with its time and the limit, slowest first")
func slowTestsAreNamed() {
    let run = record(("quick", .passed, 1), ("slow", .passed, 6), ("slower", .passed, 9.5))
    let findings = judgeSlowTests(run, limit: .seconds(5))
    #expect(findings.map(\.test) == [2, 1])
    #expect(findings[0].reason == "'slower' took 9.50 s, and a test may take 5.00 s (slow-test)")
}

@Test(
    "a slow test with a verdict of its own is left alone",
    arguments: [TestResult.Status.failed, .skipped, .interrupted])
func otherVerdictsStay(status: TestResult.Status) {
    #expect(judgeSlowTests(record(("slow", status, 60)), limit: .seconds(5)).isEmpty)
}

@Test("a test that takes exactly the limit passes")
func theLimitIsAllowed() {
    #expect(judgeSlowTests(record(("even", .passed, 5)), limit: .seconds(5)).isEmpty)
}

@Test("findings turn their tests into failures with a reason, and no others")
func findingsFailTheirTests() {
    var run = record(("quick", .passed, 1), ("slow", .passed, 6))
    run.fail(judgeSlowTests(run, limit: .seconds(5)))
    #expect(run.tests.map(\.status) == [.passed, .failed])
    #expect(run.tests[1].reason?.contains("slow-test") == true)
}

@Test("a result that stands for a whole level of another runner is no slow test")
func wholeLevelsStay() {
    var run = record(("unit", .passed, 60))
    run.tests[0].tags = [TestResult.wholeLevelTag]
    #expect(judgeSlowTests(run, limit: .seconds(5)).isEmpty)
}
