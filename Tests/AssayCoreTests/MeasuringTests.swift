import AssayCore
import Testing

@Suite("Thresholds on what a run itself makes")
struct MeasuringThresholdTests {
    private static let registry = MetricRegistry(adding: [
        .own("orders.value", .trend, .count), .own("queue.depth", .gauge, .count),
        .own("orders.created", .counter, .count), .own("cache.hits", .rate, .fraction),
        .own("page.size", .trend, .bytes),
    ])

    private static func series(_ metric: String, _ tags: [(String, String)] = []) -> Series {
        Series(registry[metric] ?? Metric(metric, .counter, .count, ""), tags: tags.map { .init($0, $1) })
    }

    /// One interval a second, each with its points; the ends of those that said abort.
    private static func run(
        _ text: String, _ series: [Series], _ seconds: [[SeriesPoint]]
    ) throws -> (result: ThresholdResult, aborts: [Int], matchedNothing: Bool) {
        var judge = ThresholdJudge(try Threshold.parse(text, metrics: registry))
        var aborts: [Int] = []
        for (second, points) in seconds.enumerated() {
            let interval = Interval(
                atNanoseconds: Int64(second) * 1_000_000_000, lengthNanoseconds: 1_000_000_000, points: points
            )
            if judge.judge(interval, series: series) == .abort { aborts.append(second + 1) }
        }
        return (judge.finish(), aborts, judge.hasMatchedNothing)
    }

    private static func trend(_ series: Int, _ values: [UInt64]) -> SeriesPoint {
        var snapshot = HistogramSnapshot()
        for value in values { snapshot.record(value) }
        return SeriesPoint(series: series, value: .trend(snapshot))
    }

    @Test("A time from which it counts, and one from which it may end the run, are read in their places")
    func parsing() throws {
        let all = try Threshold.parse("p99.9(http.duration) < 1s over 30s from 1m, abort after 10s from 2m")
        #expect(all.statistic == .percentile(99.9) && all.window == .seconds(30))
        #expect(all.judgedFrom == .seconds(60) && all.abortAfter == .seconds(10))
        #expect(all.abortFrom == .seconds(120))
        let comma = try Threshold.parse("rate(http.failed) < 10%, from 30s, abort")
        #expect(comma.judgedFrom == .seconds(30) && comma.abortAfter == .zero && comma.abortFrom == nil)
        let late = try Threshold.parse("count(http.requests) > 5 from 10s, abort from 20s")
        #expect(late.judgedFrom == .seconds(10) && late.abortFrom == .seconds(20))
        #expect(try Threshold.parse("value(queue.depth) > -5", metrics: Self.registry).limit == -5)
        #expect(try Threshold.parse("max(page.size) < 64 KiB", metrics: Self.registry).limit == 65536)
    }

    @Test(
        "A time that is none is pointed at",
        arguments: [
            ("p95(http.duration) < 1s from soon", 30), ("p95(http.duration) < 1s, from 0s", 31),
            ("p95(http.duration) < 1s, abort from x", 37),
        ])
    func badTimes(text: String, column: Int) throws {
        let error = #expect(throws: Diagnostic.self) { try Threshold.parse(text) }
        #expect(error?.code == "AS588" && error?.location?.column == column)
        #expect(error?.message.hasPrefix("expected a time after 'from', found '") == true)
    }

    @Test("What ended in the warm-up does not count, with a window or without")
    func warmUp() throws {
        let table = [Self.series("orders.value")]
        let seconds = [900_000, 900_000, 5000, 6000].map { [Self.trend(0, [$0])] }
        let whole = try Self.run("max(orders.value) < 100", table, seconds).result
        #expect(whole.status == .broken && whole.actual == 900)
        let later = try Self.run("max(orders.value) < 100 from 2s", table, seconds).result
        #expect(later.status == .held && later.actual == 6)
        // The interval in which the warm-up ends is a part of it.
        #expect(try Self.run("max(orders.value) < 100 from 1500ms", table, seconds).result.actual == 6)
        #expect(try Self.run("max(orders.value) < 100 over 2s from 2s", table, seconds).result.actual == 6)
        #expect(try Self.run("count(orders.value) > 0 from 9s", table, seconds).result.status == .noData)
    }

