import AssayCore

/// What a load run says of its voice calls, read once from a record.
struct CallFigures {
    /// A line of the table of steps: what was measured in it.
    struct Line {
        var scenario: String
        var name: String
        /// `response`, `greeting`, …
        var what: String
        var times = HistogramSnapshot()
    }

    var begun: UInt64 = 0
    /// Of those that were scheduled, which is how many ended or never began.
    var failed: UInt64 = 0
    var scheduled: UInt64 = 0
    /// Calls that were up at once, at most.
    var most = 0
    var response = HistogramSnapshot()
    var early: (hit: UInt64, total: UInt64) = (0, 0)
    var lost: (hit: UInt64, total: UInt64) = (0, 0)
    var lateness = HistogramSnapshot()
    /// Times by metric, those that were measured.
    var times: [(what: String, times: HistogramSnapshot)] = []
    /// Responses and the like by step, in the order of the scenario.
    var lines: [Line] = []
    var scheduling: String?
    private var nanoseconds: Int64 = 0

    var failedShare: Double { scheduled > 0 ? Double(failed) / Double(scheduled) : 0 }
    var perMinute: Double { nanoseconds > 0 ? Double(begun) * 60e9 / Double(nanoseconds) : 0 }

    /// - Returns: `nil` of a run without calls.
    init?(_ record: RunRecord, nanoseconds: Int64) {
        guard record.series.contains(where: { $0.metric == "calls.open" }) else { return nil }
        self.nanoseconds = nanoseconds
        scheduling = record.plan?.calls?.scheduling
        var byMetric: [String: HistogramSnapshot] = [:]
        var bySeries: [Int: HistogramSnapshot] = [:]
        for point in record.intervals.lazy.flatMap(\.points)
        where record.series.indices.contains(point.series) {
            let metric = record.series[point.series].metric
            switch (metric, point.value) {
            case ("calls", .counter(let count)): begun += count
            case ("calls.open", .gauge(let value)): most = max(most, Int(value))
            case ("call.failed", .rate(let bad, let total)):
                failed += bad
                scheduled += total
            case ("call.early", .rate(let hit, let total)): early = (early.hit + hit, early.total + total)
            case ("call.predicted-loss", .rate(let hit, let total)):
                lost = (lost.hit + hit, lost.total + total)
            case (_, .trend(let part)) where metric.hasPrefix("call."):
                byMetric[metric, default: HistogramSnapshot()].merge(part)
                if Self.turns.contains(metric) {
                    bySeries[point.series, default: HistogramSnapshot()].merge(part)
                }
            default: break
            }
        }
        response = byMetric["call.response"] ?? response
        lateness = byMetric["call.lateness"] ?? lateness
        times = Self.order.compactMap { metric in byMetric[metric].map { (String(metric.dropFirst(5)), $0) } }
        lines = bySeries.sorted { $0.key < $1.key }.map { series, times in
            let series = record.series[series]
            return Line(
                scenario: series[tag: "scenario"] ?? "", name: series[tag: "name"] ?? "",
                what: String(series.metric.dropFirst(5)), times: times)
        }
    }

    /// Measured once a turn or a call: worth a line a step.
    private static let turns: Set<String> = ["call.greeting", "call.response", "call.barge-stop"]
    private static let order = [
        "call.greeting", "call.first-frame", "call.response", "call.barge-stop", "call.hangup",
        "call.talk-over", "call.dead-air", "call.hole", "call.lead", "call.lateness",
    ]

    /// `early 0.4 %   predicted loss 0 %`; empty when neither was measured.
    var sharesText: String {
        [("early", early), ("predicted loss", lost)].filter { $0.1.total > 0 }.map { name, rate in
            "\(name) \(percentText(Double(rate.hit) / Double(rate.total)))"
        }.joined(separator: "   ")
    }

    /// How late the caller itself was: `p50 …  scheduled as SCHED_FIFO`.
    var latenessText: String { quantilesText(lateness) + (scheduling.map { "   scheduled as \($0)" } ?? "") }
}
