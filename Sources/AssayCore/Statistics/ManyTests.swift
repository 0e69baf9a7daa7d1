/// p-values of several tests, raised so that the chance of even one false alarm among them stays what it is for one.
///
/// - Returns: in the order given; none above 1. Source: Holm's step-down procedure (1979).
public func holmAdjusted(_ values: [Double]) -> [Double] {
    var adjusted = values
    var least = 0.0
    for (rank, place) in values.indices.sorted(by: { values[$0] < values[$1] }).enumerated() {
        least = max(least, min(1, values[place] * Double(values.count - rank)))
        adjusted[place] = least
    }
    return adjusted
}

/// The chance that a difference of means as large as that of two groups comes from dealing the same figures out anew.
///
/// - Parameters:
///   - groups: pairs of groups; figures are dealt within their pair only, and the differences of the pairs are added.
///   - rounds: deals at most; fewer when every one of them can be tried is not done: the answer is an estimate.
/// - Returns: 1/(rounds + 1) at least.
public func permutationValue(
    _ groups: [(before: [Double], after: [Double])], rounds: Int = 999, _ random: inout SeededRandom
) -> Double {
    func difference(_ before: ArraySlice<Double>, _ after: ArraySlice<Double>) -> Double {
        after.reduce(0, +) / Double(max(1, after.count)) - before.reduce(0, +) / Double(max(1, before.count))
    }
    let real = abs(groups.reduce(0) { $0 + difference($1.before[...], $1.after[...]) })
    var pools = groups.map { $0.before + $0.after }
    var asFar = 1
    for _ in 0..<rounds {
        var sum = 0.0
        for index in pools.indices {
            pools[index].shuffle(using: &random)
            let cut = groups[index].before.count
            sum += difference(pools[index][..<cut], pools[index][cut...])
        }
        // A deal that differs by rounding alone is as far.
        if abs(sum) >= real * (1 - 1e-9) { asFar += 1 }
    }
    return Double(asFar) / Double(rounds + 1)
}
