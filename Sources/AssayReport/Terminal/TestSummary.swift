public import AssayCore

/// What `assay test` prints: the stand, the seed, a line a level, every failure in full, and the last line.
public struct TestSummary: Sendable {
    /// How much to say.
    public enum Detail: Int, Sendable {
        /// Level lines and failures.
        case levels
        /// `-v`: a line a scenario as well.
        case scenarios
        /// `-vv`: every exchange as well.
        case exchanges
    }

    public var style: Style
    /// Columns of the terminal.
    public var width: Int
    public var detail: Detail
    /// Prints the curl command that repeats a failed request.
    public var showsCurl: Bool

    public init(style: Style = .plain, width: Int = 100, detail: Detail = .levels, showsCurl: Bool = false) {
        self.style = style
        self.width = max(20, width)
        self.detail = detail
        self.showsCurl = showsCurl
    }

    /// The whole text, with a line break at its end.
    ///
    /// - Parameter report: path of the report, for the last line.
    public func render(_ record: RunRecord, report: String? = nil) -> String {
        var lines = opening(record.header)
        lines.append("")
        lines += levels(record.tests)
        // Tests that failed by themselves first: what departs from a contract may be why.
        let bad = record.tests.filter { $0.status == .failed || $0.status == .interrupted }
        for test in bad.filter({ !$0.isDrift }) + bad.filter(\.isDrift) {
            lines.append("")
            lines += failure(test)
        }
        lines += doubtful(record.tests)
        if !record.coverage.isEmpty { lines += [""] + coverage(record.coverage) }
        let notes = record.notes.flatMap { indented("\($0.severity.rawValue): \($0.text)", 0) }
        if !notes.isEmpty { lines += [""] + notes.map { style.paint($0, .yellow) } }
        lines.append("")
        lines += closing(record, report: report)
        return lines.joined(separator: "\n") + "\n"
    }

    /// The stand and the seed: what is known before the first test ends.
    public func opening(_ header: RunHeader) -> [String] {
        let members = header.stand.map { member in
            let ready =
                member.readyAfterNanoseconds > 0
                ? " · \(shortText(nanoseconds: Double(member.readyAfterNanoseconds)))" : ""
            return Columns.fit(ForeignText.line("\(member.name) \(member.detail)") + ready, width - 8)
        }
        var lines: [String] = []
        for (index, line) in Columns.wrap(members, separator: "    ", width - 8).enumerated() {
            lines.append((index == 0 ? style.paint("stand", .grey) : "     ") + "   " + line)
        }
        let seed = seedText(header.seed)
        lines.append(
            style.paint("seed", .grey)
                + Columns.fit(" \(seed)   (repeat this order with --seed \(seed))", width - 4))
        return lines
    }

    private func levels(_ tests: [TestResult]) -> [String] {
        var names: [String] = []
        for test in tests where !names.contains(test.level) { names.append(test.level) }
        let shown = names.map { Columns.fit(ForeignText.line($0), width / 3) }
        let nameWidth = shown.map { Columns.width($0) }.max() ?? 0
        return zip(names, shown).flatMap { name, shown in
            let members = tests.filter { $0.level == name }
            var lines = [level(Columns.padded(shown, nameWidth), members)]
            if detail.rawValue >= Detail.scenarios.rawValue { lines += members.flatMap(scenario) }
            return lines
        }
    }

    private func level(_ name: String, _ tests: [TestResult]) -> String {
        let tally = Tally(tests)
        let reasons = Set(tests.filter { $0.status == .skipped }.compactMap(\.reason))
        var parts: [(String, Style.Colour)] = [(Columns.right("\(tally.passed)", 4) + " passed", .green)]
        if tally.failed > 0 { parts.append(("\(tally.failed) failed", .red)) }
        if tally.drifted > 0 { parts.append(("\(tally.drifted) drifted", .red)) }
        if tally.flaky > 0 { parts.append(("\(tally.flaky) flaky", .yellow)) }
        if tally.quarantined > 0 { parts.append(("\(tally.quarantined) quarantined", .yellow)) }
        if tally.interrupted > 0 { parts.append(("\(tally.interrupted) interrupted", .yellow)) }
        let span = tally.spanNanoseconds > 0 ? shortText(nanoseconds: Double(tally.spanNanoseconds)) : ""
        let took = Columns.right(span, 9)
        if tally.skipped > 0 {
            var text = "\(tally.skipped) skipped"
            let used =
                5 + Columns.width(name) + parts.reduce(0) { $0 + $1.0.count + 2 } + text.count + took.count
            if reasons.count == 1, let reason = reasons.first, width - used > 12 {
                text += Columns.fit(" (\(ForeignText.line(reason))", width - used - 3) + ")"
            }
            parts.append((text, .yellow))
        }
        let plain = " \(name) " + parts.map(\.0).joined(separator: "  ")
        let painted = " \(name) " + parts.map { style.paint($0.0, $0.1) }.joined(separator: "  ")
        let gap = min(width, 100) - Columns.width(plain) - Columns.width(took)
        return gap < 1
            ? Columns.fitPainted(painted, width)
            : painted + String(repeating: " ", count: gap) + style.paint(took, .grey)
    }

