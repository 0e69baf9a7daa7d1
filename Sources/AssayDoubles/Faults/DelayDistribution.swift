public import AssayCore
internal import Glibc

/// How long something takes that does not always take the same time.
public enum DelayDistribution: Sendable, Equatable {
    case fixed(Duration)
    case uniform(from: Duration, to: Duration)
    /// Half of the delays are below the median; sigma is the spread of their logarithm. Never more than `atMost`.
    case lognormal(median: Duration, sigma: Double, atMost: Duration?)
    /// A measured distribution: by fraction (0.5, 0.95, …) how long that part took at most, rising in both. Between two
    /// rows a straight line; below the first one from nothing, beyond the last nothing is longer.
    case percentiles([Percentile])

    /// One row of a measured distribution.
    public struct Percentile: Sendable, Equatable {
        /// 0 … 1
        public var fraction: Double
        public var duration: Duration
        public init(_ fraction: Double, _ duration: Duration) {
            self.fraction = fraction
            self.duration = duration
        }
    }

    /// Draws one delay, never negative.
    public func sample(_ random: inout SeededRandom) -> Duration {
        switch self {
        case .fixed(let duration): return duration
        case .uniform(let low, let high): return low + (high - low) * random.fraction()
        case .lognormal(let median, let sigma, let limit):
            let drawn = median * min(exp(sigma * Self.normal(&random)), 1e9)
            return limit.map { min($0, drawn) } ?? drawn
        case .percentiles(let rows): return Self.interpolated(rows, at: random.fraction())
        }
    }

    private static func interpolated(_ rows: [Percentile], at fraction: Double) -> Duration {
        var below = Percentile(0, .zero)
        for row in rows {
            if fraction < row.fraction {
                let share = (fraction - below.fraction) / (row.fraction - below.fraction)
                return below.duration + (row.duration - below.duration) * share
            }
            below = row
        }
        return below.duration
    }

    /// A standard normal variate (Box–Muller).
    private static func normal(_ random: inout SeededRandom) -> Double {
        let radius = (-2 * log(1 - random.fraction())).squareRoot()
        return radius * cos(2 * .pi * random.fraction())
    }
}
