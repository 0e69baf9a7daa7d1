internal import AssayCore
public import AssayFormats
internal import AssayNet
public import AssayScript

/// The world of one virtual user of a script.
///
/// Made with its user, before there is a load: then only its log works. A ``Session`` gives it connections, a clock that can
/// be stopped and a meter for as long as its user is there.
public final class SessionHost: ScriptHost {
    var work: ScriptWork { shared.work }
    private let shared: Shared
    let reactor: Reactor
    /// From 1; 0 for set-up, teardown and what only reads options.
    let number: Int
    /// Where its measurements go; `nil` outside of a load.
    let series: ScriptSeries?
    public internal(set) var phase = ScriptPhase.initialization
    /// Connections, scope and meter of the user while it is there.
    var session: Session? {
        didSet {
            waiting?.leave()
            waiting = session.map { CancelScope(on: reactor, within: $0.scope) }
            if session == nil { requests.leave() }
        }
    }
    /// Of the one pause that its script's loop makes; the session's own scope is for requests and sleeps.
    var waiting: CancelScope?
    /// Ends that pause.
    let changed: Signal
    /// Its requests.
    let requests: ScriptHTTP
    public var tags: [ScriptTag] = []
    public var metadata: [ScriptTag] = []

    /// The pass that runs.
    var pass = Pass()
    /// Passes that the user began before the one that runs; -1 before its first.
    var iteration = -1
    /// The same by scenario.
    var iterations: [Int: Int] = [:]
    /// Its script ended the run; the pass that did counts.
    private(set) var hasAborted = false
    private var openGroups: [OpenGroup] = []

    /// A pass as its script sees it.
    struct Pass {
        /// Counted over the run; -1 in set-up and teardown.
        var scenario = -1
        var name = ""
        var executor = ""
        /// CLOCK_MONOTONIC nanoseconds, and how long the scenario is; `nil` where its work decides.
        var scenarioStart: Int64 = 0
        var scenarioLength: Int64?
        /// Among all passes of the scenario.
        var number = 0
        /// Of the scenario, over the script's own.
        var environment: [String: String] = [:]
        /// Of the step, under which its failures are told; `nil` in set-up and teardown.
        var row: Int?
    }

    private struct OpenGroup {
        var group: Int
        var path: String
        var begin: Int64
    }

    /// A script's work, which is large, made once for many users.
    final class Shared: Sendable {
        let work: ScriptWork

        init(_ work: ScriptWork) { self.work = work }
    }

    /// - Parameter series: `nil` for a host without a load.
    init(_ shared: Shared, on reactor: Reactor, number: Int, series: ScriptSeries?) {
        self.shared = shared
        self.reactor = reactor
        self.number = number
        self.series = series
        requests = ScriptHTTP(shared.work)
        changed = reactor.makeSignal()
    }

    /// A host for code that only reads options or writes a summary.
    convenience init(_ work: ScriptWork, on reactor: Reactor, phase: ScriptPhase) {
        self.init(Shared(work), on: reactor, number: 0, series: nil)
        self.phase = phase
    }

    public var options: JSON { work.options }
    public var environment: [String: String] {
        pass.environment.isEmpty
            ? work.environment : work.environment.merging(pass.environment) { _, own in own }
    }

    public func textSummary(_ data: JSON, indent: String, isColored: Bool) -> String {
        work.summaryText(data, indent, isColored)
    }

    // MARK: groups

    public var group: String { openGroups.last?.path ?? "" }

    /// Of the scenario and the group that the script is in.
    var place: ScriptSeries.Place {
        ScriptSeries.Place(
            scenario: pass.scenario, group: openGroups.last?.group ?? ScriptGroups.outside)
    }

    public func enterGroup(_ name: String) { enterGroup(name, isTimed: true) }

    /// - Parameter isTimed: not of the groups that set-up and teardown are.
    func enterGroup(_ name: String, isTimed: Bool) {
        let outer = openGroups.last
        let group = series?.groups.group(name, in: outer?.group ?? ScriptGroups.outside)
        openGroups.append(
            OpenGroup(
                group: group ?? ScriptGroups.outside, path: (outer?.path ?? "") + "::" + name,
                begin: isTimed ? Reactor.monotonicNow() : 0))
    }

    public func leaveGroup() {
        guard let open = openGroups.last else { return }
        if open.begin > 0, let series, session?.scope.isCancelled == false {
            series.groupEnded(place, nanoseconds: Reactor.monotonicNow() - open.begin)
        }
        openGroups.removeLast()
    }

    /// Nothing of the pass before is left.
    func leaveGroups() { openGroups.removeAll(keepingCapacity: true) }

    // MARK: the rest

    public func log(_ level: ScriptLogLevel, _ text: String, source: String?) {
        work.log.write(
            ScriptLog.Line(level, text, fields: source.map { [ScriptTag("source", $0)] } ?? []))
    }

    /// An exception that ended a pass.
    func log(_ exception: ScriptException) {
        var fields = [ScriptTag("source", "stacktrace")]
        if pass.scenario >= 0 {
            fields = [ScriptTag("executor", pass.executor), ScriptTag("scenario", pass.name)] + fields
        }
        work.log.write(ScriptLog.Line(.error, exception.text, fields: fields))
    }

    public func sleep(nanoseconds: Int64) async {
        guard let session else { return }
        let due = Reactor.monotonicNow() &+ nanoseconds
        guard await reactor.sleep(until: due, in: session.scope) != .cancelled else { return }
        session.meter?.late(by: Reactor.monotonicNow() - due)
    }

    public func abort(_ reason: String?) {
        hasAborted = true
        work.progress.abort(reason)
    }

    public func markFailed(_ reason: String?) { work.progress.markFailed(reason) }
}
