import AssayCore

/// A load run cut into chunks of time, its series added up by metric and step.
struct LoadSample {
    struct Key: Hashable {
        var metric: String
        var step: String?
    }

    struct Counted {
        var series: Series
        /// One a chunk; `nil` where nothing moved.
        var points: [SeriesPoint.Value?]
    }

    let plan: LoadPlan?
    let width: Int64
    /// Of each chunk, nanoseconds; the measured time in it.
    private(set) var lengths: [Int64] = []
    private(set) var series: [Key: Counted] = [:]
    /// In the order in which the run had them.
    private(set) var keys: [Key] = []

    init(_ record: RunRecord, width: Int64) {
        let thin = record.thinned(width: width, seriesLimit: .max)
        plan = record.plan
        self.width = width
        let count = Int((thin.intervals.last?.atNanoseconds ?? -width) / width) + 1
        lengths = [Int64](repeating: 0, count: count)
        for interval in thin.intervals {
            let chunk = Int(interval.atNanoseconds / width)
            lengths[chunk] = interval.lengthNanoseconds
            for point in interval.points {
                let series = thin.series[point.series]
                let step = series[tag: "name"] ?? series[tag: "group"]
                add(point.value, series, Key(metric: series.metric), chunk)
                if let step { add(point.value, series, Key(metric: series.metric, step: step), chunk) }
            }
        }
    }

    private mutating func add(_ value: SeriesPoint.Value, _ of: Series, _ key: Key, _ chunk: Int) {
        if series[key] == nil {
            keys.append(key)
            series[key] = Counted(series: of, points: Array(repeating: nil, count: lengths.count))
        }
        switch (series[key]?.points[chunk], value) {
        case (.some(.trend(var known)), .trend(let more)):
            known.merge(more)
            series[key]?.points[chunk] = .trend(known)
        case (.some(.counter(let known)), .counter(let more)):
            series[key]?.points[chunk] = .counter(known &+ more)
        case (.some(.rate(let passed, let total)), .rate(let morePassed, let more)):
            series[key]?.points[chunk] = .rate(passed: passed &+ morePassed, total: total &+ more)
        case (.some(.gauge(let known)), .gauge(let more)): series[key]?.points[chunk] = .gauge(known + more)
        default: series[key]?.points[chunk] = value
        }
    }

    // MARK: what is compared

    /// One series of which figures are compared.
    struct Wanted {
        var key: Key
        var kind: Series.Kind
        var direction: MetricDirection
        var isTime: Bool
        /// What the numbers of a trend are divided by.
        var scale: Double
    }

    /// Steps with figures of their own, at most.
    private static let stepLimit = 40
    private static let groups = "group.duration"

    /// What both runs have, and what only one has: the whole first, then steps.
    func metrics(with other: LoadSample, directions: [String: MetricDirection]) -> [Wanted] {
        let all = keys + other.keys.filter { series[$0] == nil }
        let metrics = Dictionary(grouping: all.filter { $0.step != nil }, by: \.metric)
        let wanted = all.compactMap { key -> Wanted? in
            guard let series = (series[key] ?? other.series[key])?.series else { return nil }
            let direction = directions[key.metric] ?? .standard(of: series)
            guard Self.isCompared(series, direction) else { return nil }
            if key.step != nil {
                // Of one step alone the whole is the step; throughput of steps follows from that of passes.
                let siblings = metrics[key.metric]?.count ?? 0
                let least = key.metric == Self.groups ? 1 : 2
                guard siblings >= least, siblings <= Self.stepLimit, series.kind != .counter else {
                    return nil
                }
            } else if key.metric == Self.groups {
                return nil  // of all groups together it says nothing
            }
            return Wanted(
                key: key, kind: series.kind, direction: direction,
                isTime: series.kind == .trend && series.definition.unit == .time,
                scale: series.kind == .trend && series.scale > 0 ? series.scale : 1)
        }
        return wanted.filter { $0.key.step == nil } + wanted.filter { $0.key.step != nil }
    }

    /// Parts of a request's time say where a change comes from, not that there is one; in a run with passes, one that
    /// counts what is told already is not needed.
    private static let left: Set<String> = [
        "http.response", "http.waiting", "http.connecting", "http.tls", "http.sending", "http.receiving",
        "redis.response", "redis.waiting", "redis.connecting", "redis.sending", "redis.receiving", "users",
        "calls.open", "data.sent", "data.received", "iterations.dropped",
    ]

    private static func isCompared(_ series: Series, _ direction: MetricDirection) -> Bool {
        !left.contains(series.metric)
    }

    /// The points of a series as numbers, and which figures are made of them.
    func figures(_ wanted: Wanted) -> (chunks: ChunkFigures, statistics: [ComparedMetric.Statistic])? {
        guard let counted = series[wanted.key] else { return nil }
        switch wanted.kind {
        case .trend:
            let histograms = counted.points.map { point in
                if case .trend(let histogram) = point { histogram } else { HistogramSnapshot() }
            }
            let statistics: [ComparedMetric.Statistic] = [.p50, .p95, .p99]
            return (ChunkFigures(histograms, quantiles: statistics.compactMap(\.quantile)), statistics)
        case .rate:
            return (
                ChunkFigures(
                    ratios: counted.points.map { point in
                        guard case .rate(let passed, let total) = point else { return (0, 0) }
                        return (Double(passed), Double(total))
                    }), [.share]
            )
        case .counter:
            return (
                ChunkFigures(
                    ratios: counted.points.indices.map { chunk in
                        guard case .counter(let count) = counted.points[chunk] else {
                            return (0, Double(lengths[chunk]) / 1e9)
                        }
                        return (Double(count), Double(lengths[chunk]) / 1e9)
                    }), [.rate]
            )
        case .gauge:
            return (
                ChunkFigures(
                    ratios: counted.points.map { point in
                        if case .gauge(let value) = point { (value, 1) } else { (0, 0) }
                    }), [.mean]
            )
        }
    }
}
