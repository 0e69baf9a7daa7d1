import AssayCore

extension LoadSummary {
    private static let partsShown = 10

    /// Statuses that are not all alike, groups, and the user's own metrics.
    func measured(_ figures: MeasuredFigures) -> [String] {
        Array(
            [
                statuses(figures), groups(figures.groups), metrics("sessions", figures.sessions, figures),
                metrics("own metrics", figures.own, figures),
            ].filter { !$0.isEmpty }.joined(separator: [""]))
    }

    private func statuses(_ figures: MeasuredFigures) -> [String] {
        guard figures.statuses.count > 1 else { return [] }
        let texts = figures.statuses.map { "\($0.name) \(grouped($0.count))" }
        return [row("status", texts.joined(separator: "   "))]
    }

    private func groups(_ groups: [MeasuredFigures.Group]) -> [String] {
        guard !groups.isEmpty else { return [] }
        let several = Set(groups.map(\.scenario)).count > 1
        return [style.paint("groups", .grey)]
            + groups.map { group in
                let name = several ? "\(group.scenario) › \(group.name)" : group.name
                return line(name, "\(grouped(group.times.count))×   \(quantilesText(group.times))")
            }
    }

    private func metrics(_ title: String, _ all: [MeasuredFigures.Own], _ figures: MeasuredFigures)
        -> [String]
    {
        guard !all.isEmpty else { return [] }
        var lines = [style.paint(title, .grey)]
        for own in all {
            lines.append(line(own.metric.name, figures.sentence(own.metric, own.whole)))
            for part in own.parts.prefix(Self.partsShown) {
                lines.append(line("  " + part.tags.text, figures.sentence(own.metric, part.sum)))
            }
            if own.parts.count > Self.partsShown {
                let more = own.parts.count - Self.partsShown
                lines.append(fit("    … and \(grouped(more)) more; the report has them"))
            }
        }
        return lines
    }

    private func line(_ name: String, _ text: String) -> String {
        let name = ForeignText.line(name)
        let columns = max(24, Columns.width(name))
        return fit("  " + Columns.padded(Columns.fit(name, min(columns, 40)), 24) + "  " + text)
    }
}
