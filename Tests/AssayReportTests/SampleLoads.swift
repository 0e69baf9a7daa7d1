import AssayCore

/// Load runs of a service with noise: what comparisons are tested with.
struct SampleLoad {
    var seconds = 60
    var seed: UInt64 = 1
    /// Of neighbouring seconds.
    var correlation = 0.4
    /// How far a second's latencies stray from those of the run, as a part.
    var noise = 0.04
    /// Requests a second of each step.
    var requests = 120
    /// By step, in milliseconds.
    var medians: KeyValuePairs<String, Double> = ["login": 5, "add": 12]
    /// Latencies are so many times as long, by step.
    var slower: [String: Double] = [:]
    var failedShare = 0.0
    var lagNanoseconds: UInt64 = 40_000
    var own: Double?

    private struct Noise {
        var random: SeededRandom
        var correlation: Double
        var level = 0.0

        mutating func normal() -> Double {
            var sum = -6.0
            for _ in 0..<12 { sum += random.fraction() }
            return sum
        }

        mutating func next() -> Double {
            level = level * correlation + normal() * (1 - correlation * correlation).squareRoot()
            return level
        }
    }

    var record: RunRecord {
        var record = RunRecord(header: Sample.header(.load, name: "peak"))
        let length = Int64(seconds) * 1_000_000_000
        record.plan = LoadPlan(
            model: .users,
            corners: [.init(atNanoseconds: 0, value: 20), .init(atNanoseconds: length, value: 20)],
            scenarios: [.init(name: "shop", weight: 1)],
            steps: medians.map { .init(scenario: "shop", name: $0.key) }, lagBoundNanoseconds: 10_000_000,
            reactors: 1)
        func tags(_ step: String) -> [Series.Tag] { [.init("name", step), .init("scenario", "shop")] }
        for (step, _) in medians {
            record.series += [
                Series(metric: "http.duration", kind: .trend, tags: tags(step)),
                Series(metric: "http.failed", kind: .rate, tags: tags(step)),
                Series(metric: "http.requests", kind: .counter, tags: tags(step)),
            ]
        }
        let more = record.series.count
        record.series.append(Series(metric: "schedule.lag", kind: .trend))
        if own != nil { record.series.append(Series(metric: "queue.depth", kind: .gauge)) }
        var noise = Noise(random: SeededRandom(seed: seed), correlation: correlation)
        for second in 0..<seconds {
            let weather = 1 + self.noise * noise.next()
            var points: [SeriesPoint] = []
            for (index, (step, median)) in medians.enumerated() {
                let histogram = Histogram()
                var failed: UInt64 = 0
                let middle = median * 1e6 * weather * (slower[step] ?? 1)
                for _ in 0..<requests {
                    histogram.record(UInt64(max(1, middle * (1 + 0.2 * noise.normal()))))
                    if noise.random.chance(failedShare) { failed += 1 }
                }
                points += [
                    SeriesPoint(series: index * 3, value: .trend(histogram.snapshot())),
                    SeriesPoint(
                        series: index * 3 + 1, value: .rate(passed: failed, total: UInt64(requests))),
                    SeriesPoint(series: index * 3 + 2, value: .counter(UInt64(requests))),
                ]
            }
            let lag = Histogram()
            lag.record(lagNanoseconds, count: 100)
            points.append(SeriesPoint(series: more, value: .trend(lag.snapshot())))
            if let own {
                points.append(SeriesPoint(series: more + 1, value: .gauge(own * (1 + 0.1 * noise.normal()))))
            }
            record.intervals.append(
                Interval(
                    atNanoseconds: Int64(second) * 1_000_000_000, lengthNanoseconds: 1_000_000_000,
                    points: points))
        }
        record.end = RunEnd(
            verdict: Verdict(.passed), durationNanoseconds: length, cpuNanoseconds: 900_000_000,
            peakMemoryBytes: 40 << 20)
        return record
    }
}
