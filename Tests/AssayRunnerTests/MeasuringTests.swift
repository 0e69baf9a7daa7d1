import AssayCore
import AssayFormats
import AssayNet
import AssayScenario
import AssayWire
import Testing

@testable import AssayRunner

@Suite("Own metrics, tags and groups", .serialized)
struct MeasuringTests {
    private static func bench() throws -> Bench {
        try Bench { request, count in
            if request.target.hasPrefix("/none") { return HTTPResponse(status: 404, text: "{}") }
            return HTTPResponse(
                text:
                    #"{"depth": \#(count), "total": 12.5, "hit": \#(count % 4 == 0), "bad": "x", "minus": -3}"#
            )
        }
    }

    @Test(
        "The four kinds are recorded from answers, captures and constants, by the fast way and the full one")
    func kinds() throws {
        for check in ["{status: 200}", "{headers: {content-length: {matches: '.'}}}"] {
            let bench = try Self.bench()
            let (record, ending) = try bench.load(
                "iterations: {users: 1, each: 8}",
                scenario: """
                    steps:
                      - id: one
                        http: {get: "${api.url}/one"}
                        expect: \(check)
                        capture: {hit: $.hit}
                        metric:
                          - {name: queue.depth, gauge: $.depth}
                          - {name: orders.value, trend: $.total}
                          - {name: took, trend: $.total, unit: ms}
                          - {name: orders.created, counter: 1}
                          - {name: revenue, counter: $.total}
                          - {name: cache.hits, rate: "${hit}"}
                    """)
            #expect(ending.metricFailures.isEmpty)
            #expect(record.trend("orders.value").maximum == 12500)
            #expect(record.trend("orders.value").count == 8)
            #expect(record.trend("took").maximum == 12_500_000)
            #expect(record.counter("orders.created") == 8 && record.counter("revenue") == 100)
            #expect(record.counter("cache.hits") == 2)
            #expect(record.gauge("queue.depth") == 8)
            let series = try #require(record.series.first { $0.metric == "orders.value" })
            #expect(series.unit == .count && series.scale == 1000)
            #expect(series.tags == [.init("name", "one"), .init("scenario", "test")])
        }
    }

