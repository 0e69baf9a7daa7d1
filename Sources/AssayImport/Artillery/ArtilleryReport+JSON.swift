public import AssayCore
public import AssayFormats

extension ArtilleryReport {
    /// What `artillery run --output` writes: the whole run, and each ten seconds of it.
    ///
    /// Members are `aggregate` and `intermediate`, each with `counters`, `rates`, `summaries` (the same again as `histograms`), the
    /// times of its first and last figures, and `period`. Times are milliseconds since 1970. Errors that are known by their steps
    /// are counted in `aggregate` alone.
    public static func document(of record: RunRecord) -> JSON {
        let start = record.header.startedAtMilliseconds
        func milliseconds(_ nanoseconds: Int64) -> Int64 { start + nanoseconds / 1_000_000 }
        var periods: [(period: Int64, intervals: [Interval])] = []
        for interval in record.intervals {
            let period = milliseconds(interval.atNanoseconds) / periodMilliseconds * periodMilliseconds
            if periods.last?.period == period {
                periods[periods.count - 1].intervals.append(interval)
            } else {
                periods.append((period, [interval]))
            }
        }
        func times(_ intervals: [Interval]) -> [(String, JSON)] {
            let first = milliseconds(intervals.first?.atNanoseconds ?? 0)
            let last = milliseconds(intervals.last.map { $0.atNanoseconds + $0.lengthNanoseconds } ?? 0)
            return ["firstCounterAt", "firstHistogramAt", "firstMetricAt"].map { ($0, .int(first)) }
                + ["lastCounterAt", "lastHistogramAt", "lastMetricAt"].map { ($0, .int(last)) }
        }
        let whole = ArtilleryReport(record).members(
            times(record.intervals) + [("period", .int(periods.last?.period ?? start))])
        let parts = periods.map { part -> JSON in
            var own = record
            own.intervals = part.intervals
            own.failures = []
            return ArtilleryReport(own).members(
                times(part.intervals) + [("period", .string(String(part.period)))])
        }
        return ["aggregate": whole, "intermediate": .array(parts)]
    }

    private static let periodMilliseconds: Int64 = 10_000

    private func members(_ more: [(String, JSON)]) -> JSON {
        func sorted<Value>(_ values: [String: Value], _ json: (Value) -> JSON) -> JSON {
            .object(JSONObject(values.sorted { $0.key < $1.key }.map { ($0.key, json($0.value)) }))
        }
        let shown = sorted(summaries) { $0.json }
        return .object(
            JSONObject(
                [
                    ("counters", sorted(counters) { .int(Int64(clamping: $0)) }),
                    ("rates", sorted(rates) { .double($0) }),
                ] + more + [("summaries", shown), ("histograms", shown)]))
    }
}

extension ArtilleryReport.Summary {
    fileprivate var json: JSON {
        let figures: [(String, JSON)] = [
            ("min", .double(min)), ("max", .double(max)), ("count", .int(Int64(clamping: count))),
            ("mean", .double(mean)),
        ]
        let names = ["p50", "median", "p75", "p90", "p95", "p99", "p999"]
        return .object(JSONObject(figures + names.map { ($0, .double(quantiles[$0] ?? 0)) }))
    }
}
