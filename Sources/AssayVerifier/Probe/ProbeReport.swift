public import AssayContracts
public import AssayCore

/// What probing a provider brought.
public struct ProbeReport: Sendable {
    /// One operation's part.
    public struct Part: Sendable {
        public var operation: APIOperation
        /// Cases that an answer came to; where none did, nothing is known.
        public var answered = 0
        /// Valid cases sent, and how many were accepted.
        public var valid = 0
        public var accepted = 0
        /// Invalid cases sent (those without right credentials among them), and how many were refused.
        public var invalid = 0
        public var refused = 0
        /// Requests sent beside these, to make failing cases smaller.
        public var shrinking = 0
        public var findings: [ProbeFinding] = []
        /// What could not be generated and why.
        public var notes: [String] = []
        /// Why it was not probed.
        public var exclusion: String?
        /// From the start of the run.
        public var startedAtNanoseconds: Int64 = 0
        public var durationNanoseconds: Int64 = 0

        public var errors: [ProbeFinding] { findings.filter { $0.level == .error } }
        public var warnings: [ProbeFinding] { findings.filter { $0.level == .warning } }
    }

    public var contract: String
    public var address: String
    public var seed: UInt64
    /// In the document's order.
    public var parts: [Part] = []
    /// Why it ended before everything was asked: nobody there, or gone.
    public var ended: LiveFailure?

    public var errors: [ProbeFinding] { parts.flatMap(\.errors) }
    public var warnings: [ProbeFinding] { parts.flatMap(\.warnings) }
    public var answered: Int { parts.reduce(0) { $0 + $1.answered } }
    public var sent: Int { parts.reduce(0) { $0 + $1.valid + $1.invalid } }
}

extension ProbeReport {
    /// One test result for each operation; one that nothing was answered about is skipped, with the reason.
    ///
    /// - Parameter startedAt: of the run, where the report's times begin (nanoseconds); added to them.
    public func results(level: String, offset: Int64 = 0) -> [TestResult] {
        parts.map { part in
            let status: TestResult.Status =
                part.exclusion != nil ? .skipped : part.errors.isEmpty ? .passed : .failed
            var result = TestResult(
                level: level, scenario: part.operation.name, location: part.operation.location,
                status: status,
                reason: part.exclusion, startedAtNanoseconds: part.startedAtNanoseconds + offset,
                durationNanoseconds: part.durationNanoseconds,
                steps: part.errors.map {
                    $0.step(part.operation, address, offset: part.startedAtNanoseconds + offset)
                }
            )
            guard part.exclusion == nil, part.errors.isEmpty else { return result }
            let isEmpty = part.valid == 0 && !part.notes.isEmpty
            if isEmpty || part.answered == 0 {
                let isAsked = part.valid + part.invalid > 0
                result.status = .skipped
                result.reason =
                    part.notes.first
                    ?? (isAsked ? "none of its cases was answered" : "none of its cases was sent")
            }
            return result
        }
    }
}

extension ProbeFinding {
    /// `server-error (12 cases): body $.note empty`.
    public var title: String {
        let cases = count > 1 ? " (\(count) cases)" : ""
        return finding.rule.rawValue + cases + (original.map { ": " + $0.what } ?? "")
    }

    fileprivate func step(_ operation: APIOperation, _ address: String, offset: Int64) -> StepResult {
        let drift = ContractDrift(
            rule: finding.rule.rawValue, side: .response, contract: finding.contract,
            operation: finding.operation, culprit: "the provider at \(address)",
            schemaPath: finding.schemaPath,
            location: finding.location)
        return StepResult(
            name: title, kind: "http", location: finding.location ?? operation.location, status: .failed,
            startedAtNanoseconds: offset, durationNanoseconds: exchange?.serviceNanoseconds ?? 0,
            exchange: exchange,
            mismatches: [
                Mismatch(
                    subject: finding.place, expected: finding.expected, actual: finding.actual,
                    location: finding.location, contract: drift)
            ])
    }
}
