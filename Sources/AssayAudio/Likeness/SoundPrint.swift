import AssayCore

/// What a sound is compared by: how strong it is in each of 14 bands of telephone speech, every 16 ms, on a logarithmic scale.
///
/// Made once, it can be compared with many references. Sounds of any rate have comparable prints: they are made at 8 kHz.
///
/// Cost: 62.5 prints of 14 numbers and as many Fourier transforms of 256 points a second of sound.
public struct SoundPrint: Sendable {
    static let rate = 8_000
    static let hop = 128
    static let window = 256
    static let bands = 14
    /// Longer sounds are compared by their first minute.
    static let longest = Duration.seconds(60)

    /// `frames` × ``bands``: base-2 logarithms of energies.
    let energies: [Float]
    let frames: Int

    public init(_ sound: Sound) {
        let heard = sound.cut(0..<Sound.samples(in: Self.longest, rate: sound.rate)).resampled(to: Self.rate)
        let samples = heard.samples
        // Every sample is in a frame, also the first and the last.
        frames = samples.isEmpty ? 0 : (samples.count + Self.hop - 1) / Self.hop + 1
        var energies: [Float] = []
        energies.reserveCapacity(frames * Self.bands)
        var transform = FourierTransform(size: Self.window)
        var block = [Float](repeating: 0, count: Self.window)
        var spectrum = [Float](repeating: 0, count: Self.window / 2 + 1)
        for frame in 0..<frames {
            let start = (frame - 1) * Self.hop
            for place in 0..<Self.window {
                let index = start + place
                block[place] = samples.indices.contains(index) ? Float(samples[index]) * Self.taper[place] : 0
            }
            transform.power(of: block, into: &spectrum)
            for band in 0..<Self.bands {
                var energy: Float = 0
                for (bin, weight) in Self.filters[band] { energy += spectrum[bin] * weight }
                energies.append(Float(Elementary.log2(Double(energy) + 1)))
            }
        }
        self.energies = energies
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
            (0...(window / 2)).compactMap { bin in
                let frequency = Double(bin * rate) / Double(window)
                let rise = (frequency - edges[band]) / (edges[band + 1] - edges[band])
                let fall = (edges[band + 2] - frequency) / (edges[band + 2] - edges[band + 1])
                let weight = min(rise, fall)
                return weight > 0 ? (bin, Float(weight)) : nil
            }
        }
    }()
}
