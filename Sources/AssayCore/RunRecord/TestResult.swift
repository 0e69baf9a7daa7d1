/// How one scenario (or one row of its cases) ended.
public struct TestResult: Sendable, Equatable {
    public enum Status: String, Sendable {
        case passed, failed, skipped
        /// The run was interrupted before it could end.
        case interrupted
        /// Failed, and the quarantine list says that this does not count.
        case quarantined
    }

    public var level: String
    public var scenario: String
    /// Name of the row of `cases`; `nil` for a scenario without cases.
    public var caseName: String?
    public var location: SourceLocation
    public var tags: [String]
    public var status: Status
    /// Why it was skipped, or which policy failed it; for people.
    public var reason: String?
    /// From the start of the run.
    public var startedAtNanoseconds: Int64
    public var durationNanoseconds: Int64
    public var steps: [StepResult]
    /// Last lines of services' logs, kept only for failures: name → lines.
    public var logs: [LogTail]
    /// Every try in order, when there was more than one; the last one decided.
    public var attempts: [Attempt] = []
    /// Counts, when the test was to run many times (`--repeat`); the rest of this value is then the first failure,
    /// or the slowest one when none failed.
    public var repetitions: Repetitions?
    /// What the quarantine list says of this test, if it names it and protects it.
    public var quarantine: Quarantine?

    /// Calls of the test that were recorded, in the order in which they began.
    public var recordings: [CallRecordingReport] = []

    public struct LogTail: Sendable, Equatable {
        public var service: String
        public var lines: [String]
        public init(service: String, lines: [String]) {
            self.service = service
            self.lines = lines
        }
    }

    public init(
        level: String, scenario: String, caseName: String? = nil, location: SourceLocation,
        tags: [String] = [],
        status: Status, reason: String? = nil, startedAtNanoseconds: Int64, durationNanoseconds: Int64,
        steps: [StepResult] = [], logs: [LogTail] = []
    ) {
        self.level = level
        self.scenario = scenario
        self.caseName = caseName
        self.location = location
        self.tags = tags
        self.status = status
        self.reason = reason
        self.startedAtNanoseconds = startedAtNanoseconds
        self.durationNanoseconds = durationNanoseconds
        self.steps = steps
        self.logs = logs
    }

    /// Tag of a result that stands for a whole level of another runner, not for one test.
    public static let wholeLevelTag = "whole-level"

    /// `scenario` or `scenario [case]`.
    public var title: String { caseName.map { "\(scenario) [\($0)]" } ?? scenario }
}

/// How one step of a scenario ended.
public struct StepResult: Sendable, Equatable {
    public enum Status: String, Sendable { case passed, failed, skipped }

    public var name: String
    /// Step kind: `http`, `sql`, `run`, …
    public var kind: String
    public var location: SourceLocation
    public var status: Status
    public var startedAtNanoseconds: Int64
    public var durationNanoseconds: Int64
    /// What was asked and answered; for steps that talk to something.
    public var exchange: ExchangeReport?
    public var mismatches: [Mismatch]
    /// Cleanup steps run after everything else, in reverse order.
    public var isCleanup: Bool
    /// How often `eventually` tried; 1 otherwise.
    public var attempts: Int
    /// Steps inside `repeat`, `parallel`, `if` and `use`.
    public var children: [StepResult]

    public init(
        name: String, kind: String, location: SourceLocation, status: Status, startedAtNanoseconds: Int64,
        durationNanoseconds: Int64, exchange: ExchangeReport? = nil, mismatches: [Mismatch] = [],
        isCleanup: Bool = false, attempts: Int = 1, children: [StepResult] = []
    ) {
        self.name = name
        self.kind = kind
        self.location = location
        self.status = status
        self.startedAtNanoseconds = startedAtNanoseconds
        self.durationNanoseconds = durationNanoseconds
        self.exchange = exchange
        self.mismatches = mismatches
        self.isCleanup = isCleanup
        self.attempts = attempts
        self.children = children
    }
}

/// A recorded call: left the caller, right the other side, aligned by time.
public struct CallRecordingReport: Sendable, Equatable {
    /// As the scenario names it.
    public var call: String
    /// The WAV file, as it can be opened from where Assay was started.
    public var path: String
    /// How long it is.
    public var nanoseconds: Int64
    /// What is to be known of it: `only the first 5m 0s`; `nil` for a whole one.
    public var note: String?
    public init(call: String, path: String, nanoseconds: Int64, note: String? = nil) {
        self.call = call
        self.path = path
        self.nanoseconds = nanoseconds
        self.note = note
    }
}

/// One exchange as a person reads it: secrets masked, sizes bounded.
public struct ExchangeReport: Sendable, Equatable {
    /// `POST http://127.0.0.1:40131/inventory/reserve → 200 in 4 ms`
    public var summary: String
    /// Head and body as sent.
    public var request: String
    /// Head and body as received; empty when nothing was.
    public var response: String
    /// Name of an ``Outcome``.
    public var outcome: String
    /// Send to last byte.
    public var serviceNanoseconds: Int64
    /// The curl command that repeats the request; `nil` for other protocols.
    public var curl: String?

    public init(
        summary: String, request: String, response: String, outcome: String, serviceNanoseconds: Int64,
        curl: String? = nil
    ) {
        self.summary = summary
        self.request = request
        self.response = response
        self.outcome = outcome
        self.serviceNanoseconds = serviceNanoseconds
        self.curl = curl
    }
}

/// Expected and actual of one thing that differs.
public struct Mismatch: Sendable, Equatable {
    /// What was looked at: `status`, `$.items[0].quantity`, `header content-type`, `rows`.
    public var subject: String
    /// `409`, `= "insufficient_items"`, `less than 5`.
    public var expected: String
    /// `200`, `absent; the body was {…}`.
    public var actual: String
    /// A line diff (`- expected`, `+ actual`) where the values are long; `nil` otherwise.
    public var diff: String?
    public var location: SourceLocation?
    /// Which contract says so; `nil` for what a test expects itself.
    public var contract: ContractDrift?

    public init(
        subject: String, expected: String, actual: String, diff: String? = nil,
        location: SourceLocation? = nil, contract: ContractDrift? = nil
    ) {
        self.subject = subject
        self.expected = expected
        self.actual = actual
        self.diff = diff
        self.location = location
        self.contract = contract
    }
}
