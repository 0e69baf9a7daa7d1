import AssayCore

extension HTMLReport {
    /// Levels → scenarios → steps, open where something failed.
    static func tests(_ record: RunRecord, _ page: inout HTMLPage) {
        page.raw(
            """
            <h2>Tests <span class="tools"><button type="button" data-open="failed">open failures</button> \
            <button type="button" data-open="all">open all</button> <button type="button" data-open="none">close all\
            </button></span></h2><div class="card tree">
            """)
        var levels: [String] = []
        for test in record.tests where !levels.contains(test.level) { levels.append(test.level) }
        for level in levels {
            let members = record.tests.filter { $0.level == level }
            let tally = Tally(members)
            let isBad = tally.failed + tally.drifted + tally.interrupted > 0
            page.raw(
                "<details class=\"level\(isBad ? " bad" : "")\"\(isBad || levels.count == 1 ? " open" : "")><summary>"
            )
            let hasRun = tally.passed + tally.quarantined > 0
            page.raw(mark(isBad ? .failed : hasRun ? .passed : .skipped) + "<span class=\"name\">")
            page.text(level)
            page.raw(
                "</span><span class=\"took\">\(tally.text)"
            )
            page.raw("</span></summary>")
            // Failures first: they are what a reader came for.
            let order: (TestResult) -> Int = { test in
                switch test.status {
                case .failed: 0
                case .interrupted: 1
                case .quarantined: 2
                default: test.isFlaky ? 3 : 4
                }
            }
            for (_, test) in members.enumerated().sorted(by: {
                (order($0.element), $0.offset) < (order($1.element), $1.offset)
            }) {
                self.test(test, &page)
            }
            page.raw("</details>")
        }
        page.raw("</div>\n")
    }

    private static func test(_ test: TestResult, _ page: inout HTMLPage) {
        let isBad = test.status == .failed || test.status == .interrupted
        page.raw(
            "<details\(isBad ? " class=\"bad\" open" : "")><summary>\(mark(of: test))<span class=\"name\">"
        )
        page.text(test.title)
        for tag in test.doubts + test.tags { page.element("span", tag, class: "tag") }
        page.raw("</span><span class=\"took\">")
        page.raw(
            test.status == .skipped ? "skipped" : testTimeText(test))
        page.raw("</span></summary><div class=\"body\"><small><code>")
        page.text("\(test.location.file):\(test.location.line)")
        page.raw("</code></small>")
        if let reason = test.reason { page.element("p", reason, class: isBad ? "badtext" : "soft") }
        if let quarantine = test.quarantine {
            page.element("p", "quarantine: \(quarantine.text)", class: "soft")
        }
        tries(test, &page)
        recordings(test.recordings, &page)
        logs(test.logs, &page)
        page.raw("</div>")
        for step in test.steps { self.step(step, &page) }
        page.raw("</details>")
    }

    /// Where the calls can be heard; the page is beside their folder.
    private static func recordings(_ recordings: [CallRecordingReport], _ page: inout HTMLPage) {
        for recording in recordings {
            page.raw("<p><small>")
            page.text(recording.title)
            page.raw(" </small><code>")
            page.text(recording.path)
            page.raw("</code></p>")
        }
    }

    static func logs(_ logs: [TestResult.LogTail], _ page: inout HTMLPage) {
        for log in logs {
            page.raw("<p style=\"margin-top:8px\"><small>log of ")
            page.text(log.service)
            page.raw(", last lines</small></p>")
            page.element("pre", log.lines.joined(separator: "\n"))
        }
    }

    private static func step(_ step: StepResult, _ page: inout HTMLPage) {
        let status: TestResult.Status =
            switch step.status {
            case .passed: .passed
            case .failed: .failed
            case .skipped: .skipped
            }
        let isLeaf = step.exchange == nil && step.mismatches.isEmpty && step.children.isEmpty
        let isBad = step.status == .failed
        page.raw(isLeaf ? "<div class=\"leaf\">" : "<details\(isBad ? " class=\"bad\" open" : "")><summary>")
        page.raw(mark(status) + "<span class=\"name\">")
        page.text(step.name)
        page.element("span", step.kind, class: "tag")
        if step.isCleanup { page.raw("<span class=\"tag\">cleanup</span>") }
        if step.attempts > 1 { page.raw("<span class=\"tag\">\(step.attempts) attempts</span>") }
        page.raw("</span><span class=\"took\">")
        page.raw(status == .skipped ? "not run" : shortText(nanoseconds: Double(step.durationNanoseconds)))
        page.raw(isLeaf ? "</span></div>" : "</span></summary><div class=\"body\">")
        if isLeaf { return }
        for mismatch in step.mismatches { self.mismatch(mismatch, &page) }
        if let exchange = step.exchange { self.exchange(exchange, &page) }
        page.raw("</div>")
        for child in step.children { self.step(child, &page) }
        page.raw("</details>")
    }

    static func mark(_ status: TestResult.Status) -> String {
        switch status {
        case .passed: "<span class=\"mark good\" aria-label=\"passed\">✓</span>"
        case .failed: "<span class=\"mark badtext\" aria-label=\"failed\">✗</span>"
        case .skipped: "<span class=\"mark warn\" aria-label=\"skipped\">–</span>"
        case .interrupted: "<span class=\"mark warn\" aria-label=\"interrupted\">■</span>"
        case .quarantined: "<span class=\"mark warn\" aria-label=\"quarantined\">⊘</span>"
        }
    }

    static func mismatch(_ mismatch: Mismatch, _ page: inout HTMLPage) {
        if let drift = mismatch.contract { self.drift(drift, &page) }
        page.raw("<dl class=\"miss\"><dt>expected</dt><dd><b>")
        page.text(mismatch.subject)
        page.raw("</b> <span class=\"good\">")
        page.text(mismatch.expected)
        page.raw("</span></dd><dt>actual</dt><dd class=\"badtext\">")
        page.text(mismatch.actual)
        page.raw("</dd></dl>")
        guard let diff = mismatch.diff else { return }
        page.raw("<pre>")
        for line in diff.split(separator: "\n", omittingEmptySubsequences: false) {
            let css = line.hasPrefix("-") ? "minus" : line.hasPrefix("+") ? "plus" : "same"
            page.element("span", String(line), class: css)
            page.raw("\n")
        }
        page.raw("</pre>")
    }

    static func exchange(_ exchange: ExchangeReport, _ page: inout HTMLPage) {
        page.raw("<p><small>")
        page.text(exchange.summary)
        if exchange.outcome != Outcome.answered.name {
            page.element("b", " " + exchange.outcome, class: "badtext")
        }
        page.raw("</small></p>")
        if !exchange.request.isEmpty { page.element("pre", exchange.request) }
        if !exchange.response.isEmpty { page.element("pre", exchange.response) }
        if let curl = exchange.curl { page.element("pre", curl, class: "soft") }
    }
}
