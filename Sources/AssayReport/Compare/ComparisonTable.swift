public import AssayCore

/// What `assay compare` prints on a terminal.
public struct ComparisonTable: Sendable {
    public var style: Style
    public var width: Int
    /// Also steps that did not change.
    public var showsAll = false

    public init(style: Style = .plain, width: Int = 100) {
        self.style = style
        self.width = max(60, width)
    }

    // MARK: two runs

    public func render(_ comparison: RunComparison) -> String {
        let table = HistoryTable(style: style, width: width)
        var text = head(comparison, table)
        let shown = comparison.lines.filter { showsAll || Self.isWorthALine($0) }
        let head: [HistoryTable.Cell] = [
            "", "", "before", "after", "change", "95 % interval", "",
        ].map { HistoryTable.Cell($0, .grey, isRight: $0 != "") }
        text += table.aligned([head] + shown.map(row))
        let hidden = comparison.lines.count - shown.count
        if hidden > 0 {
            text += style.paint(
                "  \(hidden) figures of steps without a difference are not shown (--all)\n", .grey)
        }
        text += "\n" + verdict(comparison) + "\n"
        if !comparison.usedText.isEmpty {
            text += style.paint("intervals  \(comparison.usedText)\n", .grey)
            text += style.paint("method     \(comparison.method)\n", .grey)
        }
        return text
    }

    private func head(_ comparison: RunComparison, _ table: HistoryTable) -> String {
        func line(_ word: String, _ record: RunRecord) -> [HistoryTable.Cell] {
            let header = record.header
            let verdict = record.end?.verdict.status
            return [
                .init(word, .grey), .init(header.name), .init(table.time(header.startedAtMilliseconds)),
                .init(verdict?.rawValue ?? "no end", verdict.map(HistoryTable.colour) ?? .yellow),
                .init(header.commit.map { String($0.prefix(8)) } ?? "–", .grey),
            ]
        }
        var text = table.aligned([line("before", comparison.before), line("after", comparison.after)])
        for warning in comparison.warnings {
            text += style.paint("warning: ", .yellow) + ForeignText.line(warning) + "\n"
        }
        if comparison.differences.contains(where: \.isDecisive) {
            text += style.paint("warning: ", .yellow)
                + "the runs are not alike"
                + (comparison.isComparable ? "; they are compared all the same\n" : ", so nothing is judged\n")
        }
        text += table.aligned(
            comparison.differences.map {
                [
                    .init("  \($0.what)", $0.isDecisive ? .yellow : .grey),
                    .init("\(Self.short($0.before)) → \(Self.short($0.after))", .grey),
                ]
            })
        for (word, steps) in [("added", comparison.addedSteps), ("removed", comparison.removedSteps)]
        where !steps.isEmpty {
            text += "  steps \(word): " + ForeignText.line(steps.joined(separator: ", ")) + "\n"
        }
        return text + "\n"
    }

    private static func short(_ text: String) -> String { Columns.fit(text, 60) }

    /// What is judged different, what cannot be told, and everything of the whole run.
    static func isWorthALine(_ line: RunComparison.Line) -> Bool {
        line.metric.step == nil || [.better, .worse, .changed].contains(line.judgement)
    }

    private func row(_ line: RunComparison.Line) -> [HistoryTable.Cell] {
        let (mark, colour) = Self.mark(line.judgement)
        return [
            .init(mark, colour), .init(line.metric.text), .init(Self.value(line.before, line), isRight: true),
            .init(Self.value(line.after, line), isRight: true),
            .init(line.change.map { line.metric.changeText($0) } ?? "", colour, isRight: true),
            .init(Self.interval(line), .grey, isRight: true),
            .init(Self.words(line), colour),
        ]
    }

    static func value(_ value: Double?, _ line: RunComparison.Line) -> String {
        guard let value else { return "–" }
        if line.metric.metric == "assay.memory" { return ByteCount(Int(value)).shortText }
        return line.metric.shown(value)
    }

    static func interval(_ line: RunComparison.Line) -> String {
        guard let range = line.interval else { return "" }
        return
            "\(line.metric.changeText(range.lowerBound)) … \(line.metric.changeText(range.upperBound))"
    }

    /// The judgement, why there is none, and what of it is allowed.
    static func words(_ line: RunComparison.Line) -> String {
        var text = line.judgement == .information ? "" : line.judgement.rawValue
        if let reason = line.reason { text += (text.isEmpty ? "" : ": ") + reason }
        if let harm = line.certainHarm, let allowance = line.allowance {
            text +=
                ", by \(line.metric.changeText(max(0, harm), signed: false)) at least; "
                + "\(line.metric.changeText(allowance, signed: false)) allowed"
        }
        return text
    }

    static func mark(_ judgement: RunComparison.Judgement) -> (String, Style.Colour) {
        switch judgement {
        case .better: ("✓", .green)
        case .worse: ("✗", .red)
        case .changed: ("!", .yellow)
        case .same: ("=", .grey)
        case .unclear, .noData: ("?", .yellow)
        case .information: (" ", .grey)
        }
    }

    private func verdict(_ comparison: RunComparison) -> String {
        let (word, colour) = Self.verdict(comparison)
        return style.paint(word, colour, bold: true) + "  " + Self.counts(comparison)
    }

    static func verdict(_ comparison: RunComparison) -> (String, Style.Colour) {
        if !comparison.regressions.isEmpty { return ("REGRESSION", .red) }
        if !comparison.saysSomething { return ("NOTHING CAN BE SAID", .yellow) }
        if comparison.count(.worse) > 0 { return ("WORSE", .red) }
        if comparison.count(.better) > 0 { return ("BETTER", .green) }
        if comparison.count(.changed) > 0 { return ("CHANGED", .yellow) }
        return ("NO DIFFERENCE", .green)
    }

    /// `1 worse, 7 no difference, 2 cannot tell`
    static func counts(_ comparison: RunComparison) -> String {
        let all: [RunComparison.Judgement] = [.worse, .better, .changed, .same, .unclear, .noData]
        let parts = all.compactMap { judgement -> String? in
            let count = comparison.count(judgement)
            return count > 0 ? "\(count) \(judgement.rawValue)" : nil
        }
        return parts.isEmpty ? "no metric was compared" : parts.joined(separator: ", ")
    }
}
