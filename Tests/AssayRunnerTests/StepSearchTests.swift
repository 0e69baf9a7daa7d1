import AssayCore
import AssayRunner
import AssayScenario
import Testing

@Suite("Search for the degradation")
struct StepSearchTests {
    static let series = [
        Series(metric: "http.duration", kind: .trend, tags: [Series.Tag("name", "add")]),
        Series(metric: "http.failed", kind: .rate, tags: [Series.Tag("name", "add")]),
        Series(metric: "iterations", kind: .counter),
        Series(metric: "checks", kind: .rate),
    ]

    /// Steps of 20 users each, of a second to rise and two to measure.
    static func search(_ conditions: [String], steps: Int, confirm: Int = 1, atLeast: Double? = nil)
        -> StepSearch
    {
        let place = SourceLocation(file: "stress.yml", line: 1, column: 1)
        return StepSearch(
            LoadProfile.Search(
                steps: (1...steps).map { .init(load: Double($0 * 20), ramp: .seconds(1), hold: .seconds(2)) },
                conditions: conditions.map { .init(text: $0, location: place) }, atLeast: atLeast,
                confirm: confirm))
    }

    static func histogram(_ milliseconds: [Int]) -> HistogramSnapshot {
        let recorder = Histogram()
        for value in milliseconds { recorder.record(UInt64(value) * 1_000_000) }
        return recorder.snapshot()
    }

    /// One second with ten requests of one latency.
    static func second(_ second: Int, _ milliseconds: Int, failed: UInt64 = 0) -> Interval {
        Interval(
            atNanoseconds: Int64(second) * 1_000_000_000, lengthNanoseconds: 1_000_000_000,
            points: [
                .init(series: 0, value: .trend(histogram(Array(repeating: milliseconds, count: 10)))),
                .init(series: 1, value: .rate(passed: failed, total: 10)),
                .init(series: 2, value: .counter(5)), .init(series: 3, value: .rate(passed: 9, total: 10)),
            ])
    }

    /// Runs a latency a step, with something else while the load rises.
    static func run(_ search: StepSearch, _ latencies: [Int?], rising: Int = 9999) -> StepSearch {
        var search = search
        for (step, latency) in latencies.enumerated() {
            _ = search.take(second(step * 3, rising), series: series)
            for part in 1...2 {
                let interval =
                    latency.map { second(step * 3 + part, $0) }
                    ?? Interval(
                        atNanoseconds: Int64(step * 3 + part) * 1_000_000_000,
                        lengthNanoseconds: 1_000_000_000, points: [])
                _ = search.take(interval, series: series)
            }
        }
        return search
    }

    static let limit = ["p95(http.duration) < 3s"]

    @Test("A step counts what ended while it was measured, not while it rose")
    func figures() throws {
        let search = Self.run(Self.search(Self.limit, steps: 3), [100])
        let step = try #require(search.finished.first)
        #expect(search.finished.count == 1 && step.number == 1 && step.load == 20)
        #expect(step.atNanoseconds == 1_000_000_000 && step.lengthNanoseconds == 2_000_000_000)
        #expect(step.requests == 20 && step.iterations == 10 && step.failed == 0 && step.failedChecks == 2)
        #expect(step.perSecond == 10 && step.latencyMetric == "http.duration")
        #expect(step.latency.count == 20 && step.holds)
    }

    @Test(
        "The degradation is the first of the broken steps that the run ends with",
        arguments: [
            (
                [100, 200, 3400, 3500], 2, true,
                "degrades at 60 users: p95(http.duration) was 3.40 s (limit 3.00 s); the last good step was 40 users: p95 200 ms"
            ),
            ([100, 3400, 200, 300], nil, false, "no degradation up to 80 users, the last step"),
            (
                [3400, 3500], 0, true,
                "degrades at 20 users: p95(http.duration) was 3.40 s (limit 3.00 s); no step held"
            ),
            (
                [100, 200, 300, 3400], 3, false,
                "degrades at 80 users: p95(http.duration) was 3.40 s (limit 3.00 s); the last good step was 60 users: p95 300 ms; the run ended before another step could confirm it"
            ),
            (
                [100, nil, nil], 1, true,
                "degrades at 40 users: p95(http.duration) had no data; the last good step was 20 users: p95 100 ms"
            ),
            (
                [nil, 200, 3400, 3500], 2, true,
                "degrades at 60 users: p95(http.duration) was 3.40 s (limit 3.00 s); the last good step was 40 users: p95 200 ms"
            ),
            ([nil, nil, 200], nil, false, "no degradation up to 60 users, the last step"),
            (
                [nil, 3400, 3500], 1, true,
                "degrades at 40 users: p95(http.duration) was 3.40 s (limit 3.00 s); no step held"
            ),
            ([], nil, false, "no step was run whole, so nothing is known"),
        ] as [([Int?], Int?, Bool, String)])
    func found(latencies: [Int?], broken: Int?, confirmed: Bool, text: String) {
        let search = Self.run(Self.search(Self.limit, steps: 4), latencies)
        let found = search.search.degradation(in: search.finished)
        #expect(found.broken?.number == broken.map { $0 + 1 })
        #expect(found.isConfirmed == confirmed && search.isOver == confirmed)
        #expect(found.text(.users) == text)
    }

    @Test(
        "The run ends as many steps after the first broken one as the search asks for", arguments: [0, 1, 3])
    func over(confirm: Int) {
        let search = Self.run(
            Self.search(Self.limit, steps: 9, confirm: confirm), [100, 4000, 4000, 4000, 4000, 4000, 4000])
        #expect(search.isOver && search.finished.count == 2 + confirm)
    }

    @Test("A broken step that a later one takes back is told apart")
    func outliers() {
        let search = Self.run(Self.search(Self.limit, steps: 4), [100, 3400, 200, 300])
        #expect(search.search.degradation(in: search.finished).outliers.map(\.load) == [40])
    }

    @Test("A condition without data in any step is named")
    func silent() {
        let search = Self.run(
            Self.search(Self.limit + ["p95(http.duration{name:nothing}) < 1s"], steps: 4), [100, 100])
        let found = search.search.degradation(in: search.finished)
        #expect(found.silent == ["p95(http.duration{name:nothing}) < 1s"])
    }

    @Test("Without conditions there are steps, and nothing ends the run")
    func table() {
        let search = Self.run(Self.search([], steps: 2), [100, 99_000])
        #expect(search.finished.count == 2 && !search.isOver)
        #expect(search.finished.allSatisfy { $0.latencyMetric == "http.response" })
    }

    @Test("A step that was not run to its end is none")
    func partial() {
        var search = Self.search(Self.limit, steps: 2)
        for second in 0..<2 { _ = search.take(Self.second(second, 100), series: Self.series) }
        #expect(search.finished.isEmpty)
    }

    @Test("Intervals end where steps begin and end")
    func bounds() {
        #expect(Self.search([], steps: 2).bounds == [1, 3, 4, 6].map { $0 * 1_000_000_000 })
    }
}
