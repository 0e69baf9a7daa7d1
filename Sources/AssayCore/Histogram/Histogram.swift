extension Histogram {
    /// How many values were recorded.
    ///
    /// - Complexity: O(used buckets); recording keeps no count of its own.
    public var count: UInt64 {
        guard let range = usedRange else { return 0 }
        return range.reduce(0) { $0 &+ self[bucket: $1] }
    }

    /// The sum of all values, exact up to 2⁵³ and rounded above.
    public var sum: Double { Double(exactSum) }

    /// The arithmetic mean; `nil` when nothing was recorded.
    public var mean: Double? {
        let count = count
        return count == 0 ? nil : sum / Double(count)
    }

    /// The value at a quantile.
    ///
    /// - Parameter quantile: fraction in 0...1; 0.99 is the 99th percentile. Values outside are clamped.
    /// - Returns: the value of nearest rank, within 0.8 % and never outside the recorded extremes; `nil` when nothing
    ///   was recorded.
    /// - Complexity: O(used buckets).
    public func value(at quantile: Double) -> UInt64? { snapshot().value(at: quantile) }

    /// What was recorded, with only the buckets that hold something.
    public func snapshot() -> HistogramSnapshot {
        guard let range = usedRange, let minimum, let maximum else { return HistogramSnapshot() }
        var buckets: [HistogramSnapshot.Bucket] = []
        var total: UInt64 = 0
        for index in range {
            let count = self[bucket: index]
            guard count > 0 else { continue }
            buckets.append(HistogramSnapshot.Bucket(index: index, count: count))
            total &+= count
        }
        return HistogramSnapshot(
            buckets: buckets, count: total, sum: sum, minimum: minimum, maximum: maximum)
    }

    /// Takes what was recorded out, leaving the histogram empty.
    ///
    /// - Complexity: O(used buckets), for the snapshot and for the clearing.
    public func drain() -> HistogramSnapshot {
        let taken = snapshot()
        clear()
        return taken
    }
}
