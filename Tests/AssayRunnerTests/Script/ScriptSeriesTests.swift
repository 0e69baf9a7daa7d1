import AssayCore
import AssayScenario
import Testing

@testable import AssayRunner

@Suite("What scripts measure")
struct ScriptSeriesTests {
    /// A load of two scenarios of a script.
    private static func series(
        limit: Int = SeriesTag.usualLimit, _ keys: (inout ScriptTagKeys) -> Void = { _ in }
    ) -> ScriptSeries {
        let plan = MeterLayout.Plan(
            steps: [LoadPlan.StepName(scenario: "buy", name: "default")], protocols: [.none], tags: [[]],
            checks: [], own: [], scenarios: [("buy", []), ("look", [])], seriesLimit: limit)
        var wanted = ScriptTagKeys()
        keys(&wanted)
        return ScriptSeries(
            Meter(layout: MeterLayout(plan), startedAt: 0), keys: wanted,
            owners: [
                .init(name: "buy", tags: [Series.Tag("team", "a")]), .init(name: "look", tags: []),
            ], apart: [Series.Tag("run", "nightly")])
    }

    private static func place(_ scenario: Int, _ group: Int = ScriptGroups.outside) -> ScriptSeries.Place {
        ScriptSeries.Place(scenario: scenario, group: group)
    }

    /// `http.duration{name:x,scenario:buy}` of a row.
    private static func shown(_ series: ScriptSeries, row: Int) -> String {
        let layout = series.meter.layout
        return shown(layout.series[layout.index(row, .duration)])
    }

    private static func shown(_ one: Series) -> String {
        "\(one.metric){" + one.tags.map { "\($0.key):\($0.value)" }.joined(separator: ",") + "}"
    }

