public import AssayCore
public import AssayFormats
public import AssayScript
internal import Synchronization

/// A script made ready for a load: its program, and what its options say of a run beyond the schedule.
public struct ScriptWork: Sendable {
    public let program: ScriptProgram
    /// What scripts see as `exec.test.options`.
    public var options: JSON
    public var http = ScriptHTTPSettings()
    /// Keys of tags that the summary chooses by, besides those of thresholds.
    public var wantedTags: [String] = []
    /// Keys of tags that the summary shows parts of a metric by, by Assay's name of the metric.
    public var shownTags: [String: [String]] = [:]
    /// Of the script itself, in its log.
    public var log: ScriptLog
    /// Its own metrics as reports know them.
    public var metrics: [Metric]
    public var limits = ScriptRuntime.Limits()
    public var runsSetup = true
    public var runsTeardown = true
    /// What scripts see as `__ENV`, before their scenarios add to it.
    public var environment: [String: String] = [:]
    /// Renders what `handleSummary()` is given as k6's own text.
    public var summaryText: @Sendable (_ data: JSON, _ indent: String, _ isColored: Bool) -> String = {
        data, indent, _ in indent + data.rendered()
    }
    /// Requests a second of all users together; `nil` without limit.
    public var requestsPerSecond: Int?
    /// On everything that is measured, as the script sees it.
    public var tags: [ScriptTag] = []
    /// How the run stands, over all reactors.
    public let progress = ScriptProgress()
    /// What the requests of all users share.
    let connections = ScriptConnections()

    public init(_ program: ScriptProgram, options: JSON, metrics: [Metric], log: ScriptLog) {
        self.program = program
        self.options = options
        self.metrics = metrics
        self.log = log
    }

    /// One of its metrics as reports know it: under its own name, unless that is one of Assay's.
    static func metric(_ own: ScriptMetric, among metrics: [Metric]) -> Metric {
        if metrics.indices.contains(own.index) { return metrics[own.index] }
        return Metric(own)
    }
}

extension Metric {
    /// A metric of a script: times in nanoseconds, everything else as plain numbers.
    public init(_ own: ScriptMetric) {
        let kind: Series.Kind =
            switch own.kind {
            case .counter: .counter
            case .gauge: .gauge
            case .rate: .rate
            case .trend: .trend
            }
        let unit: Metric.Unit = own.kind == .rate ? .fraction : own.isTime ? .time : .count
        self = .own(own.name, kind, unit)
    }
}

/// How the run of a script stands, over all its reactors.
///
/// Any thread may ask and tell.
public final class ScriptProgress: Sendable {
    private let completedCount = Atomic<Int>(0)
    private let interruptedCount = Atomic<Int>(0)
    private let activeCount = Atomic<Int>(0)
    private let madeCount = Atomic<Int>(0)
    private let lastUser = Atomic<Int>(0)
    private let begun = Atomic<Int64>(0)
    private let state = Mutex(State())

    private struct State {
        var setUp = SetUp()
        var abort: Ending?
        var failure: Ending?
        var onAbort: (@Sendable () -> Void)?
        var numbers: [Int: Int] = [:]
    }

    /// What a script said when it ended or failed the run.
    public struct Ending: Sendable, Equatable {
        /// The script's own words.
        public var reason: String?
    }

    /// What came before the load.
    public struct SetUp: Sendable, Equatable {
        /// How long it took, nanoseconds.
        public var length: Int64 = 0
        /// What `setup()` returned, as JSON; `nil` for `undefined`.
        public var data: [UInt8]?
        /// Users that were made for the schedules.
        public var users = 0
    }

    public init() {}

    /// Passes that ended, and those that were cut off.
    var completed: Int { completedCount.load(ordering: .relaxed) }
    var interrupted: Int { interruptedCount.load(ordering: .relaxed) }
    /// Users at work, and users that were made.
    var activeUsers: Int { activeCount.load(ordering: .relaxed) }
    public var madeUsers: Int { madeCount.load(ordering: .relaxed) }
    /// When the first schedule could begin, CLOCK_MONOTONIC nanoseconds; 0 before.
    var startedAt: Int64 { begun.load(ordering: .relaxed) }

    public var setUp: SetUp { state.withLock { $0.setUp } }

    func begin(at time: Int64, after setUp: SetUp) {
        begun.store(time, ordering: .relaxed)
        state.withLock { $0.setUp = setUp }
    }
    func complete() { completedCount.wrappingAdd(1, ordering: .relaxed) }
    func interrupt() { interruptedCount.wrappingAdd(1, ordering: .relaxed) }
    func userCame() { activeCount.wrappingAdd(1, ordering: .relaxed) }
    func userLeft() { activeCount.wrappingSubtract(1, ordering: .relaxed) }
    func userMade() { madeCount.wrappingAdd(1, ordering: .relaxed) }

    /// The next number among all users, from 1.
    func nextUser() -> Int { lastUser.wrappingAdd(1, ordering: .relaxed).newValue }

    /// The next number among all passes of a scenario, from 0; each is given to one of them.
    func nextPass(of scenario: Int) -> Int {
        state.withLock { state in
            defer { state.numbers[scenario, default: 0] += 1 }
            return state.numbers[scenario, default: 0]
        }
    }

    // MARK: what scripts say of the run

    /// Why a script ended the run; `nil` when none did.
    public var abort: Ending? { state.withLock { $0.abort } }
    /// Why a script called the run failed; `nil` when none did.
    public var failure: Ending? { state.withLock { $0.failure } }

    /// The first one counts.
    func abort(_ reason: String?) {
        let action = state.withLock { state -> (@Sendable () -> Void)? in
            guard state.abort == nil else { return nil }
            state.abort = Ending(reason: reason)
            return state.onAbort
        }
        action?()
    }

    func markFailed(_ reason: String?) {
        state.withLock { if $0.failure == nil { $0.failure = Ending(reason: reason) } }
    }

    /// - Parameter action: ends the run; called on any thread, at once when a script has said so already.
    func whenAborted(_ action: @escaping @Sendable () -> Void) {
        let isAborted = state.withLock { state in
            state.onAbort = action
            return state.abort != nil
        }
        if isAborted { action() }
    }
}
