extension HistogramSnapshot {
    /// The arithmetic mean; `nil` when nothing was recorded.
    public var mean: Double? { count == 0 ? nil : sum / Double(count) }

    /// The value at a quantile, as ``Histogram/value(at:)`` answers it.
    ///
    /// - Parameter quantile: fraction in 0...1; values outside are clamped.
    /// - Complexity: O(buckets held).
    public func value(at quantile: Double) -> UInt64? {
        guard count > 0, !quantile.isNaN else { return nil }
        let rank = HistogramLayout.rank(at: quantile, of: count)
        if rank == 1 { return minimum }
        if rank == count { return maximum }
        var seen: UInt64 = 0
        for bucket in buckets {
            seen &+= bucket.count
            if seen >= rank {
                let index = min(max(0, bucket.index), HistogramLayout.bucketCount - 1)
                return max(min(HistogramLayout.middle(of: index), maximum), minimum)
            }
        }
        return maximum
    }

    /// The value at a quantile on the line between the two recorded values that are nearest to it, as spreadsheets and k6
    /// compute it.
    ///
    /// - Parameter quantile: fraction in 0...1; values outside are clamped.
    /// - Returns: between values that are within 0.8 % of recorded ones; `nil` when nothing was recorded.
    public func interpolated(at quantile: Double) -> Double? {
        guard count > 0, !quantile.isNaN else { return nil }
        let place = min(max(quantile, 0), 1) * Double(count - 1)
        let below = place.rounded(.down)
        let lower = value(ofRank: UInt64(below) + 1)
        guard place > below else { return lower }
        return lower + (value(ofRank: UInt64(below) + 2) - lower) * (place - below)
    }

    /// The recorded value that so many others are not above, itself included; 1 is the smallest.
    private func value(ofRank rank: UInt64) -> Double {
        if rank <= 1 { return Double(minimum) }
        if rank >= count { return Double(maximum) }
        var seen: UInt64 = 0
        for bucket in buckets {
            seen &+= bucket.count
            guard seen >= rank else { continue }
            let index = min(max(0, bucket.index), HistogramLayout.bucketCount - 1)
            return Double(max(min(HistogramLayout.middle(of: index), maximum), minimum))
        }
        return Double(maximum)
    }

    /// Adds what another snapshot counted; exact, and the same in any order.
    ///
    /// - Complexity: O(buckets held by both).
    public mutating func merge(_ other: HistogramSnapshot) {
        guard other.count > 0 else { return }
        var merged: [Bucket] = []
        merged.reserveCapacity(max(buckets.count, other.buckets.count))
        var (left, right) = (buckets[...], other.buckets[...])
        while let first = left.first, let second = right.first {
            if first.index == second.index {
                merged.append(Bucket(index: first.index, count: first.count &+ second.count))
                left.removeFirst()
                right.removeFirst()
            } else if first.index < second.index {
                merged.append(left.removeFirst())
            } else {
                merged.append(right.removeFirst())
            }
        }
        merged.append(contentsOf: left)
        merged.append(contentsOf: right)
        buckets = merged
        count &+= other.count
        sum += other.sum
        minimum = min(minimum, other.minimum)
        maximum = max(maximum, other.maximum)
    }

    /// Takes an earlier snapshot of the same histogram away: what was recorded since.
    ///
    /// The extremes of what is left are not known exactly and become the bounds of its outermost buckets, kept within
    /// the extremes before.
    public mutating func subtract(_ earlier: HistogramSnapshot) {
        var gone = earlier.buckets[...]
        buckets = buckets.compactMap { bucket in
            while let first = gone.first, first.index < bucket.index { gone.removeFirst() }
            guard let first = gone.first, first.index == bucket.index else { return bucket }
            return bucket.count > first.count
                ? Bucket(index: bucket.index, count: bucket.count - first.count) : nil
        }
        guard let lowest = buckets.first, let highest = buckets.last else {
            self = HistogramSnapshot()
            return
        }
        count = buckets.reduce(0) { $0 &+ $1.count }
        sum = max(0, sum - earlier.sum)
        minimum = max(minimum, HistogramLayout.range(of: lowest.index).lowerBound)
        if highest.index < HistogramLayout.bucketCount - 1 {
            maximum = min(maximum, HistogramLayout.range(of: highest.index).upperBound)
        }
    }
}
