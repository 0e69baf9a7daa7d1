internal import AssayCore

/// Joins what several reactors (or machines) measured in the same interval; exact for counters and histograms.
/// - Parameter always: one part may have several points of a series.
func merged(_ parts: [[SeriesPoint]], always: Bool = false) -> [SeriesPoint] {
    guard parts.count > 1 || always else { return parts.first ?? [] }
    var values: [Int: SeriesPoint.Value] = [:]
    for point in parts.joined() {
        guard let before = values[point.series] else {
            values[point.series] = point.value
            continue
        }
        values[point.series] = sum(before, point.value)
    }
    return values.sorted { $0.key < $1.key }.map { SeriesPoint(series: $0.key, value: $0.value) }
}

private func sum(_ left: SeriesPoint.Value, _ right: SeriesPoint.Value) -> SeriesPoint.Value {
    switch (left, right) {
    case (.trend(var a), .trend(let b)):
        a.merge(b)
        return .trend(a)
    case (.counter(let a), .counter(let b)): return .counter(a &+ b)
    case (.rate(let passedA, let totalA), .rate(let passedB, let totalB)):
        return .rate(passed: passedA + passedB, total: totalA + totalB)
    case (.gauge(let a), .gauge(let b)): return .gauge(a + b)
    default: return left  // a series has one kind
    }
}

/// Joins failure groups of the same kind.
func merged(_ groups: [FailureGroup]) -> [FailureGroup] {
    struct Key: Hashable {
        var scenario, step, reason: String
    }
    var joined: [Key: FailureGroup] = [:]
    for group in groups {
        let key = Key(scenario: group.scenario, step: group.step, reason: group.reason)
        guard var before = joined[key] else {
            joined[key] = group
            continue
        }
        before.count += group.count
        before.firstAtNanoseconds = min(before.firstAtNanoseconds, group.firstAtNanoseconds)
        before.lastAtNanoseconds = max(before.lastAtNanoseconds, group.lastAtNanoseconds)
        before.sample = before.sample ?? group.sample
        joined[key] = before
    }
    return joined.values.sorted { ($0.count, $1.reason) > ($1.count, $0.reason) }
}
