public import AssayCore

/// The live block of a load run: lines of text, none wider than `width`. The caller moves the cursor.
public struct LoadBlock: Sendable {
    public var style: Style
    public var width: Int

    public init(style: Style = .plain, width: Int = 100) {
        self.style = style
        self.width = max(20, width)
    }

    public func lines(_ state: LoadSnapshot) -> [String] {
        var lines = [heading(state)] + calls(state)
        // Where there is nothing but calls, lines of requests would be empty.
        if state.calls != nil, state.requests == 0 { return lines + thresholds(state.thresholds) }
        let count = state.failed > 0 ? "  (\(grouped(state.failed)))" : ""
        var counts = [
            row("requests", grouped(state.requests) + "   " + significant(state.requestsPerSecond) + "/s"),
            "failed \(percentText(state.failedShare))\(count)",
        ]
        if state.dropped > 0 { counts.append("dropped \(grouped(state.dropped))") }
        for (index, line) in Columns.wrap(counts, separator: "   ", width - 13).enumerated() {
            let text = Columns.fit(index == 0 ? line : row("", line), width)
            lines.append(state.failed > 0 || state.dropped > 0 ? style.paint(text, .yellow) : text)
        }
        lines.append(Columns.fit(row("response", quantilesText(state.response)), width))
        return lines + steps(state.steps) + thresholds(state.thresholds)
    }

    private func calls(_ state: LoadSnapshot) -> [String] {
        guard let calls = state.calls else { return [] }
        let count = calls.failed > 0 ? "  (\(grouped(calls.failed)))" : ""
        let text = row(
            "calls",
            "\(grouped(calls.open)) up   \(grouped(calls.begun)) in all   \(significant(calls.perMinute))/min"
                + "   failed \(percentText(calls.failedShare))\(count)")
        let line = Columns.fit(text, width)
        return [
            calls.failed > 0 ? style.paint(line, .yellow) : line,
            Columns.fit(row("answers", quantilesText(calls.response)), width),
        ]
    }

    private func heading(_ state: LoadSnapshot) -> String {
        let name = Columns.fit(ForeignText.line("\(state.project) › \(state.profile)"), width / 2)
        let stage = ForeignText.line(state.stage)
        let parts = ["\(name)   \(state.clock)", stage, "users \(grouped(state.users)) "].filter {
            !$0.isEmpty
        }
        var text = parts.joined(separator: "   ")
        // In a narrow terminal the number of users says more than the stage.
        if Columns.width(text) > width, parts.count == 3 { text = "\(parts[0])   \(parts[2])" }
        text = Columns.fit(text, width)
        return text
            + style.paint(Sparkline.text(state.usersOverTime, min(16, width - Columns.width(text))), .cyan)
    }

    private func row(_ label: String, _ text: String) -> String { "  \(Columns.padded(label, 9))  \(text)" }

    private func steps(_ steps: [LoadSnapshot.Step]) -> [String] {
        let parts = steps.filter { $0.response.count > 0 }.map {
            Columns.fit(ForeignText.line($0.name), 24) + " p95 " + latencyText($0.response.value(at: 0.95))
        }
        let lines = Columns.wrap(parts, separator: " · ", width - 13)
        // A scenario of fifty steps must not push the block off the screen.
        let shown = lines.prefix(3).enumerated().map { index, line in
            Columns.fit(row(index == 0 ? "by step" : "", line), width)
        }
        return lines.count > 3 ? shown + [Columns.fit(row("", "… the report has them all"), width)] : shown
    }

    func thresholds(_ thresholds: [LoadSnapshot.Threshold]) -> [String] {
        let texts = thresholds.map { Columns.fit(ForeignText.line($0.text), max(6, width - 30)) }
        let longest = texts.map { Columns.width($0) }.max() ?? 0
        return zip(thresholds, texts).map { threshold, text in
            let (mark, colour): (String, Style.Colour) =
                switch threshold.status {
                case .held: ("✓", .green)
                case .broken: ("✗", .red)
                case .noData: ("?", .yellow)
                }
            var figure = threshold.status == .noData ? "no data" : ForeignText.line(threshold.actualText)
            if threshold.brokenForNanoseconds > 0 {
                figure += "  for \(shortText(nanoseconds: Double(threshold.brokenForNanoseconds)))"
            }
            return "  " + style.paint(mark, colour) + " " + Columns.padded(text, longest) + "   "
                + style.paint(Columns.fit(figure, width - longest - 7), colour)
        }
    }
}

/// One line of a load run for a log that keeps every line: every ten seconds in CI.
public enum CILine {
    public static func render(_ state: LoadSnapshot) -> String {
        let broken = state.thresholds.filter { $0.status == .broken }.count
        var parts = [state.clock, "users \(state.users)"]
        if state.calls == nil || state.requests > 0 {
            parts += [
                "\(grouped(state.requests)) requests", "\(significant(state.requestsPerSecond))/s",
                "p95 \(latencyText(state.response.value(at: 0.95)))",
                "failed \(percentText(state.failedShare))",
            ]
        }
        if let calls = state.calls {
            parts.append(
                "calls \(calls.open) up, \(significant(calls.perMinute))/min, "
                    + "answers p95 \(latencyText(calls.response.value(at: 0.95))), "
                    + "failed \(percentText(calls.failedShare))")
        }
        if state.dropped > 0 { parts.append("dropped \(grouped(state.dropped))") }
        if !state.thresholds.isEmpty {
            parts.append(
                broken == 0
                    ? "no threshold broken" : "\(broken) of \(state.thresholds.count) thresholds broken")
        }
        return parts.joined(separator: "  ")
    }
}

/// One line of a step that ended, for a log that keeps every line.
public enum StepLine {
    public static func render(_ step: LoadStep, _ model: LoadPlan.Model) -> String {
        var parts = [
            "step \(step.number): \(model.loadText(step.load))", "\(significant(step.perSecond))/s",
            "p95 \(latencyText(step.latency.value(at: 0.95)))", "failed \(percentText(step.failedShare))",
        ]
        if !step.conditions.isEmpty { parts.append(step.holds ? "holds" : "broken") }
        return parts.joined(separator: "  ")
    }
}
