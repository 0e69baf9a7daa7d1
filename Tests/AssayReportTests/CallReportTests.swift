import AssayCore
import AssayReport
import Testing

@Suite("Calls in reports")
struct CallReportTests {
    /// Two minutes of a load with nothing but calls: 30 begun, one of them failed.
    static let record: RunRecord = {
        var record = Sample.load(seconds: 2)
        record.series = []
        record.intervals = []
        record.failures = []
        record.slowest = []
        record.thresholds = []
        record.notes = []
        record.end?.durationNanoseconds = 120_000_000_000
        record.plan?.steps = [.init(scenario: "search", name: "answer")]
        record.plan?.calls = .init(latenessBoundNanoseconds: 2_000_000, scheduling: "SCHED_FIFO")
        let tags = [Series.Tag("name", "answer"), Series.Tag("scenario", "search")]
        func add(_ metric: String, _ kind: Series.Kind, _ value: SeriesPoint.Value, tagged: Bool = true)
            -> SeriesPoint
        {
            record.series.append(Series(metric: metric, kind: kind, tags: tagged ? tags : []))
            return SeriesPoint(series: record.series.count - 1, value: value)
        }
        func trend(_ values: [UInt64]) -> SeriesPoint.Value {
            let histogram = Histogram()
            for value in values { histogram.record(value) }
            return .trend(histogram.drain())
        }
        record.intervals = [
            Interval(
                atNanoseconds: 0, lengthNanoseconds: 120_000_000_000,
                points: [
                    add("calls", .counter, .counter(30)),
                    add("calls.open", .gauge, .gauge(7), tagged: false),
                    add("call.failed", .rate, .rate(passed: 1, total: 30)),
                    add("call.greeting", .trend, trend([200_000_000])),
                    add("call.response", .trend, trend([800_000_000, 900_000_000])),
                    add("call.early", .rate, .rate(passed: 0, total: 2)),
                    add("call.predicted-loss", .rate, .rate(passed: 5, total: 1000)),
                    add("call.lateness", .trend, trend([300_000])),
                ])
        ]
        return record
    }()

    @Test("The summary shows calls in place of requests, their times and whose lateness they bear")
    func summary() {
        let text = LoadSummary(width: 120).render(Self.record)
        #expect(text.contains("  calls      30   15.0/min   at most 7 at once   failed 3.33 %  (1)\n"))
        #expect(text.contains("  greeting   p50 200 ms"))
        #expect(text.contains("  response   p50 "))
        #expect(text.contains("scheduled as SCHED_FIFO   of Assay's own frames"))
        #expect(text.contains("early 0 %   predicted loss 0.500 %"))
        #expect(!text.contains("  requests"))
    }

    @Test("The pages show them too") func pages() {
        let markdown = LoadMarkdown.render(Self.record)
        #expect(markdown.contains("15.0 calls/min |"))
        #expect(markdown.contains("| Failed calls | 1 of 30 (3.33 %) |"))
        #expect(markdown.contains("| `call.response` | 2 | "))
        #expect(!markdown.contains("| Requests |"))
        let html = HTMLReport.render(Self.record)
        #expect(html.contains("<h2>Calls</h2>"))
        #expect(html.contains("<div><span>per minute</span><b>15.0</b></div>"))
        #expect(html.contains("call.response"))
    }

    @Test("The live block shows calls that are up, and the line of a log does") func live() {
        var state = LoadSnapshot(
            project: "p", profile: "peak", elapsedNanoseconds: 1_000_000_000, totalNanoseconds: nil,
            stage: "",
            users: 3, usersOverTime: [], requests: 0, requestsPerSecond: 0, failed: 0,
            response: HistogramSnapshot())
        state.calls = .init(
            open: 3, begun: 12, perMinute: 24, failed: 1, scheduled: 9, response: HistogramSnapshot())
        let lines = LoadBlock(width: 100).lines(state)
        #expect(lines.contains("  calls      3 up   12 in all   24.0/min   failed 11.1 %  (1)"))
        #expect(lines.contains("  answers    –"))
        #expect(!lines.contains { $0.contains("requests") })
        #expect(CILine.render(state).contains("calls 3 up, 24.0/min, answers p95 –, failed 11.1 %"))
    }

    @Test("Recordings of a failed test are named in every report, whole") func recordings() {
        var record = Sample.failing
        guard let place = record.tests.firstIndex(where: { $0.status == .failed }) else { return }
        let path =
            ".assay/runs/20261121-101500-test/calls/" + String(repeating: "long-", count: 30) + "c1.wav"
        record.tests[place].recordings = [
            .init(call: "c1", path: path, nanoseconds: 4_200_000_000, note: "only the first 4.20 s")
        ]
        let line = "recording of c1 (4.20 s, only the first 4.20 s): \(path)"
        #expect(TestSummary(width: 80).render(record).contains(line))
        #expect(HTMLReport.render(record).contains(path))
        #expect(TestMarkdown.render(record).contains("Recordings of their calls"))
    }

    @Test("The record keeps them, and what a load intends with calls") func written() throws {
        var record = Self.record
        record.tests = Sample.failing.tests
        record.tests[0].recordings = [.init(call: "c1", path: "a.wav", nanoseconds: 5)]
        let reading = try RecordReader.read(RecordWriter.render(record), file: "record.jsonl")
        #expect(reading.warnings.isEmpty)
        #expect(reading.record.plan == record.plan)
        #expect(reading.record.tests == record.tests)
    }
}
