internal import AssayCore

/// The summary in sections: thresholds, totals, and with all details groups and scenarios too.
struct K6SectionText {
    private let summary: K6Summary
    private let paint: K6Paint
    private var plan: K6SummaryPlan { summary.plan }

    init(_ summary: K6Summary, _ paint: K6Paint) {
        (self.summary, self.paint) = (summary, paint)
    }

    var text: String {
        var lines: [Line] = []
        if !judged.isEmpty { lines += section("THRESHOLDS", thresholds) }
        lines += section("TOTAL RESULTS", content(summary.metrics, summary.checks, level: 0))
        if plan.mode == .full {
            let parts = K6SummaryParts(summary)
            for group in parts.groups() { lines += section("GROUP: \(group.name)", content(group, level: 0)) }
            for scenario in parts.scenarios {
                lines += section("SCENARIO: \(scenario.name)", content(scenario, level: 0))
            }
        }
        return lines.reduce(into: "") { text, line in
            switch line {
            case .text(let line): text += "\n" + line
            case .gap: text += "\n"
            }
        }
    }

    private enum Line {
        case text(String)
        /// An empty line behind the one before.
        case gap
    }

    private func section(_ title: String, _ content: [Line]) -> [Line] {
        [.text(self.title(title, "█", level: 0))] + content + [.gap]
    }

    private func title(_ title: String, _ mark: String, level: Int) -> String {
        indent(level, "\(mark) \(paint.bold(title)) \n")
    }

    /// k6 indents by two, and begins at two.
    private func indent(_ level: Int, _ text: String) -> String { K6Paint.spaces(2 * level + 2) + text }

    // MARK: thresholds

    private var judged: [K6Summary.Figures] { summary.metrics.filter { !$0.thresholds.isEmpty } }

    private var thresholds: [Line] {
        let names = Set(judged.map(\.name))
        return judged.flatMap { metric -> [Line] in
            let parent = K6Order.parent(metric.name)
            let isInside = parent != metric.name && names.contains(parent)
            let level = isInside ? 2 : 1
            let name = isInside ? String(metric.name.dropFirst(parent.count)) : metric.name
            let results = metric.thresholds.map { threshold in
                let mark = threshold.holds ? paint.paint("✓", .green) : paint.paint("✗", .red)
                let source = paint.paint("'\(threshold.source)'", .white)
                return Line.text(
                    indent(level, "\(mark) \(source) \(figure(of: threshold.source, metric))"))
            }
            return [.text(indent(level, name))] + results + [.gap]
        }
    }

    /// `p(95)=12ms`: what a threshold was judged on.
    private func figure(of source: String, _ metric: K6Summary.Figures) -> String {
        let known = plan.thresholds.first { $0.key == metric.name && $0.source == source }
        var method = ""
        for character in source {
            if "=<>!".contains(character) { break }
            if character != " " { method.append(character) }
        }
        let value = summary.figure(of: known?.method, metric) ?? 0
        var text = K6Numbers.text(value, metric.kind, metric.contents, unit: plan.timeUnit)
        if metric.kind == .counter, method == "rate" { text += "/s" }
        return paint.paint(method, .white) + "=" + paint.paint(text, .cyan)
    }

    // MARK: results

    private func content(_ part: K6SummaryParts.Part, level: Int) -> [Line] {
        content(part.metrics, part.checks, level: level)
            + part.groups.flatMap { group -> [Line] in
                [.text(title("GROUP: \(group.name)", "↳", level: level + 1))]
                    + content(group, level: level + 1)
            }
    }

    private func content(
        _ metrics: [K6Summary.Figures], _ checks: [K6Summary.Check], level: Int
    ) -> [Line] {
        var lines = checks.isEmpty ? [] : self.checks(checks, level: level + 1)
        let shown = metrics.filter { !isHidden($0.name) }
        let columns = K6Columns(shown, stats: plan.trendStats, unit: plan.timeUnit)
        let width = nameWidth(shown, level: level + 1)
        for section in K6MetricSection.allCases {
            let own = shown.filter { K6MetricSection(of: $0.name) == section }
            guard !own.isEmpty else { continue }
            lines.append(.text(indent(level + 1, paint.bold(section.rawValue.uppercased()))))
            lines += own.map { .text(line(of: $0, columns, width, level: level + 1)) }
            lines.append(.gap)
        }
        return lines
    }

