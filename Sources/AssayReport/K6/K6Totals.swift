internal import AssayCore

/// What every series of a run comes to, added up over all of its intervals.
struct K6Totals {
    /// One series, or several of one metric.
    struct Sum {
        var histogram = HistogramSnapshot()
        var counted: UInt64 = 0
        /// Beside whole counts: a part of one, or less than nothing.
        var untold = 0.0
        var passed: UInt64 = 0
        var total: UInt64 = 0
        var gauge: Gauge?
        /// Something was recorded.
        var hasData = false

        /// Of counters.
        var count: Double { Double(counted) + untold }

        mutating func add(_ value: SeriesPoint.Value, at time: Int64) {
            hasData = true
            switch value {
            case .trend(let snapshot): histogram.merge(snapshot)
            case .counter(let count): counted &+= count
            case .rate(let hits, let all):
                passed &+= hits
                total &+= all
            case .gauge(let value): gauge = Gauge(value: value, at: time, before: gauge)
            }
        }

        mutating func add(_ other: Sum) {
            guard other.hasData else { return }
            hasData = true
            histogram.merge(other.histogram)
            counted &+= other.counted
            untold += other.untold
            passed &+= other.passed
            total &+= other.total
            if let later = other.gauge { gauge = gauge?.merged(later) ?? later }
        }
    }

    /// A value that was set, and the range in which it was.
    struct Gauge {
        var value: Double
        var at: Int64
        var least: Double
        var most: Double

        init(value: Double, at time: Int64, before: Gauge?) {
            (self.value, at) = (value, time)
            least = min(value, before?.least ?? value)
            most = max(value, before?.most ?? value)
        }

        mutating func widen(_ least: Double, _ most: Double) {
            self.least = min(self.least, least)
            self.most = max(self.most, most)
        }

        func merged(_ other: Gauge) -> Gauge {
            var result = other.at >= at ? other : self
            result.least = min(least, other.least)
            result.most = max(most, other.most)
            return result
        }
    }

    let series: [Series]
    /// One a series.
    private let sums: [Sum]
    /// Users of all series together, second by second.
    private(set) var users: Gauge?

    init(series: [Series]) {
        self.series = series
        sums = Array(repeating: Sum(), count: series.count)
    }

    /// - Parameters:
    ///   - ranges: between what gauges were, where more is known of it than the record has.
    ///   - untold: what counters came to beside the whole counts of the record.
    init(
        _ record: RunRecord, ranges: [Series: (least: Double, most: Double)] = [:],
        untold: [Series: Double] = [:]
    ) {
        series = record.series
        var sums = Array(repeating: Sum(), count: series.count)
        var active: [Int: Double] = [:]
        for interval in record.intervals {
            for point in interval.points where sums.indices.contains(point.series) {
                sums[point.series].add(point.value, at: interval.atNanoseconds)
                if case .gauge(let value) = point.value, series[point.series].metric == "users" {
                    active[point.series] = value
                }
            }
            // k6 looks once a second: what is left of the last one is not looked at.
            guard interval.lengthNanoseconds > 900_000_000 else { continue }
            users = Gauge(value: active.values.reduce(0, +), at: interval.atNanoseconds, before: users)
        }
        for (place, one) in series.enumerated() {
            if let range = ranges[one] { sums[place].gauge?.widen(range.least, range.most) }
            if let rest = untold[one] {
                sums[place].untold = rest
                sums[place].hasData = true
            }
        }
        self.sums = sums
    }

    /// One series, by its place in the record.
    func sum(at place: Int) -> Sum { sums[place] }

    /// All series of a metric that are chosen.
    func sum(_ metric: String, where isChosen: (Series) -> Bool) -> Sum {
        var result = Sum()
        for (place, one) in series.enumerated() where one.metric == metric && isChosen(one) {
            result.add(sums[place])
        }
        return result
    }

    /// A metric of k6, of the chosen series.
    func sum(_ metric: K6Metric, where isChosen: (Series) -> Bool = { _ in true }) -> Sum {
        guard let name = metric.metric else { return Sum() }
        var result = sum(name, where: isChosen)
        if metric.kind == .counter, result.histogram.count > 0 { result.counted = result.histogram.count }
        if name == "users" { result.gauge = users ?? result.gauge }
        if let other = metric.zeroesOf {
            let expected = sum(other, where: isChosen).histogram.count
            pad(&result, to: expected)
            if let addend = metric.addend {
                var second = sum(addend, where: isChosen)
                pad(&second, to: expected)
                result.histogram = result.histogram.added(second.histogram)
            }
        }
        return result
    }

    private func pad(_ sum: inout Sum, to expected: UInt64) {
        guard expected > sum.histogram.count else { return }
        sum.histogram.record(0, times: expected - sum.histogram.count)
        sum.hasData = true
    }
}

extension HistogramSnapshot {
    /// As if each value had the other's of the same rank added to it: exact in count, sum and range, near in percentiles.
    fileprivate func added(_ other: HistogramSnapshot) -> HistogramSnapshot {
        guard other.maximum > 0, other.count > 0 else { return self }
        guard maximum > 0, count > 0 else { return other }
        var result = HistogramSnapshot()
        // A thousand ranks are finer than any percentile that is asked for.
        let steps = min(count, 1000)
        for step in 0..<steps {
            let share = count * (step + 1) / steps - count * step / steps
            let place = steps == 1 ? 1 : Double(step) / Double(steps - 1)
            let value = (interpolated(at: place) ?? 0) + (other.interpolated(at: place) ?? 0)
            result.record(UInt64(value.rounded()), times: share)
        }
        result.sum = sum + other.sum
        return result
    }
}
