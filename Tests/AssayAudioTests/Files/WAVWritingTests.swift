import AssayAudio
import Testing

@Suite("Writing WAV files")
struct WAVWritingTests {
    @Test(
        "a sound that is written reads the same, at every rate",
        arguments: [8_000, 11_025, 16_000, 44_100, 192_000])
    func roundTrip(rate: Int) throws {
        let sound = Sound.noise(for: .milliseconds(30), dBFS: -10, seed: 1, rate: rate)
        #expect(try Sound(wav: sound.wav()) == sound)
    }

    @Test("the header is the 44 bytes that every program reads")
    func header() {
        let bytes = Sound(samples: [1, -2], rate: 16_000).wav()
        #expect(
            bytes == Array("RIFF".utf8) + [40, 0, 0, 0] + Array("WAVEfmt ".utf8) + [16, 0, 0, 0, 1, 0, 1, 0]
                + [0x80, 0x3E, 0, 0, 0, 0x7D, 0, 0, 2, 0, 16, 0] + Array("data".utf8) + [4, 0, 0, 0]
                + [1, 0, 0xFE, 0xFF])
    }

    @Test("a recording of both directions has one on each side, the shorter filled with silence")
    func stereo() throws {
        let bytes = Sound.stereoWAV(
            left: Sound(samples: [10, 20, 30], rate: 8_000), right: Sound(samples: [-10], rate: 8_000))
        #expect(bytes.count == 44 + 12)
        #expect(Array(bytes.suffix(12)) == [10, 0, 0xF6, 0xFF, 20, 0, 0, 0, 30, 0, 0, 0])
        // Read again, both are mixed.
        #expect(try Sound(wav: bytes).samples == [0, 10, 15])
    }

    @Test("directions of different rates are brought to the higher one")
    func rates() throws {
        let bytes = Sound.stereoWAV(
            left: .silence(for: .seconds(1), rate: 8_000), right: .silence(for: .seconds(1), rate: 16_000))
        let sound = try Sound(wav: bytes)
        #expect(sound.rate == 16_000)
        #expect(sound.samples.count == 16_000)
    }

    @Test("two empty directions are a file with no samples")
    func empty() throws {
        let nothing = Sound(samples: [], rate: 8_000)
        #expect(try Sound(wav: Sound.stereoWAV(left: nothing, right: nothing)) == nothing)
    }
}
