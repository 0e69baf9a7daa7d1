extension HistogramSnapshot {
    /// Counts one value.
    ///
    /// For what is measured now and then: memory grows with the buckets that hold something, where ``Histogram`` has them
    /// all from the beginning.
    /// - Complexity: O(log of the buckets held), and moving them when the value's is a new one.
    public mutating func record(_ value: UInt64) {
        let index = HistogramLayout.index(of: value)
        var (low, high) = (0, buckets.count)
        while low < high {
            let middle = (low + high) / 2
            if buckets[middle].index < index { low = middle + 1 } else { high = middle }
        }
        if low < buckets.count, buckets[low].index == index {
            buckets[low].count &+= 1
        } else {
            buckets.insert(Bucket(index: index, count: 1), at: low)
        }
        count &+= 1
        sum += Double(value)
        minimum = min(minimum, value)
        maximum = max(maximum, value)
    }
}