    @Test(
        "A value that cannot be recorded is a failure of the step by the metric's name, and told at the end")
    func wrongValues() throws {
        let steps = """
            steps:
              - id: one
                http: {get: "${api.url}/one"}
                expect: {status: 200}
                metric:
                  - {name: a, gauge: $.bad}
                  - {name: b, counter: $.minus}
                  - {name: c, trend: $.minus}
                  - {name: d, rate: $.bad}
                  - {name: e, gauge: $.absent}
                  - {name: f, gauge: $.depth}
            """
        let (record, ending) = try Self.bench().load("iterations: {users: 1, each: 3}", scenario: steps)
        #expect(ending.metricFailures == ["a": 3, "b": 3, "c": 3, "d": 3, "e": 3])
        #expect(
            ending.failures.map(\.reason).sorted() == ["a", "b", "c", "d", "e"].map { "metric '\($0)'" })
        #expect(ending.failures.allSatisfy { $0.count == 3 && $0.step == "one" })
        #expect(record.counter("iterations") == 3 && record.counter("iterations.failed") == 0)
        #expect(record.gauge("f") == 3)
        // In a test it fails the step.
        let result = try #require(try Self.bench().test(steps).first)
        #expect(result.status == .failed)
        #expect(
            result.steps.first?.mismatches.map(\.subject)
                == ["a", "b", "c", "d", "e"].map { "metric '\($0)'" })
    }

    @Test("Groups are timed, tag what is inside them, and hold their steps in a test")
    func groups() throws {
        let steps = """
            steps:
              - group: checkout
                steps:
                  - {id: one, http: {get: "${api.url}/one"}, expect: {status: 200}}
                  - group: pay
                    steps: [{id: two, http: {get: "${api.url}/two"}}, {think: 20ms}]
              - {id: three, http: {get: "${api.url}/three"}}
            """
        let (record, _) = try Self.bench().load("iterations: {users: 1, each: 2}", scenario: steps)
        func group(_ metric: String, _ name: String) -> [String?] {
            record.series.filter { $0.metric == metric && $0[tag: "name"] == name }.map { $0[tag: "group"] }
        }
        #expect(group("http.duration", "one") == ["checkout"])
        #expect(group("http.duration", "two") == ["checkout/pay"])
        #expect(group("http.duration", "three") == [nil] && group("checks", "one") == ["checkout"])
        let times = record.series.filter { $0.metric == "group.duration" }
        #expect(times.map { $0[tag: "group"] } == ["checkout", "checkout/pay"])
        #expect(record.trend("group.duration").count == 4)
        #expect(record.trend("group.duration").minimum >= 20_000_000)
        let result = try #require(try Self.bench().test(steps).first)
        #expect(result.status == .passed)
        #expect(result.steps.map(\.name) == ["checkout", "three"])
        #expect(result.steps[0].children.map(\.name) == ["one", "pay"])
        #expect(result.steps[0].children[1].children.map(\.kind) == ["http", "think"])
    }

    @Test("Requests are counted by status and by outcome")
    func statuses() throws {
        let (record, _) = try Self.bench().load(
            "iterations: {users: 1, each: 2}",
            scenario: """
                steps:
                  - {id: one, http: {get: "${api.url}/one"}}
                  - {id: none, http: {get: "${api.url}/none"}}
                  - {id: dead, http: {get: "http://127.0.0.1:1/"}}
                """)
        #expect(record.counts("http.requests", "status") == ["200": 2, "404": 2])
        #expect(record.counts("http.requests", "error") == ["connect-refused": 2])
        #expect(record.counter("http.requests") == 6)
        #expect(record.counts("http.requests", "method") == ["GET": 6])
    }

    @Test("Where a threshold chooses by status, latencies are kept apart by it, and add up as before")
    func latenciesByStatus() throws {
        let scenario = """
            steps:
              - {id: one, http: {get: "${api.url}/one"}}
              - {id: none, http: {get: "${api.url}/none"}}
              - {id: dead, http: {get: "http://127.0.0.1:1/"}}
            """
        let (plain, _) = try Self.bench().load("iterations: {users: 1, each: 2}", scenario: scenario)
        #expect(plain.moved("http.duration").allSatisfy { $0[tag: "status"] == nil })
        let (record, _) = try Self.bench().load(
            "iterations: {users: 1, each: 2}\nthresholds: ['p95(http.duration{status:404}) < 1s']",
            scenario: scenario)
        #expect(record.moved("http.duration").compactMap { $0[tag: "status"] }.sorted() == ["200", "404"])
        #expect(record.moved("http.failed").compactMap { $0[tag: "error"] } == ["connect-refused"])
        #expect(record.trend("http.duration").count == 6 && record.counter("http.requests") == 6)
        #expect(record.counts("http.requests", "status") == ["200": 2, "404": 2])
        var judge = ThresholdJudge(try Threshold.parse("count(http.duration{status:404}) == 2"))
        for interval in record.intervals { _ = judge.judge(interval, series: record.series) }
        #expect(judge.finish().status == .held)
    }

    @Test(
        "Constant tags of profile, entry, scenario, group and step are on the series, the narrowest of each key"
    )
    func constantTags() throws {
        let (record, _) = try Self.bench().load(
            "tags: {region: eu, level: profile}\niterations: {users: 1, each: 1}",
            scenario: """
                tags: [e2e, {level: scenario, tier: gold}]
                steps:
                  - group: g
                    tags: {flow: fast}
                    steps:
                      - {id: one, tags: {level: step}, http: {get: "${api.url}/one"}, metric: {name: jobs, counter: 1}}
                """)
        for metric in ["http.duration", "jobs"] {
            let series = try #require(record.series.first { $0.metric == metric })
            let own = series.tags.filter { !["name", "scenario", "method"].contains($0.key) }
            #expect(
                own == [
                    .init("flow", "fast"), .init("group", "g"), .init("level", "step"), .init("region", "eu"),
                    .init("tier", "gold"),
                ])
        }
        let passes = try #require(record.series.first { $0.metric == "iterations" })
        #expect(passes[tag: "level"] == "scenario" && passes[tag: "region"] == "eu")
    }

    private static let tagged = """
        steps:
          - repeat:
              times: 12
              steps:
                - id: one
                  tags: {item: "i${index}"}
                  http: {get: "${api.url}/one"}
                  expect: {status: 200}
                  metric: {name: jobs, counter: 1}
        """

    @Test("Computed tags make series as their values come up; checks and own metrics have them too")
    func computedTags() throws {
        let (record, ending) = try Self.bench().load(
            "iterations: {users: 2, each: 2}", scenario: Self.tagged)
        for metric in ["http.failed", "checks", "jobs"] {
            let values = Set(record.moved(metric).compactMap { $0[tag: "item"] })
            #expect(values == Set((0..<12).map { "i\($0)" }), "\(metric)")
        }
        #expect(record.trend("http.duration").count == 48 && record.counter("checks") == 48)
        #expect(record.counts("jobs", "item").values.allSatisfy { $0 == 4 })
        #expect(record.counts("http.requests", "status") == ["200": 48])
        #expect(ending.overflows.isEmpty)
        #expect(Set(record.series).count == record.series.count)
    }

    @Test("Beyond the limit the rest is one series tagged other; nothing is lost, and it is told once")
    func limit() throws {
        let (record, ending) = try Self.bench().load(
            "series-limit: 5\niterations: {users: 2, each: 2}", scenario: Self.tagged)
        #expect(record.trend("http.duration").count == 48 && record.counter("jobs") == 48)
        let jobs = record.counts("jobs", "item")
        #expect(jobs["other"] == 48 - 4 * UInt64(jobs.count - 1))
        #expect((3...6).contains(jobs.count))
        #expect(ending.overflows.map(\.tags) == [["item"]])
        #expect(record.counts("http.requests", "status") == ["200": 48])
        #expect(Set(ending.overflows.filter { $0.tags == ["item"] }.map(\.metric)).count == 1)
    }

    @Test("Two reactors find the same series and sums as one")
    func reactors() throws {
        let second = try Reactor()
        let stop = second.makeSignal()
        startThread(named: "second") { second.run { _ = await stop.wait() } }
        let bench = try Self.bench()
        let (record, _) = try bench.load(
            "iterations: {users: 4, each: 2}", scenario: Self.tagged, reactors: [second])
        bench.reactor.run { await Task(executorPreference: second) { stop.notifyAll() }.value }
        let jobs = record.counts("jobs", "item")
        #expect(jobs == Dictionary(uniqueKeysWithValues: (0..<12).map { ("i\($0)", 8) }))
        #expect(record.trend("http.duration").count == 96)
        #expect(Set(record.series).count == record.series.count)
    }
}

