import AssayAudio
import Testing

@Suite("Levels and noise")
struct LevelTests {
    @Test("0 dBFS is the square wave of full scale; a sine of full scale has 3.01 less")
    func fullScale() {
        #expect(abs(Sound(samples: [-32_768, -32_768], rate: 8_000).levelDBFS) < 1e-9)
        let sine = Sound.tone(hertz: 1_000, for: .seconds(1), dBFS: -3.0103, rate: 8_000)
        #expect(abs(sine.levelDBFS + 3.01) < 0.05)
        #expect(sine.peakDBFS > -0.01)
        #expect(Sound(samples: [0], rate: 8_000).levelDBFS == -.infinity)
        #expect(Sound(samples: [], rate: 8_000).levelDBFS == -.infinity)
    }

    @Test("−40 dBFS is a hundredth of the full scale")
    func hundredth() {
        #expect(abs(Level.meanSquare(ofDBFS: -40).squareRoot() - 327.68) < 1e-9)
        #expect(abs(Level.dBFS(ofMeanSquare: 327.68 * 327.68) + 40) < 1e-9)
    }

    @Test("amplifying moves the level, and clips at full scale")
    func amplified() {
        let tone = Sound.tone(hertz: 500, for: .seconds(1), dBFS: -30, rate: 8_000)
        #expect(abs(tone.amplified(byDecibels: -6).levelDBFS + 36) < 0.05)
        #expect(tone.amplified(byDecibels: 60).samples.max() == 32_767)
        #expect(tone.amplified(byDecibels: 60).samples.min() == -32_768)
    }

    @Test("mixing adds, clips, and brings both to one rate")
    func mixed() {
        let sound = Sound(samples: [30_000, 1], rate: 8_000)
        #expect(sound.mixed(with: Sound(samples: [30_000, 2, 3], rate: 8_000)).samples == [32_767, 3, 3])
        let other = Sound.silence(for: .milliseconds(10), rate: 16_000)
        #expect(sound.mixed(with: other).samples.count == 80)
    }

    @Test("noise has its level, and the same seed the same samples", arguments: [-20.0, -40, -60, -80])
    func noise(level: Double) {
        let noise = Sound.noise(for: .seconds(2), dBFS: level, seed: 7, rate: 8_000)
        #expect(abs(noise.levelDBFS - level) < 0.3)
        #expect(noise == Sound.noise(for: .seconds(2), dBFS: level, seed: 7, rate: 8_000))
        #expect(noise != Sound.noise(for: .seconds(2), dBFS: level, seed: 8, rate: 8_000))
        let mean = noise.samples.reduce(0.0) { $0 + Double($1) } / Double(noise.samples.count)
        #expect(abs(mean) < 0.05 * Level.meanSquare(ofDBFS: level).squareRoot() + 0.1)
    }

    @Test("a noise floor gives the samples of the whole noise, in whatever pieces it is taken")
    func floor() {
        var floor = NoiseFloor(dBFS: -50, seed: 3)
        var samples: [Int16] = []
        for count in [1, 160, 0, 39] { floor.append(count, to: &samples) }
        #expect(samples == Sound.noise(for: .milliseconds(25), dBFS: -50, seed: 3, rate: 8_000).samples)
        var quiet: [Int16] = [100, -100]
        floor.add(to: &quiet)
        #expect(quiet != [100, -100])
    }

    @Test("below what 16 bits can hold there is silence")
    func belowTheFloor() {
        #expect(Sound.noise(for: .seconds(1), dBFS: -120, seed: 1, rate: 8_000).levelDBFS == -.infinity)
    }
}