    @Test("a request has a row by its scenario, group, method and name, which is found again")
    func rows() {
        let series = Self.series()
        let pay = series.groups.group("pay", in: series.groups.group("checkout", in: ScriptGroups.outside))
        let first = series.row(Self.place(0, pay), method: "GET", name: "cart", tags: [])
        #expect(
            Self.shown(series, row: first)
                == "http.duration{group:checkout::pay,method:GET,name:cart,scenario:buy,team:a}")
        #expect(series.row(Self.place(0, pay), method: "GET", name: "cart", tags: []) == first)
        for (place, method, name) in [
            (Self.place(1, pay), "GET", "cart"), (Self.place(0), "GET", "cart"),
            (Self.place(0, pay), "PUT", "cart"), (Self.place(0, pay), "GET", "basket"),
        ] {
            #expect(series.row(place, method: method, name: name, tags: []) != first)
        }
    }

    @Test("requests of setup() have no scenario, and the tags of the run")
    func apart() {
        let series = Self.series()
        let setup = series.groups.group("setup", in: ScriptGroups.outside)
        let row = series.row(Self.place(-1, setup), method: "POST", name: "login", tags: [])
        #expect(
            Self.shown(series, row: row) == "http.duration{group:setup,method:POST,name:login,run:nightly}")
    }

    @Test("tags that thresholds choose by tell rows apart; one without a value lacks it")
    func wantedTags() {
        let series = Self.series { $0.add(["status", "name", "team"], of: "http.duration") }
        #expect(series.keys.requests == ["status", "team"])
        let good = series.row(Self.place(0), method: "GET", name: "x", tags: ["200", nil])
        let bad = series.row(Self.place(0), method: "GET", name: "x", tags: ["500", "b"])
        #expect(
            Self.shown(series, row: good)
                == "http.duration{method:GET,name:x,scenario:buy,status:200,team:a}")
        #expect(
            Self.shown(series, row: bad)
                == "http.duration{method:GET,name:x,scenario:buy,status:500,team:b}")
    }

    @Test("names that are too many are one row called 'other', and a warning")
    func tooManyNames() {
        let series = Self.series(limit: 3)
        let rows = (0..<10).map { series.row(Self.place(0), method: "GET", name: "/\($0)", tags: []) }
        #expect(Set(rows).count == 4 && Set(rows[3...]).count == 1)
        #expect(Self.shown(series, row: rows[9]) == "http.duration{name:other,scenario:buy,team:a}")
        #expect(series.meter.overflows == [SeriesOverflow(metric: "http.duration", tags: ["name"])])
    }

    @Test("checks are counted by their name and group; those that are too many together")
    func checks() {
        let series = Self.series(limit: 2)
        for round in 0..<4 {
            series.check(Self.place(0), "is \(round)", passed: round > 0, tags: [])
            series.check(Self.place(0), "is 0", passed: true, tags: [])
        }
        let layout = series.meter.layout
        let counted = zip(layout.checkSeries, series.meter.checks).map {
            "\(layout.series[$0][tag: "check"] ?? "") \($1.passed)/\($1.total)"
        }
        #expect(counted == ["is 0 4/5", "is 1 1/1", "other 2/2"])
    }

    @Test("metrics of the script's own have a series by scenario, group and wanted tags")
    func ownMetrics() {
        let series = Self.series { $0.add(["kind"], of: "orders") }
        let metric = Metric.own("orders", .counter, .count)
        let first = series.place(of: metric, Self.place(0), tags: ["big"])
        #expect(series.place(of: metric, Self.place(0), tags: ["big"]) == first)
        #expect(series.place(of: metric, Self.place(0), tags: ["small"]) != first)
        let layout = series.meter.layout
        #expect(Self.shown(layout.series[layout.ownSeries[first]]) == "orders{kind:big,scenario:buy,team:a}")
    }

    @Test("iterations that are dropped are counted by scenario, where one is known")
    func drops() {
        var plan = MeterLayout.Plan(
            steps: [], protocols: [], tags: [], checks: [], own: [],
            scenarios: [("buy", []), ("look", [Series.Tag("team", "a")])])
        plan.splitsDrops = true
        let meter = Meter(layout: MeterLayout(plan), startedAt: 0)
        meter.drop(3, of: [1])
        meter.drop(of: [0, 1])
        let counted = meter.drain().points.compactMap { point -> String? in
            guard case .counter(let count) = point.value else { return nil }
            return "\(Self.shown(meter.layout.series[point.series])) \(count)"
        }
        #expect(counted == ["iterations.dropped{} 1", "iterations.dropped{scenario:look,team:a} 3"])
        // Only the number of users is told again.
        #expect(meter.drain().points.count == 1)
    }

    @Test("a gauge's range has what it was between two looks at it")
    func gaugeRanges() {
        let series = Self.series()
        let metric = Metric.own("level", .gauge, .count)
        let place = series.place(of: metric, Self.place(0), tags: [])
        for value in [5.0, 1, 9, 4] { series.meter.setOwn(place, to: value) }
        _ = series.meter.drain()
        let ranges = series.meter.gaugeRanges().map { one, range in
            "\(Self.shown(one)) \(range.least) \(range.most)"
        }
        #expect(ranges == ["level{scenario:buy,team:a} 1.0 9.0"])
    }

    @Test("groups are paths as scripts see them; those that are too many are one")
    func groups() {
        var groups = ScriptGroups(limit: 3)
        let outer = groups.group("a/b", in: ScriptGroups.outside)
        let inner = groups.group("c", in: outer)
        #expect(groups.paths[inner] == "::a/b::c")
        #expect(groups.tag(inner) == Series.Tag("group", "a/b::c"))
        #expect(groups.tag(ScriptGroups.outside) == nil)
        #expect(groups.group("a/b", in: ScriptGroups.outside) == outer)
        let further = (0..<5).map { groups.group("\($0)", in: ScriptGroups.outside) }
        #expect(Set(further).count == 2 && groups.paths[further[4]] == "::other")
    }
}
