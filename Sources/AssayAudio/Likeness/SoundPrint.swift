import AssayCore

/// What a sound is compared by: how strong it is in each of 16 bands of telephone speech, every 16 ms, on a logarithmic scale.
///
/// Made once, it can be compared with many references. Sounds of any rate have comparable prints: they are made at 8 kHz.
///
/// - Complexity: 62.5 Fourier transforms of 256 points a second of sound, in all about half a millisecond.
public struct SoundPrint: Sendable {
    /// Longer sounds are compared by their first minute.
    public static let longest = Duration.seconds(60)

    static let rate = 8_000
    /// Samples from frame to frame, and in one.
    static let hop = 128
    static let window = 256
    static let bands = 16
    /// Frames of silence put before and behind, so that a sound whose edges were cut off can still be laid beside a whole one.
    static let margin = 16

    /// Base-2 logarithms of the bands' energies, frame by frame.
    let frames: [SIMD16<Float>]

    public init(_ sound: Sound) { self.init(sound, skipping: 0) }

    /// - Parameter offset: samples of 8 kHz at the start that are left out.
    init(_ sound: Sound, skipping offset: Int) {
        let heard = sound.cut(0..<Sound.samples(in: Self.longest, rate: sound.rate)).resampled(to: Self.rate)
        let samples = heard.samples.dropFirst(offset)
        // Every sample is in two frames, also the first and the last.
        let count = samples.isEmpty ? 0 : (samples.count + Self.hop - 1) / Self.hop + 1 + 2 * Self.margin
        var transform = FourierTransform(size: Self.window)
        var blocks = ([Float](repeating: 0, count: Self.window), [Float](repeating: 0, count: Self.window))
        let half = [Float](repeating: 0, count: Self.window / 2)
        var spectra = (first: half, second: half)
        var frames: [SIMD16<Float>] = []
        frames.reserveCapacity(count + 1)
        for frame in stride(from: 0, to: count, by: 2) {
            let start = samples.startIndex + (frame - 1 - Self.margin) * Self.hop
            Self.fill(&blocks.0, from: samples, at: start)
            Self.fill(&blocks.1, from: samples, at: start + Self.hop)
            transform.power(of: blocks.0, blocks.1, into: &spectra)
            frames.append(Self.bands(of: spectra.first))
            frames.append(Self.bands(of: spectra.second))
        }
        self.frames = Array(frames.prefix(count))
    }

    private static func fill(_ block: inout [Float], from samples: ArraySlice<Int16>, at start: Int) {
        for place in 0..<window {
            let index = start + place
            block[place] = samples.indices.contains(index) ? Float(samples[index]) * taper[place] : 0
        }
    }

    private static func bands(of spectrum: [Float]) -> SIMD16<Float> {
        var energies = SIMD16<Float>()
        for band in 0..<bands {
            var energy: Float = 1
            for (bin, weight) in filters[band] { energy += spectrum[bin] * weight }
            energies[band] = Float(Elementary.log2(Double(energy)))
        }
        return energies
    }

    /// Hann's window.
    private static let taper: [Float] = (0..<window).map {
        Float(0.5 - 0.5 * Elementary.cosine(turns: (Double($0) + 0.5) / Double(window)))
    }

    /// Triangular bands, equally wide on the mel scale, from 250 to 3,400 Hz: what every telephone lets through.
    private static let filters: [[(bin: Int, weight: Float)]] = {
        func mel(_ hertz: Double) -> Double { 2595 * Elementary.log10(1 + hertz / 700) }
        func hertz(_ mel: Double) -> Double { 700 * (Elementary.power10(mel / 2595) - 1) }
        let (low, high) = (mel(250), mel(3400))
        let edges = (0...(bands + 1)).map { hertz(low + (high - low) * Double($0) / Double(bands + 1)) }
        return (0..<bands).map { band in
            (0..<(window / 2)).compactMap { bin in
                let frequency = Double(bin * rate) / Double(window)
                let rise = (frequency - edges[band]) / (edges[band + 1] - edges[band])
                let fall = (edges[band + 2] - frequency) / (edges[band + 2] - edges[band + 1])
                let weight = min(rise, fall)
                return weight > 0 ? (bin, Float(weight)) : nil
            }
        }
    }()
}
