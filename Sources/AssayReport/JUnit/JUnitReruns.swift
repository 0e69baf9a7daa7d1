import AssayCore

extension JUnitReport {
    /// A try beside the one that decided, in the form of Maven Surefire's reports, which CI servers read: `flakyFailure` in
    /// a case that passed in the end, `rerunFailure` in one that failed again after its `failure`.
    ///
    /// Source: surefire-test-report-3.0.xsd.
    struct Rerun {
        var element: String
        var message: String
        var detail: String
        var out: String
        var err: String
    }

    static func reruns(of test: TestResult) -> [Rerun] {
        // A server must not read a failure into a case that the quarantine keeps out of the verdict.
        guard test.attempts.count > 1, test.status != .quarantined else { return [] }
        let others = test.isFlaky ? test.attempts.dropLast() : test.attempts.dropFirst()
        return others.filter { $0.status == .failed }.map { attempt in
            Rerun(
                element: test.isFlaky ? "flakyFailure" : "rerunFailure", message: attempt.summary,
                detail: attempt.failure.map(detail) ?? "",
                out: attempt.failure?.exchange.map { "\($0.summary)\n\n\($0.request)\n\n\($0.response)" }
                    ?? "",
                err: attempt.logs.map { "log of \($0.service)\n" + $0.lines.joined(separator: "\n") }
                    .joined(separator: "\n\n"))
        }
    }

    static func write(_ rerun: Rerun, into writer: inout XMLLines) {
        writer.open(rerun.element, [("message", rerun.message), ("type", "ExpectationFailed")])
        writer.text("stackTrace", [], rerun.detail.isEmpty ? rerun.message : rerun.detail)
        if !rerun.out.isEmpty { writer.text("system-out", [], rerun.out) }
        if !rerun.err.isEmpty { writer.text("system-err", [], rerun.err) }
        writer.close(rerun.element)
    }
}
