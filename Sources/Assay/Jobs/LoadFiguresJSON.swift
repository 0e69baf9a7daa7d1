internal import AssayCore
internal import AssayFormats
internal import AssayPolicy
internal import AssayReport

/// The figures of a load run that scripts ask for.
func loadFigures(_ record: RunRecord) -> JSON {
    let totals = LoadTotals(record)
    let past = PastLoad(record)
    func nanoseconds(_ value: UInt64?) -> JSON { value.map { .int(Int64(clamping: $0)) } ?? .null }
    let figures: JSON = [
        "verdict": .string(record.end?.verdict.status.rawValue ?? "none"),
        "requests": .int(Int64(clamping: totals.requests)),
        "failed": .int(Int64(clamping: totals.failed)),
        "iterations": .int(Int64(clamping: totals.iterations)),
        "iterationsBroken": .int(Int64(clamping: totals.brokenIterations)),
        "iterationsDropped": .int(Int64(clamping: totals.dropped)),
        "checks": .int(Int64(clamping: totals.checks)),
        "checksFailed": .int(Int64(clamping: totals.failedChecks)),
        "latencyMetric": .string(past.latencyMetric),
        "p50Nanoseconds": nanoseconds(past.p50),
        "p95Nanoseconds": nanoseconds(past.p95),
        "p99Nanoseconds": nanoseconds(past.p99),
        "scale": .double(past.scale),
        "calls": .int(Int64(clamping: totals.calls)),
        "callsFailed": .int(Int64(clamping: totals.failedCalls)),
        "callResponseP50Nanoseconds": nanoseconds(totals.callResponse.value(at: 0.5)),
        "callResponseP95Nanoseconds": nanoseconds(totals.callResponse.value(at: 0.95)),
        "callResponseP99Nanoseconds": nanoseconds(totals.callResponse.value(at: 0.99)),
        "callLatenessP99Nanoseconds": nanoseconds(totals.lateness.value(at: 0.99)),
        "callLatenessMaximumNanoseconds": nanoseconds(
            totals.lateness.count > 0 ? totals.lateness.maximum : nil),
        "scheduling": record.plan?.calls.map { .string($0.scheduling) } ?? .null,
        "scheduleLagP99Nanoseconds": totals.lagP99.map { .int(Int64(clamping: $0)) } ?? .null,
        "durationNanoseconds": .int(record.end?.durationNanoseconds ?? 0),
        "cpuNanoseconds": .int(record.end?.cpuNanoseconds ?? 0),
        "peakMemoryBytes": .int(Int64(record.end?.peakMemoryBytes ?? 0)),
    ]
    var members = figures.objectValue ?? JSONObject()
    for (key, value) in measuredJSON(record) { members[key] = value }
    return .object(members)
}
