internal import AssayCore
internal import AssayReport
internal import AssayRunner

/// Sums of a load so far, as the live block shows them; constant memory.
struct LoadView {
    private let project: String
    private let profile: String
    private let work: LoadWork
    private(set) var elapsed: Int64 = 0
    private var requests: UInt64 = 0
    private var failed: UInt64 = 0
    private var dropped: UInt64 = 0
    private var users = 0
    private var usersOverTime: [Double] = []
    private var lastRate = 0.0
    private var response = HistogramSnapshot()
    /// Shown where there is no HTTP: both in one figure would say nothing of either.
    private var redisResponse = HistogramSnapshot()
    private var steps: [String: HistogramSnapshot] = [:]
    private var calls: LoadSnapshot.Calls?
    /// Calls begun in the last minute, second by second.
    private var recentCalls: [(count: UInt64, nanoseconds: Int64)] = []

    private static let usersShown = 40
    private static let scriptSteps = 8

    /// Of what the load is made: users, or starts a second.
    let planModel: LoadPlan.Model

    init(project: String, work: LoadWork) {
        self.project = project
        self.work = work
        planModel = work.plan(reactors: 1).model
        profile = work.name
        if work.hasCalls {
            calls = .init(
                open: 0, begun: 0, perMinute: 0, failed: 0, scheduled: 0, response: HistogramSnapshot())
        }
    }

    /// - Parameter table: what the interval's points index into.
    mutating func add(_ interval: Interval, _ table: [Series]) {
        elapsed = interval.atNanoseconds + interval.lengthNanoseconds
        var inInterval: UInt64 = 0
        var callsInInterval: UInt64 = 0
        for point in interval.points {
            let series = table[point.series]
            switch (series.metric, point.value) {
            case ("http.failed", .rate(let bad, let total)), ("redis.failed", .rate(let bad, let total)):
                failed += bad
                inInterval += total
            case ("http.response", .trend(let histogram)):
                response.merge(histogram)
                steps[series[tag: "name"] ?? "", default: HistogramSnapshot()].merge(histogram)
            case ("redis.response", .trend(let histogram)):
                redisResponse.merge(histogram)
                steps[series[tag: "name"] ?? "", default: HistogramSnapshot()].merge(histogram)
            case ("calls", .counter(let count)): callsInInterval += count
            case ("calls.open", .gauge(let value)): calls?.open = Int(value)
            case ("call.failed", .rate(let bad, let total)):
                calls?.failed += bad
                calls?.scheduled += total
            case ("call.response", .trend(let histogram)): calls?.response.merge(histogram)
            case ("iterations.dropped", .counter(let count)): dropped += count
            case ("users", .gauge(let value)): users = Int(value)
            default: break
            }
        }
        requests += inInterval
        if calls != nil { add(callsInInterval, over: interval.lengthNanoseconds) }
        lastRate = Double(inInterval) / max(0.001, Double(interval.lengthNanoseconds) / 1e9)
        usersOverTime.append(Double(users))
        if usersOverTime.count > Self.usersShown { usersOverTime.removeFirst() }
    }

    /// Calls a minute are those of the last one: a second has few.
    private mutating func add(_ begun: UInt64, over nanoseconds: Int64) {
        recentCalls.append((begun, nanoseconds))
        if recentCalls.count > 60 { recentCalls.removeFirst() }
        let time = recentCalls.reduce(0) { $0 + $1.nanoseconds }
        calls?.begun += begun
        calls?.perMinute =
            time > 0 ? Double(recentCalls.reduce(0) { $0 + $1.count }) * 60e9 / Double(time) : 0
    }

    func snapshot(_ judges: [ThresholdJudge]) -> LoadSnapshot {
        var names: [String] = []
        for step in work.stepNames where !names.contains(step) { names.append(step) }
        if work.script != nil {
            // Of what a script asks only the run knows; the commonest are shown.
            let known = steps.filter { !$0.key.isEmpty }.sorted {
                ($0.value.count, $1.key) > ($1.value.count, $0.key)
            }
            names = known.prefix(Self.scriptSteps).map(\.key)
        }
        var snapshot = LoadSnapshot(
            project: project, profile: profile, elapsedNanoseconds: elapsed,
            totalNanoseconds: work.length?.nanoseconds, stage: work.stageText(at: elapsed), users: users,
            usersOverTime: usersOverTime, requests: requests, requestsPerSecond: lastRate, failed: failed,
            dropped: dropped, response: response.count > 0 ? response : redisResponse,
            steps: names.compactMap { name in steps[name].map { .init(name: name, response: $0) } },
            thresholds: judges.map { judge in
                let result = judge.resultSoFar
                return .init(
                    text: result.text, status: result.status, actualText: result.actualText,
                    brokenForNanoseconds: result.brokenForNanoseconds)
            })
        snapshot.calls = calls
        return snapshot
    }
}

extension ThresholdJudge {
    /// How it stands now, without ending it.
    var resultSoFar: ThresholdResult {
        var copy = self
        return copy.finish()
    }
}
