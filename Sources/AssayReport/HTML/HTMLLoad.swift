import AssayCore
import AssayFormats

extension HTMLReport {
    /// The sections of a load run.
    static func load(_ record: RunRecord, _ page: inout HTMLPage) {
        let figures = LoadFigures(record)
        let chart = ChartData(record)
        if !figures.hasCallsOnly { totals(figures, &page) }
        if let calls = figures.calls { self.calls(calls, &page) }
        thresholds(record.thresholds, &page)
        degradation(record, &page)
        if !chart.slices.isEmpty {
            page.raw(
                """
                <h2>Over time <small id="when"></small></h2>
                <div class="card" id="charts" tabindex="0" role="group" aria-label="Charts over the time of the run; \
                the arrow keys move through it"><noscript><p>The charts need JavaScript.</p></noscript></div>
                <script type="application/json" id="data">\(ForeignText.script(chart.json.rendered()))</script>

                """)
        }
        steps(figures, chart, &page)
        measured(MeasuredFigures(record, nanoseconds: figures.durationNanoseconds), &page)
        failures(record.failures, &page)
        slowest(record.slowest, &page)
    }

    private static func totals(_ figures: LoadFigures, _ page: inout HTMLPage) {
        let total = figures.total
        let latency = total.response.count > 0 ? total.response : total.service
        var cells = [
            ("requests", grouped(total.requests)), ("per second", significant(figures.rate)),
            ("failed", percentText(total.failedShare)), ("response p50", latencyText(latency.value(at: 0.5))),
            ("p95", latencyText(latency.value(at: 0.95))), ("p99", latencyText(latency.value(at: 0.99))),
            ("max", latencyText(latency.value(at: 1))),
        ]
        if figures.dropped > 0 { cells.append(("dropped starts", grouped(figures.dropped))) }
        page.raw("<div class=\"figures\">")
        for (label, value) in cells { page.raw("<div><span>\(label)</span><b>\(value)</b></div>") }
        page.raw(
            "</div>\n<p class=\"soft\" style=\"margin-top:8px\"><small>Response is counted from the intended start; "
        )
        page.raw("service, from the send, was p95 \(latencyText(total.service.value(at: 0.95))), ")
        page.raw("p99 \(latencyText(total.service.value(at: 0.99))).")
        if figures.lag.count > 0 {
            page.raw(" The generator’s own lag was p99 \(latencyText(figures.lag.value(at: 0.99))).")
        }
        page.raw("</small></p>\n")
    }

    private static func thresholds(_ results: [ThresholdResult], _ page: inout HTMLPage) {
        guard !results.isEmpty else { return }
        page.raw("<h2>Thresholds</h2><div class=\"card\">")
        for result in results {
            let (mark, css) =
                switch result.status {
                case .held: ("✓", "good")
                case .broken: ("✗", "badtext")
                case .noData: ("?", "warn")
                }
            page.raw(
                "<div class=\"threshold\"><span class=\"\(css)\" aria-label=\"\(result.status.rawValue)\">\(mark)</span>"
            )
            page.element("code", result.text)
            page.raw(bar(result) + "<span class=\"actual\"><b class=\"\(css)\">")
            page.text(result.status == .noData ? "no data" : result.actualText)
            page.raw("</b> <span class=\"soft\">of ")
            page.text(result.limitText)
            page.raw("</span></span>")
            if let first = result.firstBrokenAtNanoseconds {
                page.raw("<small>first broken at \(clockText(nanoseconds: first)), ")
                page.raw("broken for \(shortText(nanoseconds: Double(result.brokenForNanoseconds))) in all")
                page.raw(result.aborted ? "; it ended the run</small>" : "</small>")
            }
            page.raw("</div>")
        }
        page.raw("</div>\n")
    }

    /// The figure against its limit: the mark is the limit, at four fifths of the bar unless the figure is beyond.
    private static func bar(_ result: ThresholdResult) -> String {
        guard let actual = result.actual, actual.isFinite, actual >= 0, result.limit > 0 else {
            return "<span class=\"bar\"></span>"
        }
        let scale = max(result.limit * 1.25, actual * 1.04)
        let (part, limit) = (max(0.4, actual / scale * 100), result.limit / scale * 100)
        return """
            <span class="bar\(result.status == .broken ? " over" : "")"><i style="width:\(fixed(part, places: 1))%"></i>\
            <u style="left:\(fixed(limit, places: 1))%"></u></span>
            """
    }

