import AssayCore
import AssayReport
import Testing

@Suite("Runs compared")
struct ComparisonTests {
    private static func quick(_ allowances: String...) -> ComparisonSettings {
        var settings = ComparisonSettings()
        settings.rounds = 60
        settings.allowances = allowances.compactMap { ComparisonSettings.Allowance($0) }
        return settings
    }

    /// Equal but for the noise.
    private static let before = SampleLoad(seed: 11).record
    private static let after = SampleLoad(seed: 12).record
    private static let slower = SampleLoad(seed: 13, slower: ["add": 1.2]).record

    private func line(_ comparison: RunComparison, _ text: String) throws -> RunComparison.Line {
        try #require(comparison.lines.first { $0.metric.text == text })
    }

    @Test("equal runs do not differ, and every latency is said to be the same")
    func equal() throws {
        let comparison = RunComparison(Self.before, Self.after, Self.quick("5%"))
        #expect(comparison.count(.worse) == 0 && comparison.count(.better) == 0)
        for quantile in ["p50", "p95"] {
            #expect(try line(comparison, "\(quantile)(http.duration)").judgement == .same)
        }
        #expect(comparison.exitCode == .passed)
    }

    @Test("a step that became slower is found, with its size, and beyond the allowance it is a regression")
    func worse() throws {
        let comparison = RunComparison(Self.before, Self.slower, Self.quick("5%"))
        let add = try line(comparison, "p95(http.duration{name:add})")
        #expect(add.judgement == .worse && add.isRegression)
        #expect(try #require(add.interval).contains(0.2))
        #expect(try #require(add.certainHarm) > 0.05 && #require(add.certainHarm) < 0.2)
        #expect(try line(comparison, "p95(http.duration{name:login})").judgement != .worse)
        #expect(comparison.exitCode == .failed)
        // 20 % are not certainly more than 30 %.
        #expect(RunComparison(Self.before, Self.slower, Self.quick("30%")).exitCode == .passed)
        #expect(RunComparison(Self.before, Self.slower, Self.quick()).exitCode == .passed)
        let back = RunComparison(Self.slower, Self.before, Self.quick("5%"))
        #expect(try line(back, "p95(http.duration{name:add})").judgement == .better)
        #expect(back.exitCode == .passed)
    }

    @Test("of many comparisons of equal runs hardly one finds a difference")
    func falseAlarms() {
        var settings = Self.quick()
        settings.rounds = 50
        let trials = 15
        let alarms = (0..<trials).count { trial in
            func record(_ number: Int) -> RunRecord {
                SampleLoad(
                    seconds: 30, seed: UInt64(1000 + trial * 2 + number), correlation: 0.6, noise: 0.08,
                    requests: 40
                ).record
            }
            let comparison = RunComparison(record(0), record(1), settings)
            return comparison.count(.worse) + comparison.count(.better) + comparison.count(.changed) > 0
        }
        #expect(alarms <= 2, "\(alarms) of \(trials)")
    }

    @Test("failures that begin are worse, and a share's allowance is in points")
    func failures() throws {
        let failing = SampleLoad(seed: 14, failedShare: 0.02).record
        let comparison = RunComparison(Self.before, failing, Self.quick("failed=0.5%"))
        let line = try line(comparison, "rate(http.failed)")
        #expect(line.judgement == .worse && line.isRegression && comparison.exitCode == .failed)
        #expect(RunComparison(Self.before, failing, Self.quick("failed=5%")).exitCode == .passed)
        #expect(RunComparison(Self.before, failing, Self.quick("p95=1%")).exitCode == .passed)
        let none = try self.line(
            RunComparison(Self.before, Self.after, Self.quick()), "rate(http.failed)")
        #expect(none.judgement == .same, "14 400 requests without a failure say enough")
    }

    @Test("too short, saturated or unlike runs are no equal runs: nothing can be said")
    func nothing() throws {
        let short = SampleLoad(seconds: 5, seed: 15).record
        var comparison = RunComparison(short, short, Self.quick("5%"))
        #expect(comparison.exitCode == .inconclusive && comparison.count(.same) == 0)
        #expect(try line(comparison, "p50(http.duration)").judgement == .noData)

        let saturated = SampleLoad(seed: 16, lagNanoseconds: 20_000_000).record
        comparison = RunComparison(Self.before, saturated, Self.quick("5%"))
        #expect(comparison.exitCode == .inconclusive)
        #expect(
            try line(comparison, "p50(http.duration)").reason?.hasPrefix("after was saturated") == true)

