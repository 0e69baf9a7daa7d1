/// A run as the history remembers it.
public struct PastRun: Sendable, Equatable {
    public var id: Int64
    public var kind: RunHeader.Kind
    public var project: String
    public var name: String
    /// Wall clock, milliseconds since 1970 UTC.
    public var startedAtMilliseconds: Int64
    public var durationNanoseconds: Int64
    public var verdict: Verdict.Status
    public var reasons: [String]
    /// Commit of the project, and whether its files differed from it.
    public var commit: String?
    public var isChanged: Bool
    public var branch: String?
    public var seed: UInt64
    /// Where record and reports are.
    public var folder: String
    public var counts: Counts
    /// Of a load run.
    public var load: PastLoad?

    /// Tests by how they ended; in a load run, thresholds that held and broke, and requests.
    public struct Counts: Sendable, Equatable {
        public var passed = 0
        public var failed = 0
        public var flaky = 0
        public var quarantined = 0
        public var skipped = 0
        public var requests = 0
        public init() {}
    }

    public init(
        id: Int64 = 0, kind: RunHeader.Kind, project: String, name: String, startedAtMilliseconds: Int64,
        durationNanoseconds: Int64, verdict: Verdict.Status, reasons: [String] = [], commit: String? = nil,
        isChanged: Bool = false, branch: String? = nil, seed: UInt64, folder: String,
        counts: Counts = Counts(), load: PastLoad? = nil
    ) {
        self.id = id
        self.kind = kind
        self.project = project
        self.name = name
        self.startedAtMilliseconds = startedAtMilliseconds
        self.durationNanoseconds = durationNanoseconds
        self.verdict = verdict
        self.reasons = reasons
        self.commit = commit
        self.isChanged = isChanged
        self.branch = branch
        self.seed = seed
        self.folder = folder
        self.counts = counts
        self.load = load
    }
}

/// A test with what the history remembers of it.
public struct PastTest: Sendable, Equatable {
    public var level: String
    public var scenario: String
    public var caseName: String?
    /// From the project's folder on; where it was last seen.
    public var file: String
    /// Oldest first.
    public var results: [PastResult]

    public init(
        level: String, scenario: String, caseName: String? = nil, file: String, results: [PastResult] = []
    ) {
        self.level = level
        self.scenario = scenario
        self.caseName = caseName
        self.file = file
        self.results = results
    }

    /// `level › scenario [case]`
    public var title: String { "\(level) › \(scenario)" + (caseName.map { " [\($0)]" } ?? "") }
    public var lastSeenMilliseconds: Int64 { results.last?.startedAtMilliseconds ?? 0 }
}

/// How a test ended in one run.
public struct PastResult: Sendable, Equatable {
    public var run: Int64
    /// Of the run, milliseconds since 1970 UTC.
    public var startedAtMilliseconds: Int64
    public var status: TestResult.Status
    /// Passed only when tried again, or both passed and failed among its repetitions.
    public var isFlaky: Bool
    /// Failed for nothing but a contract.
    public var isDrift = false
    /// Tries, or repetitions.
    public var attempts: Int
    public var durationNanoseconds: Int64
    public var reason: String?
    /// Commit that was tested; `nil` when there is none or files were changed since.
    public var commit: String?
    /// Of the run.
    public var folder: String

    public init(
        run: Int64, startedAtMilliseconds: Int64, status: TestResult.Status, isFlaky: Bool = false,
        attempts: Int = 1, durationNanoseconds: Int64 = 0, reason: String? = nil, commit: String? = nil,
        folder: String = ""
    ) {
        self.run = run
        self.startedAtMilliseconds = startedAtMilliseconds
        self.status = status
        self.isFlaky = isFlaky
        self.attempts = attempts
        self.durationNanoseconds = durationNanoseconds
        self.reason = reason
        self.commit = commit
        self.folder = folder
    }

    /// `nil` when it ended without a judgement: skipped or interrupted.
    public var hasPassed: Bool? {
        switch status {
        case .passed: true
        case .failed, .quarantined: false
        case .skipped, .interrupted: nil
        }
    }
}
