import AssayCore
import AssayFormats
import Testing

@testable import AssayReport

@Suite("k6: summary of a record")
struct K6RecordTests {
    /// Two seconds and a half of a script with two scenarios on one or two reactors.
    private static var record: RunRecord {
        var record = RunRecord(header: Sample.header(.load, name: "script"))
        let one = [Series.Tag("scenario", "one")]
        func request(_ status: String, _ expected: String) -> [Series.Tag] {
            one + [.init("name", "a"), .init("status", status), .init("expected_response", expected)]
        }
        record.series = [
            Series(metric: "http.duration", kind: .trend, tags: request("200", "true")),
            Series(metric: "http.duration", kind: .trend, tags: request("404", "false")),
            Series(metric: "http.connecting", kind: .trend, tags: request("200", "true")),
            Series(metric: "http.tls", kind: .trend, tags: request("200", "true")),
            Series(metric: "iterations", kind: .counter, tags: one),
            Series(metric: "users", kind: .gauge, tags: [.init("reactor", "0")]),
            Series(metric: "users", kind: .gauge, tags: [.init("reactor", "1")]),
            Series(
                metric: "checks", kind: .rate, tags: one + [.init("check", "late"), .init("group", "a::b c")]),
            Series(metric: "checks", kind: .rate, tags: one + [.init("check", "early")]),
            Series(metric: "checks", kind: .rate, tags: [.init("check", "late"), .init("group", "a")]),
            Series(.own("size", .trend, .count), tags: one), Series(.own("took", .trend, .time), tags: one),
            Series(.own("level", .gauge, .count), tags: one),
        ]
        func trend(_ series: Int, _ values: [UInt64]) -> SeriesPoint {
            var snapshot = HistogramSnapshot()
            for value in values { snapshot.record(value) }
            return SeriesPoint(series: series, value: .trend(snapshot))
        }
        record.intervals = [
            Interval(
                atNanoseconds: 0, lengthNanoseconds: 1_000_000_000,
                points: [
                    trend(0, [10_000_000, 20_000_000]), trend(2, [4_000_000]), trend(3, [6_000_000]),
                    .init(series: 4, value: .counter(2)), .init(series: 5, value: .gauge(3)),
                    .init(series: 6, value: .gauge(2)),
                    .init(series: 7, value: .rate(passed: 1, total: 2)), trend(10, [12_500]),
                    trend(11, [2_500_000]), .init(series: 12, value: .gauge(7)),
                ]),
            Interval(
                atNanoseconds: 1_000_000_000, lengthNanoseconds: 1_000_000_000,
                points: [
                    trend(1, [40_000_000]), .init(series: 4, value: .counter(3)),
                    .init(series: 6, value: .gauge(1)), .init(series: 8, value: .rate(passed: 3, total: 3)),
                    .init(series: 12, value: .gauge(2)),
                ]),
            Interval(
                atNanoseconds: 2_000_000_000, lengthNanoseconds: 500_000_000,
                points: [
                    .init(series: 5, value: .gauge(0)), .init(series: 6, value: .gauge(0)),
                    .init(series: 9, value: .rate(passed: 0, total: 1)), .init(series: 12, value: .gauge(3)),
                ]),
        ]
        return record
    }

    private static func threshold(
        _ key: String, _ source: String, _ method: K6Threshold.Method, _ comparison: Threshold.Comparison,
        _ limit: Double, tags: [Series.Tag] = []
    ) -> K6Threshold {
        K6Threshold(
            key: key, metric: K6Order.parent(key), tags: tags, source: source, method: method,
            comparison: comparison, limit: limit)
    }

    private static func summary(_ thresholds: [K6Threshold] = []) -> K6Summary {
        var plan = K6SummaryPlan()
        plan.thresholds = thresholds
        plan.metrics = [
            .own("size", .trend, .count), .own("took", .trend, .time), .own("level", .gauge, .count),
            .own("unused", .counter, .count), .own("quiet", .rate, .fraction),
        ]
        plan.duration = .milliseconds(2500)
        (plan.readyUsers, plan.madeUsers) = (5, 6)
        return K6Summary(record, plan)
    }

    private static func values(_ name: String, _ summary: K6Summary = summary()) -> [String: Double]? {
        summary[name].map { Dictionary(uniqueKeysWithValues: $0.values.map { ($0.name, $0.value) }) }
    }

