import AssayCore

extension LoadMarkdown {
    private static let partsShown = 20

    static func measured(_ figures: MeasuredFigures) -> [String] {
        var lines: [String] = []
        if !figures.groups.isEmpty {
            lines += ["", "## Groups", ""]
            lines += table(
                ["Group", "Passes", "p50", "p95", "p99", "max"],
                figures.groups.map { group in
                    [text("\(group.scenario) › \(group.name)"), grouped(group.times.count)]
                        + [0.5, 0.95, 0.99, 1].map { latencyText(group.times.value(at: $0)) }
                })
        }
        for (title, all) in [("Sessions", figures.sessions), ("Own metrics", figures.own)] where !all.isEmpty
        {
            lines += ["", "## \(title)", ""]
            var rows: [[String]] = []
            for own in all {
                rows.append(
                    [
                        "`\(own.metric.name)`", own.metric.kind.rawValue,
                        figures.sentence(own.metric, own.whole),
                    ])
                for part in own.parts.prefix(partsShown) {
                    rows.append([text(part.tags.text), "", figures.sentence(own.metric, part.sum)])
                }
                if own.parts.count > partsShown {
                    rows.append(["… \(own.parts.count - partsShown) more", "", ""])
                }
            }
            lines += table(["Metric", "Kind", "Measured"], rows)
        }
        if !figures.statuses.isEmpty {
            lines += ["", "## Answers", ""]
            lines += table(
                ["Status", "Requests"], figures.statuses.map { [text($0.name), grouped($0.count)] })
        }
        return lines
    }
}
