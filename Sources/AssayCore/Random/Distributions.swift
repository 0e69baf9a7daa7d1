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
        median * AssayCore.exponential(sigma * normal())
    }
}
