/// Counts of values, in constant memory: 18.6 KiB whatever is recorded.
///
/// Meant for nanoseconds from 1 µs to 1 h, within 0.8 %; smaller values are as good, values above 73 minutes share the
/// last bucket, and the least, the greatest and the sum are exact always. One writer owns a histogram; what leaves its
/// thread is a ``HistogramSnapshot``.
@safe public final class Histogram {
    /// The buckets, then the sum (two words), the least and the greatest value: one allocation, so that recording
    /// does no copy-on-write or exclusivity check.
    @usableFromInline let words: UnsafeMutablePointer<UInt64>

    @usableFromInline static let sumLow = HistogramLayout.bucketCount
    @usableFromInline static let sumHigh = HistogramLayout.bucketCount + 1
    @usableFromInline static let least = HistogramLayout.bucketCount + 2
    @usableFromInline static let greatest = HistogramLayout.bucketCount + 3
    static let wordCount = HistogramLayout.bucketCount + 4

    /// An empty histogram.
    public init() {
        // SAFETY: owned by this object alone, every word initialised here, freed once in deinit; UInt64 is trivial.
        unsafe words = UnsafeMutablePointer<UInt64>.allocate(capacity: Self.wordCount)
        unsafe words.initialize(repeating: 0, count: Self.wordCount)
        unsafe words[Self.least] = .max
    }

    deinit { unsafe words.deallocate() }

    /// Counts one value.
    @inlinable public func record(_ value: UInt64) {
        let index = HistogramLayout.index(of: value)
        // SAFETY: index(of:) answers 0..<bucketCount for every UInt64; the other four words lie behind the buckets.
        unsafe words[index] &+= 1
        let (sum, carry) = unsafe words[Self.sumLow].addingReportingOverflow(value)
        unsafe words[Self.sumLow] = sum
        unsafe words[Self.sumHigh] &+= carry ? 1 : 0
        unsafe words[Self.least] = unsafe min(words[Self.least], value)
        unsafe words[Self.greatest] = unsafe max(words[Self.greatest], value)
    }

    /// Counts a value as often as said; zero times changes nothing.
    public func record(_ value: UInt64, count: UInt64) {
        guard count > 0 else { return }
        let index = HistogramLayout.index(of: value)
        // SAFETY: as in record(_:).
        unsafe words[index] &+= count
        add(sum: UInt128(value) * UInt128(count))
        widen(value, value)
    }

    /// Adds what another histogram counted; the result is exactly what recording both here would have given.
    public func merge(_ other: Histogram) {
        guard let range = other.usedRange else { return }
        // SAFETY: usedRange lies within the buckets of either.
        for index in range { unsafe words[index] &+= other.words[index] }
        add(sum: other.exactSum)
        unsafe widen(other.words[Self.least], other.words[Self.greatest])
    }

    /// Adds what a snapshot counted.
    ///
    /// A snapshot may come from a file: buckets that are none of ours count in the last, and never harm.
    public func merge(_ snapshot: HistogramSnapshot) {
        guard snapshot.count > 0 else { return }
        for bucket in snapshot.buckets {
            let index = min(max(0, bucket.index), HistogramLayout.bucketCount - 1)
            // SAFETY: clamped to the buckets just above.
            unsafe words[index] &+= bucket.count
            let range = HistogramLayout.range(of: index)
            // The used range is told by the extremes, so they must hold every bucket even if the file's do not.
            widen(
                min(max(snapshot.minimum, range.lowerBound), range.upperBound),
                min(max(snapshot.maximum, range.lowerBound), range.upperBound))
        }
        widen(snapshot.minimum, snapshot.maximum)
        add(sum: UInt128(max(0, min(snapshot.sum.isFinite ? snapshot.sum : 0, 1e38))))
    }

    /// Forgets everything; touches only what was used.
    public func clear() {
        guard let range = usedRange else { return }
        // SAFETY: usedRange lies within the buckets.
        unsafe (words + range.lowerBound).update(repeating: 0, count: range.count)
        unsafe words[Self.sumLow] = 0
        unsafe words[Self.sumHigh] = 0
        unsafe words[Self.least] = .max
        unsafe words[Self.greatest] = 0
    }

    /// The buckets from the least to the greatest value; `nil` when nothing was recorded.
    var usedRange: ClosedRange<Int>? {
        let (low, high) = unsafe (words[Self.least], words[Self.greatest])
        return low > high ? nil : HistogramLayout.index(of: low)...HistogramLayout.index(of: high)
    }

    /// The count of one bucket.
    subscript(bucket index: Int) -> UInt64 {
        precondition(index >= 0 && index < HistogramLayout.bucketCount)
        // SAFETY: checked above.
        return unsafe words[index]
    }

    var exactSum: UInt128 {
        unsafe UInt128(words[Self.sumHigh]) << 64 | UInt128(words[Self.sumLow])
    }

    /// The least value, exact; `nil` when nothing was recorded.
    public var minimum: UInt64? { usedRange == nil ? nil : unsafe words[Self.least] }
    /// The greatest value, exact; `nil` when nothing was recorded.
    public var maximum: UInt64? { usedRange == nil ? nil : unsafe words[Self.greatest] }

    private func add(sum: UInt128) {
        let total = exactSum &+ sum
        unsafe words[Self.sumLow] = UInt64(truncatingIfNeeded: total)
        unsafe words[Self.sumHigh] = UInt64(truncatingIfNeeded: total >> 64)
    }

    private func widen(_ low: UInt64, _ high: UInt64) {
        unsafe words[Self.least] = unsafe min(words[Self.least], low)
        unsafe words[Self.greatest] = unsafe max(words[Self.greatest], high)
    }
}
