public import AssayCore

/// What `assay load` prints at its end.
public struct LoadSummary: Sendable {
    public var style: Style
    public var width: Int

    public init(style: Style = .plain, width: Int = 100) {
        self.style = style
        self.width = max(20, width)
    }

    /// The whole text, with a line break at its end.
    ///
    /// - Parameter paths: what was written where: `("report", ".assay/runs/…/report.html")`.
    public func render(_ record: RunRecord, paths: [(label: String, path: String)] = []) -> String {
        let figures = LoadFigures(record)
        var lines = totals(record, figures) + steps(figures)
        lines += measured(MeasuredFigures(record, nanoseconds: figures.durationNanoseconds))
        if !lines.isEmpty, lines.last?.isEmpty == false, lines.count > 1 { lines.append("") }
        lines += LoadBlock(style: style, width: width).thresholds(
            record.thresholds.map {
                LoadSnapshot.Threshold(
                    text: $0.text, status: $0.status, actualText: $0.actualText,
                    brokenForNanoseconds: $0.brokenForNanoseconds)
            })
        for threshold in record.thresholds {
            guard let first = threshold.firstBrokenAtNanoseconds else { continue }
            let ended = threshold.aborted ? " and ended the run" : ""
            lines.append(
                fit("    first broken at \(clockText(nanoseconds: first))\(ended): \(threshold.text)"))
        }
        let search = search(record)
        if !search.isEmpty, lines.last?.isEmpty == false { lines.append("") }
        lines += search
        lines += failures(record.failures) + slowest(record.slowest)
        lines += record.notes.flatMap(note)
        lines += verdict(record.end?.verdict)
        // Paths are there to be copied, so they are not shortened.
        lines += paths.map { ForeignText.line("\($0.label) \($0.path)") }
        return lines.joined(separator: "\n") + "\n"
    }

    func fit(_ text: String) -> String { Columns.fit(ForeignText.line(text), width) }
    func row(_ label: String, _ text: String) -> String {
        fit("  \(Columns.padded(label, 9))  \(text)")
    }

    private func totals(_ record: RunRecord, _ figures: LoadFigures) -> [String] {
        let total = figures.total
        let clock = clockText(nanoseconds: figures.durationNanoseconds)
        let failed = total.failed > 0 ? "  (\(grouped(total.failed)))" : ""
        var lines = [
            fit(
                ([
                    "\(record.header.project) › \(record.header.name)", clock,
                    "seed \(seedText(record.header.seed))",
                ] + (scaleText(record.plan).map { [$0] } ?? [])).joined(separator: "   ")
            )
        ]
        if !figures.hasCallsOnly {
            lines += [
                row(
                    "requests",
                    "\(grouped(total.requests))   \(significant(figures.rate))/s"
                        + "   failed \(percentText(total.failedShare))\(failed)"),
                row("response", quantilesText(total.response) + "   from the intended start"),
                row("service", quantilesText(total.service) + "   from the send"),
            ]
        }
        if let calls = figures.calls { lines += self.calls(calls) }
        if figures.lag.count > 0 {
            lines.append(row("lag", quantilesText(figures.lag) + "   of Assay's own schedule"))
        }
        if figures.dropped > 0 {
            lines.append(
                style.paint(row("dropped", "\(grouped(figures.dropped)) iterations never started"), .yellow))
        }
        return lines
    }

    private func calls(_ calls: CallFigures) -> [String] {
        let failed = calls.failed > 0 ? "  (\(grouped(calls.failed)))" : ""
        var lines = [
            row(
                "calls",
                "\(grouped(calls.begun))   \(significant(calls.perMinute))/min   at most \(grouped(calls.most)) at once"
                    + "   failed \(percentText(calls.failedShare))\(failed)")
        ]
        for (what, times) in calls.times where what != "lateness" {
            lines.append(row(what, quantilesText(times)))
        }
        if !calls.sharesText.isEmpty { lines.append(row("", calls.sharesText)) }
        if calls.lateness.count > 0 {
            lines.append(row("lateness", calls.latenessText + "   of Assay's own frames"))
        }
        for line in calls.lines where calls.lines.count > 1 {
            lines.append(
                fit("  \(Columns.padded(Columns.fit(ForeignText.line(line.name), 40), 40)) \(line.what) ")
                    + quantilesText(line.times))
        }
        return lines
    }

