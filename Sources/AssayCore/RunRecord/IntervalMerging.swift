extension RunRecord {
    /// Merges neighbouring intervals in pairs as soon as there are more than `limit`, so that a run of any length keeps
    /// between half as many and as many.
    ///
    /// Counters, rates and histograms of a merged interval are exactly those of both; a gauge keeps its later value.
    public mutating func mergeIntervals(beyond limit: Int) {
        guard intervals.count > limit else { return }
        intervals = stride(from: 0, to: intervals.count, by: 2).map { index in
            index + 1 < intervals.count
                ? intervals[index].joined(with: intervals[index + 1]) : intervals[index]
        }
    }
}

extension Interval {
    /// This one and the next as one.
    func joined(with next: Interval) -> Interval {
        var values = Dictionary(points.map { ($0.series, $0.value) }) { _, later in later }
        for point in next.points {
            switch (values[point.series], point.value) {
            case (.trend(var a)?, .trend(let b)):
                a.merge(b)
                values[point.series] = .trend(a)
            case (.counter(let a)?, .counter(let b)): values[point.series] = .counter(a + b)
            case (.rate(let passedA, let totalA)?, .rate(let passedB, let totalB)):
                values[point.series] = .rate(passed: passedA + passedB, total: totalA + totalB)
            default: values[point.series] = point.value
            }
        }
        return Interval(
            atNanoseconds: atNanoseconds,
            lengthNanoseconds: next.atNanoseconds + next.lengthNanoseconds - atNanoseconds,
            points: values.sorted { $0.key < $1.key }.map { SeriesPoint(series: $0.key, value: $0.value) })
    }
}
