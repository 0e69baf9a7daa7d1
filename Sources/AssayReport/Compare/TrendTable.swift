public import AssayCore

/// Several load runs, each set against the first.
public struct TrendTable: Sendable {
    /// Of the first with each of the others, in order.
    public var comparisons: [RunComparison]

    public init(_ comparisons: [RunComparison]) { self.comparisons = comparisons }

    private struct Row {
        var metric: ComparedMetric
        var first: Double?
        var lines: [RunComparison.Line?]
    }

    /// Metrics of whole runs in the order of the first comparison; then steps where something changed.
    private var rows: [Row] {
        var metrics: [ComparedMetric] = []
        for line in comparisons.flatMap(\.lines) where ComparisonTable.isWorthALine(line) {
            if !metrics.contains(line.metric) { metrics.append(line.metric) }
        }
        return metrics.map { metric in
            let lines = comparisons.map { comparison in
                comparison.lines.first { $0.metric == metric }
            }
            return Row(
                metric: metric, first: lines.lazy.compactMap { $0?.before }.first, lines: lines)
        }
    }

    /// For a terminal: a column a run, the first is what the others are set against.
    public func render(style: Style, width: Int) -> String {
        guard let first = comparisons.first else { return "" }
        let table = HistoryTable(style: style, width: width)
        var text = ""
        var heads: [[HistoryTable.Cell]] = [
            [.init("1", .grey), .init(table.time(first.before.header.startedAtMilliseconds))]
        ]
        for (index, comparison) in comparisons.enumerated() {
            let (word, colour) = ComparisonTable.verdict(comparison)
            heads.append(
                [
                    .init("\(index + 2)", .grey),
                    .init(table.time(comparison.after.header.startedAtMilliseconds)), .init(word, colour),
                    .init(ComparisonTable.counts(comparison), .grey),
                ])
        }
        for index in heads.indices {
            while heads[index].count < 4 { heads[index].append(.init("")) }
        }
        text += table.aligned(heads) + "\n"
        let head = [""] + (0...comparisons.count).map { "\($0 + 1)" }
        text += table.aligned(
            [head.map { HistoryTable.Cell($0, .grey, isRight: $0 != "") }]
                + rows.map { row in
                    [.init(row.metric.text), .init(Self.value(row.first, row.metric), isRight: true)]
                        + row.lines.map(Self.cell)
                })
        for comparison in comparisons {
            for warning in comparison.warnings {
                text += style.paint("warning: ", .yellow) + ForeignText.line(warning) + "\n"
            }
        }
        return text + "\n" + style.paint("each run is set against the first; " + first.method, .grey) + "\n"
    }

    private static func value(_ value: Double?, _ metric: ComparedMetric) -> String {
        guard let value else { return "–" }
        return metric.metric == "assay.memory" ? ByteCount(Int(value)).shortText : metric.shown(value)
    }

    private static func cell(_ line: RunComparison.Line?) -> HistoryTable.Cell {
        guard let line, line.after != nil else { return .init("–", isRight: true) }
        let (mark, colour) = ComparisonTable.mark(line.judgement)
        let change = line.change.map { " " + line.metric.changeText($0) } ?? ""
        return .init("\(value(line.after, line.metric))\(change) \(mark)", colour, isRight: true)
    }

    /// As tables for a wiki or a merge request.
    public var markdown: String {
        let head = ["Metric"] + (0...comparisons.count).map { "\($0 + 1)" }
        let body = rows.map { row in
            [ForeignText.markdown(row.metric.text), Self.value(row.first, row.metric)]
                + row.lines.map { Self.cell($0).text }
        }
        return (["# Load runs compared", ""] + ComparisonMarkdown.table(head, body)).joined(separator: "\n")
            + "\n\nEach run is set against the first.\n"
    }
}
