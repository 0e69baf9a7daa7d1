import AssayCore
import Testing

@Suite struct HistogramTests {
    /// Values over the whole range, many magnitudes alike.
    private func values(_ count: Int, seed: UInt64, from low: Int = 0, to high: Int = 42) -> [UInt64] {
        var random = SeededRandom(seed: seed)
        return (0..<count).map { _ in random.next() >> UInt64(64 - random.integer(in: max(1, low)...high)) }
    }

    private func histogram(_ values: some Sequence<UInt64>) -> Histogram {
        let histogram = Histogram()
        for value in values { histogram.record(value) }
        return histogram
    }

    @Test(
        "Every quantile is within 0.8 % of the sorted values' nearest rank",
        arguments: [1, 2, 3, 10, 100, 999, 5000])
    func quantiles(size: Int) throws {
        for seed in UInt64(1)...5 {
            let values = values(size, seed: seed).sorted()
            let histogram = histogram(values)
            let snapshot = histogram.snapshot()
            for permille in 0...1000 {
                let rank = max(1, (permille * size + 999) / 1000)
                let exact = Double(values[rank - 1])
                let answer = try #require(snapshot.value(at: Double(permille) / 1000))
                #expect(abs(Double(answer) - exact) <= exact * 0.008, "p\(permille) of \(size)")
            }
            #expect(histogram.value(at: 0) == values.first)
            #expect(histogram.value(at: 1) == values.last)
        }
    }

    @Test("Buckets follow each other without gaps and hold the values they are asked for")
    func layout() {
        var next: UInt64 = 0
        for index in 0..<HistogramLayout.bucketCount {
            let range = HistogramLayout.range(of: index)
            #expect(range.lowerBound == next)
            #expect(HistogramLayout.index(of: range.lowerBound) == index)
            #expect(HistogramLayout.index(of: range.upperBound) == index)
            next = range.upperBound + 1
        }
        #expect(next == 1 << 42)
        #expect(HistogramLayout.index(of: .max) == HistogramLayout.bucketCount - 1)
    }

    @Test("An hour at 100 000 a second overflows no count, and the sum stays exact")
    func longRun() {
        let histogram = Histogram()
        histogram.record(3_600_000_000_000, count: 360_000_000)
        histogram.record(.max, count: 4)
        histogram.record(0, count: 0)
        #expect(histogram.count == 360_000_004)
        #expect(histogram.sum == 3_600_000_000_000.0 * 360_000_000 + Double(UInt64.max) * 4)
        #expect(histogram.maximum == .max)
        #expect(histogram.minimum == 3_600_000_000_000)
        #expect(histogram.value(at: 1) == .max)
    }

    @Test("Merging in any grouping is the same as recording everything in one")
    func merging() {
        for seed in UInt64(1)...20 {
            let all = values(3000, seed: seed)
            let thirds = (0..<3).map { third in histogram(all[(third * 1000)..<(third * 1000 + 1000)]) }
            let whole = histogram(all).snapshot()
            let left = Histogram()
            for third in thirds { left.merge(third) }
            #expect(left.snapshot() == whole)
            var tail = thirds[1].snapshot()
            tail.merge(thirds[2].snapshot())
            var right = thirds[0].snapshot()
            right.merge(tail)
            #expect(right == whole)
            let expanded = Histogram()
            for third in thirds.reversed() { expanded.merge(third.snapshot()) }
            #expect(expanded.snapshot() == whole)
        }
    }

    @Test("Draining takes everything out and leaves the histogram as new")
    func draining() {
        let first = values(500, seed: 7)
        let drained = histogram(first)
        #expect(drained.drain() == histogram(first).snapshot())
        #expect(drained.snapshot() == HistogramSnapshot())
        let second = values(500, seed: 8)
        for value in second { drained.record(value) }
        #expect(drained.snapshot() == histogram(second).snapshot())
    }

    @Test("Subtracting an earlier snapshot leaves what came since")
    func subtracting() {
        let (first, second) = (values(500, seed: 9, to: 30), values(500, seed: 10, to: 30))
        var whole = histogram(first + second).snapshot()
        whole.subtract(histogram(first).snapshot())
        let exact = histogram(second).snapshot()
        #expect(whole.buckets == exact.buckets)
        #expect(whole.count == 500)
        #expect(whole.sum == exact.sum)
        #expect(whole.minimum <= exact.minimum && whole.maximum >= exact.maximum)
        whole.subtract(exact)
        #expect(whole == HistogramSnapshot())
    }

    @Test("Nothing recorded answers nothing")
    func empty() {
        let histogram = Histogram()
        #expect(histogram.value(at: 0.5) == nil)
        #expect(histogram.mean == nil && histogram.minimum == nil && histogram.maximum == nil)
        #expect(histogram.count == 0 && histogram.sum == 0)
        histogram.merge(HistogramSnapshot())
        histogram.merge(Histogram())
        #expect(histogram.snapshot() == HistogramSnapshot())
        #expect(HistogramSnapshot().value(at: 0.5) == nil && HistogramSnapshot().mean == nil)
    }

    @Test("A snapshot from a damaged file counts within the layout")
    func damaged() {
        let histogram = Histogram()
        histogram.merge(
            HistogramSnapshot(
                buckets: [.init(index: -5, count: 1), .init(index: 1_000_000, count: 2)], count: 3, sum: .nan,
                minimum: 50, maximum: 60))
        #expect(histogram.count == 3)
        _ = histogram.drain()
        #expect(histogram.snapshot() == HistogramSnapshot())
    }
}
