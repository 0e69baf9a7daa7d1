internal import AssayCore

/// What one reactor measured since it was last asked.
struct MeterPart: Sendable {
    /// A value of one of the user's own gauges, with the time when it was set.
    struct Gauge: Sendable {
        var point: SeriesPoint
        var at: Int64
    }

    /// A series that only the run knows.
    struct Appeared: Sendable {
        var series: Series
        /// What stands for it when there are too many.
        var standIn: Series
        /// What it is a part of, and counts as one with.
        var parent: Series?
    }

    var points: [SeriesPoint]
    var gauges: [Gauge]
    /// In the order in which the reactor counts them, behind those that it told of before.
    var appeared: [Appeared]
    var overflows: [SeriesOverflow]
}

/// A metric of which tags would have made more series than there may be.
public struct SeriesOverflow: Sendable, Hashable {
    public var metric: String
    /// Keys of the tags whose values were too many.
    public var tags: [String]
}

/// The series of a run over all its reactors, which each count their own behind those that were planned.
struct SeriesTable {
    private(set) var series: [Series]
    /// The first of each set of tags.
    private(set) var overflows: [SeriesOverflow] = []
    private let limit: Int
    private let planned: Int
    private var places: [Series: Int] = [:]
    private var counts: [String: Int] = [:]
    /// By reactor: where each of its own series is here.
    private var maps: [[Int]]

    init(planned: [Series], limit: Int, reactors: Int) {
        series = planned
        self.planned = planned.count
        self.limit = limit
        maps = Array(repeating: [], count: reactors)
        for (place, one) in planned.enumerated() {
            places[one] = places[one] ?? place
            counts[one.metric, default: 0] += 1
        }
    }

    /// Joins what the reactors measured in the same interval.
    ///
    /// - Returns: points that index into ``series``; the user's own gauges come last, in the order in which they were set.
    mutating func join(_ parts: [MeterPart]) -> [SeriesPoint] {
        var points: [[SeriesPoint]] = []
        var gauges: [MeterPart.Gauge] = []
        for (reactor, part) in parts.enumerated() {
            for one in part.appeared { maps[reactor].append(place(of: one)) }
            for overflow in part.overflows { note(overflow) }
            let map = maps[reactor]
            points.append(part.points.map { point in translated(point, map) })
            gauges += part.gauges.map { .init(point: translated($0.point, map), at: $0.at) }
        }
        var last: Set<Int> = []
        let latest = gauges.sorted { $0.at > $1.at }.filter { last.insert($0.point.series).inserted }
        let isPlain = series.count == planned && parts.count == 1
        return (isPlain ? points[0] : merged(points, always: true)) + latest.reversed().map(\.point)
    }

    private func translated(_ point: SeriesPoint, _ map: [Int]) -> SeriesPoint {
        guard point.series >= planned else { return point }
        return SeriesPoint(series: map[point.series - planned], value: point.value)
    }

    private mutating func place(of one: MeterPart.Appeared) -> Int {
        if let known = places[one.series] { return known }
        if let parent = one.parent {
            let series = places[parent] == nil ? one.standIn : one.series
            return places[series] ?? add(series, isPart: true)
        }
        guard counts[one.series.metric, default: 0] < limit else {
            let keys = one.series.tags.filter { one.standIn[tag: $0.key] != $0.value }.map(\.key)
            note(SeriesOverflow(metric: one.series.metric, tags: keys))
            return places[one.standIn] ?? add(one.standIn)
        }
        return add(one.series)
    }

    private mutating func note(_ overflow: SeriesOverflow) {
        let isKnown = overflow.tags.isEmpty || overflows.contains { $0.tags == overflow.tags }
        if !isKnown { overflows.append(overflow) }
    }

    private mutating func add(_ one: Series, isPart: Bool = false) -> Int {
        series.append(one)
        places[one] = series.count - 1
        if !isPart { counts[one.metric, default: 0] += 1 }
        return series.count - 1
    }
}
