/// Everything that one run was: all reports, policies and comparisons read this and nothing else.
///
/// Kept as versioned JSON lines (`record.jsonl`), one ``RunEvent`` a line; AssayReport writes and reads that form.
public struct RunRecord: Sendable {
    /// Version of the written form; a reader refuses a higher one.
    public static let version = 1

    public var header: RunHeader
    /// What ``SeriesPoint/series`` counts into.
    public var series: [Series] = []
    public var plan: LoadPlan?
    public var intervals: [Interval] = []
    public var tests: [TestResult] = []
    public var failures: [FailureGroup] = []
    public var slowest: [ExchangeSample] = []
    public var thresholds: [ThresholdResult] = []
    /// Of a load that rises in steps, those that were run whole, in order.
    public var steps: [LoadStep] = []
    public var coverage: [CoverageResult] = []
    public var notes: [Note] = []
    public var end: RunEnd?

    public init(header: RunHeader) { self.header = header }
}

/// One line of the written record.
public enum RunEvent: Sendable {
    case header(RunHeader)
    case plan(LoadPlan)
    case series(Series)
    case interval(Interval)
    case test(TestResult)
    case failure(FailureGroup)
    case slow(ExchangeSample)
    case threshold(ThresholdResult)
    case step(LoadStep)
    case coverage(CoverageResult)
    case note(Note)
    case end(RunEnd)
}

extension RunRecord {
    /// Folds one more event in; the order of events is the order of lines.
    public mutating func apply(_ event: RunEvent) {
        switch event {
        case .header(let value): header = value
        case .plan(let value): plan = value
        case .series(let value): series.append(value)
        case .interval(let value): intervals.append(value)
        case .test(let value): tests.append(value)
        case .failure(let value): failures.append(value)
        case .slow(let value): slowest.append(value)
        case .threshold(let value): thresholds.append(value)
        case .step(let value): steps.append(value)
        case .coverage(let value): coverage.append(value)
        case .note(let value): notes.append(value)
        case .end(let value): end = value
        }
    }
}

/// What is known when a run begins.
public struct RunHeader: Sendable, Equatable {
    public enum Kind: String, Sendable { case test, load }

    public var kind: Kind
    public var project: String
    /// Name of the profile, or of the levels and pipeline that were asked for.
    public var name: String
    /// Wall clock, milliseconds since 1970 UTC; a label, never used for measuring.
    public var startedAtMilliseconds: Int64
    /// Seed of all randomness in the run.
    public var seed: UInt64
    public var assayVersion: String
    /// Version of the code under test: the git commit of the project folder, if it is one.
    public var commit: String?
    public var host: Host
    /// Which stripe of the whole this record holds; one process alone is 0 of 1.
    public var segment: Segment
    public var stand: [StandMember]
    /// Words of the command line, secrets masked.
    public var command: [String]

    public struct Host: Sendable, Equatable {
        public var name: String
        public var system: String
        public var cores: Int
        public var memoryBytes: Int
        public init(name: String, system: String, cores: Int, memoryBytes: Int) {
            self.name = name
            self.system = system
            self.cores = cores
            self.memoryBytes = memoryBytes
        }
    }

    public struct StandMember: Sendable, Equatable {
        public enum Kind: String, Sendable {
            case service, dependency, double
            /// What keeps services from the outside.
            case networkGuard = "guard"
        }
        public var name: String
        public var kind: Kind
        /// Version, preset or command: what a person wants to know of it in one phrase.
        public var detail: String
        public var readyAfterNanoseconds: Int64
        public init(name: String, kind: Kind, detail: String, readyAfterNanoseconds: Int64) {
            self.name = name
            self.kind = kind
            self.detail = detail
            self.readyAfterNanoseconds = readyAfterNanoseconds
        }
    }

    public init(
        kind: Kind, project: String, name: String, startedAtMilliseconds: Int64, seed: UInt64,
        assayVersion: String,
        commit: String? = nil, host: Host, segment: Segment = .whole, stand: [StandMember] = [],
        command: [String] = []
    ) {
        self.kind = kind
        self.project = project
        self.name = name
        self.startedAtMilliseconds = startedAtMilliseconds
        self.seed = seed
        self.assayVersion = assayVersion
        self.commit = commit
        self.host = host
        self.segment = segment
        self.stand = stand
        self.command = command
    }
}

/// One stripe of a run that several machines or reactors share: arrival *k* belongs to segment *k* mod ``count``.
public struct Segment: Sendable, Hashable {
    public var index: Int
    public var count: Int
    public init(index: Int, count: Int) {
        precondition(count > 0 && index >= 0 && index < count)
        self.index = index
        self.count = count
    }
    public static let whole = Segment(index: 0, count: 1)
}

/// Something that happened in a run and is worth a line in the report, but is no failure of a step.
public struct Note: Sendable, Equatable {
    public var atNanoseconds: Int64
    public var severity: Diagnostic.Severity
    public var text: String
    public init(atNanoseconds: Int64, severity: Diagnostic.Severity, text: String) {
        self.atNanoseconds = atNanoseconds
        self.severity = severity
        self.text = text
    }
}

/// What is known when a run ends.
public struct RunEnd: Sendable, Equatable {
    public var verdict: Verdict
    /// From the start of the run, nanoseconds.
    public var durationNanoseconds: Int64
    /// CPU time (user + system) of Assay alone, nanoseconds.
    public var cpuNanoseconds: Int64
    /// Largest resident memory of Assay, bytes.
    public var peakMemoryBytes: Int
    public init(verdict: Verdict, durationNanoseconds: Int64, cpuNanoseconds: Int64, peakMemoryBytes: Int) {
        self.verdict = verdict
        self.durationNanoseconds = durationNanoseconds
        self.cpuNanoseconds = cpuNanoseconds
        self.peakMemoryBytes = peakMemoryBytes
    }
}
