import AssayCore
@testable import AssayReport
import Testing

extension Sample {
    /// Tests whose result is not the plain one, with `text` wherever something from outside may stand.
    static func doubtful(_ text: String? = nil) -> RunRecord {
        func failed(_ name: String, at start: Int64) -> TestResult {
            var step = step(
                "reserve", .failed,
                mismatches: [Mismatch(subject: "status", expected: "200", actual: text ?? "503")])
            step.startedAtNanoseconds = start
            return test(
                "integration", text ?? name, .failed, steps: [step],
                logs: [.init(service: "api", lines: [text ?? "took too long"])], at: start)
        }
        func passed(_ name: String, at start: Int64) -> TestResult {
            test("integration", text ?? name, .passed, steps: [step("reserve")], at: start)
        }
        var flaky = passed("reserve and return", at: 200_000_000)
        var timedOut = failed("reserve and return", at: 100_000_000)
        timedOut.steps = []
        timedOut.reason = text ?? "did not end within 1 s"
        flaky.attempts = [failed("", at: 0), timedOut, passed("", at: 200_000_000)].map(
            TestResult.Attempt.init)

        var broken = failed("reserve more than there is", at: 0)
        broken.attempts = [failed("", at: 0), failed("", at: 100_000_000)].map(TestResult.Attempt.init)

        var ignored = failed("pay", at: 0)
        ignored.status = .quarantined
        ignored.attempts = broken.attempts
        ignored.quarantine = .init(
            reason: text ?? "the sandbox is down", issue: text ?? "https://issues.example/12",
            until: "2027-01-31")
        var healed = passed("refund", at: 0)
        healed.quarantine = .init(reason: text ?? "unordered rows")

        var repeated = failed("daily balances", at: 0)
        repeated.repetitions = .init(planned: 20, beganAtNanoseconds: 0, endedAtNanoseconds: 900_000_000)
        repeated.repetitions?.passed = 17
        repeated.repetitions?.failed = 3
        repeated.repetitions?.firstFailure = 4
        repeated.repetitions?.totalNanoseconds = 1_800_000_000
        repeated.reason = "17 of 20 passed; repetition 4 is shown"
        var record = RunRecord(header: header(.test, name: text ?? "pr"))
        record.tests = [flaky, broken, ignored, healed, repeated]
        record.end = RunEnd(
            verdict: Verdict(.failed, reasons: ["2 tests failed"]), durationNanoseconds: 1_400_000_000,
            cpuNanoseconds: 210_000_000, peakMemoryBytes: 30 << 20)
        return record
    }

    static var pastRuns: [PastRun] {
        var tests = PastRun(
            id: 7, kind: .test, project: "inventory-service", name: "pr",
            startedAtMilliseconds: 1_795_255_800_000,
            durationNanoseconds: 5_400_000_000, verdict: .failed, reasons: ["1 test failed"],
            commit: "4c80f8a1d2e3", branch: "main", seed: 0x8F2C61, folder: ".assay/runs/20261121-101000-test"
        )
        (tests.counts.passed, tests.counts.failed, tests.counts.flaky) = (60, 1, 2)
        (tests.counts.quarantined, tests.counts.skipped) = (1, 3)
        var load = PastRun(
            id: 6, kind: .load, project: "inventory-service", name: "peak",
            startedAtMilliseconds: 1_795_251_000_000, durationNanoseconds: 270_000_000_000, verdict: .passed,
            commit: "4c80f8a1d2e3", isChanged: true, seed: 1, folder: ".assay/runs/20261121-085000-peak")
        (load.counts.passed, load.counts.requests) = (3, 41_230)
        return [tests, load]
    }

    static func pastTest(_ name: String, _ letters: String) -> PastTest {
        PastTest(
            level: "integration", scenario: name, caseName: "large", file: "tests/reserve.yml",
            results: letters.enumerated().map { index, letter in
                PastResult(
                    run: Int64(index), startedAtMilliseconds: 1_795_255_800_000 + Int64(index) * 3_600_000,
                    status: letter == "F" ? .failed : letter == "S" ? .skipped : .passed,
                    isFlaky: letter == "R", attempts: letter == "R" ? 2 : 1, durationNanoseconds: 90_000_000,
                    reason: letter == "F" ? "step 'reserve': expected status 200, actual 503" : nil,
                    commit: "4c80f8a1d2e3", folder: ".assay/runs/20261121-10100\(index)-test")
            })
    }
}

@Suite("Tests in doubt")
struct DoubtTests {
    @Test("flaky, quarantined, retried and repeated tests on the terminal")
    func terminal() {
        GoldenFiles.check(TestSummary().render(Sample.doubtful()), "tests-doubtful.txt")
        GoldenFiles.check(
            TestSummary(detail: .scenarios).render(Sample.doubtful()), "tests-doubtful-v.txt")
    }

