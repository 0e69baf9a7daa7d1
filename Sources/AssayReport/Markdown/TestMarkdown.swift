public import AssayCore

/// A test run as a short Markdown page, for a merge request: levels, failures, and tests in doubt.
public enum TestMarkdown {
    /// More failures than this are only counted: the page has to fit into a comment.
    private static let failureLimit = 50

    public static func render(_ record: RunRecord) -> String {
        let header = record.header
        let verdict = record.end?.verdict ?? Verdict(.interrupted, reasons: ["the record has no end"])
        let took = record.end.map { " in \(shortText(nanoseconds: Double($0.durationNanoseconds)))" } ?? ""
        var lines = [
            "# Tests: \(text(header.project)) › \(text(header.name))", "",
            "**\(verdict.status.rawValue.uppercased())**: \(Tally(record.tests).text)\(took)", "",
        ]
        lines += verdict.reasons.map { "- \(text($0))" }
        if !verdict.reasons.isEmpty { lines.append("") }
        lines += table(
            ["", ""],
            [
                ["Date", dateText(milliseconds: header.startedAtMilliseconds)],
                ["Commit", header.commit.map(text) ?? "–"], ["Seed", seedText(header.seed)],
            ])
        lines += levels(record.tests)
        lines += failures(record.tests.filter { !$0.isDrift })
        lines += drifts(record.tests)
        lines += doubts(record.tests)
        if !record.notes.isEmpty {
            lines +=
                ["", "## Notes", ""] + record.notes.map { "- \($0.severity.rawValue): \(text($0.text))" }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func levels(_ tests: [TestResult]) -> [String] {
        var names: [String] = []
        for test in tests where !names.contains(test.level) { names.append(test.level) }
        guard !names.isEmpty else { return ["", "No test ran."] }
        return ["", "## Levels", ""]
            + table(
                ["Level", "Passed", "Flaky", "Failed", "Drifted", "Quarantined", "Skipped"],
                names.map { name in
                    let tally = Tally(tests.filter { $0.level == name })
                    let counts = [tally.passed, tally.flaky, tally.failed, tally.drifted, tally.quarantined]
                    return [text(name)] + (counts + [tally.skipped + tally.interrupted]).map(String.init)
                })
    }

    private static func failures(_ tests: [TestResult]) -> [String] {
        let failed = tests.filter { $0.status == .failed || $0.status == .interrupted }
        guard !failed.isEmpty else { return [] }
        var lines = ["", "## Failures", ""]
        lines += table(
            ["Test", "Place", "Why"],
            failed.prefix(failureLimit).map { test in
                [
                    name(test), text("\(test.location.file):\(test.location.line)"),
                    text(test.whys.joined(separator: "; ")),
                ]
            })
        let recorded = failed.prefix(failureLimit).flatMap(\.recordings)
        if !recorded.isEmpty {
            lines += ["", "Recordings of their calls, left the caller and right the other side:", ""]
            lines += recorded.map { "- \(text($0.line))" }
        }
        if failed.count > failureLimit { lines += ["", "… and \(failed.count - failureLimit) more."] }
        return lines
    }

    /// What departs from contracts: a row a place, however many tests saw it.
    private static func drifts(_ tests: [TestResult]) -> [String] {
        let groups = DriftGroup.groups(tests)
        guard !groups.isEmpty else { return [] }
        var lines = ["", "## Contracts that were departed from", ""]
        let rows = groups.flatMap { group in
            group.findings.map { finding in
                let miss = finding.mismatch
                return [
                    text(group.contract), text(group.operation), text(finding.drift.rule),
                    text(finding.drift.culprit),
                    text("expected \(miss.subject) \(miss.expected), actual \(miss.actual)"),
                    text(finding.drift.place ?? ""), name(finding.test),
                ]
            }
        }
        lines += table(
            ["Contract", "Operation", "Rule", "Who", "What", "Agreed in", "Test"],
            Array(rows.prefix(failureLimit)))
        if rows.count > failureLimit { lines += ["", "… and \(rows.count - failureLimit) more."] }
        return lines
    }

    private static func doubts(_ tests: [TestResult]) -> [String] {
        let flaky = tests.filter(\.isListedAsFlaky)
        let quarantined = tests.filter { $0.status == .quarantined }
        var lines: [String] = []
        if !flaky.isEmpty {
            lines += ["", "## Flaky", ""]
            lines += table(
                ["Test", "", "First failure"],
                flaky.map { test in
                    let first = test.attempts.first { $0.status == .failed }
                    return [name(test), test.flakyText, text(first?.summary ?? "")]
                })
        }
        if !quarantined.isEmpty {
            lines += ["", "## Quarantined: failed, and does not count", ""]
            lines += table(
                ["Test", "Quarantine", "Failure"],
                quarantined.map {
                    [name($0), text($0.quarantine?.text ?? ""), text($0.whys.joined(separator: "; "))]
                })
        }
        return lines
    }

    private static func name(_ test: TestResult) -> String { text("\(test.level) › \(test.title)") }
    private static func text(_ foreign: String) -> String { ForeignText.markdown(foreign) }

    private static func table(_ head: [String], _ rows: [[String]]) -> [String] {
        func line(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |" }
        return [line(head), line(head.map { _ in "---" })] + rows.map(line)
    }
}