    private func steps(_ figures: LoadFigures) -> [String] {
        let shown = figures.steps.filter { $0.requests > 0 }
        guard !shown.isEmpty else { return [] }
        let longest = shown.map { Columns.width(ForeignText.line($0.name)) }.max() ?? 4
        let nameWidth = min(max(4, longest), max(8, width - 60))
        func line(_ name: String, _ cells: [String]) -> String {
            let text = Columns.padded(Columns.fit(ForeignText.line(name), nameWidth), nameWidth)
            return Columns.fit("  " + text + cells.map { " " + Columns.right($0, 8) }.joined(), width)
        }
        let head = line("step", ["requests", "failed", "p50", "p95", "p99", "max"])
        let rows = shown.map { step in
            let latency = step.response.count > 0 ? step.response : step.service
            return line(
                step.name,
                [grouped(step.requests), percentText(step.failedShare)]
                    + [0.5, 0.95, 0.99, 1].map { latencyText(latency.value(at: $0)) })
        }
        return ["", style.paint(head, .grey)] + rows + [""]
    }

    /// The steps of a rising load, and where it degrades.
    private func search(_ record: RunRecord) -> [String] {
        guard let table = SearchTable(record), !table.rows.isEmpty else { return [] }
        func line(_ cells: [String]) -> String {
            let figures = cells.dropLast().enumerated().map { Columns.right($1, $0 == 5 ? 14 : 9) }
            return fit(figures.joined() + "  " + (cells.last ?? ""))
        }
        let lines = zip(table.rows, table.holds).map { row, holds in
            holds ? line(row) : style.paint(line(row), .red)
        }
        // The verdict may say it already.
        let reasons = record.end?.verdict.reasons ?? []
        let said = [table.summary, table.outliers].compactMap(\.self).filter { !reasons.contains($0) }
            .flatMap(wrapped).map { style.paint($0, .cyan, bold: true) }
        return [style.paint(line(table.head), .grey)] + lines + said
    }

    private func failures(_ groups: [FailureGroup]) -> [String] {
        guard !groups.isEmpty else { return [] }
        let sorted = groups.sorted { $0.count > $1.count }
        var lines = ["", style.paint("commonest failures", .red, bold: true)]
        for group in sorted.prefix(5) {
            let (first, last) = (
                clockText(nanoseconds: group.firstAtNanoseconds),
                clockText(nanoseconds: group.lastAtNanoseconds)
            )
            let span = first == last ? "at \(first)" : "\(first) to \(last)"
            lines.append(
                fit(
                    "  \(grouped(group.count))×  \(group.scenario) › \(group.step): \(group.reason)   \(span)"
                ))
            if let sample = group.sample { lines.append(fit("      \(sample.summary)")) }
            for mismatch in group.mismatches.prefix(3) {
                lines.append(
                    fit("      expected \(mismatch.subject) \(mismatch.expected)   actual \(mismatch.actual)")
                )
            }
        }
        if sorted.count > 5 {
            lines.append(fit("  … and \(sorted.count - 5) more kinds; the report has them all"))
        }
        return lines
    }

    private func slowest(_ samples: [ExchangeSample]) -> [String] {
        guard !samples.isEmpty else { return [] }
        let sorted = samples.sorted { $0.exchange.serviceNanoseconds > $1.exchange.serviceNanoseconds }
        return ["", style.paint("slowest exchanges", .grey)]
            + sorted.prefix(5).map {
                let took = Columns.right(shortText(nanoseconds: Double($0.exchange.serviceNanoseconds)), 9)
                return fit(
                    "  \(took)  at \(clockText(nanoseconds: $0.atNanoseconds))  \($0.step)   \($0.exchange.summary)"
                )
            }
    }

    private func verdict(_ verdict: Verdict?) -> [String] {
        let status = verdict?.status ?? .interrupted
        let colour: Style.Colour = status == .passed ? .green : status == .failed ? .red : .yellow
        return ["", style.paint(status.rawValue.uppercased(), colour, bold: true)]
            + (verdict?.reasons ?? []).flatMap(wrapped)
    }

    /// A note says what to do at its end, so it is not cut off.
    private func note(_ note: Note) -> [String] {
        let words = ForeignText.line("\(note.severity.rawValue): \(note.text)").split(separator: " ").map(
            String.init)
        return Columns.wrap(words, separator: " ", width - 2).enumerated().map { place, line in
            style.paint(fit(place == 0 ? line : "  " + line), .yellow)
        }
    }

    /// A sentence in as many lines as it needs.
    private func wrapped(_ text: String) -> [String] {
        Columns.wrap(ForeignText.line(text).split(separator: " ").map(String.init), separator: " ", width - 2)
            .map { Columns.fit("  \($0)", width) }
    }
}