    @Test("A run is not ended before the time that abort gives, though everything counts")
    func lateAbort() throws {
        let table = [Self.series("orders.value")]
        let seconds = (0..<5).map { _ in [Self.trend(0, [900_000])] }
        #expect(try Self.run("max(orders.value) < 100, abort", table, seconds).aborts == [1])
        let late = try Self.run("max(orders.value) < 100, abort from 3s", table, seconds)
        #expect(
            late.aborts == [3] && late.result.aborted && late.result.firstBrokenAtNanoseconds == 1_000_000_000
        )
        #expect(try Self.run("max(orders.value) < 100, abort after 3s from 2s", table, seconds).aborts == [4])
    }

    @Test("A trend of numbers keeps thousandths, and is judged and told in its own unit")
    func scale() throws {
        let table = [Self.series("orders.value"), Self.series("page.size")]
        let seconds = [[Self.trend(0, [1500, 2500]), Self.trend(1, [2048])]]
        #expect(try Self.run("avg(orders.value) < 3", table, seconds).result.actualText == "2")
        #expect(try Self.run("max(orders.value) < 3", table, seconds).result.actual == 2.5)
        #expect(try Self.run("min(orders.value) < 3", table, seconds).result.actual == 1.5)
        #expect(try Self.run("count(orders.value) == 2", table, seconds).result.status == .held)
        #expect(try Self.run("max(page.size) < 1 MB", table, seconds).result.actualText == "2.00 KiB")
    }

    @Test("Of a gauge of the user's own the last value counts, wherever it was set")
    func gauges() throws {
        let table = [
            Self.series("queue.depth", [("name", "a")]), Self.series("queue.depth", [("name", "b")]),
        ]
        let seconds: [[SeriesPoint]] = [
            [.init(series: 1, value: .gauge(7)), .init(series: 0, value: .gauge(3))], [],
        ]
        #expect(try Self.run("value(queue.depth) < 5", table, seconds).result.actual == 3)
        #expect(try Self.run("value(queue.depth{name:b}) < 5", table, seconds).result.actual == 7)
    }

    @Test("No answer with a status is a count of 0, once anything was asked; other tags must be there")
    func statuses() throws {
        let table = [
            Series(metric: "http.requests", kind: .counter, tags: [.init("name", "buy")]),
            Series(
                metric: "http.requests", kind: .counter, tags: [.init("name", "buy"), .init("status", "200")]),
        ]
        let seconds: [[SeriesPoint]] = [[.init(series: 1, value: .counter(9))]]
        let none = try Self.run("count(http.requests{status:500}) == 0", table, seconds)
        #expect(none.result.status == .held && none.result.actual == 0 && !none.matchedNothing)
        #expect(
            try Self.run("count(http.requests{error:timeout,name:buy}) == 0", table, seconds).result.status
                == .held)
        #expect(try Self.run("count(http.requests{status:200}) == 9", table, seconds).result.status == .held)
        #expect(try Self.run("count(http.requests) == 9", table, seconds).result.status == .held)
        let misspelt = try Self.run("count(http.requests{name:bye,status:500}) == 0", table, seconds)
        #expect(misspelt.result.status == .noData && misspelt.matchedNothing)
    }

    @Test(
        "Why nothing matched is told with what was meant",
        arguments: [
            (
                "count(http.requests{nmae:buy}) == 0",
                "no http.requests has the tag 'nmae'; did you mean 'name'?"
            ),
            ("count(http.requests{name:sel}) == 0", "no http.requests has name 'sel'; did you mean 'sell'?"),
            (
                "count(http.requests{name:xxxxxxx}) == 0",
                "no http.requests has name 'xxxxxxx'; there are: buy, sell"
            ),
            ("count(http.requests{name:buy,group:b}) == 0", "no http.requests has all of its tags"),
            ("p95(http.tls) < 1s", "nothing measures http.tls"),
        ])
    func unmatched(text: String, says: String) throws {
        let table = [
            Series(
                metric: "http.requests", kind: .counter, tags: [.init("name", "buy"), .init("group", "a")]),
            Series(
                metric: "http.requests", kind: .counter, tags: [.init("name", "sell"), .init("group", "b")]),
        ]
        let threshold = try Threshold.parse(text)
        #expect(threshold.unmatchedText(in: table) == "no series matched \(text): \(says)")
    }

    @Test("Series that appear while the run goes on are judged from then on")
    func lateSeries() throws {
        var judge = ThresholdJudge(
            try Threshold.parse("count(orders.created{region:eu}) >= 3", metrics: Self.registry))
        var table = [Self.series("orders.created", [("region", "us")])]
        let first = Interval(
            atNanoseconds: 0, lengthNanoseconds: 1, points: [.init(series: 0, value: .counter(5))])
        _ = judge.judge(first, series: table)
        #expect(judge.hasMatchedNothing)
        table.append(Self.series("orders.created", [("region", "eu")]))
        _ = judge.judge(
            Interval(
                atNanoseconds: 1, lengthNanoseconds: 1, points: [.init(series: 1, value: .counter(3))]),
            series: table)
        #expect(judge.finish().actual == 3 && !judge.hasMatchedNothing)
    }

    @Test("A snapshot that values are recorded in is that of a histogram of them")
    func sparse() {
        var random = SeededRandom(seed: 5)
        let histogram = Histogram()
        var snapshot = HistogramSnapshot()
        for _ in 0..<2000 {
            let value = UInt64(random.integer(in: 0...1_000_000)) << UInt64(random.integer(in: 0...20))
            histogram.record(value)
            snapshot.record(value)
        }
        #expect(snapshot == histogram.snapshot())
    }
}
