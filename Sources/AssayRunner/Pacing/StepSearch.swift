public import AssayCore
public import AssayScenario

/// Judges the steps of a rising load as their time passes, and says when the search is over.
///
/// A step's figures are of what ended while it was measured: from when its load has been reached to its end.
public struct StepSearch: Sendable {
    /// What is looked for, as the record's plan keeps it.
    public let search: LoadSearch
    /// Steps that were run whole.
    public private(set) var finished: [LoadStep] = []
    /// Nothing is left to find: as many steps were broken as confirm it.
    public private(set) var isOver = false

    private let conditions: [Threshold]
    private let steps: [Span]
    private let latency: Threshold?
    private let failures: Threshold?
    private var running: Running?
    private var nextStep = 0

    /// The measured part of a step.
    struct Span: Sendable, Equatable {
        var load: Double
        var from: Int64
        var to: Int64
    }

    /// What a step has come to so far.
    private struct Running {
        var judges: [ThresholdJudge]
        var figures = StepFigures()
    }

    /// - Parameters:
    ///   - search: of the profile; conditions that do not parse are left out, for the reader has refused them.
    ///   - metrics: what they may judge.
    public init(_ search: LoadProfile.Search, metrics: MetricRegistry = .standard) {
        conditions = search.conditions.compactMap {
            try? Threshold.parse($0.text, metrics: metrics, at: $0.location)
        }
        var at: Int64 = 0
        steps = search.steps.map { step in
            let from = at &+ step.ramp.nanoseconds
            at = from &+ step.hold.nanoseconds
            return Span(load: step.load, from: from, to: at)
        }
        self.search = LoadSearch(
            conditions: conditions.map(\.text), atLeast: search.atLeast, confirm: search.confirm,
            stepCount: search.steps.count)
        latency = conditions.first { $0.metric.kind == .trend && $0.metric.unit == .time }
        failures = conditions.first { $0.metric.kind == .rate && $0.metric.name.hasSuffix(".failed") }
    }

    /// Where intervals must end, so that each belongs to one step: rising, nanoseconds from the start.
    public var bounds: [Int64] { steps.flatMap { [$0.from, $0.to] } }

    /// Takes the next interval in; it begins where the one before ended, and crosses none of ``bounds``.
    ///
    /// - Parameter series: the table that the interval's points index into.
    /// - Returns: the step that ended with it, if one did.
    public mutating func take(_ interval: Interval, series: [Series]) -> LoadStep? {
        guard !isOver, steps.indices.contains(nextStep) else { return nil }
        let span = steps[nextStep]
        let end = interval.atNanoseconds &+ max(0, interval.lengthNanoseconds)
        if interval.atNanoseconds >= span.from, interval.atNanoseconds < span.to {
            var current = running ?? Running(judges: conditions.map { ThresholdJudge($0) })
            for index in current.judges.indices { _ = current.judges[index].judge(interval, series: series) }
            current.figures.add(interval, series, latency: latency, failures: failures)
            running = current
        }
        guard end >= span.to else { return nil }
        nextStep += 1
        guard var current = running.take() else { return nil }
        let step = current.figures.step(
            number: nextStep, span, current.judges.indices.map { current.judges[$0].finish() },
            latency: latency)
        finished.append(step)
        let found = search.degradation(in: finished)
        isOver = !search.conditions.isEmpty && found.isConfirmed
        return step
    }
}

/// Sums of one step.
private struct StepFigures {
    private var requests: [String: (failed: UInt64, total: UInt64)] = [:]
    private var chosen: (failed: UInt64, total: UInt64)?
    private var latencies: [String: HistogramSnapshot] = [:]
    private var iterations: UInt64 = 0
    private var failedChecks: UInt64 = 0

    /// Latencies that stand for a run, most telling first.
    private static let latencyMetrics = ["call.response", "http.response", "redis.response"]
    private static let failureMetrics = ["call.failed", "http.failed", "redis.failed"]

    mutating func add(
        _ interval: Interval, _ series: [Series], latency: Threshold?, failures: Threshold?
    ) {
        for point in interval.points where series.indices.contains(point.series) {
            let of = series[point.series]
            switch (point.value, of.metric) {
            case (.trend(let histogram), _):
                if let latency, latency.selects(of) {
                    latencies["", default: HistogramSnapshot()].merge(histogram)
                } else if latency == nil, Self.latencyMetrics.contains(of.metric) {
                    latencies[of.metric, default: HistogramSnapshot()].merge(histogram)
                }
            case (.counter(let count), "iterations"): iterations += count
            case (.rate(let passed, let total), "checks"): failedChecks += total - passed
            case (.rate(let failed, let total), let metric):
                if let failures, failures.selects(of) {
                    let before = chosen ?? (0, 0)
                    chosen = (before.failed + failed, before.total + total)
                }
                if Self.failureMetrics.contains(metric) {
                    requests[metric, default: (0, 0)].failed += failed
                    requests[metric, default: (0, 0)].total += total
                }
            case (.gauge, _), (.counter, _): break
            }
        }
    }

    func step(number: Int, _ span: StepSearch.Span, _ results: [ThresholdResult], latency: Threshold?)
        -> LoadStep
    {
        let name =
            latency?.metric.name
            ?? Self.latencyMetrics.first { latencies[$0] != nil } ?? "http.response"
        // Calls make requests of their own beside them; one count would say nothing of either.
        let counted = chosen ?? Self.failureMetrics.lazy.compactMap { requests[$0] }.first { $0.total > 0 }
        return LoadStep(
            number: number, load: span.load, atNanoseconds: span.from, lengthNanoseconds: span.to - span.from,
            conditions: results, requests: counted?.total ?? 0, failed: counted?.failed ?? 0,
            iterations: iterations, failedChecks: failedChecks,
            latency: latencies[latency == nil ? name : ""] ?? HistogramSnapshot(), latencyMetric: name)
    }
}
