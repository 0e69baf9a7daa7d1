public import AssayCore

/// A load run as a report in Markdown: for a wiki, a merge request or the file of a release.
///
/// Documentation/load-report.md shows one.
public enum LoadMarkdown {
    /// - Parameter before: an earlier run of the profile, with which this one is compared.
    public static func render(_ record: RunRecord, before: RunRecord? = nil) -> String {
        let figures = LoadFigures(record)
        let header = record.header
        let verdict = record.end?.verdict ?? Verdict(.interrupted, reasons: ["the record has no end"])
        var lines = [
            "# Load test: \(text(header.project)) › \(text(header.name))", "",
            "**\(word(verdict.status))**" + (verdict.reasons.isEmpty ? "" : ": ")
                + verdict.reasons.map(text).joined(separator: "; "), "",
        ]
        if let scale = record.plan?.scale, scale != 1 {
            lines += [
                "**Not the whole run**: the schedule was run at scale \(scaleNumber(scale)), to try the profile out.",
                "",
            ]
        }
        lines += facts(record, figures)
        lines += results(record, figures)
        lines += thresholds(record.thresholds)
        lines += degradation(record)
        lines += steps(figures)
        lines += measured(MeasuredFigures(record, nanoseconds: figures.durationNanoseconds))
        if !record.failures.isEmpty {
            lines += ["", "## Errors", ""]
            lines += table(
                ["Step", "Reason", "Count"],
                record.failures.sorted { $0.count > $1.count }.prefix(10).map {
                    [text("\($0.scenario) › \($0.step)"), text($0.reason), grouped($0.count)]
                })
        }
        lines += before.map { changes(since: $0, record) } ?? []
        if !record.notes.isEmpty {
            lines +=
                ["", "## Notes", ""] + record.notes.map { "- \($0.severity.rawValue): \(text($0.text))" }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// What `assay compare` says of the run before and this one.
    private static func changes(since before: RunRecord, _ record: RunRecord) -> [String] {
        let comparison = RunComparison(before, record)
        let verdict = ComparisonTable.verdict(comparison).0.lowercased()
        return [
            "", "## Since the run before", "",
            "Compared with the run of \(dateText(milliseconds: before.header.startedAtMilliseconds)): "
                + "**\(verdict)** (\(ComparisonTable.counts(comparison))).",
        ] + ComparisonMarkdown.section(comparison)
    }

    static func text(_ foreign: String) -> String { ForeignText.markdown(foreign) }

    private static func word(_ status: Verdict.Status) -> String {
        switch status {
        case .passed: "PASS"
        case .failed: "FAIL"
        case .inconclusive: "INCONCLUSIVE"
        case .interrupted: "INTERRUPTED"
        }
    }

    private static func word(_ status: ThresholdResult.Status) -> String {
        switch status {
        case .held: "pass"
        case .broken: "**fail**"
        case .noData: "no data"
        }
    }

    // MARK: what was run

    private static func facts(_ record: RunRecord, _ figures: LoadFigures) -> [String] {
        let header = record.header
        var rows = [
            ["Date", dateText(milliseconds: header.startedAtMilliseconds)],
            ["Profile", text(header.name)], ["Schedule", schedule(record)],
            ["Scale", record.plan.map { scaleNumber($0.scale) } ?? "1"],
            ["Duration", shortText(nanoseconds: Double(figures.durationNanoseconds))],
            ["Target", target(record)], ["Commit", header.commit.map(text) ?? "–"],
            [
                "Machine",
                "\(text(header.host.name)), \(text(header.host.system)), \(header.host.cores) cores, "
                    + ByteCount(header.host.memoryBytes).shortText,
            ],
            ["Assay", text(header.assayVersion)], ["Seed", seedText(header.seed)],
        ]
        let around = header.stand.filter { $0.kind != .service }
        if !around.isEmpty {
            let names = around.map { text("\($0.name) (\($0.detail))") }.joined(separator: ", ")
            rows.insert(["With", names], at: 6)
        }
        return table(["", ""], rows)
    }

    private static func schedule(_ record: RunRecord) -> String {
        guard let plan = record.plan else { return "–" }
        if let search = plan.search, let first = plan.corners.first(where: { $0.value > 0 })?.value,
            let last = plan.corners.last?.value
        {
            return
                "\(plan.model.rawValue) in \(search.stepCount) steps from \(plan.model.loadText(first)) to "
                + plan.model.loadText(last)
        }
        guard plan.schedules.isEmpty else {
            return plan.schedules.map { "\(text($0.scenario)): \(line($0.model, $0.corners))" }
                .joined(separator: "; ")
        }
        return line(plan.model, plan.corners)
    }

    private static func line(_ model: LoadPlan.Model, _ corners: [LoadPlan.Corner]) -> String {
        let texts = corners.map {
            "\(clockText(nanoseconds: $0.atNanoseconds)) → \(model.loadText($0.value))"
        }
        let more = texts.count > 12 ? ["… \(texts.count - 12) more"] : []
        return ([model.rawValue] + texts.prefix(12) + more).joined(separator: ", ")
    }

    /// Services of the stand; without one, where the slowest exchanges went.
    private static func target(_ record: RunRecord) -> String {
        let services = record.header.stand.filter { $0.kind == .service }
        if !services.isEmpty {
            return services.map { text("\($0.name) (\($0.detail))") }.joined(separator: ", ")
        }
        var origins: [String] = []
        for sample in record.slowest {
            let words = sample.exchange.summary.split(separator: " ")
            guard let url = words.first(where: { $0.contains("://") }) else { continue }
            let parts = url.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
            let origin = parts.prefix(3).joined(separator: "/")
            if !origins.contains(origin) { origins.append(origin) }
        }
        return origins.isEmpty ? "–" : origins.map(text).joined(separator: ", ")
    }

    // MARK: what came of it

    private static func results(_ record: RunRecord, _ figures: LoadFigures) -> [String] {
        let total = figures.total
        var latencies = figures.calls?.times.map { ("call." + $0.what, $0.times) } ?? []
        latencies.append(("response, from the intended start", total.response))
        latencies.append(("service, from the send", total.service))
        var lines = ["", "## Results", ""]
        lines += table(
            ["", "p50", "p95", "p99", "max"],
            latencies.filter { $0.1.count > 0 }.map { name, latency in
                [text(name)] + [0.5, 0.95, 0.99, 1].map { latencyText(latency.value(at: $0)) }
            })
        var rates: [String] = []
        if figures.iterations > 0 { rates.append("\(figures.perMinute(figures.iterations)) iterations/min") }
        if total.requests > 0 { rates.append("\(figures.perMinute(total.requests)) requests/min") }
        if let calls = figures.calls { rates.append("\(significant(calls.perMinute)) calls/min") }
        var rows = [["Throughput", rates.isEmpty ? "–" : rates.joined(separator: ", ")]]
        if let calls = figures.calls {
            rows.append(["Calls at once, most", grouped(calls.most)])
            rows.append(
                [
                    "Failed calls",
                    "\(grouped(calls.failed)) of \(grouped(calls.scheduled)) "
                        + "(\(percentText(calls.failedShare)))",
                ])
            if !calls.sharesText.isEmpty { rows.append(["Of what was heard", calls.sharesText]) }
            if calls.lateness.count > 0 { rows.append(["Own frames late by", calls.latenessText]) }
        }
        if total.requests > 0 {
            rows.append(
                [
                    "Errors",
                    "\(grouped(total.failed)) of \(grouped(total.requests)) (\(percentText(total.failedShare)))",
                ])
        }
        rows.append(["Starts dropped", grouped(figures.dropped)])
        let bound = record.plan.map { shortText(nanoseconds: Double($0.lagBoundNanoseconds)) } ?? "–"
        rows.append(
            ["Own lateness, p99", "\(latencyText(figures.lag.value(at: 0.99))) (bound \(bound))"])
        return lines + [""] + table(["", ""], rows)
    }

    private static func thresholds(_ results: [ThresholdResult]) -> [String] {
        ["", "## Thresholds", ""]
            + (results.isEmpty
                ? ["None were set."]
                : table(
                    ["Threshold", "Actual", "Limit", "Result", "First broken"],
                    results.map {
                        [
                            text($0.text), text($0.actualText), text($0.limitText), word($0.status),
                            $0.firstBrokenAtNanoseconds.map { clockText(nanoseconds: $0) } ?? "–",
                        ]
                    }))
    }

    private static func degradation(_ record: RunRecord) -> [String] {
        guard let search = SearchTable(record) else { return [] }
        var lines = ["", "## Degradation", ""]
        for sentence in [search.summary, search.outliers].compactMap(\.self) {
            lines += [text(sentence) + ".", ""]
        }
        return lines + table(search.head, search.rows.map { $0.map(text) }) + [
            "", text(search.caption) + ".",
        ]
    }

    private static func steps(_ figures: LoadFigures) -> [String] {
        let rows = figures.steps.filter { $0.requests > 0 }.map { step in
            let latency = step.response.count > 0 ? step.response : step.service
            return [
                text((step.group.map { "\($0) › " } ?? "") + step.name), grouped(step.requests),
                "\(grouped(step.failed)) (\(percentText(step.failedShare)))",
            ] + [0.5, 0.95, 0.99, 1].map { latencyText(latency.value(at: $0)) }
        }
        let turns = (figures.calls?.lines ?? []).map { line in
            [text(line.name), "`call.\(line.what)`", grouped(line.times.count)]
                + [0.5, 0.95, 0.99, 1].map { latencyText(line.times.value(at: $0)) }
        }
        var lines: [String] = []
        if !rows.isEmpty {
            lines +=
                ["", "## Steps", ""]
                + table(["Step", "Requests", "Errors", "p50", "p95", "p99", "max"], rows)
        }
        if !turns.isEmpty {
            lines +=
                ["", "## Calls", ""]
                + table(["Step", "Measured", "Count", "p50", "p95", "p99", "max"], turns)
        }
        return lines
    }

    static func table(_ head: [String], _ rows: [[String]]) -> [String] {
        func line(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |" }
        return [line(head), line(head.map { _ in "---" })] + rows.map(line)
    }
}
