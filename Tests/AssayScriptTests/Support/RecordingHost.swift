import AssayFormats
import AssayScript

/// A host that writes down what a script does to it, and whose time passes at once.
final class RecordingHost: ScriptHost {
    var phase = ScriptPhase.iteration
    var execution = ScriptExecution()
    var instance = ScriptInstance()
    var options = JSON.object([:])
    var environment: [String: String] = [:]
    var tags: [ScriptTag] = []
    var metadata: [ScriptTag] = []
    var group: String { groups.map { "::" + $0 }.joined() }
    private var groups: [String] = []

    /// `mine 1 a=b`, in order.
    private(set) var samples: [String] = []
    /// `::group::name pass a=b`, in order.
    private(set) var checks: [String] = []
    /// The paths of the groups entered.
    private(set) var entered: [String] = []
    /// `info console text`, in order.
    private(set) var lines: [String] = []
    /// Nanoseconds asked for.
    private(set) var sleeps: [Int64] = []
    private(set) var aborts: [String?] = []
    private(set) var failures: [String?] = []

    init() {
        execution.userInInstance = 1
        execution.userInTest = 1
        execution.scenario = ScriptScenario(name: "default", executor: "per-vu-iterations")
    }

    private func shown(_ tags: [ScriptTag]) -> String { tags.map { " \($0.name)=\($0.value)" }.joined() }

    func add(_ metric: ScriptMetric, _ value: Double, _ tags: [ScriptTag]) {
        samples.append("\(metric.kind) \(metric.name) \(value)\(shown(tags))")
    }

    func check(_ name: String, passed: Bool, _ tags: [ScriptTag]) {
        checks.append("\(group)::\(name) \(passed ? "pass" : "fail")\(shown(tags))")
    }

    func enterGroup(_ name: String) {
        groups.append(name)
        entered.append(group)
    }

    func leaveGroup() { groups.removeLast() }

    func log(_ level: ScriptLogLevel, _ text: String, source: String?) {
        lines.append("\(level) \(source ?? "-") \(text)")
    }

    func sleep(nanoseconds: Int64) async {
        sleeps.append(nanoseconds)
        monotonicNow += nanoseconds
    }

    // MARK: beside the script

    var monotonicNow: Int64 = 1_000_000_000
    /// Work that was begun and waits for the next pause, in order.
    private var work: [() async -> Void] = []

    /// Work goes first, then time passes at once; without a time nothing would ever end the pause.
    func pause(until deadline: Int64) async {
        if !work.isEmpty {
            await work.removeFirst()()
        } else if deadline < .max {
            monotonicNow = max(monotonicNow, deadline)
        } else {
            await stuck()
        }
    }

    func wake() {}
    func spawn(_ work: @escaping () async -> Void) { self.work.append(work) }

    /// What happens when a script waits for what never comes; a test that wants it says so.
    var stuck: () async -> Void = { preconditionFailure("the script waits for nothing") }
    func abort(_ reason: String?) { aborts.append(reason) }
    func textSummary(_ data: JSON, indent: String, isColored: Bool) -> String {
        indent + "summary of " + data.rendered() + (isColored ? " in colour" : "")
    }
    func markFailed(_ reason: String?) { failures.append(reason) }
}
