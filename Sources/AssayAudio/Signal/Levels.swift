/// Levels in dBFS: 0 is the root mean square of 32768, a square wave of full scale; a sine of full scale has −3.01.
public enum Level {
    /// The mean square of samples that have a level.
    public static func meanSquare(ofDBFS level: Double) -> Double { Elementary.power10(level / 10) * 0x1p30 }

    /// The level of samples with a mean square; −∞ for 0.
    public static func dBFS(ofMeanSquare square: Double) -> Double { 10 * Elementary.log10(square * 0x1p-30) }

    /// What samples are multiplied by to change their level.
    static func factor(ofDecibels change: Double) -> Double { Elementary.power10(change / 20) }
}

extension Sound {
    /// The root mean square of all samples, dBFS; −∞ for digital silence and for no samples.
    public var levelDBFS: Double {
        guard !samples.isEmpty else { return -.infinity }
        var sum: Int64 = 0
        for sample in samples { sum += Int64(sample) * Int64(sample) }
        return Level.dBFS(ofMeanSquare: Double(sum) / Double(samples.count))
    }

    /// The largest magnitude, dBFS; −∞ for digital silence.
    public var peakDBFS: Double {
        let peak = samples.reduce(0) { max($0, Double($1.magnitude)) }
        return Level.dBFS(ofMeanSquare: peak * peak)
    }

    /// Louder or quieter by so many decibels; what would be above full scale is clipped.
    public func amplified(byDecibels change: Double) -> Sound {
        let factor = Level.factor(ofDecibels: change)
        return Sound(
            samples: samples.map { Int16(clamping: Int64((Double($0) * factor).rounded())) }, rate: rate)
    }

    /// Both at once, from the same start; as long as the longer one, clipped at full scale.
    public func mixed(with other: Sound) -> Sound {
        let added = other.resampled(to: rate).samples
        var mix = samples
        mix.append(contentsOf: repeatElement(0, count: max(0, added.count - mix.count)))
        for (place, sample) in added.enumerated() {
            mix[place] = Int16(clamping: Int32(mix[place]) + Int32(sample))
        }
        return Sound(samples: mix, rate: rate)
    }
}