        var other = Self.after
        other.plan?.scale = 0.5
        other.header.name = "normal"
        comparison = RunComparison(Self.before, other, Self.quick("5%"))
        #expect(comparison.exitCode == .inconclusive && !comparison.isComparable)
        #expect(comparison.differences.filter(\.isDecisive).map(\.what) == ["profile", "scale"])
        var anyway = Self.quick()
        anyway.judgesUnlike = true
        #expect(RunComparison(Self.before, other, anyway).exitCode == .passed)
    }

    @Test("few values at a quantile are not enough data, and wide noise cannot tell")
    func unclear() throws {
        let few = (0..<2).map { SampleLoad(seconds: 20, seed: UInt64(20 + $0), requests: 6).record }
        let comparison = RunComparison(few[0], few[1], Self.quick())
        let p99 = try line(comparison, "p99(http.duration{name:add})")
        #expect(p99.judgement == .noData)
        #expect(p99.reason == "before has 108 values, 1000 are needed")
        let loud = (0..<2).map { SampleLoad(seed: UInt64(30 + $0), correlation: 0.7, noise: 0.3).record }
        let noisy = RunComparison(loud[0], loud[1], Self.quick())
        #expect(try line(noisy, "p50(http.duration)").judgement == .unclear)
    }

    @Test("a metric of the user's is told as changed until somebody says which way is better")
    func own() throws {
        let (old, new) = (SampleLoad(seed: 17, own: 10).record, SampleLoad(seed: 18, own: 14).record)
        #expect(
            try line(RunComparison(old, new, Self.quick()), "value(queue.depth)").judgement == .changed)
        var settings = Self.quick()
        settings.directions = ["queue.depth": .lower]
        #expect(try line(RunComparison(old, new, settings), "value(queue.depth)").judgement == .worse)
        settings.directions = ["queue.depth": .higher]
        #expect(try line(RunComparison(old, new, settings), "value(queue.depth)").judgement == .better)
    }

    @Test("steps that came or went are listed")
    func steps() {
        let more = SampleLoad(seed: 19, medians: ["login": 5, "add": 12, "pay": 30]).record
        let comparison = RunComparison(Self.before, more, Self.quick())
        #expect(comparison.addedSteps == ["shop › pay"] && comparison.removedSteps.isEmpty)
        #expect(RunComparison(more, Self.before, Self.quick()).removedSteps == ["shop › pay"])
    }

    @Test("a thin record says what the whole one says, and cannot be made thinner", arguments: [60, 150])
    func thin(seconds: Int) throws {
        let whole = SampleLoad(seconds: seconds, seed: 40, requests: 30).record
        let width = try #require(whole.chunkWidth())
        #expect(width == (seconds == 60 ? 1 : 2) * 1_000_000_000)
        let thin = whole.thinned(width: width)
        #expect(thin.intervals.count <= RunRecord.chunkLimit)
        #expect(thin.chunkWidth() == width && thin.thinned(width: width).intervals == thin.intervals)
        let other = SampleLoad(seconds: seconds, seed: 41, requests: 30).record
        let full = RunComparison(whole, other, Self.quick()).lines.map(\.change)
        #expect(RunComparison(thin, other, Self.quick()).lines.map(\.change) == full)
    }

    /// 150 steps, and a metric of the user's after all of them.
    private static var manySeries: RunRecord {
        var record = RunRecord(header: Sample.header(.load, name: "peak"))
        for step in 0..<150 {
            let tags: [Series.Tag] = [.init("name", "s\(step)"), .init("scenario", "shop")]
            record.series += [
                Series(metric: "http.failed", kind: .rate, tags: tags),
                Series(metric: "http.requests", kind: .counter, tags: tags),
            ]
        }
        record.series.append(Series(metric: "queue.depth", kind: .gauge))
        for second in 0..<20 {
            var points = (0..<150).flatMap { step in
                [
                    SeriesPoint(series: step * 2, value: .rate(passed: step == 149 ? 1 : 0, total: 2)),
                    SeriesPoint(series: step * 2 + 1, value: .counter(2)),
                ]
            }
            points.append(SeriesPoint(series: 300, value: .gauge(7)))
            record.intervals.append(
                Interval(
                    atNanoseconds: Int64(second) * 1_000_000_000, lengthNanoseconds: 1_000_000_000,
                    points: points))
        }
        return record
    }

    @Test("a run of many series is compared whole, and made thin keeps what the whole run did")
    func wide() throws {
        let whole = Self.manySeries
        let thin = whole.thinned(width: 1_000_000_000)
        #expect(thin.series.count <= 200 && thin.series.contains { $0.metric == "queue.depth" })
        #expect(thin.series.contains { $0[tag: "name"] == "s0" })
        let again = thin.thinned(width: 1_000_000_000)
        #expect(again.series == thin.series && again.intervals == thin.intervals)
        for record in [whole, thin, whole.thinned(width: 1_000_000_000, seriesLimit: 3)] {
            let comparison = RunComparison(record, record, Self.quick())
            #expect(try line(comparison, "rate(http.requests)").before == 300)
            #expect(try line(comparison, "rate(http.failed)").before == 1.0 / 300)
            #expect(try line(comparison, "value(queue.depth)").before == 7)
        }
    }

    @Test("an allowance that is smaller than what usually matters is held")
    func strict() throws {
        var settings = Self.quick("2%", "failed=0.5%")
        (settings.minimum, settings.minimumPoints) = (0.1, 0.05)
        let worse = SampleLoad(seed: 51, noise: 0.004, slower: ["add": 1.06], failedShare: 0.02).record
        let before = SampleLoad(seed: 50, noise: 0.004).record
        var comparison = RunComparison(before, worse, settings)
        let names = ["p50(http.duration{name:add})", "rate(http.failed)"]
        for name in names { #expect(try line(comparison, name).isRegression, "\(name)") }
        #expect(comparison.method.hasSuffix("; where less is allowed, changes below that"))
        settings.allowances = []
        comparison = RunComparison(before, worse, settings)
        for name in names { #expect(try line(comparison, name).judgement == .same, "\(name)") }
        settings.allowances = [ComparisonSettings.Allowance("0%")].compactMap(\.self)
        let none = RunComparison(before, before, settings)
        #expect(try line(none, "rate(http.failed)").judgement == .same)
    }

    @Test("a metric that falls to zero, or rises from it, is judged; one event alone is not")
    func zero() throws {
        let (some, none) = (SampleLoad(seed: 60, own: 10).record, SampleLoad(seed: 61, own: 0).record)
        func judged(
            _ before: RunRecord, _ after: RunRecord, _ better: MetricDirection?
        ) throws -> RunComparison.Line {
            var settings = Self.quick("5%")
            if let better { settings.directions = ["queue.depth": better] }
            let comparison = RunComparison(before, after, settings)
            return try line(comparison, "value(queue.depth)")
        }
        let gone = try judged(some, none, .higher)
        #expect(gone.judgement == .worse && gone.isRegression && gone.change == -1)
        #expect(try #require(gone.certainHarm) > 0.8)
        let grown = try judged(none, some, .lower)
        #expect(grown.judgement == .worse && grown.isRegression && grown.change == Double.infinity)
        #expect(try judged(some, none, .lower).judgement == .better)
        #expect(try judged(none, some, .higher).judgement == .better)
        #expect(try judged(some, none, nil).judgement == .changed)
        #expect(try judged(none, none, .lower).judgement == .same)

        var rare = none
        let last = rare.intervals[30].points.count - 1
        rare.intervals[30].points[last].value = .gauge(5)
        #expect(try judged(none, rare, .lower).judgement == .unclear)
        #expect(try judged(rare, none, .higher).isRegression == false)
    }

    @Test("ramps are left out when there is enough else")
    func ramps() throws {
        func ramped(_ seed: UInt64) -> RunRecord {
            var record = SampleLoad(seed: seed).record
            let second: Int64 = 1_000_000_000
            record.plan?.corners = [(0, 0), (20, 20), (50, 20), (60, 0)].map {
                .init(atNanoseconds: Int64($0.0) * second, value: $0.1)
            }
            return record
        }
        let comparison = RunComparison(ramped(1), ramped(2), Self.quick())
        #expect(comparison.usedText.contains("30 of 60 and 60 intervals of 1.00 s"))
        #expect(comparison.usedText.hasSuffix("and ramps are left out"))
    }

    @Test("allowances and parts are read as people write them")
    func allowances() throws {
        let all = ["5%", "p95=10%", "p95(http.duration{name:add})=20%", "failed=0.1 %"].map {
            ComparisonSettings.Allowance($0)
        }
        var settings = ComparisonSettings()
        settings.allowances = all.compactMap(\.self)
        #expect(settings.allowances.count == 4)
        func allowed(_ metric: String, _ step: String?, _ statistic: ComparedMetric.Statistic) -> Double? {
            settings.allowance(
                of: ComparedMetric(metric: metric, step: step, statistic: statistic, isTime: true))
        }
        #expect(allowed("http.duration", nil, .p50) == 0.05 && allowed("http.duration", nil, .p95) == 0.1)
        #expect(allowed("http.duration", "add", .p95) == 0.2)
        #expect(allowed("http.failed", nil, .share) == 0.001 && allowed("checks", nil, .share) == 0.001)
        for bad in ["", "x", "p95=", "=5%", "-1%", "5000%"] {
            #expect(ComparisonSettings.Allowance(bad) == nil, "\(bad)")
        }
    }

    @Test("a terminal, a wiki and a program are told the same")
    func texts() {
        var settings = Self.quick("5%")
        settings.rounds = 60
        let comparison = RunComparison(Self.before, Self.slower, settings)
        GoldenFiles.check(ComparisonTable(width: 200).render(comparison), "compare.txt")
        GoldenFiles.check(ComparisonMarkdown.render(comparison), "compare.md")
        GoldenFiles.check(
            TrendTable([RunComparison(Self.before, Self.after, settings), comparison]).render(
                style: .plain, width: 200), "compare-trend.txt")
        let json = ComparisonJSON.render([comparison], names: ["#1", "#2"])
        #expect(json.contains(#""verdict": "regression""#))
        let html = ComparisonHTML.render([comparison])
        #expect(html.contains("<td class=\"worse\">worse, by"))
    }
}
