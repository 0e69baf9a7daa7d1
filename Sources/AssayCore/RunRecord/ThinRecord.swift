extension RunRecord {
    /// How many stretches of time a thin record has at most.
    public static let chunkLimit = 80

    /// The length of the stretches into which a load run is cut, so that there are at most `limit`: that of its intervals
    /// times a power of two, so that the stretches of a longer run are made of whole ones of a shorter.
    ///
    /// - Returns: nanoseconds; `nil` of a run without intervals.
    public func chunkWidth(limit: Int = chunkLimit) -> Int64? {
        let lengths = intervals.map(\.lengthNanoseconds).filter { $0 > 0 }.sorted()
        guard !lengths.isEmpty, let last = intervals.last else { return nil }
        // Intervals are a second but for the last, and for those of a machine that was busy.
        let usual = lengths[lengths.count / 2]
        let tenths = 100_000_000 as Int64
        let nominal = usual >= tenths ? (usual + tenths / 2) / tenths * tenths : usual
        let end = last.atNanoseconds + last.lengthNanoseconds
        var width = nominal
        while (end + width - 1) / width > Int64(max(1, limit)) { width *= 2 }
        return width
    }

    /// The record of a load run with fewer, longer intervals and fewer series: what comparing needs, in bounded size.
    ///
    /// Series that differ only in tags of the user's become one; the parts of a request's time are kept of the whole run
    /// alone; samples of exchanges are left out. A thin record of a thin record is the same.
    ///
    /// - Parameters:
    ///   - width: length of the intervals, nanoseconds; see ``chunkWidth(limit:)``.
    ///   - seriesLimit: so many series at most. What the whole run did stays exact: a step that finds no place is added to
    ///     the series of its metric that has no step; metrics beyond so many are left out.
    public func thinned(width: Int64, seriesLimit: Int = 200) -> RunRecord {
        var thin = RunRecord(header: header)
        (thin.plan, thin.thresholds, thin.steps, thin.end) = (plan, thresholds, steps, end)
        thin.failures = failures.sorted { $0.count > $1.count }.prefix(10).map { group in
            var group = group
            (group.sample, group.mismatches) = (nil, [])
            return group
        }
        thin.notes = Array(notes.prefix(20))
        var places: [Series: Int] = [:]
        let target = Self.fitted(series.map(\.thinned), limit: seriesLimit).map { fitted -> Int? in
            guard let fitted else { return nil }
            if let known = places[fitted] { return known }
            places[fitted] = thin.series.count
            thin.series.append(fitted)
            return thin.series.count - 1
        }
        thin.intervals = ThinIntervals(width: width, target: target).intervals(intervals)
        return thin
    }

    private struct StepOfMetric: Hashable {
        var whole: Series
        var step: String
    }

    /// What each series becomes so that there are at most `limit`; `nil` is nothing.
    ///
    /// A step is kept with all its series or with none: a part of one would look like the whole.
    private static func fitted(_ all: [Series], limit: Int) -> [Series?] {
        if Set(all).count <= limit { return all }
        var wholes: Set<Series> = []
        for series in all where wholes.count < limit { wholes.insert(series.whole) }
        var room = limit - wholes.count
        var order: [StepOfMetric] = []
        var members: [StepOfMetric: Set<Series>] = [:]
        for series in all {
            guard let step = series.step else { continue }
            let key = StepOfMetric(whole: series.whole, step: step)
            if members[key] == nil { order.append(key) }
            members[key, default: []].insert(series)
        }
        var kept: Set<StepOfMetric> = []
        for key in order where wholes.contains(key.whole) {
            let count = members[key]?.count ?? 0
            guard count <= room else { continue }
            room -= count
            kept.insert(key)
        }
        return all.map { series -> Series? in
            if let step = series.step, kept.contains(StepOfMetric(whole: series.whole, step: step)) {
                return series
            }
            return wholes.contains(series.whole) ? series.whole : nil
        }
    }
}

extension Series {
    /// The metric of the whole run.
    fileprivate var whole: Series {
        var whole = self
        whole.tags = []
        return whole
    }

    /// The part of the run that it is of.
    fileprivate var step: String? { self[tag: "name"] ?? self[tag: "group"] ?? self[tag: "scenario"] }

    /// Parts of a request's time: too many to be kept for every step.
    private static let parts: Set<Substring> = [
        "waiting", "connecting", "tls", "sending", "receiving", "sent", "received",
    ]

    fileprivate var thinned: Series {
        let words = metric.split(separator: ".", maxSplits: 1)
        let isPart = ["http", "redis"].contains(words.first) && Self.parts.contains(words.last ?? "")
        var thin = self
        thin.tags = tags.filter {
            ["scenario", "group"].contains($0.key) || ($0.key == "name" && !isPart)
        }
        return thin
    }
}

/// Adds intervals up.
private struct ThinIntervals {
    var width: Int64
    /// Where each series goes; `nil` is nowhere.
    var target: [Int?]

    private struct Sum {
        var length: Int64 = 0
        var points: [Int: SeriesPoint.Value] = [:]
        /// Gauges are averaged over the time.
        var gauges: [Int: (sum: Double, count: Double)] = [:]
    }

    func intervals(_ all: [Interval]) -> [Interval] {
        var sums: [Int64: Sum] = [:]
        for interval in all {
            // An interval that began a little early still belongs where its middle lies.
            let middle = max(0, interval.atNanoseconds) + min(interval.lengthNanoseconds, width) / 2
            add(interval, to: &sums[middle / width, default: Sum()])
        }
        return sums.sorted { $0.key < $1.key }.map { chunk, sum in
            let gauges = sum.gauges.mapValues { SeriesPoint.Value.gauge($0.sum / $0.count) }
            let points = sum.points.merging(gauges) { $1 }.sorted { $0.key < $1.key }
            return Interval(
                atNanoseconds: chunk * width, lengthNanoseconds: sum.length,
                points: points.map { SeriesPoint(series: $0.key, value: $0.value) })
        }
    }

    private func add(_ interval: Interval, to sum: inout Sum) {
        sum.length += interval.lengthNanoseconds
        var gauges: [Int: Double] = [:]
        for point in interval.points where target.indices.contains(point.series) {
            guard let place = target[point.series] else { continue }
            switch (sum.points[place], point.value) {
            case (_, .gauge(let value)): gauges[place, default: 0] += value
            case (.trend(var known)?, .trend(let more)):
                known.merge(more)
                sum.points[place] = .trend(known)
            case (.counter(let known)?, .counter(let more)): sum.points[place] = .counter(known &+ more)
            case (.rate(let passed, let total)?, .rate(let morePassed, let more)):
                sum.points[place] = .rate(passed: passed &+ morePassed, total: total &+ more)
            default: sum.points[place] = point.value
            }
        }
        for (place, value) in gauges {
            let known = sum.gauges[place] ?? (0, 0)
            sum.gauges[place] = (known.sum + value, known.count + 1)
        }
    }
}
