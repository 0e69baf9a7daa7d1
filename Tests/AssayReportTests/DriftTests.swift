import AssayCore
import AssayReport
import Testing

extension Sample {
    private static let status = "POST /api/v1/tasks/{id}/status"

    static func drift(
        _ rule: String, _ side: ContractDrift.Side, _ culprit: String, _ subject: String, _ expected: String,
        _ actual: String, operation: String = status, at line: Int? = 5, says: String? = nil
    ) -> Mismatch {
        Mismatch(
            subject: subject, expected: expected, actual: actual, location: at(20),
            contract: ContractDrift(
                rule: rule, side: side, contract: "ui-api", operation: operation, culprit: culprit,
                schemaPath: line.map { _ in "contracts/status/v2/updated.schema.json#/properties/ok/type" },
                location: line.map {
                    SourceLocation(file: "contracts/status/v2/updated.schema.json", line: $0, column: 9)
                }, line: says))
    }

    /// A test that failed by itself, and two that only departed from a contract.
    static var drifting: RunRecord {
        var record = failing
        record.tests += [
            test(
                "integration", "a task is done", .failed,
                steps: [
                    step(
                        "update", .failed,
                        mismatches: [
                            drift(
                                "response-body", .response, "service 'ui'", "response body $.ok", "boolean",
                                "string \"yes\"", says: "    \"ok\": {\"type\": \"boolean\"},"),
                            drift(
                                "response-status", .response, "service 'ui'", "response status",
                                "one of 200, 400", "202", at: nil),
                        ])
                ]),
            test(
                "integration", "a task is asked for", .failed,
                steps: [
                    step(
                        "twice", .failed,
                        children: [
                            step("first"),
                            step(
                                "second", .failed,
                                mismatches: [
                                    drift(
                                        "operation-unknown", .request, "step 'second'", "request path",
                                        "one of its 4 operations", "GET /api/v1/task", operation: "",
                                        at: 3)
                                ]),
                        ])
                ]),
        ]
        record.end?.verdict = Verdict(
            .failed, reasons: ["1 test failed", "2 tests depart from contract 'ui-api': …"])
        return record
    }
}

@Suite("Departures from contracts") struct DriftTests {
    @Test("a test is drift when nothing but contracts failed it")
    func isDrift() {
        let tests = Sample.drifting.tests
        #expect(tests.filter(\.isDrift).map(\.scenario) == ["a task is done", "a task is asked for"])
        #expect(tests.filter(\.isDrift).map(\.drifts.count) == [2, 1])
        var slow = tests[tests.count - 1]
        slow.reason = "took 7 s, limit 5 s"
        #expect(!slow.isDrift)
        var mixed = tests[tests.count - 1]
        mixed.steps[0].children[1].mismatches.append(
            Mismatch(subject: "status", expected: "200", actual: "404"))
        #expect(!mixed.isDrift && mixed.drifts.count == 1)
        var quarantined = tests[tests.count - 1]
        quarantined.status = .quarantined
        #expect(!quarantined.isDrift)
    }

    @Test("the record keeps them")
    func record() throws {
        let reading = try RecordReader.read(RecordWriter.render(Sample.drifting), file: "record.jsonl")
        #expect(reading.record.tests == Sample.drifting.tests)
    }

    @Test("the terminal, JUnit and Markdown tell them apart")
    func texts() {
        let summary = TestSummary(width: 100)
        GoldenFiles.check(summary.render(Sample.drifting), "tests-drifting.txt")
        GoldenFiles.check(JUnitReport.render(Sample.drifting), "tests-drifting.xml")
        GoldenFiles.check(TestMarkdown.render(Sample.drifting), "tests-drifting.md")
    }

    @Test("a narrow terminal is not written over", arguments: [40, 60])
    func narrow(width: Int) {
        let text = TestSummary(width: width).render(Sample.drifting)
        #expect(text.split(separator: "\n").allSatisfy { $0.count <= width })
    }

    @Test("the page groups them by contract and operation, with rule ids")
    func page() throws {
        let html = HTMLReport.render(Sample.drifting)
        var scanner = MarkupScanner(html, html: true)
        try scanner.scan()
        for part in [
            "Contracts that were departed from", "POST /api/v1/tasks/{id}/status", "response-status",
            "no operation of the contract", "operation-unknown",
            "service &#39;ui&#39; departs from contract", "departs from a contract",
            "contracts/status/v2/updated.schema.json:5",
        ] {
            #expect(html.contains(part) || html.contains(part.replacing("&#39;", with: "'")), "\(part)")
        }
        #expect(!HTMLReport.render(Sample.failing).contains("Contracts that were departed from"))
    }
}
