import AssayCore

extension TestResult.Attempt {
    /// `step 'reserve': expected status 200, actual 503`, or why else the try ended so.
    var summary: String {
        if let failure {
            let step = "\(failure.isCleanup ? "cleanup" : "step") '\(failure.name)'"
            guard let miss = firstMismatch else { return reason ?? "\(step) failed" }
            if let drift = miss.contract {
                return
                    "\(step): \(drift.text): expected \(miss.subject) \(miss.expected), actual \(miss.actual)"
            }
            return "\(step): expected \(miss.subject) \(miss.expected), actual \(miss.actual)"
        }
        return reason ?? status.rawValue
    }
}

extension TestResult {
    /// Why it did not pass: its reason, and what differed first; one of them at least.
    var whys: [String] {
        guard let step = steps.firstFailure else { return [reason ?? status.rawValue] }
        var attempt = Attempt(status: status, startedAtNanoseconds: 0, durationNanoseconds: 0)
        attempt.failure = step
        return [reason, attempt.summary].compactMap(\.self)
    }

    /// What of its way to the result a person should see beside its name.
    var doubts: [String] {
        var words: [String] = []
        if isDrift { words.append("contract") }
        if isFlaky { words.append("flaky") }
        if quarantine != nil { words.append("quarantine") }
        if let repetitions { words.append(repetitions.text) }
        return words
    }

    /// Passed only when tried again, and counts as passed.
    var isListedAsFlaky: Bool { isFlaky && status == .passed }

    /// `passed on try 2`
    var flakyText: String { "passed on try \(attempts.count)" }

    /// When it ran, all its tries and repetitions together; from the start of the run.
    var span: Range<Int64> {
        let begin =
            repetitions?.beganAtNanoseconds ?? attempts.first?.startedAtNanoseconds ?? startedAtNanoseconds
        var end = startedAtNanoseconds &+ durationNanoseconds
        if let last = attempts.last { end = max(end, last.startedAtNanoseconds &+ last.durationNanoseconds) }
        if let repetitions { end = max(end, repetitions.endedAtNanoseconds) }
        return min(begin, end)..<end
    }
}

/// How long a test took; of many repetitions, each on average.
func testTimeText(_ test: TestResult) -> String {
    guard let repetitions = test.repetitions, repetitions.judged > 0 else {
        return shortText(nanoseconds: Double(test.durationNanoseconds))
    }
    let mean = Double(repetitions.totalNanoseconds) / Double(repetitions.judged)
    return "\(repetitions.text), \(shortText(nanoseconds: mean)) each"
}
