import AssayCore
import AssayTestSupport
import Testing

/// A run of some hours, gone through interval by interval without waiting.
@Suite("Runs of any length")
struct LongRunTests {
    static let series = [
        Series(metric: "http.duration", kind: .trend, tags: [Series.Tag("name", "one")]),
        Series(metric: "http.requests", kind: .counter, tags: [Series.Tag("name", "one")]),
        Series(metric: "http.failed", kind: .rate, tags: [Series.Tag("name", "one")]),
        Series(metric: "users", kind: .gauge),
    ]

    /// The second that begins so many seconds after the start.
    static func second(_ number: Int) -> Interval {
        let histogram = Histogram()
        for request in 0..<8 { histogram.record(UInt64(1_000_000 * (1 + (number &* 7 &+ request) % 24))) }
        return Interval(
            atNanoseconds: Int64(number) * 1_000_000_000, lengthNanoseconds: 1_000_000_000,
            points: [
                SeriesPoint(series: 0, value: .trend(histogram.drain())),
                SeriesPoint(series: 1, value: .counter(8)),
                SeriesPoint(series: 2, value: .rate(passed: UInt64(number % 2), total: 8)),
                SeriesPoint(series: 3, value: .gauge(Double(number % 50))),
            ])
    }

    @Test(
        "A threshold holds no more after three hours than after one",
        arguments: [
            "p95(http.duration) < 1s", "p95(http.duration) < 1s over 30s, abort after 10s",
            "rate(http.failed) < 1% over 5m", "value(users) < 1000 over 1m", "count(http.requests) > 1",
        ])
    func thresholds(text: String) throws {
        var judge = ThresholdJudge(try Threshold.parse(text))
        var held: [Int] = []
        for number in 0..<10_800 {
            _ = judge.judge(Self.second(number), series: Self.series)
            if number % 3600 == 3599 { held.append(heldValues(in: judge)) }
        }
        #expect(held.count == 3 && (held.max() ?? 0) <= held[0], "\(held)")
    }

    @Test(
        "A record in memory keeps a bounded number of intervals, without gaps, and loses nothing of the sums")
    func record() {
        var record = RunRecord(
            header: RunHeader(
                kind: .load, project: "p", name: "n", startedAtMilliseconds: 0, seed: 1, assayVersion: "t",
                host: .init(name: "", system: "", cores: 1, memoryBytes: 0)))
        record.series = Self.series
        var whole = HistogramSnapshot()
        var failed: UInt64 = 0
        var most = 0
        for number in 0..<10_000 {
            let second = Self.second(number)
            if case .trend(let trend) = second.points[0].value { whole.merge(trend) }
            failed += UInt64(number % 2)
            record.apply(.interval(second))
            record.mergeIntervals(beyond: 360)
            most = max(most, record.intervals.count)
        }
        #expect(most == 360 && record.intervals.count >= 180)
        var (at, trend, rate, requests) = (Int64(0), HistogramSnapshot(), UInt64(0), UInt64(0))
        for interval in record.intervals {
            #expect(interval.atNanoseconds == at)
            at += interval.lengthNanoseconds
            for point in interval.points {
                switch point.value {
                case .trend(let part): trend.merge(part)
                case .counter(let count): requests += count
                case .rate(let passed, _): rate += passed
                case .gauge: break
                }
            }
        }
        #expect(at == 10_000 * 1_000_000_000 && trend == whole && rate == failed && requests == 80_000)
        #expect(record.intervals.last?.points.last?.value == .gauge(Double(9_999 % 50)))
    }
}