@Suite("Series that a run makes")
struct SeriesTableTests {
    private static let planned = [
        Series(metric: "jobs", kind: .counter), Series(metric: "depth", kind: .gauge),
    ]

    private static func late(_ value: String) -> MeterPart.Appeared {
        func one(_ value: String) -> Series {
            Series(metric: "jobs", kind: .counter, tags: [.init("item", value)])
        }
        return .init(series: one(value), standIn: one("other"))
    }

    private static func part(
        _ points: [(Int, UInt64)], _ appeared: [String] = [], gauges: [(Double, Int64)] = []
    ) -> MeterPart {
        MeterPart(
            points: points.map { SeriesPoint(series: $0, value: .counter($1)) },
            gauges: gauges.map { .init(point: SeriesPoint(series: 1, value: .gauge($0)), at: $1) },
            appeared: appeared.map(late), overflows: [])
    }

    @Test("Reactors number what they find for themselves; joined it is one series by metric and tags")
    func joining() {
        var table = SeriesTable(planned: Self.planned, limit: 10, reactors: 2)
        let first = table.join([
            Self.part([(0, 1), (2, 5), (3, 7)], ["a", "b"]), Self.part([(2, 11)], ["b"]),
        ])
        #expect(table.series.map { $0[tag: "item"] } == [nil, nil, "a", "b"])
        #expect(first == [(0, 1), (2, 5), (3, 18)].map { SeriesPoint(series: $0, value: .counter($1)) })
        let second = table.join([Self.part([(2, 1)]), Self.part([(2, 2), (3, 3)], ["a"])])
        #expect(second == [(2, 4), (3, 2)].map { SeriesPoint(series: $0, value: .counter($1)) })
    }

    @Test("Of all reactors together no more series are made than the limit")
    func limit() {
        var table = SeriesTable(planned: Self.planned, limit: 3, reactors: 2)
        let points = table.join([
            Self.part([(2, 1), (3, 2)], ["a", "b"]), Self.part([(2, 4), (3, 8)], ["c", "d"]),
        ])
        #expect(table.series.map { $0[tag: "item"] } == [nil, nil, "a", "b", "other"])
        #expect(points.last == SeriesPoint(series: 4, value: .counter(12)))
        #expect(table.overflows == [SeriesOverflow(metric: "jobs", tags: ["item"])])
    }

    @Test("A part of a series follows it to what stands for it, and counts as one with it")
    func parts() {
        func part(_ item: String, _ status: String) -> MeterPart.Appeared {
            func one(_ item: String) -> Series {
                Series(
                    metric: "jobs", kind: .counter, tags: [.init("item", item), .init("status", status)])
            }
            return .init(series: one(item), standIn: one("other"), parent: Self.late(item).series)
        }
        var table = SeriesTable(planned: Self.planned, limit: 2, reactors: 1)
        var measured = Self.part([(3, 1), (4, 2), (6, 4)])
        measured.appeared = [
            Self.late("a"), part("a", "200"), part("a", "404"), Self.late("b"), part("b", "200"),
        ]
        _ = table.join([measured])
        #expect(table.series.map { $0[tag: "item"] } == [nil, nil, "a", "a", "a", "other", "other"])
        #expect(table.series.map { $0[tag: "status"] } == [nil, nil, nil, "200", "404", nil, "200"])
    }

