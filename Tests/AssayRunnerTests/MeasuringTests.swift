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

    @Test("A row of a feed is taken for a tag alone, whoever reads it besides")
    func feedTags() throws {
        let steps = #"steps: [{id: one, http: {get: "${api.url}/one"}, expect: {status: 200}}]"#
        let profile = """
            feed: {rows: [{region: eu}, {region: us}]}
            tags: {region: "${feed.region}"}
            iterations: {users: 2, each: 2}
            """
        let (record, ending) = try Self.bench().load(profile, scenario: steps)
        #expect(ending.failures.isEmpty)
        #expect(record.counts("http.requests", "region") == ["eu": 2, "us": 2])
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