    @Test("JUnit has flakyFailure and rerunFailure as Surefire writes them, and skips what is in quarantine")
    func junit() throws {
        let text = JUnitReport.render(Sample.doubtful())
        GoldenFiles.check(text, "tests-doubtful.xml")
        var scanner = MarkupScanner(text)
        try scanner.scan()
        #expect(scanner.elements.count { $0 == "flakyFailure" } == 2)
        #expect(scanner.elements.count { $0 == "rerunFailure" } == 1)
        #expect(
            scanner.elements.count { $0 == "failure" } == 2 && scanner.elements.count { $0 == "skipped" } == 1
        )
    }

    @Test("Markdown tells levels, failures and doubts")
    func markdown() {
        GoldenFiles.check(TestMarkdown.render(Sample.doubtful()), "tests-doubtful.md")
        GoldenFiles.check(TestMarkdown.render(Sample.failing), "tests-failed.md")
    }

    @Test("the page lists them before the tree, and shows each try")
    func page() throws {
        let html = HTMLReport.render(Sample.doubtful())
        var scanner = MarkupScanner(html, html: true)
        try scanner.scan()
        for part in [
            "Flaky: passed only when tried again", "passed on try 3",
            "Quarantined: failed, and does not count",
            "the sandbox is down · https://issues.example/12 · until 2027-01-31", "try 2",
            "did not end within 1 s",
            "17 of 20 passed", "aria-label=\"flaky\"", "aria-label=\"quarantined\"",
            "2 passed (1 flaky), 2 failed, 1 quarantined",
        ] {
            #expect(html.contains(part), "\(part)")
        }
        #expect(!HTMLReport.render(Sample.passing).contains("Flaky:"))
    }

    @Test("what was written is read back exactly")
    func roundTrip() throws {
        for record in [Sample.doubtful(), Sample.doubtful(Sample.hostile)] {
            let reading = try RecordReader.read(RecordWriter.render(record), file: "record.jsonl")
            #expect(reading.warnings.isEmpty && reading.record.tests == record.tests)
        }
    }

    @Test("hostile texts are inert in every form")
    func hostile() throws {
        let record = Sample.doubtful(Sample.hostile)
        var page = MarkupScanner(HTMLReport.render(record), html: true)
        try page.scan()
        #expect(!page.elements.contains("img"))
        var junit = MarkupScanner(JUnitReport.render(record))
        try junit.scan()
        #expect(!junit.elements.contains("img"))
        #expect(!TestSummary(detail: .exchanges).render(record).contains("\u{1B}"))
        #expect(!TestMarkdown.render(record).replacing("\\<", with: "").contains("<"))
    }

    @Test("no line is wider than the terminal", arguments: [20, 40, 80])
    func widths(width: Int) {
        let text = TestSummary(width: width, detail: .scenarios).render(
            Sample.doubtful(String(repeating: "long ", count: 30)))
        let lines = text.split(separator: "\n").filter { !$0.hasSuffix(":14") }
        #expect(
            lines.allSatisfy { Columns.width($0) <= width }, "\(lines.filter { Columns.width($0) > width })")
    }

    @Test("a flaky test that a policy fails is told as a failure, and in no list of flaky ones")
    func failedFlaky() {
        var record = Sample.doubtful()
        record.tests[0].status = .failed
        record.tests[0].reason =
            "'reserve and return' passed only on try 3, and a test must pass at once (flaky)"
        let text = TestSummary().render(record)
        #expect(text.contains("✗ integration › reserve and return") && !text.contains("1 flaky"))
        #expect(text.contains("    try 2 after 90.0 ms: did not end within 1 s"))
    }
}

@Suite("History on the terminal")
struct HistoryTableTests {
    private let tests = [Sample.pastTest("reserve more", "PPFPRSP"), Sample.pastTest("pay", "PPPP")]

    @Test("runs, tests, ranks and the results of one test")
    func tables() {
        let table = HistoryTable(width: 160)
        GoldenFiles.check(table.runs(Sample.pastRuns), "history-runs.txt")
        GoldenFiles.check(table.tests(tests), "history-tests.txt")
        GoldenFiles.check(
            table.flaky([FlakinessLine(test: tests[0], runs: 6, retried: 1, flips: 2, rate: 0.5)]),
            "history-flaky.txt")
        GoldenFiles.check(table.results([tests[0]]), "history-test.txt")
    }

    @Test("the same as JSON")
    func json() {
        GoldenFiles.check(HistoryJSON.runs(Sample.pastRuns), "history-runs.json")
        GoldenFiles.check(
            HistoryJSON.flaky([
                FlakinessLine(test: Sample.pastTest("pay", "PR"), runs: 2, retried: 1, flips: 0, rate: 0.5)
            ]),
            "history-flaky.json")
        #expect(HistoryJSON.tests([]) == "[]\n")
    }

    @Test("nothing is said in words")
    func empty() {
        #expect(HistoryTable().runs([]) == "no run is in the history\n")
        #expect(HistoryTable().flaky([]) == "no test was flaky\n")
    }

    @Test("lines fit the terminal, and control characters stay off it")
    func hostile() {
        var run = Sample.pastRuns[0]
        run.name = Sample.hostile
        run.branch = Sample.hostile
        let text = HistoryTable(width: 60).runs([run])
        #expect(
            !text.contains("\u{1B}") && text.split(separator: "\n").allSatisfy { Columns.width($0) <= 60 })
    }
}
