import AssayCore
import AssayPolicy
import Testing

@Suite("External calls")
struct ExternalCallsTests {
    private func record(_ tests: (from: Int64, length: Int64, status: TestResult.Status, reason: String?)...)
        -> RunRecord
    {
        var record = RunRecord(
            header: RunHeader(
                kind: .test, project: "p", name: "all", startedAtMilliseconds: 0, seed: 1, assayVersion: "0",
                host: .init(name: "h", system: "s", cores: 1, memoryBytes: 1)))
        record.tests = tests.map { test in
            TestResult(
                level: "e2e", scenario: "s", location: SourceLocation(file: "a.yml", line: 1, column: 1),
                status: test.status, reason: test.reason, startedAtNanoseconds: test.from,
                durationNanoseconds: test.length)
        }
        return record
    }

    private let call = ExternalCall(
        text: "api (pid 7, curl) tried to reach a.invalid:443", atNanoseconds: [50])

    @Test("a call fails the one test that ran at its time")
    func one() {
        let found = judgeExternalCalls(
            record((0, 40, .passed, nil), (45, 10, .passed, nil), (60, 10, .passed, nil)), [call])
        #expect(
            found.tests == [
                PolicyFinding(
                    test: 1, reason: "external-calls: api (pid 7, curl) tried to reach a.invalid:443")
            ])
        #expect(found.outside.isEmpty)
    }

    @Test("tests that ran side by side are all told, and told that they were several")
    func several() {
        let found = judgeExternalCalls(record((0, 60, .passed, nil), (45, 10, .passed, nil)), [call])
        #expect(found.tests.map(\.test) == [0, 1])
        #expect(found.tests[0].reason.hasSuffix("(one of 2 tests that ran then; --jobs 1 tells which)"))
    }

    @Test("a call while no test ran is the run's, also when others fell into tests")
    func outside() {
        var twice = call
        twice.atNanoseconds = [50, 500]
        #expect(judgeExternalCalls(record((60, 10, .passed, nil)), [call]).outside == [call.text])
        #expect(judgeExternalCalls(record((45, 10, .passed, nil)), [twice]).outside == [call.text])
        #expect(judgeExternalCalls(record((45, 10, .skipped, "why")), [call]).outside == [call.text])
    }

    @Test("a test that failed keeps its own reason in front; more than three calls are counted")
    func reasons() {
        let calls = (1...5).map { ExternalCall(text: "call \($0)", atNanoseconds: [1]) }
        let found = judgeExternalCalls(record((0, 10, .failed, "did not end within 1 s")), calls)
        #expect(
            found.tests.map(\.reason) == [
                "did not end within 1 s; external-calls: call 1; call 2; call 3; and 2 more"
            ])
    }
}