    @Test("Of a gauge that several reactors set the latest value stays, behind everything else")
    func gauges() {
        var table = SeriesTable(planned: Self.planned, limit: 3, reactors: 2)
        let points = table.join([
            Self.part([(0, 1)], gauges: [(7, 300)]), Self.part([(0, 2)], gauges: [(9, 200)]),
        ])
        #expect(points == [.init(series: 0, value: .counter(3)), .init(series: 1, value: .gauge(7))])
    }

    @Test("Runs of equal statuses and changes between them are counted alike")
    func statuses() {
        var counts = StatusCounts()
        for code in [200, 200, 500, 200, -14, 500] { counts.add(code) }
        func drained() -> [Int: UInt64] {
            var all: [Int: UInt64] = [:]
            counts.drain { all[$0, default: 0] += $1 }
            return all
        }
        #expect(drained() == [200: 3, 500: 2, -14: 1])
        counts.add(500)
        #expect(drained() == [500: 1] && drained().isEmpty)
        #expect(StatusCounts.tag(404) == .init("status", "404"))
        for outcome in Outcome.allCases {
            #expect(StatusCounts.tag(-1 - Int(outcome.rawValue)) == .init("error", outcome.name))
        }
    }

    @Test(
        "Values are taken in the unit that is kept, or refused with what was wanted",
        arguments: [
            ("trend", "1.5", 1, "trend(1500)"), ("trend", "\"2\"", 1, "trend(2000)"),
            ("trend", "-1", 1, "0 or more in a trend"), ("trend", "true", 1, "a number"),
            ("trend", "\"nan\"", 1, "a number"), ("trend", "1e300", 1, "less in a trend"),
            ("counter", "2.5", 1024, "counter(2560.0)"), ("counter", "-1", 1, "0 or more to count"),
            ("counter", "null", 1, "a number"), ("gauge", "-4", 1, "gauge(-4.0)"),
            ("gauge", "[1]", 1, "a number"), ("rate", "true", 1, "rate(true)"),
            ("rate", "0", 1, "rate(false)"),
            ("rate", "\"false\"", 1, "rate(false)"), ("rate", "\"HIT\"", 1, "true or false"),
        ])
    func values(kind: String, value: String, factor: Double, outcome: String) throws {
        let kind = try #require(Series.Kind(rawValue: kind))
        let own = OwnMetric(
            metric: .own("m", kind, kind == .rate ? .fraction : .count), value: .taken(.body), factor: factor,
            location: SourceLocation(file: "a", line: 1, column: 1))
        switch Measured.reading(try JSON(parsing: Array(value.utf8)), of: own) {
        case .success(let measured): #expect("\(measured)" == outcome)
        case .failure(let fault): #expect(fault.expected == outcome)
        }
    }

    @Test("Fractions of a counter are carried over, and a counter without a whole one says nothing")
    func fractions() {
        let own = OwnSeries([.counter])
        func drained() -> [SeriesPoint.Value] {
            var all: [SeriesPoint.Value] = []
            own.drain { _, value, _ in all.append(value) }
            return all
        }
        for _ in 0..<3 { own.count(0, by: 0.25) }
        #expect(drained().isEmpty)
        own.count(0, by: 2)
        #expect(drained() == [.counter(2)])
        own.count(0, by: 0.25)
        #expect(drained() == [.counter(1)] && drained().isEmpty)
    }
}

extension RunRecord {
    /// The last value of a gauge.
    func gauge(_ metric: String) -> Double? {
        var last: Double?
        for point in intervals.flatMap(\.points) where series[point.series].metric == metric {
            if case .gauge(let value) = point.value { last = value }
        }
        return last
    }

    /// Series of a metric that have points.
    func moved(_ metric: String) -> [Series] {
        Set(intervals.flatMap(\.points).map(\.series)).map { series[$0] }.filter { $0.metric == metric }
    }

    /// Counts of a metric by the values of a tag.
    func counts(_ metric: String, _ tag: String) -> [String: UInt64] {
        var sums: [String: UInt64] = [:]
        for point in intervals.flatMap(\.points) where series[point.series].metric == metric {
            guard case .counter(let count) = point.value, let value = series[point.series][tag: tag] else {
                continue
            }
            sums[value, default: 0] += count
        }
        return sums
    }
}
