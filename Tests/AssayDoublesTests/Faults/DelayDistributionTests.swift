import AssayCore
import AssayDoubles
import Testing

@Suite("Delays that are drawn")
struct DelayDistributionTests {
    private static func samples(_ delay: DelayDistribution, _ count: Int = 20_000) -> [Duration] {
        var random = SeededRandom(seed: 7)
        return (0..<count).map { _ in delay.sample(&random) }.sorted()
    }

    private static func isNear(_ value: Duration, _ wanted: Duration, within share: Double) -> Bool {
        abs(value.inSeconds - wanted.inSeconds) <= wanted.inSeconds * share
    }

    @Test("a fixed delay is itself, a uniform one stays within its bounds and fills them")
    func plain() {
        #expect(Set(Self.samples(.fixed(.milliseconds(40)))) == [.milliseconds(40)])
        let uniform = Self.samples(.uniform(from: .milliseconds(10), to: .milliseconds(50)))
        #expect(uniform[0] >= .milliseconds(10))
        #expect(uniform[uniform.count - 1] < .milliseconds(50))
        #expect(Self.isNear(uniform[uniform.count / 2], .milliseconds(30), within: 0.03))
    }

    @Test("half of the lognormal delays are below the median, and e^σ above it stands the 84th percentile")
    func lognormal() {
        let drawn = Self.samples(.lognormal(median: .milliseconds(40), sigma: 0.4, atMost: .milliseconds(90)))
        #expect(Self.isNear(drawn[drawn.count / 2], .milliseconds(40), within: 0.03))
        // exp(0.4) · 40 ms = 59.7 ms
        #expect(Self.isNear(drawn[drawn.count * 8413 / 10_000], .microseconds(59_673), within: 0.03))
        #expect(drawn[drawn.count - 1] == .milliseconds(90))
    }

    @Test("a table of percentiles is met at its rows and nothing is beyond its last")
    func percentiles() {
        let drawn = Self.samples(
            .percentiles([
                .init(0.5, .milliseconds(20)), .init(0.95, .milliseconds(80)), .init(0.99, .seconds(1)),
            ]))
        #expect(Self.isNear(drawn[drawn.count / 2], .milliseconds(20), within: 0.03))
        #expect(Self.isNear(drawn[drawn.count * 94 / 100], .milliseconds(79), within: 0.1))
        #expect(drawn[drawn.count - 1] == .seconds(1))
        #expect(drawn[0] < .milliseconds(1))
    }
}
