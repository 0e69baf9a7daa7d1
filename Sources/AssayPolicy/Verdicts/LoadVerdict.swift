public import AssayCore

/// What is known of a load run besides its record's events.
public struct LoadCircumstances: Sendable {
    public var interrupted: Bool
    /// Why there was no load at all: the set-up failed.
    public var setupFailure: String?
    /// Services that ended while the load ran, in words.
    public var deaths: [String]
    public init(interrupted: Bool = false, setupFailure: String? = nil, deaths: [String] = []) {
        self.interrupted = interrupted
        self.setupFailure = setupFailure
        self.deaths = deaths
    }
}

/// Judges a load run. No data is never a pass; a saturated generator makes no statement about the service.
///
/// In this order: interrupted, a failed set-up or a dead service, saturation, late frames of voice calls, thresholds,
/// checks, calls, data at all. Failed checks count in the verdict unless a threshold on `checks` says how many may fail,
/// failed calls unless one on `call.failed` does; so does a run in which every request failed. A scenario of which every pass was broken off was never carried out, so it fails the run unless a
/// threshold on `iterations.failed` judges that; a few broken passes are only counted.
public func judgeLoad(_ record: RunRecord, _ circumstances: LoadCircumstances) -> Verdict {
    if circumstances.interrupted {
        return Verdict(.interrupted, reasons: ["stopped by a person before the schedule had ended"])
    }
    if let failure = circumstances.setupFailure {
        return Verdict(.failed, reasons: ["the set-up failed, so there was no load: \(failure)"])
    }
    if !circumstances.deaths.isEmpty { return Verdict(.failed, reasons: circumstances.deaths) }
    let totals = LoadTotals(record)
    if let bound = record.plan?.lagBoundNanoseconds, let lag = totals.lagP99, lag > UInt64(bound) {
        return Verdict(
            .inconclusive,
            reasons: [
                "the generator was saturated: its schedule lag p99 was \(shortText(nanoseconds: Double(lag))), "
                    + "the bound is \(shortText(nanoseconds: Double(bound)))"
            ])
    }
    if let reason = latenessReason(record, totals) { return Verdict(.inconclusive, reasons: [reason]) }
    let broken = record.thresholds.filter { $0.status == .broken }
    var reasons = broken.map { "\($0.text) was broken: \($0.actualText)" }
    if let plan = record.plan, let search = plan.search, !search.conditions.isEmpty {
        return judgeSearch(record, plan, search, reasons)
    }
    if totals.requests > 0, totals.failed == totals.requests, broken.isEmpty {
        reasons.append("every request failed")
    }
    let judgesPasses = record.thresholds.contains { $0.text.contains("(iterations.failed") }
    if !judgesPasses, reasons.isEmpty {
        for (scenario, passes) in totals.passes.sorted(by: { $0.key < $1.key })
        where passes.total > 0 && passes.broken == passes.total {
            reasons.append("every pass of '\(scenario)' was broken off" + brokenBy(record, scenario))
        }
    }
    // Thresholds of other tools begin with the metric: `checks: rate>0.9`.
    let judgesChecks = record.thresholds.contains { threshold in
        threshold.text.contains("(checks")
            || ["checks:", "checks{"].contains { threshold.text.hasPrefix($0) }
    }
    if !judgesChecks, totals.failedChecks > 0 {
        reasons.append("\(grouped(totals.failedChecks)) of \(grouped(totals.checks)) checks failed")
    }
    let judgesCalls = record.thresholds.contains { $0.text.contains("(call.failed") }
    if !judgesCalls, totals.failedCalls > 0 {
        reasons.append("\(grouped(totals.failedCalls)) of \(grouped(totals.calls)) scheduled calls failed")
    }
    if !reasons.isEmpty { return Verdict(.failed, reasons: reasons) }
    let silent = record.thresholds.filter { $0.status == .noData }.map { "\($0.text) had no data" }
    if !silent.isEmpty { return Verdict(.inconclusive, reasons: silent) }
    if totals.requests == 0, totals.iterations == 0 {
        return Verdict(.inconclusive, reasons: ["nothing was run"])
    }
    return Verdict(.passed)
}

