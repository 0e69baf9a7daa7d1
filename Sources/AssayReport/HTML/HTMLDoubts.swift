import AssayCore

extension HTMLReport {
    /// What passed only when tried again, and what failed without counting, before the tree of all tests.
    static func doubtful(_ tests: [TestResult], _ page: inout HTMLPage) {
        let flaky = tests.filter(\.isListedAsFlaky)
        let quarantined = tests.filter { $0.status == .quarantined }
        if !flaky.isEmpty {
            page.raw("<h2>Flaky: passed only when tried again</h2>")
            table(flaky, last: "First failure", &page) { test in
                [test.flakyText, test.attempts.first { $0.status == .failed }?.summary ?? ""]
            }
        }
        if !quarantined.isEmpty {
            page.raw("<h2>Quarantined: failed, and does not count</h2>")
            table(quarantined, last: "Failure", &page) { test in
                [test.quarantine?.text ?? "", test.whys.joined(separator: "; ")]
            }
        }
    }

    private static func table(
        _ tests: [TestResult], last: String, _ page: inout HTMLPage, _ cells: (TestResult) -> [String]
    ) {
        page.raw("<div class=\"card scroll\"><table class=\"words\"><thead><tr><th>Test</th><th></th>")
        page.raw("<th>\(last)</th></tr></thead><tbody>")
        for test in tests {
            page.raw("<tr>")
            page.element("td", "\(test.level) › \(test.title)")
            for cell in cells(test) { page.element("td", cell) }
            page.raw("</tr>")
        }
        page.raw("</tbody></table></div>\n")
    }

    /// Each try of a test that was tried more than once.
    static func tries(_ test: TestResult, _ page: inout HTMLPage) {
        guard test.attempts.count > 1 else { return }
        for (index, attempt) in test.attempts.enumerated() {
            page.raw("<p>\(mark(attempt.status))try \(index + 1) <small>")
            page.raw("\(shortText(nanoseconds: Double(attempt.durationNanoseconds)))</small>")
            if attempt.status != .passed { page.text(" " + attempt.summary) }
            page.raw("</p>")
            // The first try's steps stand below when all failed; of the others only this is kept.
            guard test.isFlaky || index > 0, let failure = attempt.failure else { continue }
            for mismatch in failure.mismatches { self.mismatch(mismatch, &page) }
            if let exchange = failure.exchange { self.exchange(exchange, &page) }
            logs(attempt.logs, &page)
        }
    }

    static func mark(of test: TestResult) -> String {
        if test.isDrift { return driftMark }
        return test.isListedAsFlaky
            ? "<span class=\"mark warn\" aria-label=\"flaky\">~</span>" : mark(test.status)
    }
}
