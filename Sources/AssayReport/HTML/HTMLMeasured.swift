import AssayCore

extension HTMLReport {
    /// More series of one metric are told as a number: a page is no place for thousands of lines.
    private static let partsShown = 200

    /// Groups, the user's own metrics and the statuses of answers.
    static func measured(_ figures: MeasuredFigures, _ page: inout HTMLPage) {
        groups(figures.groups, &page)
        for kind in [Series.Kind.trend, .counter, .rate, .gauge] {
            let sessions = figures.sessions.filter { $0.metric.kind == kind }
            if !sessions.isEmpty { table(sessions, "Sessions", kind, figures, &page) }
            let own = figures.own.filter { $0.metric.kind == kind }
            if !own.isEmpty { table(own, "Own \(kind.rawValue)s", kind, figures, &page) }
        }
        statuses(figures.statuses, &page)
    }

    private static func groups(_ groups: [MeasuredFigures.Group], _ page: inout HTMLPage) {
        guard !groups.isEmpty else { return }
        begin("Groups", ["Group", "Passes", "p50", "p95", "p99", "Max"], &page)
        let several = Set(groups.map(\.scenario)).count > 1
        for group in groups {
            page.raw("<tr><td>")
            page.text(group.name)
            if several { page.element("span", group.scenario, class: "tag") }
            page.raw("</td><td data-v=\"\(group.times.count)\">\(grouped(group.times.count))</td>")
            for quantile in [0.5, 0.95, 0.99, 1] {
                let value = group.times.value(at: quantile)
                page.raw("<td data-v=\"\(value ?? 0)\">\(latencyText(value))</td>")
            }
            page.raw("</tr>")
        }
        page.raw("</tbody></table></div>\n")
    }

    private static func table(
        _ own: [MeasuredFigures.Own], _ title: String, _ kind: Series.Kind, _ figures: MeasuredFigures,
        _ page: inout HTMLPage
    ) {
        let heads =
            switch kind {
            case .trend: ["Count", "Average", "p50", "p95", "p99", "Max"]
            case .counter: ["Total", "Per second"]
            case .rate: ["Share", "Of all"]
            case .gauge: ["Last"]
            }
        begin(title, ["Metric"] + heads, &page)
        func row(_ metric: Metric, _ tags: [Series.Tag]?, _ sum: MeasuredFigures.Sum) {
            page.raw("<tr><td>")
            page.text(metric.name)
            if let tags { page.element("span", tags.text, class: "tag") }
            page.raw("</td>")
            for cell in figures.cells(metric, sum) {
                page.raw("<td>")
                page.text(cell)
                page.raw("</td>")
            }
            page.raw("</tr>")
        }
        for one in own {
            row(one.metric, nil, one.whole)
            for part in one.parts.prefix(partsShown) { row(one.metric, part.tags, part.sum) }
        }
        page.raw("</tbody></table></div>\n")
        for one in own where one.parts.count > partsShown {
            page.raw("<p class=\"soft\"><small>")
            page.text(
                "\(one.metric.name) has \(grouped(one.parts.count - partsShown)) more series; the record has them."
            )
            page.raw("</small></p>\n")
        }
    }

    private static func statuses(
        _ statuses: [(name: String, isError: Bool, count: UInt64)], _ page: inout HTMLPage
    ) {
        guard !statuses.isEmpty else { return }
        begin("Answers", ["Status", "Requests", "Share"], &page)
        let all = statuses.reduce(0) { $0 + $1.count }
        for status in statuses {
            page.raw(status.isError ? "<tr><td class=\"badtext\">" : "<tr><td>")
            page.text(status.name)
            page.raw("</td><td data-v=\"\(status.count)\">\(grouped(status.count))</td>")
            let share = all > 0 ? Double(status.count) / Double(all) : 0
            page.raw("<td data-v=\"\(share)\">\(percentText(share))</td></tr>")
        }
        page.raw("</tbody></table></div>\n")
    }

    private static func begin(_ title: String, _ heads: [String], _ page: inout HTMLPage) {
        page.raw("<h2>\(title)</h2><div class=\"card scroll\"><table class=\"sort\"><thead><tr>")
        for head in heads { page.raw("<th scope=\"col\"><button type=\"button\">\(head)</button></th>") }
        page.raw("</tr></thead><tbody>")
    }
}
