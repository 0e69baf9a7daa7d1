/// How much neighbouring figures of a run go together.
public enum Correlation {
    /// The correlation of neighbours, from 0 to 0.9: a figure that swings has none that would make its mean less sure.
    ///
    /// - Parameter runs: stretches of one run; each has its own mean, and no figure neighbours one of another stretch.
    ///   Corrected for the bias of short series. Source: Kendall (1954), Marriott and Pope (1954).
    public static func ofNeighbours(_ runs: [[Double]]) -> Double {
        var (together, alone) = (0.0, 0.0)
        var (count, stretches) = (0.0, 0.0)
        for run in runs where run.count > 2 {
            let mean = run.reduce(0, +) / Double(run.count)
            for place in run.indices {
                alone += (run[place] - mean) * (run[place] - mean)
                if place > 0 { together += (run[place] - mean) * (run[place - 1] - mean) }
            }
            count += Double(run.count)
            stretches += 1
        }
        guard alone > 0, count > 4 else { return 0 }
        let raw = together / alone
        return min(0.9, max(0, raw + (1 + 3 * raw) * stretches / count))
    }

    /// By how much the correlation of neighbours makes the variance of a mean larger, of a long series.
    public static func inflation(_ correlation: Double) -> Double { (1 + correlation) / (1 - correlation) }

    /// As much of ``inflation(_:)`` as blocks of a length can show.
    public static func inflation(_ correlation: Double, seenBy length: Int) -> Double {
        var (sum, power) = (1.0, 1.0)
        for lag in 1..<max(2, length) where lag < length {
            power *= correlation
            sum += 2 * (1 - Double(lag) / Double(length)) * power
        }
        return sum
    }

    /// How long blocks should be: the square root's neighbourhood for little correlation, longer for more.
    ///
    /// - Returns: 1 to a quarter of `count`. Source: the plug-in rule for AR(1) of Politis and White (2004).
    public static func blockLength(_ correlation: Double, count: Int) -> Int {
        let strength = 2 * correlation / (1 - correlation * correlation)
        // The cube root of 1.5·strength²·count, by logarithms.
        let wanted =
            strength > 0 ? exponential(logarithm(1.5 * strength * strength * Double(count)) / 3) : 1
        return max(1, min(Int(wanted.rounded(.up)), count / 4))
    }
}
