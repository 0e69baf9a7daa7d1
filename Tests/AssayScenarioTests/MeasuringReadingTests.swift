import AssayCore
import AssayFormats
import AssayScenario
import Testing

@Suite("Reading of metrics, tags and groups")
struct MeasuringReadingTests {
    private static func scenario(_ steps: String, _ head: String = "") throws -> Scenario {
        let text = "assay: 1\nscenario: s\n\(head)steps:\n\(steps)\n"
        return try ScenarioReader(files: FileReader(texts: ["s.yml": text]), stand: BadFilesTests.stand)
            .scenario("s.yml").get()
    }

    private static func profile(_ text: String, _ scenario: String) throws -> LoadProfile {
        let files = FileReader(texts: [
            "s.yml": "assay: 1\nscenario: s\nsteps: [\(scenario)]\n", "p.yml": "assay: 1\nload: p\n" + text,
        ])
        return try ScenarioReader(files: files, stand: BadFilesTests.stand) { text, metrics in
            do throws(Diagnostic) {
                _ = try Threshold.parse(text.text, metrics: metrics, at: text.location)
                return []
            } catch { return [error] }
        }.profile("p.yml").get()
    }

    @Test(
        "A metric has a name, a kind with where its value comes from, and a unit",
        arguments: [
            ("{name: queue.depth, gauge: $.depth}", "gauge", "count", 1.0),
            ("{name: orders.value, trend: $.total, unit: ms}", "trend", "time", 1e6),
            ("{name: body.size, trend: {header: X-Size}, unit: KiB}", "trend", "bytes", 1024),
            ("{name: orders.created, counter: 1}", "counter", "count", 1),
            ("{name: cache.hits, rate: \"${hit == true}\"}", "rate", "fraction", 1),
            ("{name: full, gauge: $.full, unit: percent}", "gauge", "fraction", 0.01),
            ("{name: found, trend: {matches: 'n=(\\d+)'}}", "trend", "count", 1),
        ])
    func forms(metric: String, kind: String, unit: String, factor: Double) throws {
        let step = "  - {http: {get: \"${api.url}/a\"}, capture: {hit: $.hit}, metric: \(metric)}"
        let own = try #require(try Self.scenario(step).steps.first?.metrics.first)
        #expect(own.metric.kind.rawValue == kind && own.metric.unit.rawValue == unit)
        #expect(own.factor == factor && own.metric.isOwn)
    }

    @Test("A step may only measure, and takes its name from the metric; several are a list")
    func alone() throws {
        let steps = """
              - metric: [{name: a, counter: 1}, {name: b, gauge: "${2 + 3}"}]
              - {id: named, metric: {name: a, counter: 2}}
            """
        let scenario = try Self.scenario(steps)
        #expect(scenario.steps.map(\.name) == ["a", "named"])
        #expect(scenario.steps.map(\.action.keyword) == ["metric", "metric"])
        #expect(scenario.steps[0].metrics.map(\.metric.name) == ["a", "b"])
        #expect(scenario.ownMetrics.map(\.name) == ["a", "b"])
    }

    @Test("Groups hold steps, and each other")
    func groups() throws {
        let steps = """
              - group: checkout
                tags: {flow: fast}
                steps:
                  - group: pay
                    steps: [{think: 1ms}]
                  - http: {get: "${api.url}/a"}
                    capture: {id: $.id}
              - http: {get: "${api.url}/${id}"}
            """
        let scenario = try Self.scenario(steps)
        guard case .group(let group) = scenario.steps[0].action else {
            Issue.record("no group")
            return
        }
        #expect(group.name == "checkout" && scenario.steps[0].name == "checkout")
        #expect(group.steps.map(\.action.keyword) == ["group", "http"])
        #expect(scenario.steps[0].seriesTags.map(\.key) == ["flow"])
    }

    @Test("Tags of a scenario select it when they are words, and are on its series when they have values")
    func tags() throws {
        let both = try Self.scenario(
            "  - think: 1ms", "tags: [e2e, {region: eu, tier: \"${1 + 1}\"}, smoke]\n")
        #expect(both.tags == ["e2e", "smoke"] && both.seriesTags.map(\.key) == ["region", "tier"])
        #expect(try Self.scenario("  - think: 1ms", "tags: {region: eu}\n").seriesTags.count == 1)
        #expect(try Self.scenario("  - think: 1ms", "tags: e2e\n").tags == ["e2e"])
    }

    @Test("A profile tags all its series, and its thresholds know the metrics of its scenarios")
    func profiles() throws {
        let profile = try Self.profile(
            """
            scenarios: [{use: s.yml, tags: {role: buyer}}]
            iterations: {users: 1, each: 1}
            tags: {region: eu}
            series-limit: 50
            thresholds: [value(queue.depth) < 5, "rate(jobs{region:eu}) > 1/s"]
            """, "{metric: [{name: queue.depth, gauge: 1}, {name: jobs, counter: 1}]}")
        #expect(profile.seriesTags.map(\.key) == ["region"] && profile.seriesLimit == 50)
        #expect(profile.scenarios[0].seriesTags.map(\.key) == ["role"])
        #expect(profile.metrics["queue.depth"]?.kind == .gauge)
        #expect(
            try Self.profile("scenarios: [s.yml]\niterations: {users: 1, each: 1}\n", "{think: 1ms}")
                .seriesLimit == 1000)
    }

    @Test("Two files that mean different things by one name are told with both places")
    func clash() throws {
        let files = FileReader(texts: [
            "a.yml": "assay: 1\nscenario: a\nsteps: [{metric: {name: jobs, counter: 1}}]\n",
            "b.yml": "assay: 1\nscenario: b\nsteps:\n  - metric: {name: jobs, gauge: 1}\n",
            "p.yml": "assay: 1\nload: p\nscenarios: [a.yml, b.yml]\niterations: {users: 1, each: 1}\n",
        ])
        guard case .failure(let found) = ScenarioReader(files: files).profile("p.yml") else {
            Issue.record("it was read")
            return
        }
        #expect(found.all.map(\.code) == ["AS581"])
        #expect(found.all.first?.message == "'jobs' is a gauge here, and a counter in a.yml:3")
        #expect(found.all.first?.location?.file == "b.yml")
    }
}
