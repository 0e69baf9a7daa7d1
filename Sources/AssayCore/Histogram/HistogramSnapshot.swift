/// A histogram at rest: only the buckets that hold something, in rising order.
public struct HistogramSnapshot: Sendable, Equatable {
    public struct Bucket: Sendable, Equatable {
        /// Index in ``Histogram``'s layout.
        public var index: Int
        public var count: UInt64
        public init(index: Int, count: UInt64) {
            self.index = index
            self.count = count
        }
    }

    public var buckets: [Bucket]
    public var count: UInt64
    /// Exact.
    public var sum: Double
    public var minimum: UInt64
    public var maximum: UInt64

    public init(
        buckets: [Bucket] = [], count: UInt64 = 0, sum: Double = 0, minimum: UInt64 = .max,
        maximum: UInt64 = 0
    ) {
        self.buckets = buckets
        self.count = count
        self.sum = sum
        self.minimum = minimum
        self.maximum = maximum
    }
}
