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

    private static let usersShown = 40

    /// Of what the load is made: users, or starts a second.
    let planModel: LoadPlan.Model

    init(project: String, work: LoadWork) {
        self.project = project
        self.work = work
        planModel = work.plan(reactors: 1).model
        profile = work.name
    }

    mutating func add(_ interval: Interval) {
        elapsed = interval.atNanoseconds + interval.lengthNanoseconds
        var inInterval: UInt64 = 0
        for point in interval.points {
            let series = work.series[point.series]
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
            case ("iterations.dropped", .counter(let count)): dropped += count
            case ("users", .gauge(let value)): users = Int(value)
            default: break
            }
        }
        requests += inInterval
        lastRate = Double(inInterval) / max(0.001, Double(interval.lengthNanoseconds) / 1e9)
        usersOverTime.append(Double(users))
        if usersOverTime.count > Self.usersShown { usersOverTime.removeFirst() }
    }

    func snapshot(_ judges: [ThresholdJudge]) -> LoadSnapshot {
        var names: [String] = []
        for step in work.stepNames where !names.contains(step) { names.append(step) }
        return LoadSnapshot(
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
    }
}

extension ThresholdJudge {
    /// How it stands now, without ending it.
    var resultSoFar: ThresholdResult {
        var copy = self
        return copy.finish()
    }
}
