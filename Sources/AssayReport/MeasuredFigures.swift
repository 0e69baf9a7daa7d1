import AssayCore

/// What a load run says of the user's own metrics, of groups and of the statuses of answers, read once from a record.
struct MeasuredFigures {
    /// Everything of one or several series of a metric, added up.
    struct Sum {
        var histogram = HistogramSnapshot()
        var counted: UInt64 = 0
        var hit: UInt64 = 0
        var total: UInt64 = 0
        /// The value that was set last.
        var gauge: Double?

        mutating func add(_ value: SeriesPoint.Value) {
            switch value {
            case .trend(let part): histogram.merge(part)
            case .counter(let count): counted &+= count
            case .rate(let hit, let total):
                self.hit &+= hit
                self.total &+= total
            case .gauge(let value): gauge = value
            }
        }
    }

    /// One of the user's own metrics: over all, and by tags where it has several series.
    struct Own {
        var metric: Metric
        var whole = Sum()
        var parts: [(tags: [Series.Tag], sum: Sum)] = []
        fileprivate var hasData = false
    }

    struct Group {
        var scenario: String
        var name: String
        var times = HistogramSnapshot()
    }

    /// In the order in which they were defined.
    private(set) var own: [Own] = []
    private(set) var groups: [Group] = []
    /// Answers by status, then requests without one by outcome.
    private(set) var statuses: [(name: String, isError: Bool, count: UInt64)] = []
    private let nanoseconds: Int64

    init(_ record: RunRecord, nanoseconds: Int64) {
        self.nanoseconds = nanoseconds
        var sums: [Int: Sum] = [:]
        var owners: [String: Int] = [:]
        var counts: [String: (isError: Bool, count: UInt64)] = [:]
        for series in record.series where series.unit != nil && owners[series.metric] == nil {
            owners[series.metric] = own.count
            own.append(Own(metric: series.definition))
        }
        let wanted = record.series.map { $0.unit != nil || $0.metric == "group.duration" }
        for point in record.intervals.lazy.flatMap(\.points)
        where record.series.indices.contains(point.series) {
            let series = record.series[point.series]
            if wanted[point.series] {
                sums[point.series, default: Sum()].add(point.value)
                if series.unit != nil, let place = owners[series.metric] {
                    own[place].whole.add(point.value)
                    own[place].hasData = true
                }
            } else if series.metric == "http.requests", case .counter(let count) = point.value {
                guard let name = series[tag: "status"] ?? series[tag: "error"] else { continue }
                counts[name, default: (series[tag: "status"] == nil, 0)].count += count
            }
        }
        for (place, sum) in sums.sorted(by: { $0.key < $1.key }) {
            let series = record.series[place]
            if series.unit == nil {
                add(sum.histogram, to: series)
            } else if let owner = owners[series.metric] {
                own[owner].parts.append((series.tags, sum))
            }
        }
        own.removeAll { !$0.hasData }
        for place in own.indices { shorten(&own[place]) }
        statuses = counts.map { ($0.key, $0.value.isError, $0.value.count) }
            .sorted { ($0.isError ? 1 : 0, $0.name) < ($1.isError ? 1 : 0, $1.name) }
    }

    var isEmpty: Bool { own.isEmpty && groups.isEmpty && statuses.isEmpty }

    /// Series of one group that differ in other tags are one line.
    private mutating func add(_ times: HistogramSnapshot, to series: Series) {
        let (scenario, name) = (series[tag: "scenario"] ?? "", series[tag: "group"] ?? "")
        if let place = groups.firstIndex(where: { $0.scenario == scenario && $0.name == name }) {
            groups[place].times.merge(times)
        } else {
            groups.append(Group(scenario: scenario, name: name, times: times))
        }
    }

    /// Tags that all series of a metric have alike tell nothing, and a metric of one series has no parts.
    private func shorten(_ own: inout Own) {
        guard own.parts.count > 1 else {
            own.parts = []
            return
        }
        let common = own.parts.dropFirst().reduce(Set(own.parts[0].tags)) { $0.intersection($1.tags) }
        for place in own.parts.indices { own.parts[place].tags.removeAll(where: common.contains) }
    }

    /// A line of the table of own metrics: what there is to say of its kind.
    func cells(_ metric: Metric, _ sum: Sum) -> [String] {
        func text(_ value: UInt64?) -> String {
            value.map { Self.text(Double($0) / metric.scale, metric.unit) } ?? "–"
        }
        switch metric.kind {
        case .trend:
            let mean = sum.histogram.mean.map { Self.text($0 / metric.scale, metric.unit) } ?? "–"
            return [grouped(sum.histogram.count), mean]
                + [0.5, 0.95, 0.99, 1].map { text(sum.histogram.value(at: $0)) }
        case .counter:
            let whole = Self.text(Double(sum.counted), metric.unit)
            guard nanoseconds > 0 else { return [whole] }
            return [whole, Self.text(Double(sum.counted) * 1e9 / Double(nanoseconds), metric.unit) + "/s"]
        case .rate:
            let share = sum.total > 0 ? percentText(Double(sum.hit) / Double(sum.total)) : "–"
            return [share, "\(grouped(sum.hit)) of \(grouped(sum.total))"]
        case .gauge: return [sum.gauge.map { Self.text($0, metric.unit) } ?? "–"]
        }
    }

    /// The same in words: `1 204, avg 3.2 ms, p50 …`.
    func sentence(_ metric: Metric, _ sum: Sum) -> String {
        let cells = cells(metric, sum)
        guard metric.kind == .trend else { return cells.joined(separator: "   ") }
        return zip(["", "avg ", "p50 ", "p95 ", "p99 ", "max "], cells).map { $0 + $1 }
            .joined(separator: "   ")
    }

    static func text(_ value: Double, _ unit: Metric.Unit) -> String {
        switch unit {
        case .time: shortText(nanoseconds: value)
        case .bytes:
            abs(value) < 9e15 ? ByteCount(Int(value.rounded())).shortText : "\(value) B"
        case .fraction: percentText(value)
        case .count:
            if value == value.rounded(), abs(value) < 9e15 {
                grouped(Int(value))
            } else {
                abs(value) < 9e15 ? significant(value) : "\(value)"
            }
        }
    }
}

extension [Series.Tag] {
    /// `region=eu, name=buy`
    var text: String { map { "\($0.key)=\($0.value)" }.joined(separator: ", ") }
}
