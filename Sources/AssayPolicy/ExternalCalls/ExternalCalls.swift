public import AssayCore

/// A try of a service to reach something that the stand did not start.
public struct ExternalCall: Sendable, Equatable {
    /// Names process, host and port: `api (pid 4123, python3) tried to reach api.stripe.com:443`.
    public var text: String
    /// When, nanoseconds from the start of the run; the first times, if there were many.
    public var atNanoseconds: [Int64]
    public init(text: String, atNanoseconds: [Int64]) {
        self.text = text
        self.atNanoseconds = atNanoseconds
    }
}

extension ExternalCall {
    /// For the record of the run.
    public func note(_ severity: Diagnostic.Severity) -> Note {
        Note(
            atNanoseconds: max(0, atNanoseconds.first ?? 0), severity: severity,
            text: "external call: \(text)")
    }
}

/// Whose calls they were.
public struct ExternalCallFindings: Sendable, Equatable {
    public var tests: [PolicyFinding] = []
    /// Calls at times when no test ran: they fail the run.
    public var outside: [String] = []
    public init() {}
}

/// Lays calls at the doors of the tests that ran at their times.
///
/// Several tests may have run then: each is told so, for nobody can say which it was.
public func judgeExternalCalls(_ record: RunRecord, _ calls: [ExternalCall]) -> ExternalCallFindings {
    var findings = ExternalCallFindings()
    var texts: [Int: [String]] = [:]
    for call in calls {
        var blamed: Set<Int> = []
        var isOutside = call.atNanoseconds.isEmpty
        for time in call.atNanoseconds {
            let running = record.tests.indices.filter { record.tests[$0].runs(at: time) }
            if running.isEmpty { isOutside = true }
            for test in running where blamed.insert(test).inserted {
                let others =
                    running.count == 1
                    ? "" : " (one of \(running.count) tests that ran then; --jobs 1 tells which)"
                texts[test, default: []].append(call.text + others)
            }
        }
        if isOutside { findings.outside.append(call.text) }
    }
    findings.tests = texts.sorted { $0.key < $1.key }.map { test, texts in
        let more = texts.count > 3 ? "; and \(texts.count - 3) more" : ""
        let said = "external-calls: " + texts.prefix(3).joined(separator: "; ") + more
        return PolicyFinding(
            test: test, reason: record.tests[test].reason.map { "\($0); \(said)" } ?? said)
    }
    return findings
}

extension TestResult {
    fileprivate func runs(at time: Int64) -> Bool {
        status != .skipped && startedAtNanoseconds <= time
            && time <= startedAtNanoseconds + durationNanoseconds
    }
}
