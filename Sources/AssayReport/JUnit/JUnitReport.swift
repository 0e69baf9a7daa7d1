public import AssayCore

/// JUnit XML as CI systems read it: a suite a level, a case a scenario; in a load run a case a threshold.
///
/// The form is the one of the Jenkins xUnit plug-in's schema, with `file` and `line` on cases as GitLab and
/// GitHub reporters use them. Any text in names stays well-formed XML 1.0.
public enum JUnitReport {
    public static func render(_ record: RunRecord) -> String {
        let suites = record.header.kind == .load ? [thresholds(record)] : levels(record)
        var writer = XMLLines()
        let all = suites.flatMap(\.cases)
        writer.open(
            "testsuites",
            [
                ("name", record.header.project), ("tests", String(all.count)),
                ("failures", count(all, "failure")),
                ("errors", count(all, "error")), ("skipped", count(all, "skipped")),
                ("time", seconds(record.end?.durationNanoseconds ?? 0)),
            ])
        for (index, suite) in suites.enumerated() { write(suite, index, record.header, into: &writer) }
        writer.close("testsuites")
        return writer.text
    }

    struct Suite {
        var name: String
        var nanoseconds: Int64
        var cases: [Case]
    }

    struct Case {
        var suite: String
        var name: String
        var location: SourceLocation?
        var nanoseconds: Int64
        /// `failure`, `error`, `skipped`; `nil` when it passed.
        var result: String?
        /// Of a failure.
        var type = "ExpectationFailed"
        var message = ""
        var detail = ""
        var out = ""
        var err = ""
        /// Tries beside the one that decided.
        var reruns: [Rerun] = []
    }

    private static func write(_ suite: Suite, _ index: Int, _ header: RunHeader, into writer: inout XMLLines)
    {
        writer.open(
            "testsuite",
            [
                ("name", suite.name), ("id", String(index)), ("tests", String(suite.cases.count)),
                ("failures", count(suite.cases, "failure")), ("errors", count(suite.cases, "error")),
                ("skipped", count(suite.cases, "skipped")), ("time", seconds(suite.nanoseconds)),
                ("timestamp", timestamp(header.startedAtMilliseconds)), ("hostname", header.host.name),
            ])
        writer.open("properties", [])
        for (name, value) in properties(header) {
            writer.empty("property", [("name", name), ("value", value)])
        }
        writer.close("properties")
        for test in suite.cases {
            var attributes = [
                ("classname", test.suite), ("name", test.name), ("time", seconds(test.nanoseconds)),
            ]
            if let location = test.location {
                attributes += [("file", location.file), ("line", String(location.line))]
            }
            writer.open("testcase", attributes)
            if let result = test.result {
                writer.text(
                    result,
                    result == "skipped"
                        ? [("message", test.message)]
                        : [
                            ("message", test.message),
                            ("type", result == "error" ? "Interrupted" : test.type),
                        ], test.detail)
            }
            for rerun in test.reruns { write(rerun, into: &writer) }
            if !test.out.isEmpty { writer.text("system-out", [], test.out) }
            if !test.err.isEmpty { writer.text("system-err", [], test.err) }
            writer.close("testcase")
        }
        writer.close("testsuite")
    }

    private static func properties(_ header: RunHeader) -> [(String, String)] {
        [
            ("seed", seedText(header.seed)), ("assay", header.assayVersion),
            ("command", header.command.joined(separator: " ")),
        ]
            + (header.commit.map { [("commit", $0)] } ?? [])
            + header.stand.map { ("stand.\($0.name)", $0.detail) }
    }

    private static func levels(_ record: RunRecord) -> [Suite] {
        var names: [String] = []
        for test in record.tests where !names.contains(test.level) { names.append(test.level) }
        return names.map { name in
            let tests = record.tests.filter { $0.level == name }
            return Suite(name: name, nanoseconds: Tally(tests).spanNanoseconds, cases: tests.map(testCase))
        }
    }

