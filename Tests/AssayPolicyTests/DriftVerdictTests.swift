import AssayCore
import AssayPolicy
import Testing

@Suite struct DriftVerdictTests {
    private static func test(_ name: String, _ mismatches: [Mismatch]) -> TestResult {
        let place = SourceLocation(file: "t.yml", line: 1, column: 1)
        return TestResult(
            level: "e2e", scenario: name, location: place, status: mismatches.isEmpty ? .passed : .failed,
            startedAtNanoseconds: 0, durationNanoseconds: 1,
            steps: [
                StepResult(
                    name: "s", kind: "http", location: place,
                    status: mismatches.isEmpty ? .passed : .failed, startedAtNanoseconds: 0,
                    durationNanoseconds: 1, mismatches: mismatches)
            ])
    }

    private static func drift(_ rule: String, _ contract: String, _ operation: String) -> Mismatch {
        Mismatch(
            subject: "response status", expected: "200", actual: "202",
            contract: ContractDrift(
                rule: rule, side: .response, contract: contract, operation: operation,
                culprit: "service 'ui'"))
    }

    private static let plain = Mismatch(subject: "status", expected: "200", actual: "500")

    private static func verdict(_ tests: [TestResult]) -> Verdict {
        let header = RunHeader(
            kind: .test, project: "p", name: "n", startedAtMilliseconds: 0, seed: 1, assayVersion: "0",
            host: .init(name: "h", system: "s", cores: 1, memoryBytes: 1))
        var record = RunRecord(header: header)
        record.tests = tests
        return judgeTests(record, interrupted: false, deaths: [])
    }

    @Test("tests that depart from contracts fail the run with reasons of their own")
    func reasons() {
        let one = Self.drift("response-status", "ui-api", "POST /a")
        let two = Self.drift("response-body", "ui-api", "GET /b")
        let other = Self.drift("request-body", "worker-api", "POST /jobs")
        #expect(
            Self.verdict([Self.test("a", []), Self.test("b", [one, two]), Self.test("c", [one, other])])
                == Verdict(
                    .failed,
                    reasons: [
                        "2 tests depart from contract 'ui-api': POST /a response-status, GET /b response-body",
                        "1 test departs from contract 'worker-api': POST /jobs request-body",
                    ]))
    }

    @Test("a test that failed by itself counts as one, and its departures are told too")
    func mixed() {
        let tests = [
            Self.test("a", [Self.plain]),
            Self.test("b", [Self.plain, Self.drift("response-body", "ui-api", "GET /b")]),
        ]
        #expect(
            Self.verdict(tests).reasons == [
                "2 tests failed", "1 test departs from contract 'ui-api': GET /b response-body",
            ])
    }

    @Test("of many places the first are named")
    func many() {
        let drifts = (1...5).map { Self.drift("response-body", "ui-api", "GET /\($0)") }
        #expect(
            Self.verdict([Self.test("a", drifts)]).reasons == [
                "1 test departs from contract 'ui-api': GET /1 response-body, GET /2 response-body, "
                    + "GET /3 response-body and 2 more"
            ])
    }
}
