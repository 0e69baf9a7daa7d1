public import AssayFormats

/// The world around a script of one virtual user: its clock, its measurements, its log and where the run stands.
///
/// One host serves one ``ScriptRuntime`` and belongs to the same reactor. Everything that is not `async` returns at once;
/// what is `async` is awaited by the virtual user's task while the script is suspended. HTTP and sockets are protocols of
/// their own, which this one inherits.
public protocol ScriptHost: ScriptHTTPHost, ScriptSocketHost {
    // MARK: where the script is

    /// Which code runs; natives that a phase does not have throw.
    var phase: ScriptPhase { get }
    /// Who runs, and which pass of which scenario this is.
    var execution: ScriptExecution { get }
    /// What this process has done so far; asked seldom.
    var instance: ScriptInstance { get }
    /// What `__ENV` has: the run's variables, the scenario's over them.
    var environment: [String: String] { get }
    /// The consolidated options as `exec.test.options` shows them.
    var options: JSON { get }
    /// The path of the groups the script is in: `::outer::inner`, empty outside of groups.
    var group: String { get }

    // MARK: measuring

    /// What the script put on its virtual user with `exec.vu.metrics.tags`, the scenario's and the run's tags included;
    /// `group` and `scenario` are not among them unless the script set them. In the order of their setting.
    var tags: [ScriptTag] { get set }
    /// `exec.vu.metrics.metadata`.
    var metadata: [ScriptTag] { get set }

    /// A value of one of the script's own metrics.
    ///
    /// - Parameters:
    ///   - value: times are in milliseconds, as k6 has them.
    ///   - tags: those of the call alone; the host adds ``tags``, group and scenario.
    func add(_ metric: ScriptMetric, _ value: Double, _ tags: [ScriptTag])
    /// The outcome of one line of a `check()`.
    func check(_ name: String, passed: Bool, _ tags: [ScriptTag])
    /// Goes into a group; the name has no `::`. The host measures its duration.
    func enterGroup(_ name: String)
    /// Out of the innermost group, whether its function returned or threw.
    func leaveGroup()

    // MARK: the rest

    /// A line of the log.
    ///
    /// - Parameter source: `console` for what the script itself said, `nil` for what Assay says about the script.
    func log(_ level: ScriptLogLevel, _ text: String, source: String?)
    /// Waits; returns early when the virtual user is cancelled.
    ///
    /// - Parameter nanoseconds: at least 0.
    func sleep(nanoseconds: Int64) async
    /// Ends the whole run in order (`exec.test.abort`); the caller interrupts the script itself.
    ///
    /// - Parameter reason: the script's own words, or `nil`.
    func abort(_ reason: String?)
    /// The summary as k6 prints it at the end, from what `handleSummary()` is given (`textSummary` of k6-summary).
    func textSummary(_ data: JSON, indent: String, isColored: Bool) -> String
    /// Marks the run as failed without ending it (`exec.test.fail`).
    func markFailed(_ reason: String?)
}

extension ScriptHost {
    /// A line of the log that Assay itself says.
    public func log(_ level: ScriptLogLevel, _ text: String) { log(level, text, source: nil) }

    /// None, unless the host knows some.
    public var environment: [String: String] { [:] }
    /// The data alone, unless the host can render it.
    public func textSummary(_ data: JSON, indent: String, isColored: Bool) -> String {
        indent + data.rendered()
    }
}

/// The parts of a script's life.
public enum ScriptPhase: Sendable, Hashable {
    /// The code outside of functions: imports, options, `open()`, metrics and shared arrays are made here.
    case initialization
    case setup
    /// A pass of a scenario.
    case iteration
    case teardown
    /// `handleSummary()`.
    case summary

    /// Whether there is a virtual user: requests, checks and waits work.
    public var hasUser: Bool { self != .initialization }
}

/// A name and a value that a measurement carries.
public struct ScriptTag: Sendable, Hashable {
    public var name: String
    public var value: String

    public init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

/// One of the script's own metrics, known to all virtual users of a run.
public struct ScriptMetric: Sendable, Hashable {
    /// As k6 spells them.
    public enum Kind: String, Sendable, CaseIterable {
        case counter, gauge, rate, trend
    }

    public var name: String
    public var kind: Kind
    /// Its values are milliseconds.
    public var isTime: Bool
    /// The same for the same name in every virtual user: an index for tables of metrics.
    public var index: Int

    public init(name: String, kind: Kind, isTime: Bool, index: Int) {
        self.name = name
        self.kind = kind
        self.isTime = isTime
        self.index = index
    }
}

/// Who runs what: what `exec.vu` and `exec.scenario` show.
public struct ScriptExecution: Sendable, Hashable {
    /// The virtual user's number in this process, from 1; `__VU`. 0 in init code of the program itself.
    public var userInInstance = 0
    /// The same over all processes of a run.
    public var userInTest = 0
    /// How many passes the virtual user began before this one; `__ITER`.
    public var iterationInInstance = 0
    /// The same in this scenario alone.
    public var iterationInScenario = 0
    /// `nil` in setup and teardown.
    public var scenario: ScriptScenario?

    public init() {}
}

/// What `exec.scenario` shows.
public struct ScriptScenario: Sendable, Hashable {
    public var name: String
    /// As k6 spells it: `ramping-vus`.
    public var executor: String
    /// Wall clock, milliseconds since 1970.
    public var startMilliseconds: Int64
    /// How far the scenario is: 0…1.
    public var progress: Double
    /// The number of this pass among all of the scenario in this process, from 0; no two passes share one.
    public var iterationInInstance: Int
    /// The same over all processes of a run.
    public var iterationInTest: Int

    public init(
        name: String, executor: String, startMilliseconds: Int64 = 0, progress: Double = 0,
        iterationInInstance: Int = 0, iterationInTest: Int = 0
    ) {
        self.name = name
        self.executor = executor
        self.startMilliseconds = startMilliseconds
        self.progress = progress
        self.iterationInInstance = iterationInInstance
        self.iterationInTest = iterationInTest
    }
}

/// What `exec.instance` shows.
public struct ScriptInstance: Sendable, Hashable {
    /// Since the first scenario could start.
    public var testRunMilliseconds = 0.0
    public var iterationsCompleted = 0
    public var iterationsInterrupted = 0
    public var usersActive = 0
    public var usersInitialized = 0

    public init() {}
}

/// How loud a line of the log is.
public enum ScriptLogLevel: String, Sendable, CaseIterable {
    case debug, info, warning, error
}
