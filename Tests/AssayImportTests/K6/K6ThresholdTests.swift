import AssayCore
import AssayFormats
@testable import AssayImport
import Testing

@Suite("k6: thresholds")
struct K6ThresholdTests {
    private static let own: [Metric] = [
        .own("my_trend", .trend, .time), .own("sizes", .trend, .count), .own("errors", .rate, .fraction),
        .own("level", .gauge, .count), .own("orders", .counter, .count),
    ]

    private static func judged(_ key: String, _ source: String) throws -> Threshold {
        let options = try K6OptionsTests.read("{\"thresholds\": {\"\(key)\": [\"\(source)\"]}}")
        let all = try options.judged(by: own).get()
        try #require(all.count == 1)
        return all[0]
    }

    @Test(
        "Each method, comparison and unit is translated",
        arguments: [
            ("http_req_duration", "p(95)<500", "http.duration", .percentile(95), .below, 500e6),
            ("http_req_duration", " p(99.9) <= 1.5e3 ", "http.duration", .percentile(99.9), .atMost, 1500e6),
            ("http_req_waiting", "avg>0.5", "http.waiting", .average, .above, 5e5),
            ("http_req_failed", "rate<0.01", "http.failed", .rate, .below, 0.01),
            ("http_reqs", "count>=100", "http.requests", .count, .atLeast, 100),
            ("http_reqs", "rate!=100", "http.requests", .rate, .unequal, 100),
            ("checks", "rate===1", "checks", .rate, .equal, 1),
            ("iterations", "count==4", "iterations", .count, .equal, 4),
            ("vus", "value>0", "users", .value, .above, 0),
            ("data_received", "rate<1000", "data.received", .rate, .below, 1000),
            ("dropped_iterations", "count<1", "iterations.dropped", .count, .below, 1),
            ("ws_sessions", "count>3", "ws.connecting", .count, .above, 3),
            ("my_trend", "med<3", "my_trend", .median, .below, 3e6),
            ("sizes", "max<3", "sizes", .maximum, .below, 3),
            ("sizes", "min>-1", "sizes", .minimum, .above, -1),
            ("errors", "rate<0.1", "errors", .rate, .below, 0.1),
            ("level", "value<9", "level", .value, .below, 9),
            ("orders", "count>0", "orders", .count, .above, 0),
        ] as [(String, String, String, Threshold.Statistic, Threshold.Comparison, Double)])
    func translated(
        key: String, source: String, metric: String, statistic: Threshold.Statistic,
        comparison: Threshold.Comparison, limit: Double
    ) throws {
        let judged = try Self.judged(key, source)
        #expect(judged.metric.name == metric && judged.statistic == statistic)
        #expect(judged.comparison == comparison && judged.limit == limit)
        #expect(judged.text == "\(key): \(source)" && judged.rules.interpolates)
    }

