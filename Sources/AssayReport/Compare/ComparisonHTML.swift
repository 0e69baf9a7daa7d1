import AssayCore

/// A comparison as one HTML file that opens offline.
public enum ComparisonHTML {
    public static func render(_ comparisons: [RunComparison]) -> String {
        let title = comparisons.first.map { "\($0.after.header.project) › \($0.after.header.name)" } ?? ""
        return """
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8"><title>\(ForeignText.html(title)): runs compared</title>
            <meta name="viewport" content="width=device-width,initial-scale=1"><meta name="color-scheme" content="light dark">
            <style>\(style)</style></head><body>
            \(comparisons.map(section).joined(separator: "\n"))
            </body></html>

            """
    }

    private static let style = """
        body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:72rem;padding:0 1rem}
        table{border-collapse:collapse;margin:1rem 0}td,th{padding:.25rem .75rem;border-bottom:1px solid #8884;text-align:left}
        td.n{text-align:right;font-variant-numeric:tabular-nums}.worse{color:#c62828}.better{color:#2e7d32}
        .unclear{color:#b26a00}small{color:#888}
        @media(prefers-color-scheme:dark){.worse{color:#ff8a80}.better{color:#a5d6a7}.unclear{color:#ffcc80}}
        """

    private static func section(_ comparison: RunComparison) -> String {
        let rows = comparison.lines.map { line in
            let cells = [
                ComparisonTable.value(line.before, line), ComparisonTable.value(line.after, line),
                line.change.map { line.metric.changeText($0) } ?? "", ComparisonTable.interval(line),
            ].map { "<td class=\"n\">\(ForeignText.html($0))</td>" }.joined()
            return
                "<tr><td>\(ForeignText.html(line.metric.text))</td>\(cells)"
                + "<td class=\"\(name(line.judgement))\">\(ForeignText.html(ComparisonTable.words(line)))</td></tr>"
        }
        let notes =
            comparison.warnings
            + comparison.differences.map { "\($0.what): \($0.before) → \($0.after)" }
        let (before, after) = (comparison.before.header, comparison.after.header)
        return """
            <h1>\(ForeignText.html(after.name)): \(ComparisonTable.verdict(comparison).0.lowercased())</h1>
            <p>\(dateText(milliseconds: before.startedAtMilliseconds)) → \
            \(dateText(milliseconds: after.startedAtMilliseconds)); \(ComparisonTable.counts(comparison))</p>
            <ul>\(notes.map { "<li>\(ForeignText.html($0))</li>" }.joined())</ul>
            <table><thead><tr><th>Metric<th>Before<th>After<th>Change<th>95 % interval<th></tr></thead>
            <tbody>\(rows.joined(separator: "\n"))</tbody></table>
            <p><small>\(ForeignText.html(comparison.usedText))<br>\(ForeignText.html(comparison.method))</small></p>
            """
    }

    private static func name(_ judgement: RunComparison.Judgement) -> String {
        switch judgement {
        case .worse: "worse"
        case .better: "better"
        case .unclear, .noData, .changed: "unclear"
        case .same, .information: "same"
        }
    }
}
