/// What the series of one threshold did within some stretch of time, added up.
struct Tally: Sendable {
    var histogram = HistogramSnapshot()
    var counted: UInt64 = 0
    var passed: UInt64 = 0
    var total: UInt64 = 0
    /// The last value of each gauge, by series.
    var gauges: [Int: Double] = [:]
    /// Of whichever series had one last.
    var lastGauge: Double?
    var nanoseconds: Int64 = 0
    /// How many values the trend should have, zeroes included; ``Threshold/Rules/zeroesOf``.
    var expected: UInt64 = 0
    /// Something was added.
    var hasPoints = false

    /// Adds one point, if it is of the kind that its series says.
    mutating func add(_ point: SeriesPoint, kind: Series.Kind) {
        hasPoints = true
        switch (point.value, kind) {
        case (.trend(let snapshot), .trend): histogram.merge(snapshot)
        case (.counter(let count), .counter): counted &+= count
        case (.rate(let passed, let total), .rate):
            self.passed &+= passed
            self.total &+= total
        case (.gauge(let value), .gauge):
            gauges[point.series] = value
            lastGauge = value
        default: break
        }
    }

    mutating func merge(_ later: Tally) {
        histogram.merge(later.histogram)
        counted &+= later.counted
        passed &+= later.passed
        total &+= later.total
        gauges.merge(later.gauges) { $1 }
        lastGauge = later.lastGauge ?? lastGauge
        nanoseconds &+= later.nanoseconds
        expected &+= later.expected
        hasPoints = hasPoints || later.hasPoints
    }

    /// Takes the oldest part away; `rest` is what remains, for the figures that cannot be subtracted exactly.
    mutating func remove(_ oldest: Tally, rest: some Collection<Tally>) {
        if oldest.histogram.count > 0 {
            histogram.subtract(oldest.histogram)
            histogram.sum = rest.reduce(0) { $0 + $1.histogram.sum }
            histogram.minimum = rest.reduce(.max) { min($0, $1.histogram.minimum) }
            histogram.maximum = rest.reduce(0) { max($0, $1.histogram.maximum) }
        }
        counted &-= oldest.counted
        passed &-= oldest.passed
        total &-= oldest.total
        nanoseconds &-= oldest.nanoseconds
        expected &-= oldest.expected
    }

    /// The figure that a threshold asks for; `nil` without data.
    ///
    /// A counter whose series exists counts zero even if it never moved. Assay's own gauges of several series add up, like
    /// users; of the user's own the last value stands, wherever it was set.
    func figure(of threshold: Threshold) -> Double? {
        let scale = threshold.metric.scale
        var histogram = histogram
        if expected > histogram.count { histogram.record(0, times: expected - histogram.count) }
        func value(at rank: Double) -> Double? {
            let value =
                threshold.rules.interpolates
                ? histogram.interpolated(at: rank / 100) : histogram.value(at: rank / 100).map { Double($0) }
            return value.map { $0 / scale }
        }
        return switch (threshold.statistic, threshold.metric.kind) {
        case (.percentile(let rank), .trend): value(at: rank)
        case (.median, .trend): value(at: 50)
        case (.average, .trend): histogram.mean.map { $0 / scale }
        case (.minimum, .trend): histogram.count > 0 ? Double(histogram.minimum) / scale : nil
        case (.maximum, .trend): histogram.count > 0 ? Double(histogram.maximum) / scale : nil
        case (.count, .trend): histogram.count > 0 ? Double(histogram.count) : nil
        case (.rate, .trend) where nanoseconds > 0: Double(histogram.count) / (Double(nanoseconds) / 1e9)
        case (.count, .counter), (.rate, .counter):
            // To other tools a counter that never moved has no data.
            if threshold.rules.whenEmpty != .noData, !hasPoints {
                nil
            } else if threshold.statistic == .count {
                Double(counted)
            } else {
                nanoseconds > 0 ? Double(counted) / (Double(nanoseconds) / 1e9) : nil
            }
        case (.rate, .rate): total > 0 ? Double(passed) / Double(total) : nil
        case (.value, .gauge) where threshold.metric.isOwn: lastGauge
        case (.value, .gauge): gauges.isEmpty ? nil : gauges.values.reduce(0, +)
        default: nil
        }
    }
}
