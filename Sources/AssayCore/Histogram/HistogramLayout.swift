/// Where a value lies among the buckets: values below 128 have a bucket each, every octave above has 64.
///
/// A bucket is at most 1/64 of its lowest value wide and answers with its middle, so that what it answers is within
/// 1/128 (0.78 %) of what was recorded. Source: HdrHistogram's log-linear layout.
public enum HistogramLayout {
    /// Buckets an octave, as a power of two.
    @usableFromInline static let bits = 6
    /// Values from here on share the last bucket: 2⁴², 73 minutes in nanoseconds.
    @usableFromInline static let limit: UInt64 = 1 << 42
    /// How many buckets there are.
    public static let bucketCount = (42 - bits - 1) * 64 + 128

    /// The bucket of a value; values of 2⁴² and more go into the last.
    @inlinable public static func index(of value: UInt64) -> Int {
        let inside = min(value, limit - 1)
        let shift = 57 - (inside | 64).leadingZeroBitCount
        return (shift << bits) &+ Int(truncatingIfNeeded: inside &>> UInt64(truncatingIfNeeded: shift))
    }

    /// The values that a bucket stands for; the last one also stands for everything above it.
    public static func range(of index: Int) -> ClosedRange<UInt64> {
        let shift = max(0, index >> bits - 1)
        let low = UInt64(index - shift << bits) << UInt64(shift)
        return low...(low + (1 << UInt64(shift) - 1))
    }

    /// The value that a bucket answers with: its middle.
    public static func middle(of index: Int) -> UInt64 {
        let range = range(of: index)
        return range.lowerBound + (range.upperBound - range.lowerBound + 1) / 2
    }

    /// The 1-based rank that a quantile asks for among `count` values (nearest rank).
    static func rank(at quantile: Double, of count: UInt64) -> UInt64 {
        // 0.07 × 100 is a hair above 7; a relative 1e-12 takes the hair off.
        let wanted = (min(max(quantile, 0), 1) * Double(count) * (1 - 1e-12)).rounded(.up)
        return min(max(1, wanted < 1 ? 1 : UInt64(min(wanted, 9e18))), count)
    }
}