/// Why frames of voice calls that Assay wrote late forbid a judgement: what was heard then was not the service alone.
private func latenessReason(_ record: RunRecord, _ totals: LoadTotals) -> String? {
    guard let calls = record.plan?.calls, totals.lateness.count > 0,
        let p99 = totals.lateness.value(at: 0.99)
    else { return nil }
    let bound = calls.latenessBoundNanoseconds
    let figure: String
    if p99 > UInt64(bound) {
        figure =
            "p99 was \(shortText(nanoseconds: Double(p99))), the bound is \(shortText(nanoseconds: Double(bound)))"
    } else if totals.lateness.maximum > UInt64(bound) * 10 {
        figure =
            "maximum was \(shortText(nanoseconds: Double(totals.lateness.maximum))), the bound is "
            + shortText(nanoseconds: Double(bound) * 10)
    } else {
        return nil
    }
    return "Assay's own frames of audio were late: their lateness \(figure), scheduled as \(calls.scheduling)"
}

/// The failure that most passes of a scenario met, for a reason.
private func brokenBy(_ record: RunRecord, _ scenario: String) -> String {
    let groups = record.failures.filter { $0.scenario == scenario }
    guard let most = groups.max(by: { $0.count < $1.count }) else { return "" }
    return ", mostly by step '\(most.step)': \(most.reason)"
}

/// Sums over a whole load run.
public struct LoadTotals: Sendable, Equatable {
    public private(set) var requests: UInt64 = 0
    public private(set) var failed: UInt64 = 0
    public private(set) var checks: UInt64 = 0
    public private(set) var failedChecks: UInt64 = 0
    public private(set) var iterations: UInt64 = 0
    /// Of the iterations, those that a step broke off.
    public var brokenIterations: UInt64 { passes.values.reduce(0) { $0 + $1.broken } }
    /// Iterations by scenario.
    private(set) var passes: [String: Passes] = [:]
    public private(set) var dropped: UInt64 = 0
    /// Of the generator's own timing, nanoseconds; `nil` when nothing was scheduled.
    public private(set) var lagP99: UInt64?
    /// Voice calls that were scheduled, and those of them that failed.
    public private(set) var calls: UInt64 = 0
    public private(set) var failedCalls: UInt64 = 0
    /// From the end of speech to the answer, and of Assay's own frames of audio; nanoseconds.
    public private(set) var callResponse = HistogramSnapshot()
    public private(set) var lateness = HistogramSnapshot()

    struct Passes: Sendable, Equatable {
        var broken: UInt64 = 0
        var total: UInt64 = 0
    }

    public init(_ record: RunRecord) {
        var lag = HistogramSnapshot()
        for point in record.intervals.lazy.flatMap(\.points)
        where record.series.indices.contains(point.series) {
            switch (record.series[point.series].metric, point.value) {
            case ("http.failed", .rate(let bad, let total)), ("redis.failed", .rate(let bad, let total)):
                failed += bad
                requests += total
            case ("checks", .rate(let passed, let total)):
                checks += total
                failedChecks += total - passed
            case ("iterations", .counter(let count)): iterations += count
            case ("iterations.failed", .rate(let broken, let total)):
                let scenario = record.series[point.series][tag: "scenario"] ?? ""
                passes[scenario, default: Passes()].broken += broken
                passes[scenario, default: Passes()].total += total
            case ("iterations.dropped", .counter(let count)): dropped += count
            case ("schedule.lag", .trend(let histogram)): lag.merge(histogram)
            case ("call.failed", .rate(let bad, let total)):
                failedCalls += bad
                calls += total
            case ("call.response", .trend(let histogram)): callResponse.merge(histogram)
            case ("call.lateness", .trend(let histogram)): lateness.merge(histogram)
            default: break
            }
        }
        lagP99 = lag.value(at: 0.99)
    }
}