    @Test("Times are milliseconds, percentiles lie between values, parts are those with the tags")
    func trends() throws {
        let all = try #require(Self.values("http_req_duration"))
        #expect(all["min"] == 10 && all["max"] == 40)
        #expect(abs((all["avg"] ?? 0) - 70.0 / 3) < 1e-9)
        #expect(abs((all["med"] ?? 0) - 20) < 0.2)
        let expected = try #require(Self.values("http_req_duration{expected_response:true}"))
        #expect(expected["min"] == 10 && expected["max"] == 20 && expected["med"] == 15)
        #expect(Self.values("size")?["avg"] == 12.5)
        #expect(Self.values("took")?["max"] == 2.5)
    }

    @Test("Requests that opened no connection count as zero, and blocked is connecting and TLS")
    func zeroes() throws {
        let connecting = try #require(Self.values("http_req_connecting"))
        #expect(connecting["min"] == 0 && connecting["med"] == 0 && connecting["max"] == 4)
        #expect(abs((connecting["avg"] ?? 0) - 4.0 / 3) < 1e-9)
        let blocked = try #require(Self.values("http_req_blocked"))
        #expect(blocked["max"] == 10 && blocked["med"] == 0)
        #expect(abs((blocked["avg"] ?? 0) - 10.0 / 3) < 1e-9)
        #expect(Self.values("http_req_tls_handshaking")?["max"] == 6)
    }

    @Test("Users are looked at once a second, over all reactors; what is left of the last second is not")
    func users() {
        #expect(Self.values("vus") == ["value": 4, "min": 4, "max": 5])
        #expect(Self.values("vus_max") == ["value": 6, "min": 5, "max": 6])
        #expect(Self.values("level") == ["value": 3, "min": 2, "max": 7])
    }

    @Test("Counters have a rate over the whole run, and what nobody recorded is not shown")
    func counters() {
        #expect(Self.values("iterations") == ["count": 5, "rate": 2])
        #expect(Self.values("data_sent") == ["count": 0, "rate": 0])
        for name in ["dropped_iterations", "unused", "quiet", "ws_sessions", "http_req_failed"] {
            #expect(Self.values(name) == nil, "\(name)")
        }
    }

    @Test("Metrics that a threshold names are shown without data, and their thresholds are judged as k6 does")
    func empty() {
        let summary = Self.summary([
            Self.threshold("unused", "count>0", .count, .above, 0),
            Self.threshold("quiet", "rate>0.5", .rate, .above, 0.5),
            Self.threshold("vus_max", "value<=5", .value, .atMost, 5),
            Self.threshold("size{a:b}", "max>1", .maximum, .above, 1, tags: [.init("a", "b")]),
            Self.threshold("size", "p(99)<13", .percentile(99), .below, 13),
        ])
        #expect(Self.values("unused", summary) == ["count": 0, "rate": 0])
        #expect(Self.values("quiet", summary) == ["rate": 0, "passes": 0, "fails": 0])
        #expect(summary.crossed == ["size{a:b}", "unused", "vus_max"])
    }

    @Test("What the run judged counts, whatever the figures say now")
    func judged() {
        let threshold = Self.threshold("iterations", "count<3", .count, .below, 3)
        var record = Self.record
        record.thresholds = [
            ThresholdResult(
                text: "iterations: count<3", status: .held, actual: 2, limit: 3, actualText: "2",
                limitText: "< 3")
        ]
        var plan = K6SummaryPlan()
        plan.thresholds = [threshold]
        #expect(K6Summary(record, plan).crossed.isEmpty)
        record.thresholds[0].status = .broken
        #expect(K6Summary(record, plan).crossed == ["iterations"])
    }

