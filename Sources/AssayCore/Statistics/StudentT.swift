/// Student's distribution: how far a mean of few noisy figures strays by chance.
///
/// Source: Abramowitz and Stegun 26.7.1 by the incomplete beta function, whose continued fraction is 26.5.8.
public struct StudentT: Sendable {
    public var degreesOfFreedom: Double

    /// - Parameter degreesOfFreedom: at least 1; smaller ones count as 1.
    public init(degreesOfFreedom: Double) {
        self.degreesOfFreedom = max(1, degreesOfFreedom.isFinite ? degreesOfFreedom : 1e6)
    }

    /// The chance of a value above `t`.
    public func upperTail(_ t: Double) -> Double {
        guard !t.isNaN else { return 1 }
        guard t.isFinite else { return t > 0 ? 0 : 1 }
        let x = degreesOfFreedom / (degreesOfFreedom + t * t)
        let tail = incompleteBeta(x, degreesOfFreedom / 2, 0.5) / 2
        return t >= 0 ? tail : 1 - tail
    }

    /// The chance of a value at least as far from 0 as `t`, on either side.
    public func twoSided(_ t: Double) -> Double { min(1, 2 * upperTail(abs(t))) }

    /// The value that is exceeded with the chance `tail`, for 0 < tail ≤ 0.5.
    public func value(exceededWith tail: Double) -> Double {
        var (low, high) = (0.0, 2.0)
        while upperTail(high) > tail, high < 1e12 { high *= 2 }
        for _ in 0..<200 where high - low > 1e-12 * high {
            let middle = (low + high) / 2
            if upperTail(middle) > tail { low = middle } else { high = middle }
        }
        return (low + high) / 2
    }
}

/// The regularised incomplete beta function Iₓ(a, b).
func incompleteBeta(_ x: Double, _ a: Double, _ b: Double) -> Double {
    guard x > 0 else { return 0 }
    guard x < 1 else { return 1 }
    let front = exponential(
        logGamma(a + b) - logGamma(a) - logGamma(b) + a * logarithm(x) + b * logarithm(1 - x))
    // The fraction converges fast on this side only.
    return x < (a + 1) / (a + b + 2)
        ? front * betaFraction(x, a, b) / a : 1 - front * betaFraction(1 - x, b, a) / b
}

private func betaFraction(_ x: Double, _ a: Double, _ b: Double) -> Double {
    let tiny = 1e-300
    func held(_ value: Double) -> Double { abs(value) < tiny ? tiny : value }
    var c = 1.0
    var d = 1 / held(1 - (a + b) * x / (a + 1))
    var fraction = d
    for step in 1...400 {
        let m = Double(step)
        for factor in [
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ] {
            d = 1 / held(1 + factor * d)
            c = held(1 + factor / c)
            fraction *= d * c
        }
        if abs(d * c - 1) < 1e-15 { break }
    }
    return fraction
}

/// ln Γ(x) for x > 0. Source: Lanczos' approximation, g = 7, nine terms.
func logGamma(_ x: Double) -> Double {
    let terms = [
        676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
        12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
    ]
    if x < 0.5 { return logGamma(x + 1) - logarithm(x) }
    let y = x - 1
    var sum = 0.99999999999980993
    for (index, term) in terms.enumerated() { sum += term / (y + Double(index) + 1) }
    let t = y + 7.5
    return 0.91893853320467274178 + (y + 0.5) * logarithm(t) - t + logarithm(sum)
}
