internal import AssayCore

/// Sine, logarithm and power with the same bits on every machine: tones, noise and likeness must not depend on a C library.
enum Elementary {
    /// sin 2πx, within 1e-15.
    static func sine(turns x: Double) -> Double {
        // Into −¼…¼, where the series is short.
        var turn = x - x.rounded()
        if turn > 0.25 { turn = 0.5 - turn } else if turn < -0.25 { turn = -0.5 - turn }
        let angle = 2 * Double.pi * turn
        let square = angle * angle
        var (term, sum) = (angle, angle)
        for step in 1...10 {
            term *= -square / Double(2 * step * (2 * step + 1))
            sum += term
        }
        return sum
    }

    static func cosine(turns x: Double) -> Double { sine(turns: x + 0.25) }

    /// log₂ x for x > 0, within 1e-14; −∞ for 0.
    static func log2(_ x: Double) -> Double {
        guard x > 0 else { return -.infinity }
        let (exponent, ofFraction) = splitLogarithm(x)
        return exponent + ofFraction / naturalLogOf2
    }

    /// 10ˣ, within 1e-14.
    static func power10(_ x: Double) -> Double {
        let binary = x * log2of10
        let whole = binary.rounded()
        let rest = (binary - whole) * naturalLogOf2
        var (term, sum) = (1.0, 1.0)
        for step in 1...16 {
            term *= rest / Double(step)
            sum += term
        }
        return Double(sign: .plus, exponent: Int(max(-1100, min(1100, whole))), significand: sum)
    }

    static func log10(_ x: Double) -> Double { log2(x) / log2of10 }

    private static let naturalLogOf2 = 0.693147180559945309417232121458
    private static let log2of10 = 3.32192809488736234787031942949
}