    private func scenario(_ test: TestResult) -> [String] {
        let (mark, colour) = Self.mark(test)
        let took = test.status == .skipped ? "" : "   " + testTimeText(test)
        let name = test.title + (test.quarantine == nil ? "" : " (quarantine)")
        let title = Columns.fit(ForeignText.line(name), width - 6 - took.count)
        let line = "   " + style.paint(mark, colour) + " " + title + style.paint(took, .grey)
        var lines = [Columns.fitPainted(line, width)]
        if let reason = test.reason { lines += indented(reason, 7) }
        if detail == .exchanges { lines += test.steps.flatMap { exchanges($0, depth: 0) } }
        return lines
    }

    private func exchanges(_ step: StepResult, depth: Int) -> [String] {
        let lead = String(repeating: " ", count: 6 + 2 * min(depth, 10))
        let text = step.exchange.map { "   \($0.summary)" } ?? "   \(step.kind)"
        let attempts = step.attempts > 1 ? "   (\(step.attempts) attempts)" : ""
        let mark = step.status == .passed ? "✓" : step.status == .failed ? "✗" : "–"
        let line = "\(lead)\(mark) \(step.name)\(step.isCleanup ? " (cleanup)" : "")\(text)\(attempts)"
        return [Columns.fit(ForeignText.line(line), width)]
            + step.children.flatMap { exchanges($0, depth: depth + 1) }
    }

    static func mark(_ test: TestResult) -> (String, Style.Colour) {
        switch test.status {
        case .passed where test.isFlaky: ("~", .yellow)
        case .passed: ("✓", .green)
        case .quarantined: ("⊘", .yellow)
        case .failed where test.isDrift: ("≠", .red)
        case .failed: ("✗", .red)
        case .skipped: ("–", .yellow)
        case .interrupted: ("■", .yellow)
        }
    }

    private func closing(_ record: RunRecord, report: String?) -> [String] {
        let status = record.end?.verdict.status ?? .interrupted
        let colour: Style.Colour = status == .passed ? .green : status == .failed ? .red : .yellow
        var text =
            style.paint(status.rawValue.uppercased(), colour, bold: true) + "  " + Tally(record.tests).text
        if let end = record.end { text += " in " + shortText(nanoseconds: Double(end.durationNanoseconds)) }
        var lines = [Columns.fitPainted(text, width)]
        if let reasons = record.end?.verdict.reasons {
            lines += reasons.flatMap { indented($0, 2) }
        }
        if let report { lines.append(style.paint("report", .grey) + " " + ForeignText.line(report)) }
        return lines
    }

    func indented(_ text: String, _ spaces: Int) -> [String] {
        let lead = String(repeating: " ", count: spaces)
        return ForeignText.lines(text).map { lead + Columns.fit($0, width - spaces) }
    }
}

/// How many tests ended how.
struct Tally {
    var passed = 0
    /// Failed by themselves.
    var failed = 0
    /// Failed for nothing but contracts.
    var drifted = 0
    var skipped = 0
    var interrupted = 0
    /// Failed without counting.
    var quarantined = 0
    /// Of those that passed: only when tried again.
    var flaky = 0
    /// From the first start to the last end: scenarios run side by side, so their sum would mislead.
    var spanNanoseconds: Int64 = 0

    init(_ tests: [TestResult]) {
        for test in tests {
            switch test.status {
            case .passed: passed += 1
            case .failed: if test.isDrift { drifted += 1 } else { failed += 1 }
            case .skipped: skipped += 1
            case .interrupted: interrupted += 1
            case .quarantined: quarantined += 1
            }
            if test.status == .passed, test.isFlaky { flaky += 1 }
        }
        let ran = tests.filter { $0.status != .skipped }
        if let first = ran.map(\.span.lowerBound).min(), let last = ran.map(\.span.upperBound).max() {
            spanNanoseconds = last &- first
        }
    }

    /// `60 passed, 1 failed, 1 skipped`
    var text: String {
        var parts = ["\(passed) passed" + (flaky > 0 ? " (\(flaky) flaky)" : "")]
        if failed > 0 { parts.append("\(failed) failed") }
        if drifted > 0 { parts.append("\(drifted) drifted") }
        if quarantined > 0 { parts.append("\(quarantined) quarantined") }
        if skipped > 0 { parts.append("\(skipped) skipped") }
        if interrupted > 0 { parts.append("\(interrupted) interrupted") }
        return parts.joined(separator: ", ")
    }
}
