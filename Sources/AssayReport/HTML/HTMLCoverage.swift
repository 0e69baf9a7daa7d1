import AssayCore

extension HTMLReport {
    /// A row a component with a bar and its limit, the files that leave the most uncovered below.
    static func coverage(_ results: [CoverageResult], _ page: inout HTMLPage) {
        guard !results.isEmpty else { return }
        page.raw("<h2>Coverage</h2><div class=\"card\">")
        for result in results { component(result, &page) }
        page.raw("</div>\n")
    }

    private static func component(_ result: CoverageResult, _ page: inout HTMLPage) {
        let status: TestResult.Status =
            switch result.status {
            case .held, .measured: .passed
            case .broken, .noData: .failed
            case .notJudged: .skipped
            }
        page.raw("<div class=\"threshold\">\(mark(status))<span>")
        page.text(result.component)
        page.raw("</span><div class=\"bar\(status == .failed ? " over" : "")\">")
        let share = result.total > 0 ? Double(result.covered) / Double(result.total) * 100 : 0
        page.raw("<i style=\"width:\(fixed(share, places: 2))%\"></i>")
        if let minimum = result.minimum {
            page.raw("<u style=\"left:\(fixed(min(1, minimum) * 100, places: 2))%\"></u>")
        }
        page.raw("</div><span class=\"actual\">")
        page.text(result.shareText + (result.minimumText.map { " of \($0)" } ?? ""))
        page.raw("</span>")
        if let reason = result.reason { page.element("small", reason) }
        page.raw("</div>")
        guard !result.files.isEmpty else { return }
        page.raw("<details\(status == .failed ? " open" : "")><summary><span class=\"name\">")
        page.raw("files that leave the most uncovered</span></summary><div class=\"body scroll\">")
        page.raw(
            "<table class=\"words\"><thead><tr><th>File</th><th>Not run</th><th></th><th>Covered</th></tr></thead><tbody>"
        )
        for file in result.files {
            page.raw("<tr>")
            page.element("td", file.path)
            page.element("td", CoverageResult.rangesText(file.uncovered))
            page.raw("<td></td>")
            page.element("td", "\(file.shareText) of \(grouped(file.total)) \(result.unit)")
            page.raw("</tr>")
        }
        page.raw("</tbody></table></div></details>")
    }
}
