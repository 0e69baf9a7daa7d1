import AssayCore

/// Draws one of several by weight; the same stream of random numbers draws the same.
public struct WeightedPick: Sendable, Equatable {
    private let sums: [Double]

    /// - Parameter weights: how often each is drawn, relative to the others; zero never.
    /// - Returns: `nil` when a weight is negative or not finite, or all are zero.
    public init?(weights: [Double]) {
        var sums: [Double] = []
        var sum = 0.0
        for weight in weights {
            guard weight >= 0, weight.isFinite else { return nil }
            sum += weight
            sums.append(sum)
        }
        guard sum > 0, sum.isFinite else { return nil }
        self.sums = sums
    }

    /// The index of the one drawn; takes exactly one number from the stream.
    ///
    /// - Complexity: O(log weights).
    public func draw<Generator: RandomNumberGenerator>(using random: inout Generator) -> Int {
        let fraction = Double(random.next() >> 11) * 0x1p-53
        let total = sums[sums.count - 1]
        // The product may round up to the total; the greatest number below it belongs to the last weight.
        let drawn = min(fraction * total, total.nextDown)
        var (low, high) = (0, sums.count - 1)
        while low < high {
            let middle = (low + high) / 2
            if sums[middle] <= drawn { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
