import AssayCore

extension TestSummary {
    /// One failed test: its place, then each failed step with exchange, expected and actual, diff; then logs.
    func failure(_ test: TestResult) -> [String] {
        let (mark, colour) = Self.mark(test)
        let place = ForeignText.line("\(test.location.file):\(test.location.line)")
        let title = Columns.fit(ForeignText.line("\(test.level) › \(test.title)"), width - 2)
        var lines = [style.paint("\(mark) \(title)", colour, bold: true)]
        if 6 + Columns.width(title) + Columns.width(place) <= width {
            let gap = max(4, min(width, 100) - 2 - Columns.width(title) - Columns.width(place))
            lines[0] += String(repeating: " ", count: gap) + style.paint(place, .grey)
        } else {
            lines.append("  " + style.paint(place, .grey))
        }
        if let reason = test.reason { lines += indented(reason, 2) }
        lines += test.steps.flatMap { failed($0, within: []) }
        lines += furtherTries(test)
        // Paths are there to be copied, so they are not shortened.
        lines += test.recordings.map { "  " + ForeignText.line($0.line) }
        for log in test.logs where !log.lines.isEmpty {
            lines.append(
                "  "
                    + style.paint(
                        Columns.fit(ForeignText.line("log of \(log.service), last lines"), width - 2), .grey))
            lines += log.lines.flatMap { indented($0, 4) }
        }
        return lines
    }

    private func failed(_ step: StepResult, within names: [String]) -> [String] {
        let inner = step.children.flatMap { failed($0, within: names + [step.name]) }
        // A group that failed only because a step inside it did adds nothing but its name.
        guard step.status == .failed, !step.mismatches.isEmpty || inner.isEmpty else { return inner }
        let path = (names + [step.name]).joined(separator: " › ")
        var text = "\(step.isCleanup ? "cleanup" : "step") '\(path)'"
        if step.attempts > 1 { text += " after \(step.attempts) attempts" }
        text += "   " + (step.exchange?.summary ?? step.kind)
        var lines = ["  " + Columns.fit(ForeignText.line(text), width - 2)]
        if let outcome = step.exchange?.outcome, outcome != Outcome.answered.name {
            lines += indented("outcome \(outcome)", 4)
        }
        lines += step.mismatches.flatMap { mismatch($0) }
        if showsCurl, let curl = step.exchange?.curl {
            // Never shortened: it is there to be copied.
            lines.append("    " + ForeignText.line(curl))
        }
        return lines + inner
    }

    /// ```
    ///     expected status 409
    ///       actual        200
    /// ```
    private func mismatch(_ mismatch: Mismatch) -> [String] {
        guard let drift = mismatch.contract else { return difference(mismatch) }
        return [heading(drift)] + difference(mismatch) + agreed(drift)
    }

    private func difference(_ mismatch: Mismatch) -> [String] {
        let subject = Columns.fit(ForeignText.line(mismatch.subject), width / 3)
        let indent = 14 + Columns.width(subject)
        let room = max(4, width - indent)
        let lead = String(repeating: " ", count: indent)
        var lines: [String] = []
        for (index, line) in ForeignText.lines(mismatch.expected).enumerated() {
            let start = index == 0 ? "    expected " + style.paint(subject, .cyan) + " " : lead
            lines.append(start + style.paint(Columns.fit(line, room), .green))
        }
        for (index, line) in ForeignText.lines(mismatch.actual).enumerated() {
            let start = index == 0 ? Columns.padded("      actual", indent) : lead
            lines.append(start + style.paint(Columns.fit(line, room), .red))
        }
        for line in mismatch.diff.map(ForeignText.lines) ?? [] {
            let colour: Style.Colour = line.hasPrefix("-") ? .green : line.hasPrefix("+") ? .red : .grey
            lines.append("      " + style.paint(Columns.fit(line, width - 6), colour))
        }
        return lines.map { Columns.fitPainted($0, width) }
    }

    /// `    response-body: service 'ui' departs from contract 'ui-api', POST /tasks/{id}/status`
    private func heading(_ drift: ContractDrift) -> String {
        let text = ForeignText.line(drift.sentence)
        let rule = style.paint(Columns.fit(ForeignText.line(drift.rule), width / 3), .red, bold: true)
        return Columns.fitPainted(
            "    \(rule): " + Columns.fit(text, max(4, width - 6 - Columns.width(drift.rule))), width)
    }

    /// Where the contract says so, with the line.
    private func agreed(_ drift: ContractDrift) -> [String] {
        guard let location = drift.location else {
            return drift.schemaPath.map { indented("agreed in \($0)", 6) } ?? []
        }
        let line = drift.line.map { "   " + $0.drop { $0 == " " || $0 == "\t" } } ?? ""
        return [
            "      "
                + style.paint(
                    Columns.fit(
                        ForeignText.line("agreed in \(location.file):\(location.line)\(line)"), width - 6),
                    .grey)
        ]
    }
}
