@testable import AssayCore
import Testing

@Suite struct SeededRandomTests {
    @Test("SplitMix64 gives the published numbers for seed 1234567")
    func splitMix() {
        var mixer = SplitMix64(state: 1_234_567)
        #expect(mixer.next() == 6_457_827_717_110_365_317)
        #expect(mixer.next() == 3_203_168_211_198_807_973)
        #expect(mixer.next() == 9_817_491_932_198_370_423)
    }

    @Test("A split stream does not depend on what was drawn, and no two are alike")
    func splitting() {
        var drawn = SeededRandom(seed: 0x8F2C61)
        for _ in 0..<100 { _ = drawn.next() }
        #expect(drawn.split(7) == SeededRandom(seed: 0x8F2C61).split(7))
        var firsts: Set<UInt64> = [drawn.next()]
        for index in 0..<10_000 {
            var stream = drawn.split(UInt64(index))
            firsts.insert(stream.next())
        }
        #expect(firsts.count == 10_001)
    }

    @Test("Fractions are even, and exponential waits have their mean")
    func distributions() {
        var random = SeededRandom(seed: 1)
        var tenths = [Int](repeating: 0, count: 10)
        var waited = 0.0
        for _ in 0..<100_000 {
            tenths[Int(random.fraction() * 10)] += 1
            let wait = random.exponential(mean: 4)
            #expect(wait >= 0 && wait.isFinite)
            waited += wait
        }
        #expect(tenths.allSatisfy { (9_600...10_400).contains($0) })
        #expect(abs(waited / 100_000 - 4) < 0.06)
    }

    @Test("The own logarithm agrees with known values")
    func logarithm() {
        #expect(naturalLogarithm(1) == 0)
        #expect(abs(naturalLogarithm(0.5) + 0.6931471805599453) < 1e-15)
        #expect(abs(naturalLogarithm(0.1) + 2.302585092994046) < 1e-15)
        #expect(abs(naturalLogarithm(0x1p-53) + 36.7368005696771) < 1e-13)
    }

    @Test("Seeds are written as upper-case hexadecimal and read back")
    func seeds() {
        #expect(SeededRandom(seed: 0x8F2C61).seedText == "8F2C61")
        #expect(SeededRandom.seed(parsing: "8f2c61") == 0x8F2C61)
        #expect(SeededRandom.seed(parsing: "0x8F2C61") == 0x8F2C61)
        #expect(SeededRandom.seed(parsing: "FFFFFFFFFFFFFFFF") == .max)
        for bad in ["", "0x", "xyz", "-1", "+1", "10000000000000000", "8F 2C"] {
            #expect(SeededRandom.seed(parsing: bad) == nil, "\(bad)")
        }
    }

    @Test("Picking and shuffling repeat with the seed")
    func picking() {
        var (one, two) = (SeededRandom(seed: 3), SeededRandom(seed: 3))
        #expect(one.shuffled(0..<50) == two.shuffled(0..<50))
        #expect(one.pick(Array(0..<50)) == two.pick(Array(0..<50)))
        #expect(one.pick([Int]()) == nil)
        #expect(one.double(in: 2..<2) == 2)
    }
}
