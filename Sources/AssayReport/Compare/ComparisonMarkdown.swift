import AssayCore

/// A comparison of two load runs in Markdown.
public enum ComparisonMarkdown {
    public static func render(_ comparison: RunComparison) -> String {
        let (before, after) = (comparison.before.header, comparison.after.header)
        var lines = ["# Load runs compared: \(text(after.project)) › \(text(after.name))", ""]
        lines += [
            "**\(ComparisonTable.verdict(comparison).0)**: \(ComparisonTable.counts(comparison))", "",
        ]
        lines += table(
            ["", "Before", "After"],
            [
                [
                    "Date", dateText(milliseconds: before.startedAtMilliseconds),
                    dateText(milliseconds: after.startedAtMilliseconds),
                ],
                ["Commit", text(before.commit ?? "–"), text(after.commit ?? "–")],
                [
                    "Verdict", comparison.before.end?.verdict.status.rawValue ?? "–",
                    comparison.after.end?.verdict.status.rawValue ?? "–",
                ],
            ])
        return (lines + section(comparison)).joined(separator: "\n") + "\n"
    }

    /// What stands in it beside the runs themselves: warnings, differences, metrics, method.
    static func section(_ comparison: RunComparison) -> [String] {
        var lines: [String] = []
        if !comparison.warnings.isEmpty {
            lines += [""] + comparison.warnings.map { "- warning: \(text($0))" }
        }
        if !comparison.isComparable { lines += ["", "The runs are not alike, so nothing is judged."] }
        if !comparison.differences.isEmpty {
            lines += [""]
            lines += table(
                ["Not the same", "Before", "After"],
                comparison.differences.map { [text($0.what), text($0.before), text($0.after)] })
        }
        let shown = comparison.lines.filter(ComparisonTable.isWorthALine)
        guard !shown.isEmpty else { return lines }
        lines += [""]
        lines += table(
            ["Metric", "Before", "After", "Change", "95 % interval", "Judgement"],
            shown.map { line in
                let words = text(ComparisonTable.words(line))
                return [
                    text(line.metric.text), ComparisonTable.value(line.before, line),
                    ComparisonTable.value(line.after, line),
                    line.change.map { line.metric.changeText($0) } ?? "–", ComparisonTable.interval(line),
                    line.isRegression || line.judgement == .worse ? "**\(words)**" : words,
                ]
            })
        if !comparison.usedText.isEmpty {
            lines += ["", "Intervals: \(text(comparison.usedText)).", "", "Method: \(text(comparison.method))."]
        }
        return lines
    }

    private static func text(_ foreign: String) -> String { ForeignText.markdown(foreign) }

    static func table(_ head: [String], _ rows: [[String]]) -> [String] {
        func line(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |" }
        return [line(head), line(head.map { _ in "---" })] + rows.map(line)
    }
}
