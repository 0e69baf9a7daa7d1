extension TestResult {
    /// One try of a test that was tried more than once.
    public struct Attempt: Sendable, Equatable {
        public var status: Status
        /// Why it ended so, when no step says it; for people.
        public var reason: String?
        /// From the start of the run.
        public var startedAtNanoseconds: Int64
        public var durationNanoseconds: Int64
        /// The step that failed first, without the steps inside it; `nil` when none did.
        public var failure: StepResult?
        /// Last lines of services' logs, kept only for failures.
        public var logs: [LogTail]

        public init(
            status: Status, reason: String? = nil, startedAtNanoseconds: Int64, durationNanoseconds: Int64,
            failure: StepResult? = nil, logs: [LogTail] = []
        ) {
            self.status = status
            self.reason = reason
            self.startedAtNanoseconds = startedAtNanoseconds
            self.durationNanoseconds = durationNanoseconds
            self.failure = failure
            self.logs = logs
        }

        /// What a finished try leaves of itself.
        public init(_ result: TestResult) {
            self.init(
                status: result.status, reason: result.reason,
                startedAtNanoseconds: result.startedAtNanoseconds,
                durationNanoseconds: result.durationNanoseconds,
                failure: result.steps.firstFailure, logs: result.logs)
        }

        /// Expected and actual of the first thing that differed.
        public var firstMismatch: Mismatch? { failure?.mismatches.first }
    }

    /// What came of a test that `--repeat` ran many times: counts, so that a record stays small.
    public struct Repetitions: Sendable, Equatable {
        /// How often it was to run.
        public var planned: Int
        public var passed = 0
        public var failed = 0
        /// Number of the first repetition that failed, from 1; `nil` when none did.
        public var firstFailure: Int?
        /// Sum over all that ended.
        public var totalNanoseconds: Int64 = 0
        /// From the start of the run: when the first one began and the last one ended.
        public var beganAtNanoseconds: Int64
        public var endedAtNanoseconds: Int64

        public init(planned: Int, beganAtNanoseconds: Int64 = 0, endedAtNanoseconds: Int64 = 0) {
            self.planned = planned
            self.beganAtNanoseconds = beganAtNanoseconds
            self.endedAtNanoseconds = endedAtNanoseconds
        }

        /// How many ended with a judgement of their own.
        public var judged: Int { passed + failed }

        /// `17 of 20 passed`
        public var text: String { "\(passed) of \(judged) passed" }
    }

    /// Why a test's failure does not count.
    public struct Quarantine: Sendable, Equatable {
        public var reason: String
        /// Where it is being worked on.
        public var issue: String?
        /// Last day of the protection: `2027-01-31`.
        public var until: String?

        public init(reason: String, issue: String? = nil, until: String? = nil) {
            self.reason = reason
            self.issue = issue
            self.until = until
        }

        /// `payment sandbox is down · https://… · until 2027-01-31`
        public var text: String {
            ([reason] + [issue, until.map { "until \($0)" }].compactMap(\.self)).joined(separator: " · ")
        }
    }

    /// Failed first and passed when it was tried again, whatever a policy made of it later.
    public var isFlaky: Bool {
        attempts.last?.status == .passed && attempts.contains { $0.status == .failed }
    }
}

extension [StepResult] {
    /// The step that failed first, innermost where several stand inside each other; without the steps inside it.
    public var firstFailure: StepResult? {
        for step in self where step.status == .failed {
            if let inner = step.children.firstFailure, !inner.mismatches.isEmpty || step.mismatches.isEmpty {
                return inner
            }
            var own = step
            own.children = []
            return own
        }
        return nil
    }
}
