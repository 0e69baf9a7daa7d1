import AssayCore
import AssayFormats
@testable import AssayReport
import Testing

@Suite("Figures of a load of connections that last over steps")
struct SessionFiguresTests {
    private func record() -> RunRecord {
        var record = RunRecord(
            header: RunHeader(
                kind: .load, project: "p", name: "n", startedAtMilliseconds: 0, seed: 1, assayVersion: "0",
                host: .init(name: "h", system: "s", cores: 1, memoryBytes: 1)))
        let histogram = Histogram()
        for _ in 0..<10 { histogram.record(8_000_000) }
        let latency = histogram.drain()
        var points: [SeriesPoint] = []
        for (metric, kind, value) in [
            ("sse.waiting", .trend, .trend(latency)), ("sse.received", .counter, .counter(40)),
            ("tcp.failed", .rate, .rate(passed: 1, total: 4)), ("ws.sent", .counter, .counter(3)),
        ] as [(String, Series.Kind, SeriesPoint.Value)] {
            points.append(SeriesPoint(series: record.series.count, value: value))
            record.series.append(Series(metric: metric, kind: kind, tags: [Series.Tag("name", "one")]))
        }
        record.intervals = [Interval(atNanoseconds: 0, lengthNanoseconds: 1_000_000_000, points: points)]
        return record
    }

    @Test("Sessions have a part of their own in every report, and are no metrics of the user's")
    func everywhere() {
        let figures = MeasuredFigures(record(), nanoseconds: 1_000_000_000)
        #expect(
            figures.sessions.map(\.metric.name) == ["sse.waiting", "sse.received", "tcp.failed", "ws.sent"])
        #expect(figures.own.isEmpty && figures.groups.isEmpty && !figures.isEmpty)
        let text = LoadSummary().render(record())
        #expect(text.contains("sessions") && !text.contains("own metrics"))
        #expect(text.contains("sse.waiting") && text.contains("1 of 4") && text.contains("40/s"))
        #expect(LoadMarkdown.render(record()).contains("## Sessions"))
        #expect(HTMLReport.render(record()).contains(">Sessions<"))
        let metrics = measuredJSON(record()).first { $0.key == "metrics" }?.value
        #expect(metrics?["sse.received"]?["count"]?.intValue == 40)
    }
}
