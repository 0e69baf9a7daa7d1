import AssayCore
import Testing

/// Noise whose neighbours go together, with a variance of 1.
struct CorrelatedNoise {
    var random: SeededRandom
    let correlation: Double
    private var level: Double?

    init(_ seed: UInt64, correlation: Double) {
        random = SeededRandom(seed: seed)
        self.correlation = correlation
    }

    mutating func next() -> Double {
        // Twelve even numbers add up to nearly normal ones with a variance of 1.
        var shock = -6.0
        for _ in 0..<12 { shock += random.fraction() }
        let next =
            level.map { $0 * correlation + shock * (1 - correlation * correlation).squareRoot() } ?? shock
        level = next
        return next
    }
}

@Suite("Statistics")
struct StatisticsTests {
    @Test("Student's t has the values of the tables", arguments: [
        (1.0, 12.706), (4, 2.776), (10, 2.228), (30, 2.042), (1000, 1.962),
    ])
    func student(freedom: Double, value: Double) {
        let t = StudentT(degreesOfFreedom: freedom)
        #expect(abs(t.value(exceededWith: 0.025) - value) < 0.0006)
        #expect(abs(t.twoSided(value) - 0.05) < 0.0001)
        #expect(t.upperTail(0) == 0.5 && t.upperTail(-value) + t.upperTail(value) == 1)
        #expect(t.upperTail(.infinity) == 0 && t.upperTail(.nan) == 1)
    }

    @Test("logarithm and power undo each other", arguments: [1e-300, 0.001, 0.5, 1, 2.5, 10, 1e15])
    func logarithms(x: Double) {
        #expect(abs(exponential(logarithm(x)) / x - 1) < 1e-12)
        #expect(exponential(-1e6) == 0 && exponential(1e6) == .infinity && logarithm(0) == -.infinity)
    }

