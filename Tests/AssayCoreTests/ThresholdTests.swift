import AssayCore
import Testing

@Suite struct ThresholdParsingTests {
    @Test("The profile's own examples are read")
    func examples() throws {
        let windowed = try Threshold.parse("p95(http.duration{name:add}) < 500ms over 30s, abort after 10s")
        #expect(windowed.statistic == .percentile(95) && windowed.metric.name == "http.duration")
        #expect(windowed.tags == [Series.Tag("name", "add")])
        #expect(windowed.comparison == .below && windowed.limit == 500e6)
        #expect(windowed.window == .seconds(30) && windowed.abortAfter == .seconds(10))
        #expect(try Threshold.parse("rate(http.failed)<10%,abort").abortAfter == .zero)
        #expect(try Threshold.parse("p99.9(http.duration) <= 1 s").limit == 1e9)
        #expect(try Threshold.parse("rate(checks) >= 0.99").limit == 0.99)
        #expect(try Threshold.parse("rate(http.requests) > 100/s").limit == 100)
        #expect(try Threshold.parse("rate(http.requests) > 600 /min").limit == 10)
        #expect(try Threshold.parse("rate(data.sent) < 10 MB/s").limit == 1e7)
        #expect(try Threshold.parse("count(data.received) < 64 KiB over 5s").limit == 65536)
        #expect(try Threshold.parse("value(users) == 200").limit == 200)
        let quoted = try Threshold.parse("med(http.tls{scenario: \"a, b}\", name: log in}) != 3ms")
        #expect(quoted.tags == [Series.Tag("name", "log in"), Series.Tag("scenario", "a, b}")])
        let own = MetricRegistry(adding: [Metric("queue.depth", .gauge, .count, "jobs waiting")])
        #expect(try Threshold.parse("value(queue.depth) < 5", metrics: own).metric.summary == "jobs waiting")
    }

    @Test(
        "What is wrong is named, and pointed at",
        arguments: [
            ("", "AS100", 1, "expected a statistic"), ("p95 http.duration < 1s", "AS100", 5, "expected '('"),
            ("p95(http.duraton) < 1s", "AS101", 5, "'http.duration'"),
            ("p(95)(http.duration) < 1s", "AS102", 1, "`p95("),
            ("p(95) < 500", "AS102", 1, "`p95("), ("p101(http.duration) < 1s", "AS102", 1, "p100"),
            ("avgg(http.duration) < 1s", "AS102", 1, "'avg'"), ("p95(http.failed) < 1%", "AS103", 1, "rate"),
            ("rate(http.duration) < 1", "AS103", 1, "p0…p100, avg"),
            ("p95(http.duration) < ", "AS104", 22, "the end"),
            ("p95(http.duration) < fast", "AS104", 22, "500ms"),
            ("p95(http.duration) < 500", "AS105", 22, "`500ms`"),
            ("rate(http.requests) > 100", "AS105", 23, "`100/s`"),
            ("rate(http.failed) < 10", "AS105", 21, "`10%`"),
            ("rate(http.failed) < 110%", "AS105", 21, "10%"),
            ("p95(http.duration) < -5ms", "AS105", 22, "'-5ms'"),
            ("p95(http.duration) < 1s over soon", "AS106", 30, "over 30s"),
            ("p95(http.duration) < 1s over 0s", "AS106", 30, "'0s'"),
            ("p95(http.duration) < 1s, stop", "AS107", 26, "abort"),
            ("p95(http.duration) < 1s, abort after 5", "AS107", 38, "'5'"),
            ("p95(http.duration{name}) < 1s", "AS108", 19, "key:value"),
            ("p95(http.duration{name:a,name:b}) < 1s", "AS108", 26, "twice"),
            ("p95(http.duration) < 1s please", "AS109", 25, "'p'"),
            ("p95(http.duration) = 1s", "AS100", 20, "`==`"),
        ])
    func mistakes(text: String, code: String, column: Int, says: String) throws {
        let error = #expect(throws: Diagnostic.self) { try Threshold.parse(text) }
        let diagnostic = try #require(error)
        #expect(diagnostic.code.description == code)
        #expect(diagnostic.location?.column == column)
        #expect((diagnostic.message + (diagnostic.fix ?? "")).contains(says), "\(diagnostic.rendered())")
    }
}

@Suite struct ThresholdJudgeTests {
    static let table = [
        Series(
            metric: "http.duration", kind: .trend, tags: [.init("name", "add"), .init("scenario", "buy")]),
        Series(
            metric: "http.duration", kind: .trend, tags: [.init("name", "pay"), .init("scenario", "buy")]),
        Series(metric: "http.failed", kind: .rate), Series(metric: "http.requests", kind: .counter),
        Series(metric: "users", kind: .gauge),
        Series(metric: "users", kind: .gauge, tags: [.init("reactor", "1")]),
        Series(metric: "iterations.dropped", kind: .counter),
    ]

