/// ln x for any x > 0, the same bits on every machine.
public func logarithm(_ x: Double) -> Double {
    guard x > 0, x.isFinite else { return x == 0 ? -.infinity : x }
    return naturalLogarithm(x)
}

/// eˣ, the same bits on every machine; within 1e-15 of it, 0 and infinity beyond what a double holds.
public func exponential(_ x: Double) -> Double {
    guard x.isFinite, abs(x) < 745 else { return x > 0 ? .infinity : x.isNaN ? x : 0 }
    let ln2 = 0.693147180559945309417232121458
    let power = (x / ln2).rounded()
    let rest = x - power * ln2
    var (term, sum) = (1.0, 1.0)
    for step in 1...20 {
        term *= rest / Double(step)
        sum += term
    }
    // In two halves: a power below the least normal number is still made exactly.
    let half = (power / 2).rounded(.towardZero)
    func twoTo(_ exponent: Double) -> Double {
        Double(sign: .plus, exponent: Int(exponent), significand: 1)
    }
    return sum * twoTo(half) * twoTo(power - half)
}
