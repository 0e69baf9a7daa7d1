import AssayCore

/// The figures of a load run that several reports show, read once from a record.
struct LoadFigures {
    struct Step {
        var scenario: String
        var name: String
        /// The groups around it.
        var group: String?
        var service = HistogramSnapshot()
        var response = HistogramSnapshot()
        var requests: UInt64 = 0
        var failed: UInt64 = 0

        var failedShare: Double { requests > 0 ? Double(failed) / Double(requests) : 0 }
    }

    /// Requests of all protocols; latencies of HTTP, or of Redis in a run without HTTP: both in one would say nothing of
    /// either.
    var total = Step(scenario: "", name: "")
    /// In the plan's order; steps the plan does not know come after.
    var steps: [Step] = []
    var lag = HistogramSnapshot()
    var dropped: UInt64 = 0
    var iterations: UInt64 = 0
    var durationNanoseconds: Int64
    /// `nil` of a run without voice calls.
    var calls: CallFigures?
    /// Nothing but calls was measured: figures of requests would be empty.
    var hasCallsOnly: Bool { calls != nil && total.requests == 0 }

    /// Requests a second over the whole run.
    var rate: Double {
        durationNanoseconds > 0 ? Double(total.requests) * 1e9 / Double(durationNanoseconds) : 0
    }

    /// So many a minute over the whole run: `1 200`.
    func perMinute(_ count: UInt64) -> String {
        durationNanoseconds > 0 ? significant(Double(count) * 60e9 / Double(durationNanoseconds)) : "–"
    }

    init(_ record: RunRecord) {
        let last = record.intervals.last.map { $0.atNanoseconds + $0.lengthNanoseconds }
        durationNanoseconds = record.end?.durationNanoseconds ?? last ?? 0
        var places: [String: Int] = [:]
        for step in record.plan?.steps ?? [] { _ = place(step, &places) }
        let stepOf = record.series.map { series -> Int? in
            guard Self.protocols.contains(where: series.metric.hasPrefix), let name = series[tag: "name"]
            else { return nil }
            return place(
                .init(scenario: series[tag: "scenario"] ?? "", name: name, group: series[tag: "group"]),
                &places)
        }
        for interval in record.intervals {
            for point in interval.points where record.series.indices.contains(point.series) {
                let metric = record.series[point.series].metric
                add(point.value, metric: metric, step: stepOf[point.series])
            }
        }
        for index in steps.indices { settle(&steps[index]) }
        if total.service.count == 0, total.response.count == 0 {
            (total.service, total.response) = (redis.service, redis.response)
        }
        settle(&total)
        calls = CallFigures(record, nanoseconds: durationNanoseconds)
    }

    /// What the metrics of steps begin with.
    private static let protocols = ["http.", "redis."]
    /// Latencies of Redis alone.
    private var redis = Step(scenario: "", name: "")

    private mutating func place(_ step: LoadPlan.StepName, _ places: inout [String: Int]) -> Int {
        let key = "\(step.scenario)\u{0}\(step.name)\u{0}\(step.group ?? "")"
        if let known = places[key] { return known }
        steps.append(Step(scenario: step.scenario, name: step.name, group: step.group))
        places[key] = steps.count - 1
        return steps.count - 1
    }

    private mutating func add(_ value: SeriesPoint.Value, metric: String, step: Int?) {
        switch metric {
        case "schedule.lag": if case .trend(let histogram) = value { lag.merge(histogram) }
        case "iterations.dropped": if case .counter(let count) = value { dropped += count }
        case "iterations": if case .counter(let count) = value { iterations += count }
        default:
            guard let part = Self.protocols.first(where: metric.hasPrefix) else { return }
            let name = metric.dropFirst(part.utf8.count)
            if let step { Self.add(value, name, to: &steps[step]) }
            switch (value, part) {
            case (.trend, "redis."): Self.add(value, name, to: &redis)
            default: Self.add(value, name, to: &total)
            }
        }
    }

    private static func add(_ value: SeriesPoint.Value, _ name: Substring, to step: inout Step) {
        switch (name, value) {
        case ("duration", .trend(let histogram)): step.service.merge(histogram)
        case ("response", .trend(let histogram)): step.response.merge(histogram)
        case ("requests", .counter(let count)): step.requests += count
        // A rate counts what is true of it: for `http.failed` the failures.
        case ("failed", .rate(let failed, _)): step.failed += failed
        default: break
        }
    }

    /// A record without a request counter still has as many requests as it has latencies.
    private func settle(_ step: inout Step) { step.requests = max(step.requests, step.service.count) }
}

/// `p50 3.1 ms   p95 18 ms   p99 41 ms   max 220 ms`
func quantilesText(_ histogram: HistogramSnapshot) -> String {
    guard histogram.count > 0 else { return "–" }
    return [("p50", 0.5), ("p95", 0.95), ("p99", 0.99), ("max", 1.0)]
        .map { "\($0) \(latencyText(histogram.value(at: $1)))" }.joined(separator: "   ")
}

func latencyText(_ value: UInt64?) -> String { value.map { shortText(nanoseconds: Double($0)) } ?? "–" }
