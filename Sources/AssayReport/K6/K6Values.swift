internal import AssayCore

/// The figures of one sum.
struct K6Values {
    private let kind: Series.Kind
    private let sum: K6Totals.Sum
    private let plan: K6SummaryPlan
    /// What recorded numbers are divided by to be in k6's unit.
    private let scale: Double

    init(_ metric: K6Metric, _ sum: K6Totals.Sum, _ plan: K6SummaryPlan) {
        (kind, self.sum, self.plan) = (metric.kind, sum, plan)
        let own = plan.metrics.first { $0.name == metric.name }
        scale = (own?.scale ?? 1) * (metric.contents == .time ? 1e6 : 1)
    }

    var all: [(name: String, value: Double)] {
        switch kind {
        case .counter: return [("count", sum.count), ("rate", perSecond)]
        case .gauge:
            let gauge = sum.gauge
            return [
                ("value", (gauge?.value ?? 0) / gaugeScale), ("min", (gauge?.least ?? 0) / gaugeScale),
                ("max", (gauge?.most ?? 0) / gaugeScale),
            ]
        case .rate:
            return [
                ("rate", share), ("passes", Double(sum.passed)), ("fails", Double(sum.total - sum.passed)),
            ]
        case .trend: return plan.trendStats.map { ($0, trend($0)) }
        }
    }

    /// A gauge keeps what was set, in the base unit.
    private var gaugeScale: Double { scale >= 1e6 ? 1e6 : 1 }
    private var seconds: Double { plan.duration.inSeconds }
    private var perSecond: Double { seconds > 0 ? sum.count / seconds : 0 }
    private var share: Double { sum.total > 0 ? Double(sum.passed) / Double(sum.total) : 0 }

    /// `avg`, `p(95)`, …; zero without data, as in k6.
    func trend(_ name: String) -> Double {
        let histogram = sum.histogram
        guard histogram.count > 0 else { return 0 }
        switch name {
        case "avg": return (histogram.mean ?? 0) / scale
        case "min": return Double(histogram.minimum) / scale
        case "med": return (histogram.interpolated(at: 0.5) ?? 0) / scale
        case "max": return Double(histogram.maximum) / scale
        case "count": return Double(histogram.count)
        default:
            let rank = Double(name.dropFirst(2).dropLast()) ?? 0
            return (histogram.interpolated(at: rank / 100) ?? 0) / scale
        }
    }

    /// What a threshold asks for; `nil` when k6 has no figure to judge.
    func figure(_ method: K6Threshold.Method) -> Double? {
        switch (method, kind) {
        case (.count, .counter): sum.count
        case (.rate, .counter): perSecond
        case (.rate, .rate): sum.total > 0 ? share : nil
        case (.value, .gauge): (sum.gauge?.value ?? 0) / gaugeScale
        case (.average, .trend): trend("avg")
        case (.minimum, .trend): trend("min")
        case (.median, .trend): trend("med")
        case (.maximum, .trend): trend("max")
        case (.percentile(let rank), .trend): trend("p(\(rank))")
        default: nil
        }
    }

    func holds(_ threshold: K6Threshold) -> Bool {
        figure(threshold.method).map { threshold.comparison.holds($0, threshold.limit) } ?? true
    }
}

extension K6Threshold.Method {
    /// What summaries call the figure.
    var name: String {
        switch self {
        case .value: "value"
        case .count: "count"
        case .rate: "rate"
        case .average: "avg"
        case .minimum: "min"
        case .median: "med"
        case .maximum: "max"
        case .percentile(let rank): "p(\(K6Numbers.plain(rank)))"
        }
    }
}
