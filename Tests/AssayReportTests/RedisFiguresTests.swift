import AssayCore
@testable import AssayReport
import Testing

@Suite("Figures of a load that asks a Redis")
struct RedisFiguresTests {
    /// One interval: per protocol a step with a latency, ten requests and two failures.
    private func record(_ protocols: [String]) -> RunRecord {
        var record = RunRecord(
            header: RunHeader(
                kind: .load, project: "p", name: "n", startedAtMilliseconds: 0, seed: 1, assayVersion: "0",
                host: .init(name: "h", system: "s", cores: 1, memoryBytes: 1)))
        var points: [SeriesPoint] = []
        for name in protocols {
            let tags = [Series.Tag("name", "ask \(name)"), Series.Tag("scenario", "s")]
            let histogram = Histogram()
            for _ in 0..<10 { histogram.record(name == "http" ? 8_000_000 : 1_000_000) }
            let latency = histogram.drain()
            for (metric, kind, value) in [
                ("duration", .trend, .trend(latency)), ("response", .trend, .trend(latency)),
                ("requests", .counter, .counter(10)), ("failed", .rate, .rate(passed: 2, total: 10)),
            ] as [(String, Series.Kind, SeriesPoint.Value)] {
                points.append(SeriesPoint(series: record.series.count, value: value))
                record.series.append(Series(metric: "\(name).\(metric)", kind: kind, tags: tags))
            }
        }
        record.intervals = [Interval(atNanoseconds: 0, lengthNanoseconds: 1_000_000_000, points: points)]
        return record
    }

    @Test("a run with both counts all requests, and its latency is HTTP's; steps have their own")
    func both() {
        let figures = LoadFigures(record(["http", "redis"]))
        #expect(
            figures.total.requests == 20 && figures.total.failed == 4 && figures.total.service.count == 10)
        #expect((figures.total.response.value(at: 0.5) ?? 0) > 7_000_000)
        #expect(figures.steps.map(\.name) == ["ask http", "ask redis"])
        #expect(figures.steps.map(\.requests) == [10, 10] && figures.steps.map(\.failed) == [2, 2])
        #expect((figures.steps[1].service.value(at: 0.5) ?? .max) < 2_000_000)
    }

    @Test("a run with Redis alone has its latencies everywhere")
    func alone() {
        let figures = LoadFigures(record(["redis"]))
        #expect(figures.total.requests == 10 && figures.total.service.count == 10)
        #expect((figures.total.response.value(at: 0.99) ?? .max) < 2_000_000)
        let chart = ChartData(record(["redis"]))
        #expect(chart.slices.map(\.requests) == [10] && chart.slices.map(\.latency.count) == [10])
        #expect(chart.stepLine("s", "ask redis").compactMap(\.self).count == 1)
        let mixed = ChartData(record(["http", "redis"]))
        #expect(mixed.slices.map(\.requests) == [20] && mixed.slices.map(\.latency.count) == [10])
    }
}