    @Test("Groups are a tree in the order in which they came up")
    func groups() throws {
        let data = Self.summary().data
        let expected = #"""
            {"name":"","path":"","id":"d41d8cd98f00b204e9800998ecf8427e","groups":[{"name":"a","path":"::a",
            "id":"0bc4bc7fc46dc4bd5fbf1b1adc1a8e86","groups":[{"name":"b c","path":"::a::b c","id":"?","groups":[],
            "checks":[{"name":"late","path":"::a::b c::late","id":"?","passes":1,"fails":1}]}],
            "checks":[{"name":"late","path":"::a::late","id":"?","passes":0,"fails":1}]}],
            "checks":[{"name":"early","path":"::early","id":"?","passes":3,"fails":0}]}
            """#
        func withoutIds(_ json: JSON) -> JSON {
            switch json {
            case .array(let list): return .array(list.map(withoutIds))
            case .object(let object):
                return .object(
                    JSONObject(object.filter { $0.key != "id" }.map { ($0.key, withoutIds($0.value)) }))
            default: return json
            }
        }
        let tree = try #require(data["root_group"])
        #expect(withoutIds(tree) == withoutIds(try JSON(parsing: Array(expected.utf8))))
        #expect(data["state"]?["testRunDurationMs"] == .int(2500))
        #expect(data["setup_data"] == nil)
        #expect(
            data["metrics"]?["iterations"]
                == ["type": "counter", "contains": "default", "values": ["count": 5, "rate": 2]])
    }

    @Test("A metric that is only named is shown without data, and gauges lie between what they were")
    func shown() {
        var plan = K6SummaryPlan()
        plan.metrics = [.own("level", .gauge, .count)]
        plan.shown = [
            .init(key: "checks{a:b}", metric: "checks", tags: [.init("a", "b")]),
            .init(key: "dropped_iterations", metric: "dropped_iterations", tags: []),
        ]
        let level = Series(.own("level", .gauge, .count), tags: [.init("scenario", "one")])
        plan.gaugeRanges = [level: (least: 1, most: 9)]
        let summary = K6Summary(Self.record, plan)
        #expect(Self.values("checks{a:b}", summary) == ["rate": 0, "passes": 0, "fails": 0])
        #expect(Self.values("dropped_iterations", summary) == ["count": 0, "rate": 0])
        #expect(Self.values("level", summary) == ["value": 3, "min": 1, "max": 9])
    }

    @Test("A counter comes to what it was, with a part of a whole and below zero")
    func untoldCounts() {
        var plan = K6SummaryPlan()
        plan.duration = .seconds(2)
        plan.metrics = ["parts", "debts", "none"].map { .own($0, .counter, .count) }
        let series = plan.metrics.map { Series($0, tags: [.init("scenario", "one")]) }
        plan.untoldCounts = [series[0]: 0.5, series[1]: -3]
        var record = RunRecord(header: Sample.header(.load, name: "script"))
        record.series = series
        record.intervals = [
            .init(
                atNanoseconds: 0, lengthNanoseconds: 1_000_000_000,
                points: [SeriesPoint(series: 0, value: .counter(4))])
        ]
        let summary = K6Summary(record, plan)
        #expect(Self.values("parts", summary) == ["count": 4.5, "rate": 2.25])
        #expect(Self.values("debts", summary) == ["count": -3, "rate": -1.5])
        #expect(Self.values("none", summary) == nil)
    }

    @Test("Bytes are shown once a function of the script has run, were it set-up alone")
    func bytes() {
        let record = RunRecord(header: Sample.header(.load, name: "script"))
        var plan = K6SummaryPlan()
        #expect(Self.values("data_sent", K6Summary(record, plan)) == nil)
        plan.ranApart = true
        #expect(Self.values("data_sent", K6Summary(record, plan)) == ["count": 0, "rate": 0])
    }

    @Test("With all details there is a section for each scenario and its groups")
    func full() throws {
        var plan = K6SummaryPlan()
        plan.mode = .full
        plan.duration = .milliseconds(2500)
        let text = K6SummaryText.text(K6Summary(Self.record, plan))
        #expect(text.contains("\n  █ GROUP: a \n"))
        #expect(text.contains("\n  █ SCENARIO: one \n"))
        #expect(text.contains("\n    ↳ GROUP: a \n"))
        #expect(text.contains("\n      ↳ GROUP: b c \n"))
        #expect(text.contains("        ✗ late\n              ↳  50% — ✓ 1 / ✗ 1"))
        #expect(text.contains("http_req_connecting"))
    }

    @Test("A script renders its own data, changed or not")
    func rendering() {
        let data: JSON = [
            "metrics": [
                "mine": ["type": "trend", "contains": "time", "values": ["avg": 2, "p(99)": 3]],
                "odd": "no metric",
            ]
        ]
        var options = K6SummaryText.Options(["enableColors": false, "summaryTrendStats": ["avg", "p(99)"]])
        options.indent = ">"
        #expect(K6SummaryText.render(data: data, options) == ">    mine...: avg=2ms p(99)=3ms")
        #expect(K6SummaryText.render(data: .null) == "")
    }
}
