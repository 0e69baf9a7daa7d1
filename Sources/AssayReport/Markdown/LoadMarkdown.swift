public import AssayCore

/// A load run as a short Markdown page, for a merge request or a wiki.
public enum LoadMarkdown {
    public static func render(_ record: RunRecord) -> String {
        let figures = LoadFigures(record)
        let header = record.header
        let verdict = record.end?.verdict ?? Verdict(.interrupted, reasons: ["the record has no end"])
        var lines = [
            "# Load test: \(text(header.project)) › \(text(header.name))", "",
            "**\(verdict.status.rawValue.uppercased())**" + (verdict.reasons.isEmpty ? "" : ": ")
                + verdict.reasons.map(text).joined(separator: "; "), "",
        ]
        lines += table(
            ["", ""],
            [
                ["Date", dateText(milliseconds: header.startedAtMilliseconds)],
                ["Duration", shortText(nanoseconds: Double(figures.durationNanoseconds))],
                ["Profile", profile(record)], ["Commit", header.commit.map(text) ?? "–"],
                [
                    "Machine",
                    "\(text(header.host.name)), \(text(header.host.system)), \(header.host.cores) cores",
                ],
                ["Seed", seedText(header.seed)],
            ] + calls(figures.calls)
                + (figures.hasCallsOnly
                    ? []
                    : [
                        ["Requests", "\(grouped(figures.total.requests)) (\(significant(figures.rate))/s)"],
                        [
                            "Errors",
                            "\(grouped(figures.total.failed)) (\(percentText(figures.total.failedShare)))",
                        ],
                    ]) + [
                    ["Dropped iterations", grouped(figures.dropped)],
                    ["Schedule lag p99", latencyText(figures.lag.value(at: 0.99))],
                ])
        if let calls = figures.calls { lines += times(calls) }
        if !figures.hasCallsOnly {
            lines += ["", "## Latency", ""]
            let service = [cells("all, service", figures.total.service, figures.total)]
            let rows = figures.steps.filter { $0.requests > 0 }.map { step in
                cells(text(step.name), step.response.count > 0 ? step.response : step.service, step)
            }
            lines += table(
                ["Step", "Requests", "Errors", "p50", "p95", "p99", "max"],
                [cells("all, response", figures.total.response, figures.total)] + service + rows)
        }
        lines += ["", "## Thresholds", ""]
        lines +=
            record.thresholds.isEmpty
            ? ["None were set."]
            : table(
                ["Threshold", "Actual", "Limit", "Result", "First broken"],
                record.thresholds.map {
                    [
                        text($0.text), text($0.actualText), text($0.limitText), word($0.status),
                        $0.firstBrokenAtNanoseconds.map { clockText(nanoseconds: $0) } ?? "–",
                    ]
                })
        if !record.failures.isEmpty {
            lines += ["", "## Errors", ""]
            lines += table(
                ["Step", "Reason", "Count"],
                record.failures.sorted { $0.count > $1.count }.prefix(10).map {
                    [text("\($0.scenario) › \($0.step)"), text($0.reason), grouped($0.count)]
                })
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func calls(_ calls: CallFigures?) -> [[String]] {
        guard let calls else { return [] }
        var rows = [
            ["Calls", "\(grouped(calls.begun)) (\(significant(calls.perMinute))/min)"],
            ["Calls at once, most", grouped(calls.most)],
            ["Failed calls", "\(grouped(calls.failed)) (\(percentText(calls.failedShare)))"],
        ]
        if !calls.sharesText.isEmpty { rows.append(["Of what was heard", calls.sharesText]) }
        if calls.lateness.count > 0 { rows.append(["Own frames late by", calls.latenessText]) }
        return rows
    }

    private static func times(_ calls: CallFigures) -> [String] {
        func row(_ name: String, _ times: HistogramSnapshot) -> [String] {
            [name, grouped(times.count)] + [0.5, 0.95, 0.99, 1].map { latencyText(times.value(at: $0)) }
        }
        let rows = calls.times.map { row("`call.\($0.what)`", $0.times) }
        let steps = calls.lines.map { row("\(text($0.name)), `call.\($0.what)`", $0.times) }
        return ["", "## Calls", ""]
            + table(
                ["Measured", "Count", "p50", "p95", "p99", "max"], rows + (calls.lines.count > 1 ? steps : [])
            )
    }

    private static func text(_ foreign: String) -> String { ForeignText.markdown(foreign) }

    private static func word(_ status: ThresholdResult.Status) -> String {
        switch status {
        case .held: "held"
        case .broken: "**broken**"
        case .noData: "no data"
        }
    }

    private static func cells(_ name: String, _ latency: HistogramSnapshot, _ step: LoadFigures.Step)
        -> [String]
    {
        [name, grouped(step.requests), "\(grouped(step.failed)) (\(percentText(step.failedShare)))"]
            + [0.5, 0.95, 0.99, 1].map { latencyText(latency.value(at: $0)) }
    }

    private static func profile(_ record: RunRecord) -> String {
        guard let plan = record.plan else { return text(record.header.name) }
        let unit = plan.model == .arrivals ? "/s" : " users"
        let corners = plan.corners.map {
            "\(clockText(nanoseconds: $0.atNanoseconds)) → \(significant($0.value))\(unit)"
        }
        return ([text(record.header.name) + " (\(plan.model.rawValue))"] + corners.prefix(12)).joined(
            separator: ", ")
    }

    private static func table(_ head: [String], _ rows: [[String]]) -> [String] {
        func line(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |" }
        return [line(head), line(head.map { _ in "---" })] + rows.map(line)
    }
}
