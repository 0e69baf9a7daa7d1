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

    // MARK: HTTP

    var httpSettings = ScriptHTTPSettings()
    var cookies = ScriptCookieJar()
    /// What comes of a request; nobody answers unless a test does.
    var answer: (ScriptRequest) -> ScriptResponse = { ScriptResponse($0) }
    func exchange(_ request: ScriptRequest) async -> ScriptResponse { answer(request) }
    func exchange(_ requests: [ScriptRequest]) async -> [ScriptResponse] { requests.map(answer) }
    func warn(_ text: String, _ fields: [ScriptTag]) {
        log(.warning, text + fields.map { " \($0.name)=\"\($0.value)\"" }.joined(), source: nil)
    }

    // MARK: the rest

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

    // MARK: sockets

    var socketSettings = ScriptSocketSettings()
    /// Connections that can be opened, in order; none is left when it is refused.
    var sockets: [FakeSocket] = []
    /// `GET url name: value tag=value`
    private(set) var opened: [String] = []
    /// What was measured of sockets, times left out.
    private(set) var socketMeasurements: [String] = []
    /// What an answer says beside its connection.
    var opening = ScriptSocketOpening()

    func open(_ request: ScriptSocketRequest) async -> ScriptSocketOpening {
        let protocols = request.protocols.isEmpty ? "" : " [\(request.protocols.joined(separator: ","))]"
        opened.append(
            request.url + request.headers.map { " \($0.name): \($0.value)" }.joined() + shown(request.tags)
                + protocols + (request.isPacked ? " packed" : ""))
        var opening = opening
        guard !sockets.isEmpty else {
            opening.failure = opening.failure ?? "dial tcp 127.0.0.1:1: connect: connection refused"
            return opening
        }
        opening.socket = sockets.removeFirst()
        opening.status = 101
        return opening
    }

    func measure(_ measurement: ScriptSocketMeasurement, of request: ScriptSocketRequest) {
        socketMeasurements.append("\("\(measurement)".prefix { $0 != "(" }) \(request.status)")
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

    func dropWork() { work.removeAll() }

    /// What happens when a script waits for what never comes; a test that wants it says so.
    var stuck: () async -> Void = { preconditionFailure("the script waits for nothing") }
    func abort(_ reason: String?) { aborts.append(reason) }
    func textSummary(_ data: JSON, indent: String, isColored: Bool) -> String {
        indent + "summary of " + data.rendered() + (isColored ? " in colour" : "")
    }
    func markFailed(_ reason: String?) { failures.append(reason) }
}
