import AssayCore
import AssayPolicy
import Testing

@Suite struct DoubleDriftTests {
    private static let place = SourceLocation(file: "contracts/pay.yml", line: 9, column: 1)

    private static func record(_ tests: [(name: String, begin: Int64, end: Int64)]) -> RunRecord {
        let header = RunHeader(
            kind: .test, project: "p", name: "n", startedAtMilliseconds: 0, seed: 1, assayVersion: "0",
            host: .init(name: "h", system: "s", cores: 1, memoryBytes: 1))
        var record = RunRecord(header: header)
        record.tests = tests.map {
            TestResult(
                level: "e2e", scenario: $0.name, location: SourceLocation(file: "t.yml", line: 1, column: 1),
                status: .passed, startedAtNanoseconds: $0.begin, durationNanoseconds: $0.end - $0.begin)
        }
        return record
    }

    private static func drift(_ actual: String, at time: Int64, operation: String = "POST /charges")
        -> DoubleDrift
    {
        DoubleDrift(
            double: "pay",
            mismatch: Mismatch(
                subject: "request body $.amount", expected: "integer", actual: actual,
                contract: ContractDrift(
                    rule: "request-body", side: .request, contract: "pay-api", operation: operation,
                    culprit: "service 'api'", location: place)), summary: "POST /charges → 201",
            beganAtNanoseconds: 1000 + time, endedAtNanoseconds: 1000 + time + 5)
    }

    @Test("what happened while one test ran is a step of it, once")
    func own() throws {
        var record = Self.record([("a", 0, 100), ("b", 200, 300)])
        judgeDoubleDrifts(
            &record, [Self.drift("x", at: 50), Self.drift("x", at: 60), Self.drift("y", at: 70)], since: 1000)
        #expect(record.tests.map(\.status) == [.failed, .passed])
        #expect(record.tests[0].isDrift && record.tests[0].drifts.map(\.actual) == ["x", "y"])
        #expect(record.tests[0].steps.map(\.name) == ["double 'pay': POST /charges → 201"])
    }

    @Test("what several tests or none may have caused is a result of its own, by double and operation")
    func shared() throws {
        var record = Self.record([("a", 0, 100), ("b", 50, 300)])
        judgeDoubleDrifts(
            &record,
            [
                Self.drift("x", at: 60), Self.drift("x", at: 70), Self.drift("z", at: 60, operation: ""),
                Self.drift("w", at: 900, operation: "GET /w"),
            ], since: 1000)
        #expect(record.tests.prefix(2).map(\.status) == [.passed, .passed])
        let own = record.tests.dropFirst(2)
        #expect(own.map(\.level) == ["contract", "contract", "contract"])
        #expect(
            own.map(\.scenario) == ["double 'pay' POST /charges", "double 'pay'", "double 'pay' GET /w"])
        #expect(own.map(\.drifts.count) == [1, 1, 1] && own.allSatisfy(\.isDrift))
        #expect(
            own.map { $0.steps[0].name } == [
                "double 'pay': POST /charges → 201 (one of 2 tests that ran then; --jobs 1 tells which)",
                "double 'pay': POST /charges → 201 (one of 2 tests that ran then; --jobs 1 tells which)",
                "double 'pay': POST /charges → 201 (no test ran then)",
            ])
        #expect(own.first?.location == Self.place)
    }

    @Test("a test that was tried again had all of its tries, and one that was skipped none")
    func attempts() {
        var record = Self.record([("a", 500, 600), ("b", 0, 1000)])
        record.tests[1].status = .skipped
        record.tests[0].attempts = [
            .init(status: .failed, startedAtNanoseconds: 0, durationNanoseconds: 100),
            .init(status: .passed, startedAtNanoseconds: 500, durationNanoseconds: 100),
        ]
        judgeDoubleDrifts(&record, [Self.drift("x", at: 50)], since: 1000)
        #expect(record.tests.map(\.status) == [.failed, .skipped] && record.tests.count == 2)
    }
}