    @Test("Tags of a part are those of series; groups have no leading separator")
    func tags() throws {
        let key = #"http_req_duration{ name : 'a b',status:200,group:::one::two,url:http://h:80/x }"#
        let judged = try Self.judged(key, "max<1")
        #expect(
            judged.tags == [
                .init("group", "one::two"), .init("name", "a b"), .init("status", "200"),
                .init("url", "http://h:80/x"),
            ])
        let options = try K6OptionsTests.read("{\"thresholds\": {\"\(key)\": [\"max<1\"]}}")
        #expect(options.wantedTags == ["expected_response", "group", "name", "status", "url"])
    }

    @Test("A threshold may end the run, at once or from a moment on")
    func abort() throws {
        let options = try K6OptionsTests.read(
            #"{"thresholds": {"checks": [{"threshold": "rate>0.9", "abortOnFail": true}, {"threshold": "rate>0.8", "abortOnFail": true, "delayAbortEval": "10s"}, {"threshold": "rate>0.7", "delayAbortEval": "10s"}]}}"#
        )
        let judged = try options.judged(by: []).get()
        #expect(judged.map(\.abortAfter) == [.zero, .zero, nil])
        #expect(judged.map(\.abortFrom) == [nil, .seconds(10), nil])
        #expect(options.thresholds.map(\.source) == ["rate>0.9", "rate>0.8", "rate>0.7"])
    }

    @Test(
        "What is wrong is told with the metric and the expression",
        arguments: [
            (
                "http_req_duration", "p(95)<500ms",
                "AS640 threshold 'p(95)<500ms' on 'http_req_duration': expected a number after the comparison, found '500ms'"
            ),
            (
                "http_req_duration", "p95<500",
                "AS640 threshold 'p95<500' on 'http_req_duration': there is no aggregation method 'p95' (did you mean 'p(95)'?)"
            ),
            (
                "http_req_duration", "p(101)<5",
                "AS640 threshold 'p(101)<5' on 'http_req_duration': a percentile is a number from 0 to 100, found '101'"
            ),
            (
                "checks", "rate",
                "AS640 threshold 'rate' on 'checks': an expression is an aggregation method, a comparison and a number (write it like 'p(95)<500' or 'rate>0.99')"
            ),
            (
                "checks{a:b", "rate>1",
                "AS640 threshold 'rate>1' on 'checks{a:b': the braces of 'checks{a:b' do not match (write it like 'metric{tag:value}')"
            ),
            (
                "checks{a}", "rate>1",
                "AS640 threshold 'rate>1' on 'checks{a}': expected a tag as name:value, found 'a' (write it like 'metric{tag:value}')"
            ),
        ])
    func refused(key: String, source: String, expected: String) throws {
        #expect(try K6OptionsTests.problems("{\"thresholds\": {\"\(key)\": [\"\(source)\"]}}") == [expected])
    }

    @Test(
        "Metrics that there are not, and those that cannot answer, are told once the script's own are known",
        arguments: [
            (
                "http_req_duratio", "p(95)<5",
                "AS641 threshold 'p(95)<5' on 'http_req_duratio': the script has no metric 'http_req_duratio' (did you mean 'http_req_duration'?)"
            ),
            (
                "my_tend", "avg<5",
                "AS641 threshold 'avg<5' on 'my_tend': the script has no metric 'my_tend' (did you mean 'my_trend'?)"
            ),
            (
                "http_req_duration", "count<5",
                "AS641 threshold 'count<5' on 'http_req_duration': a trend does not have what is asked (ask it for avg, min, med, max, p(N))"
            ),
            (
                "checks", "p(95)<5",
                "AS641 threshold 'p(95)<5' on 'checks': a rate does not have what is asked (ask it for rate)"
            ),
        ])
    func unknown(key: String, source: String, expected: String) throws {
        let options = try K6OptionsTests.read("{\"thresholds\": {\"\(key)\": [\"\(source)\"]}}")
        guard case .failure(let problems) = options.judged(by: Self.own) else {
            Issue.record("it was taken")
            return
        }
        #expect(
            problems.all.map { "\($0.code) \($0.message)" + ($0.fix.map { " (\($0))" } ?? "") } == [expected])
    }

    @Test("An empty list has its metric shown, and judges nothing")
    func emptyLists() throws {
        let options = try K6OptionsTests.read(
            #"{"thresholds": {"http_reqs{status:200}": [], "checks": ["rate>0"], "checks{a:b}": []}}"#)
        #expect(options.thresholds.map(\.key) == ["checks"])
        #expect(options.shown.map(\.key) == ["checks{a:b}", "http_reqs{status:200}"])
        #expect(options.shown.map(\.metric) == ["checks", "http_reqs"])
        #expect(options.shown.last?.tags == [Series.Tag("status", "200")])
    }

    @Test("With --no-thresholds there are none, not even wrong ones")
    func none() throws {
        let json = #"{"thresholds": {"checks": ["rate"]}}"#
        #expect(try K6OptionsTests.read(json, [(.noThresholds, "true")]).thresholds.isEmpty)
        #expect(try K6OptionsTests.read(json, [], ["K6_NO_THRESHOLDS": "true"]).thresholds.isEmpty)
    }

    @Test("What is not judged, or not on the same, is said")
    func unjudged() throws {
        let options = try K6OptionsTests.read(
            #"{"thresholds": {"vus_max": ["value<9"], "http_req_blocked": ["max<9"], "checks": ["rate>0"]}}"#)
        #expect(
            options.unjudged().map { "\($0.code) \($0.message)" } == [
                "AS646 threshold 'max<9' on 'http_req_blocked' is judged on the time of connecting alone",
                "AS646 threshold 'value<9' on 'vus_max' is not judged: how many users were made ready is not measured",
            ])
        #expect(try options.judged(by: []).get().map(\.metric.name) == ["checks", "http.connecting"])
    }
}

