import AssayCore
import AssayScenario
import Testing

@testable import AssayRunner

@Suite("Random starts")
struct PoissonTests {
    private static func schedule(_ seed: UInt64, _ start: Double, _ stages: [(Int, Double)])
        -> ArrivalSchedule
    {
        ArrivalSchedule(
            start: Rate(perSecond: start),
            stages: stages.map { .init(length: .seconds($0.0), target: Rate(perSecond: $0.1)) },
            random: SeededRandom(seed: seed))
    }

    @Test("The same seed gives the same starts, another seed others")
    func determinism() {
        let (one, again) = (Self.schedule(1, 50, [(60, 50)]), Self.schedule(1, 50, [(60, 50)]))
        #expect(Array(one.starts()) == Array(again.starts()))
        #expect(Array(one.starts()) != Array(Self.schedule(2, 50, [(60, 50)]).starts()))
    }

    @Test("The segments together are the whole, each start once", arguments: [1, 2, 3, 7])
    func segments(count: Int) {
        let schedule = Self.schedule(9, 0, [(20, 40), (10, 40), (5, 0), (5, 0), (10, 80)])
        let whole = Array(schedule.starts())
        let parts = (0..<count).map { Array(schedule.starts(of: Segment(index: $0, count: count))) }
        #expect(parts.joined().sorted { $0.number < $1.number } == whole)
        #expect(whole.map(\.number) == Array(0..<whole.count))
        #expect(zip(whole, whole.dropFirst()).allSatisfy { $0.atNanoseconds <= $1.atNanoseconds })
        #expect(whole.allSatisfy { !(35_000_000_000..<40_000_000_000).contains($0.atNanoseconds) })
    }

    @Test("Counts have the rate as their mean and as their variance, wherever the rate is")
    func moments() {
        // A thousand seconds at 20/s and a rise to 60/s: bins of one second.
        let schedule = Self.schedule(3, 20, [(1000, 20), (1000, 60)])
        var bins = [Double](repeating: 0, count: 2000)
        for start in schedule.starts() { bins[min(1999, Int(start.atNanoseconds / 1_000_000_000))] += 1 }
        let flat = bins[..<1000]
        let mean = flat.reduce(0, +) / 1000
        let variance = flat.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 999
        #expect(abs(mean - 20) < 0.6)
        #expect(abs(variance - 20) < 3.6)
        // Each bin of the rise against its own mean: the sum of squares over the mean is chi-square of 1000.
        let chi = bins[1000...].enumerated().reduce(0.0) { sum, bin in
            let wanted = 20 + 40 * (Double(bin.offset) + 0.5) / 1000
            return sum + (bin.element - wanted) * (bin.element - wanted) / wanted
        }
        #expect((820...1180).contains(chi))
    }

    @Test("Over many seeds the number of starts is the integral of the rate in the mean")
    func mean() {
        let counts = (0..<400).map { Double(Array(Self.schedule($0, 0, [(10, 10)]).starts()).count) }
        let mean = counts.reduce(0, +) / 400
        let variance = counts.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 399
        #expect(abs(mean - 50) < 1.5)
        #expect((38...63).contains(variance))
    }

    @Test("Think times of a distribution keep their mean and their bounds")
    func thinking() {
        var random = SeededRandom(seed: 4)
        func drawn(_ action: ThinkAction) -> [Double] {
            (0..<20_000).map { _ in Double(action.length(using: &random).nanoseconds) / 1e9 }
        }
        func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
        #expect(abs(mean(drawn(.exponential(mean: .seconds(2), atMost: nil))) - 2) < 0.06)
        let normal = drawn(.normal(mean: .seconds(3), deviation: .seconds(1), atMost: .seconds(5)))
        #expect(abs(mean(normal) - 3) < 0.04 && normal.allSatisfy { (0...5).contains($0) })
        let lognormal = drawn(.lognormal(median: .seconds(2), sigma: 0.5, atMost: nil)).sorted()
        #expect(abs(lognormal[10_000] - 2) < 0.05)
        // e^(σ²/2) times the median is the mean.
        #expect(abs(mean(lognormal) - 2 * 1.1331) < 0.05)
        #expect(drawn(.between(.seconds(1), .seconds(3))).allSatisfy { (1...3).contains($0) })
    }
}