    private static func steps(_ figures: LoadFigures, _ chart: ChartData, _ page: inout HTMLPage) {
        guard !figures.steps.isEmpty else { return }
        page.raw("<h2>Steps</h2><div class=\"card scroll\"><table class=\"sort\"><thead><tr>")
        for head in ["Step", "Requests", "Failed", "p50", "p95", "p99", "Max"] {
            page.raw("<th scope=\"col\"><button type=\"button\">\(head)</button></th>")
        }
        page.raw("<th scope=\"col\">p95 over time</th></tr></thead><tbody>")
        let several = Set(figures.steps.map(\.scenario)).count > 1
        for step in figures.steps {
            let latency = step.response.count > 0 ? step.response : step.service
            page.raw("<tr><td>")
            page.text(step.name)
            if let group = step.group { page.element("span", group, class: "tag") }
            if several { page.element("span", step.scenario, class: "tag") }
            page.raw("</td><td data-v=\"\(step.requests)\">\(grouped(step.requests))</td>")
            page.raw("<td data-v=\"\(step.failedShare)\"\(step.failed > 0 ? " class=\"badtext\"" : "")>")
            page.raw("\(percentText(step.failedShare))</td>")
            for quantile in [0.5, 0.95, 0.99, 1] {
                let value = latency.value(at: quantile)
                page.raw("<td data-v=\"\(value ?? 0)\">\(latencyText(value))</td>")
            }
            page.raw("<td>\(spark(chart.stepLine(step.scenario, step.name)))</td></tr>")
        }
        page.raw("</tbody></table></div>\n")
    }

    private static func spark(_ values: [UInt64?]) -> String {
        let top = Double(values.compactMap { $0 }.max() ?? 0)
        guard top > 0, values.count > 1 else { return "" }
        var path = ""
        var isDrawing = false
        for (index, value) in values.enumerated() {
            guard let value else {
                isDrawing = false
                continue
            }
            let x = fixed(Double(index) * 118 / Double(values.count - 1) + 1, places: 1)
            path += (isDrawing ? "L" : "M") + "\(x) \(fixed(23 - Double(value) / top * 21, places: 1))"
            isDrawing = true
        }
        return
            "<svg class=\"spark\" width=\"120\" height=\"24\" aria-hidden=\"true\"><path d=\"\(path)\"/></svg>"
    }

    private static func failures(_ groups: [FailureGroup], _ page: inout HTMLPage) {
        guard !groups.isEmpty else { return }
        page.raw("<h2>Failures</h2><div class=\"card\">")
        for (index, group) in groups.sorted(by: { $0.count > $1.count }).enumerated() {
            page.raw("<details class=\"bad\"\(index == 0 ? " open" : "")><summary><b class=\"badtext\">")
            page.raw("\(grouped(group.count))×</b><span class=\"name\">")
            page.text("\(group.step): \(group.reason)")
            page.element("span", group.scenario, class: "tag")
            page.raw("</span><span class=\"took\">\(clockText(nanoseconds: group.firstAtNanoseconds)) to ")
            page.raw(
                "\(clockText(nanoseconds: group.lastAtNanoseconds))</span></summary><div class=\"body\">")
            for mismatch in group.mismatches { self.mismatch(mismatch, &page) }
            if let sample = group.sample { exchange(sample, &page) }
            page.raw("</div></details>")
        }
        page.raw("</div>\n")
    }

    private static func slowest(_ samples: [ExchangeSample], _ page: inout HTMLPage) {
        guard !samples.isEmpty else { return }
        page.raw("<h2>Slowest exchanges</h2><div class=\"card\">")
        for sample in samples.sorted(by: { $0.exchange.serviceNanoseconds > $1.exchange.serviceNanoseconds })
        {
            page.raw(
                "<details><summary><b>\(shortText(nanoseconds: Double(sample.exchange.serviceNanoseconds)))</b>"
            )
            page.raw("<span class=\"name\">")
            page.text(sample.step)
            page.element("span", sample.scenario, class: "tag")
            page.raw(
                "</span><span class=\"took\">at \(clockText(nanoseconds: sample.atNanoseconds))</span></summary>"
            )
            page.raw("<div class=\"body\">")
            exchange(sample.exchange, &page)
            page.raw("</div></details>")
        }
        page.raw("</div>\n")
    }
}