    private func checks(_ checks: [K6Summary.Check], level: Int) -> [Line] {
        let figures = K6CheckFigures(checks, plan).metrics
        let columns = K6Columns(figures, stats: plan.trendStats, unit: plan.timeUnit)
        let width = nameWidth(figures, level: level)
        var lines = figures.map { Line.text(line(of: $0, columns, width, level: level)) }
        lines.append(.gap)
        for check in checks {
            if check.fails == 0 {
                lines.append(.text(indent(level, paint.paint("✓ \(check.name)", .green))))
                continue
            }
            let share = 100 * check.passes / (check.passes + check.fails)
            let detail = "↳  \(share)% — ✓ \(check.passes) / ✗ \(check.fails)"
            lines.append(.text(indent(level, paint.paint("✗ \(check.name)", .red))))
            lines.append(.text(indent(2 * level, paint.paint(detail, .red))))
        }
        return lines + [.gap]
    }

    private func line(
        of metric: K6Summary.Figures, _ columns: K6Columns, _ width: Int, level: Int
    ) -> String {
        let name = Self.shownName(metric.name)
        let dots = K6Paint.dots(width - K6Paint.width(name) - (2 * level + 2) + 3)
        return indent(
            level, name + paint.paint(dots + ":", .white, faint: true) + " " + columns.line(of: metric, paint)
        )
    }

    /// k6 makes room for the name twice.
    private func nameWidth(_ metrics: [K6Summary.Figures], level: Int) -> Int {
        metrics.reduce(0) { widest, metric in
            max(widest, 2 * level + 2 + K6Paint.width(metric.name + Self.shownName(metric.name)))
        }
    }

    /// A part of a metric is shown by its tags.
    private static func shownName(_ name: String) -> String {
        let parent = K6Order.parent(name)
        return parent == name ? name : "  { \(name.dropFirst(parent.count + 1).dropLast()) }"
    }

    private func isHidden(_ name: String) -> Bool {
        let always = ["checks", "group_duration"]
        let details = ["blocked", "connecting", "receiving", "sending", "tls_handshaking", "waiting"]
        let hidden = plan.mode == .full ? always : always + details.map { "http_req_\($0)" }
        return hidden.contains { name.hasPrefix($0) }
    }
}

/// Under which head a metric stands; the script's own come first.
enum K6MetricSection: String, CaseIterable {
    case custom, http, execution, network, grpc, websocket

    init(of name: String) {
        let heads: [(K6MetricSection, [String])] = [
            (
                .http,
                [
                    "http_reqs", "http_req_failed", "http_req_duration", "http_req_blocked",
                    "http_req_connecting", "http_req_tls_handshaking", "http_req_sending",
                    "http_req_waiting", "http_req_receiving",
                ]
            ), (.execution, ["vus", "iterations", "iteration_duration", "dropped_iterations"]),
            (.network, ["data_sent", "data_received"]), (.grpc, ["grpc_"]), (.websocket, ["ws_"]),
        ]
        self = heads.first { $0.1.contains { name.hasPrefix($0) } }?.0 ?? .custom
    }
}

/// `checks_total`, `checks_succeeded` and `checks_failed`.
struct K6CheckFigures {
    let metrics: [K6Summary.Figures]

    init(_ checks: [K6Summary.Check], _ plan: K6SummaryPlan) {
        let passes = Double(checks.reduce(0) { $0 + $1.passes })
        let fails = Double(checks.reduce(0) { $0 + $1.fails })
        let (all, seconds) = (passes + fails, plan.duration.inSeconds)
        func rate(_ name: String, _ hits: Double) -> K6Summary.Figures {
            K6Summary.Figures(
                name: name, kind: .rate, contents: .plain,
                values: [("rate", all > 0 ? hits / all : 0), ("passes", hits), ("fails", all - hits)],
                thresholds: [])
        }
        metrics = [
            K6Summary.Figures(
                name: "checks_total", kind: .counter, contents: .plain,
                values: [("count", all), ("rate", seconds > 0 ? all / seconds : 0)], thresholds: []),
            rate("checks_succeeded", passes), rate("checks_failed", fails),
        ]
    }
}