    private func trend(_ series: Int, _ milliseconds: [UInt64]) -> SeriesPoint {
        let histogram = Histogram()
        for value in milliseconds { histogram.record(value * 1_000_000) }
        return SeriesPoint(series: series, value: .trend(histogram.snapshot()))
    }

    /// One interval a second; the decisions are the seconds' ends at which it said abort.
    private func run(_ text: String, _ seconds: [[SeriesPoint]]) throws -> (ThresholdResult, aborts: [Int]) {
        var judge = ThresholdJudge(try Threshold.parse(text))
        var aborts: [Int] = []
        for (second, points) in seconds.enumerated() {
            let interval = Interval(
                atNanoseconds: Int64(second) * 1_000_000_000, lengthNanoseconds: 1_000_000_000, points: points
            )
            if judge.judge(interval, series: Self.table) == .abort { aborts.append(second + 1) }
        }
        return (judge.finish(), aborts)
    }

    @Test("Series with the selected tags are judged together, others not")
    func selection() throws {
        let seconds = [[trend(0, [10, 20]), trend(1, [300])], [trend(0, [30])]]
        #expect(try run("max(http.duration{scenario:buy}) < 1s", seconds).0.actual == 300e6)
        #expect(try run("max(http.duration{name:add}) < 1s", seconds).0.actual == 30e6)
        #expect(try run("avg(http.duration) < 1s", seconds).0.actual == 90e6)
        #expect(try run("count(http.duration) < 3", seconds).0.status == .broken)
    }

    @Test(
        "Without data nothing holds",
        arguments: [
            "p95(http.duration{name:none}) < 1s", "max(http.tls) < 1s", "rate(http.failed) < 10%",
            "count(iterations) >= 0", "value(users) < 5", "p95(http.duration) < 1s over 2s",
        ])
    func noData(text: String) throws {
        for seconds in [[], [[]], [[SeriesPoint(series: 2, value: .rate(passed: 0, total: 0))], [], []]] {
            let result = try run(text, seconds).0
            #expect(result.status == .noData && result.actual == nil && result.actualText == "no data")
        }
    }

    @Test("Rates, counters and gauges give their figures, with texts for people")
    func kinds() throws {
        let seconds: [[SeriesPoint]] = [
            [
                .init(series: 2, value: .rate(passed: 1, total: 10)), .init(series: 3, value: .counter(300)),
                .init(series: 4, value: .gauge(3)), .init(series: 5, value: .gauge(4)),
            ], [.init(series: 2, value: .rate(passed: 0, total: 40)), .init(series: 4, value: .gauge(5))],
        ]
        let failed = try run("rate(http.failed) < 10%", seconds).0
        #expect(failed.status == .held && failed.actual == 0.02)
        #expect(failed.actualText == "2.00 %" && failed.limitText == "< 10.0 %")
        #expect(
            failed.firstBrokenAtNanoseconds == 1_000_000_000 && failed.brokenForNanoseconds == 1_000_000_000)
        #expect(try run("rate(http.requests) > 100/s", seconds).0.actualText == "150/s")
        #expect(try run("value(users) <= 9", seconds).0.actual == 9)
        #expect(try run("count(iterations.dropped) == 0", seconds).0.status == .held)
        #expect(try run("rate(http.requests) >= 1/s over 1s", seconds).0.status == .broken)
    }

    @Test("A window forgets what is older, is judged once it has filled, and its worst is reported")
    func windows() throws {
        let seconds = [[5], [900], [6], [7], [8], [9]].map { [trend(0, $0)] }
        let result = try run("max(http.duration) < 100ms over 2s", seconds).0
        #expect(result.status == .broken && result.actual == 900e6)
        #expect(result.firstBrokenAtNanoseconds == 2_000_000_000)
        #expect(result.brokenForNanoseconds == 2_000_000_000)
        #expect(try run("max(http.duration) < 100ms over 2s", Array(seconds[2...])).0.actual == 9e6)
        let short = try run("max(http.duration) < 100ms over 1m, abort", seconds)
        #expect(short.0.status == .broken && short.aborts.isEmpty)
        #expect(try run("avg(http.duration) < 100ms over 2s", Array(seconds[3...])).0.actual == 8.5e6)
    }

    @Test("Abort comes at once, or when broken for so long without a pause, and once only")
    func aborting() throws {
        let seconds = [[5], [900], [5], [900], [900], [900], [900]].map { [trend(0, $0)] }
        let at = try run("max(http.duration) < 100ms over 1s, abort", seconds)
        #expect(at.aborts == [2] && at.0.aborted && at.0.status == .broken)
        #expect(try run("max(http.duration) < 100ms over 1s, abort after 2s", seconds).aborts == [6])
        #expect(try run("max(http.duration) < 100ms over 1s, abort after 5s", seconds).aborts.isEmpty)
        let silent = Array(seconds[..<2]) + [[], []]
        #expect(try run("max(http.duration) < 100ms over 1s, abort after 2s", silent).aborts == [4])
    }
}