    private static func testCase(_ test: TestResult) -> Case {
        var value = Case(
            suite: test.level, name: test.title, location: test.location,
            nanoseconds: test.durationNanoseconds)
        value.reruns = reruns(of: test)
        switch test.status {
        case .passed:
            value.out = test.repetitions?.text ?? ""
            return value
        case .skipped:
            value.result = "skipped"
            value.message = test.reason ?? ""
            return value
        case .failed: value.result = "failure"
        case .interrupted: value.result = "error"
        case .quarantined: value.result = "skipped"
        }
        if test.isDrift { value.type = "contract" }
        let failed = test.steps.flatMap(failedSteps)
        let first = failed.lazy.compactMap { step in step.mismatches.first.map { (step, $0) } }.first
        value.message =
            test.reason
            ?? first.flatMap { _, miss in
                miss.contract.map {
                    "\($0.text): expected \(miss.subject) \(miss.expected), actual \(miss.actual)"
                }
            }
            ?? first.map { "step '\($0.name)': expected \($1.subject) \($1.expected), actual \($1.actual)" }
            ?? failed.first.map { "step '\($0.name)' failed" } ?? "the test was \(test.status.rawValue)"
        if let quarantine = test.quarantine, test.status == .quarantined {
            value.message = "failed in quarantine (\(quarantine.text)): \(value.message)"
        }
        value.detail = failed.map(detail).joined(separator: "\n")
        value.out = failed.compactMap(\.exchange).map { "\($0.summary)\n\n\($0.request)\n\n\($0.response)" }
            .joined(separator: "\n\n")
        value.err = test.logs.map { "log of \($0.service)\n" + $0.lines.joined(separator: "\n") }
            .joined(separator: "\n\n")
        return value
    }

    private static func failedSteps(_ step: StepResult) -> [StepResult] {
        let inner = step.children.flatMap(failedSteps)
        return step.status == .failed && (!step.mismatches.isEmpty || inner.isEmpty) ? [step] + inner : inner
    }

    static func detail(_ step: StepResult) -> String {
        (["\(step.location): step '\(step.name)'"]
            + step.mismatches.map {
                ($0.contract.map { "  \($0.text)\n" } ?? "")
                    + "  expected \($0.subject) \($0.expected)\n    actual \($0.actual)"
                    + ($0.diff.map { "\n\($0)" } ?? "")
                    + ($0.contract?.place.map { "\n    agreed in \($0)" } ?? "")
            }).joined(separator: "\n")
    }

    private static func thresholds(_ record: RunRecord) -> Suite {
        let duration = record.end?.durationNanoseconds ?? 0
        let cases = record.thresholds.map { threshold in
            var value = Case(suite: record.header.name, name: threshold.text, nanoseconds: duration)
            switch threshold.status {
            case .held: return value
            case .noData:
                value.result = "error"
                value.message = "no data: nothing was measured that this threshold could judge"
            case .broken:
                value.result = "failure"
                value.message = "actual \(threshold.actualText), limit \(threshold.limitText)"
                let first =
                    threshold.firstBrokenAtNanoseconds.map { ", first at \(clockText(nanoseconds: $0))" }
                    ?? ""
                value.detail = value.message + first
            }
            return value
        }
        var suite = Suite(name: record.header.name, nanoseconds: duration, cases: cases)
        // Without thresholds, or when the run itself has no judgement, the verdict is a case of its own.
        let status = record.end?.verdict.status ?? .interrupted
        if cases.isEmpty || (status != .passed && !cases.contains { $0.result != nil }) {
            var verdict = Case(suite: record.header.name, name: "verdict", nanoseconds: duration)
            if status != .passed {
                verdict.result = status == .failed ? "failure" : "error"
                verdict.message = ([status.rawValue] + (record.end?.verdict.reasons ?? [])).joined(
                    separator: ": ")
            }
            suite.cases.append(verdict)
        }
        return suite
    }

    private static func count(_ cases: [Case], _ result: String) -> String {
        String(cases.count { $0.result == result })
    }

    private static func seconds(_ nanoseconds: Int64) -> String {
        fixed(Double(nanoseconds) / 1e9, places: 3)
    }

    /// ISO 8601 without a zone, as the schema wants it; UTC.
    private static func timestamp(_ milliseconds: Int64) -> String {
        dateText(milliseconds: milliseconds).split(separator: " ").prefix(2).joined(separator: "T")
    }
}
