import AssayCore

extension HTMLReport {
    /// Voice calls of a load run: figures, then what was timed, over all and by step.
    static func calls(_ calls: CallFigures, _ page: inout HTMLPage) {
        let response = calls.response
        let cells = [
            ("calls", grouped(calls.begun)), ("per minute", significant(calls.perMinute)),
            ("at once, most", grouped(calls.most)), ("failed calls", percentText(calls.failedShare)),
            ("response p50", latencyText(response.value(at: 0.5))),
            ("p95", latencyText(response.value(at: 0.95))), ("p99", latencyText(response.value(at: 0.99))),
        ]
        page.raw("<h2>Calls</h2><div class=\"figures\">")
        for (label, value) in cells { page.raw("<div><span>\(label)</span><b>\(value)</b></div>") }
        page.raw("</div>\n<p class=\"soft\" style=\"margin-top:8px\"><small>")
        page.text("Response is counted from the end of the caller's speech. \(calls.sharesText)")
        if calls.lateness.count > 0 { page.text(". Assay's own frames were late by \(calls.latenessText).") }
        page.raw("</small></p>\n<div class=\"card scroll\"><table class=\"sort\"><thead><tr>")
        for head in ["Measured", "Count", "p50", "p95", "p99", "Max"] {
            page.raw("<th scope=\"col\"><button type=\"button\">\(head)</button></th>")
        }
        page.raw("</tr></thead><tbody>")
        for (what, times) in calls.times { row("call.\(what)", nil, times, &page) }
        for line in calls.lines { row(line.name, "call.\(line.what)", line.times, &page) }
        page.raw("</tbody></table></div>\n")
    }

    private static func row(
        _ name: String, _ tag: String?, _ times: HistogramSnapshot, _ page: inout HTMLPage
    ) {
        page.raw("<tr><td>")
        page.text(name)
        if let tag { page.element("span", tag, class: "tag") }
        page.raw("</td><td data-v=\"\(times.count)\">\(grouped(times.count))</td>")
        for quantile in [0.5, 0.95, 0.99, 1] {
            let value = times.value(at: quantile)
            page.raw("<td data-v=\"\(value ?? 0)\">\(latencyText(value))</td>")
        }
        page.raw("</tr>")
    }
}
