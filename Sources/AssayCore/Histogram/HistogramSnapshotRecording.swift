extension HistogramSnapshot {
    /// Counts one value, once or several times.
    ///
    /// For what is measured now and then: memory grows with the buckets that hold something, where ``Histogram`` has them
    /// all from the beginning.
    /// - Complexity: O(log of the buckets held), and moving them when the value's is a new one.
    public mutating func record(_ value: UInt64, times: UInt64 = 1) {
        guard times > 0 else { return }
        let index = HistogramLayout.index(of: value)
        var (low, high) = (0, buckets.count)
        while low < high {
            let middle = (low + high) / 2
            if buckets[middle].index < index { low = middle + 1 } else { high = middle }
        }
        if low < buckets.count, buckets[low].index == index {
            buckets[low].count &+= times
        } else {
            buckets.insert(Bucket(index: index, count: times), at: low)
        }
        count &+= times
        sum += Double(value) * Double(times)
        minimum = min(minimum, value)
        maximum = max(maximum, value)
    }
}
