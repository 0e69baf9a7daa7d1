extension SeededRandom {
    /// A number of the standard normal distribution: mean 0, deviation 1.
    ///
    /// Marsaglia's polar method, on logarithms that are the same bits on every machine.
    public mutating func normal() -> Double {
        while true {
            let (x, y) = (2 * fraction() - 1, 2 * fraction() - 1)
            let square = x * x + y * y
            guard square > 0, square < 1 else { continue }
            return x * (-2 * naturalLogarithm(square) / square).squareRoot()
        }
    }

    /// A number of which the logarithm is normal: half of them are below the median.
    ///
    /// - Parameter sigma: deviation of the logarithm.
    public mutating func lognormal(median: Double, sigma: Double) -> Double {
        median * exponentialFunction(sigma * normal())
    }
}

/// eˣ, the same bits on every machine, within 1e-14; 0 and infinity beyond ±700.
///
/// x = k·ln 2 + r with |r| ≤ ½ ln 2, of which the series ends soon.
func exponentialFunction(_ x: Double) -> Double {
    guard x > -700 else { return 0 }
    guard x < 700 else { return .infinity }
    let logarithmOf2 = 0.693147180559945309417232121458
    let whole = (x / logarithmOf2).rounded()
    let rest = x - whole * logarithmOf2
    var (term, sum) = (1.0, 1.0)
    for divisor in 1...18 {
        term *= rest / Double(divisor)
        sum += term
    }
    return Double(sign: .plus, exponent: Int(whole), significand: sum)
}