    @Test("Holm raises p-values step by step and never lowers one below a smaller")
    func holm() {
        let raised = holmAdjusted([0.01, 0.04, 0.03, 0.005])
        for (found, wanted) in zip(raised, [0.03, 0.06, 0.06, 0.02]) { #expect(abs(found - wanted) < 1e-12) }
        #expect(holmAdjusted([0.9, 0.8]) == [1, 1] && holmAdjusted([]).isEmpty)
    }

    @Test("the correlation of neighbours is found", arguments: [0.0, 0.3, 0.6, 0.8])
    func correlation(wanted: Double) {
        var noise = CorrelatedNoise(7, correlation: wanted)
        let found = Correlation.ofNeighbours([(0..<4000).map { _ in noise.next() }])
        #expect(abs(found - wanted) < 0.06)
        #expect(Correlation.ofNeighbours([[1, 1, 1, 1, 1, 1]]) == 0)
    }

    @Test("dealing anew tells groups apart that differ, and not those that do not")
    func permutation() {
        var random = SeededRandom(seed: 1)
        let low = [1.0, 1.1, 0.9, 1.05, 0.95, 1.0]
        #expect(permutationValue([(low, low.map { $0 + 1 })], &random) < 0.01)
        #expect(permutationValue([(low, low.reversed())], &random) > 0.9)
        // A difference between stages is none between runs.
        let stages = [(low, low), (low.map { $0 + 5 }, low.map { $0 + 5 })]
        #expect(permutationValue(stages, &random) > 0.9)
    }

    @Test("quantiles of chunks are those of their histograms, within a bucket")
    func quantiles() throws {
        let histograms = (0..<4).map { chunk in
            let histogram = Histogram()
            for value in 0..<500 { histogram.record(UInt64(1_000_000 + value * 4000 + chunk)) }
            return histogram.snapshot()
        }
        var all = histograms[0]
        for histogram in histograms.dropFirst() { all.merge(histogram) }
        let figures = ChunkFigures(histograms, quantiles: [0.5, 0.95])
        let found = try #require(figures.figures(of: 0..<4))
        for (quantile, value) in zip([0.5, 0.95], found) {
            let whole = Double(try #require(all.value(at: quantile)))
            #expect(abs(value / whole - 1) < 0.016)
        }
        #expect(figures.weight(of: 0..<4) == 2000 && figures.figures(of: []) == nil)
        // A chunk has as much above a quantile as it should have when all are alike.
        #expect(figures.pulls(of: 0..<4, figure: 0, value: found[0]).allSatisfy { abs($0) < 1 })
    }

    /// Requests of some seconds, whose rate strays by a fifth.
    private func rates(
        _ count: Int, _ seed: UInt64, correlation: Double, factor: Double = 1
    ) -> ChunkFigures {
        var noise = CorrelatedNoise(seed, correlation: correlation)
        return ChunkFigures(ratios: (0..<count).map { _ in (factor * 100 * exponential(0.2 * noise.next()), 1) })
    }

    private func chance(
        _ count: Int, _ trial: UInt64, correlation: Double, factor: Double = 1
    ) throws -> Double {
        var bootstrap = BlockBootstrap(scale: .ratio, random: SeededRandom(seed: trial))
        bootstrap.rounds = 100
        let stages = [Array(0..<count)]
        let before = rates(count, trial * 2, correlation: correlation)
        let after = rates(count, trial * 2 + 1, correlation: correlation, factor: factor)
        let figures = (
            bootstrap.figures(before, stages: stages), bootstrap.figures(after, stages: stages)
        )
        let (first, second) = (try #require(figures.0), try #require(figures.1))
        return NoisyDifference(first[0], second[0], scale: .ratio).chance
    }

    @Test(
        "equal runs are called different no more often than is said, also when neighbouring seconds go together",
        arguments: [(60, 0.0), (60, 0.3), (60, 0.6), (20, 0.3)])
    func falseAlarms(count: Int, correlation: Double) throws {
        let trials = 150
        let alarms = try (0..<trials).count {
            try chance(count, UInt64($0) &+ 1, correlation: correlation) < 0.05
        }
        // 5 % with the luck of so many trials; taken as independent, seconds at 0.6 would raise 30 %.
        #expect(Double(alarms) / Double(trials) <= 0.1, "\(alarms) of \(trials)")
    }

    @Test("without blocks the same noise would be called different far too often")
    func blocksMatter() throws {
        var alarms = 0
        for trial in 0..<100 {
            let runs = (0..<2).map { rates(60, UInt64(trial * 2 + $0), correlation: 0.6) }
            let means = runs.map { run in
                // The textbook's t-test, which takes seconds as independent.
                let logs = (0..<60).map { logarithm(run.figures(of: [$0])?[0] ?? 1) }
                let mean = logs.reduce(0, +) / 60
                return (mean, logs.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 59 / 60)
            }
            let t = (means[1].0 - means[0].0) / (means[0].1 + means[1].1).squareRoot()
            if StudentT(degreesOfFreedom: 118).twoSided(t) < 0.05 { alarms += 1 }
        }
        #expect(alarms > 20)
    }

    @Test("a real change is found", arguments: [(60, 0.0, 1.15), (60, 0.3, 1.2), (60, 0.6, 1.35)])
    func power(count: Int, correlation: Double, factor: Double) throws {
        let trials = 60
        let found = try (0..<trials).count {
            try chance(count, UInt64($0) &+ 1, correlation: correlation, factor: factor) < 0.05
        }
        #expect(found * 10 >= trials * 9, "\(found) of \(trials)")
    }

    @Test("the same seed draws the same, and nothing comes of nothing")
    func repeatable() throws {
        func figures() -> [NoisyFigure]? {
            var bootstrap = BlockBootstrap(scale: .ratio, random: SeededRandom(seed: 3))
            return bootstrap.figures(rates(30, 5, correlation: 0.3), stages: [Array(0..<15), Array(15..<30)])
        }
        #expect(figures() == figures())
        var bootstrap = BlockBootstrap(scale: .points, random: SeededRandom(seed: 3))
        let empty = ChunkFigures(ratios: [(0, 0), (0, 0)])
        #expect(bootstrap.figures(empty, stages: [[0, 1]]) == nil)
        #expect(bootstrap.figures(empty, stages: []) == nil)
    }
}
