import AssayAudio
import Testing

@Suite("Resampling")
struct ResamplingTests {
    static let pairs = [
        (8_000, 16_000), (16_000, 8_000), (22_050, 16_000), (44_100, 8_000), (8_000, 48_000),
        (48_000, 44_100),
        (11_025, 8_000), (8_000, 192_000),
    ]

    @Test("a tone stays where and what it is", arguments: pairs)
    func tone(_ from: Int, _ to: Int) throws {
        let tone = Sound.tone(hertz: 1_033, for: .milliseconds(400), dBFS: -10, rate: from).resampled(to: to)
        let ideal = Sound.tone(hertz: 1_033, for: .milliseconds(400), dBFS: -10, rate: to)
        #expect(tone.samples.count == ideal.samples.count)
        // Away from the edges, which are faded differently.
        let middle = (ideal.samples.count / 4)..<(ideal.samples.count * 3 / 4)
        let error = Sound(samples: middle.map { tone.samples[$0] - ideal.samples[$0] }, rate: to)
        #expect(error.levelDBFS < -65, "\(error.levelDBFS) dBFS")
    }

    @Test(
        "what the lower rate cannot hold is filtered out, what it can stays",
        arguments: [300.0, 3_400, 4_600, 6_000])
    func filter(hertz: Double) {
        let level = Sound.tone(hertz: hertz, for: .milliseconds(400), dBFS: -10, rate: 16_000).resampled(
            to: 8_000
        )
        .cut(800..<2_400).levelDBFS
        #expect(hertz < 4_000 ? abs(level + 10) < 0.3 : level < -70, "\(level) dBFS")
    }

    @Test(
        "lengths are kept, rounded up, and nothing stays nothing",
        arguments: [0, 1, 2, 159, 160, 161, 100_001])
    func lengths(count: Int) {
        let sound = Sound(samples: [Int16](repeating: 100, count: count), rate: 22_050)
        #expect(sound.resampled(to: 16_000).samples.count == (count * 16_000 + 22_049) / 22_050)
        #expect(sound.resampled(to: 22_050) == sound)
    }
}