@Suite("k6: judging")
struct K6JudgingTests {
    private static func judge(
        _ key: String, _ source: String, _ series: [Series], _ intervals: [[SeriesPoint]], abort: Bool = false
    ) throws -> (result: ThresholdResult, abortedAt: Int?) {
        let object = "{\"threshold\": \"\(source)\", \"abortOnFail\": \(abort)}"
        let options = try K6OptionsTests.read("{\"thresholds\": {\"\(key)\": [\(object)]}}")
        var judge = ThresholdJudge(try options.judged(by: [.own("orders", .counter, .count)]).get()[0])
        var abortedAt: Int?
        for (second, points) in intervals.enumerated() {
            let interval = Interval(
                atNanoseconds: Int64(second) * 1_000_000_000, lengthNanoseconds: 1_000_000_000, points: points
            )
            if case .abort = judge.judge(interval, series: series) { abortedAt = abortedAt ?? second }
        }
        return (judge.finish(), abortedAt)
    }

    private static func trend(_ values: [UInt64]) -> SeriesPoint.Value {
        var snapshot = HistogramSnapshot()
        for value in values { snapshot.record(value * 1_000_000) }
        return .trend(snapshot)
    }

    @Test(
        "Without samples a trend, a counter and a gauge stand at zero, and a rate holds",
        arguments: [
            ("http_req_duration", "avg<1", true), ("http_req_duration", "p(95)>1", false),
            ("http_reqs", "count>0", false), ("http_reqs", "count<1", true), ("vus", "value>0", false),
            ("http_req_failed", "rate>0.5", true), ("http_req_duration{status:200}", "max<1", true),
            ("orders", "count===0", true),
        ])
    func empty(key: String, source: String, holds: Bool) throws {
        let result = try Self.judge(key, source, [], [[], []]).result
        #expect(result.status == (holds ? .held : .broken))
    }

    @Test("An empty counter ends no run before its end, as a sink without samples does not")
    func emptyAbort() throws {
        let series = [Series(metric: "http.requests", kind: .counter)]
        let silent = try Self.judge("http_reqs", "count>5", series, [[], []], abort: true)
        #expect(silent.abortedAt == nil && silent.result.status == .broken)
        let few = try Self.judge(
            "http_reqs", "count>5", series, [[], [.init(series: 0, value: .counter(1))]], abort: true)
        #expect(few.abortedAt == 1)
    }

    @Test("Users are looked at once a second: that all have gone at the end does not count")
    func users() throws {
        let options = try K6OptionsTests.read(#"{"thresholds": {"vus": ["value>0"]}}"#)
        var judge = ThresholdJudge(try options.judged(by: []).get()[0])
        let series = [Series(metric: "users", kind: .gauge)]
        for (at, length, users) in [(0, 1000, 2.0), (1000, 998, 3), (1998, 140, 0)]
            as [(Int64, Int64, Double)]
        {
            let interval = Interval(
                atNanoseconds: at * 1_000_000, lengthNanoseconds: length * 1_000_000,
                points: [SeriesPoint(series: 0, value: .gauge(users))])
            _ = judge.judge(interval, series: series)
        }
        let result = judge.finish()
        #expect(result.status == .held && result.actual == 3)
    }

    @Test("Percentiles lie on the line between values, as k6 computes them")
    func interpolated() throws {
        let series = [Series(metric: "http.duration", kind: .trend)]
        let points = [[SeriesPoint(series: 0, value: Self.trend([10, 20]))]]
        for (source, holds) in [
            ("med===15", true), ("p(90)===19", true), ("p(0)===10", true), ("p(100)<20", false),
        ] {
            let result = try Self.judge("http_req_duration", source, series, points).result
            #expect(result.status == (holds ? .held : .broken), "\(source): \(result.actualText)")
        }
    }

    @Test("Requests without a connection of their own count as zero")
    func zeroes() throws {
        let series = [
            Series(metric: "http.duration", kind: .trend), Series(metric: "http.connecting", kind: .trend),
        ]
        let points = [
            [
                SeriesPoint(series: 0, value: Self.trend([10, 20, 30, 40])),
                SeriesPoint(series: 1, value: Self.trend([8])),
            ]
        ]
        for (source, holds) in [("avg===2", true), ("med===0", true), ("max===8", true), ("p(90)<5", false)] {
            let result = try Self.judge("http_req_connecting", source, series, points).result
            #expect(result.status == (holds ? .held : .broken), "\(source): \(result.actualText)")
        }
    }
}
