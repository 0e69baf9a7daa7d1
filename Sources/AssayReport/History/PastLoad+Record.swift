public import AssayCore
public import AssayFormats

extension PastLoad {
    /// What the history keeps of a load run.
    public init(_ record: RunRecord) {
        let figures = LoadFigures(record)
        let calls = figures.calls
        let spoken = record.series.contains { $0.metric == "http.response" } ? "http" : "redis"
        let latency = calls?.response ?? figures.total.response
        self.init(
            scale: record.plan?.scale ?? 1,
            latencyMetric: calls == nil ? "\(spoken).response" : "call.response",
            p50: latency.value(at: 0.5), p95: latency.value(at: 0.95), p99: latency.value(at: 0.99),
            requests: calls?.scheduled ?? figures.total.requests,
            failed: calls?.failed ?? figures.total.failed,
            iterations: figures.iterations, durationNanoseconds: figures.durationNanoseconds)
        guard let search = record.plan?.search, !search.conditions.isEmpty else { return }
        let found = search.degradation(in: record.steps)
        goodLoad = found.lastGood?.load
        brokenLoad = found.broken?.load
    }

    /// As the history keeps it.
    public var json: JSON {
        .object(
            JSONObject(sparse: [
                ("scale", JSON(number: scale)), ("latency", .string(latencyMetric)),
                ("p50", p50.map { JSON(count: $0) }), ("p95", p95.map { JSON(count: $0) }),
                ("p99", p99.map { JSON(count: $0) }), ("requests", JSON(count: requests)),
                ("failed", JSON(count: failed)), ("iterations", JSON(count: iterations)),
                ("duration", .int(durationNanoseconds)), ("good-load", goodLoad.map { JSON(number: $0) }),
                ("broken-load", brokenLoad.map { JSON(number: $0) }),
            ]))
    }

    /// - Returns: `nil` for what is no such object; members that are absent are nothing.
    public init?(_ json: JSON) {
        guard let metric = json["latency"]?.stringValue else { return nil }
        self.init(
            scale: json["scale"]?.recordNumber ?? 1, latencyMetric: metric, p50: json["p50"]?.recordCount,
            p95: json["p95"]?.recordCount, p99: json["p99"]?.recordCount,
            requests: json["requests"]?.recordCount ?? 0, failed: json["failed"]?.recordCount ?? 0,
            iterations: json["iterations"]?.recordCount ?? 0,
            durationNanoseconds: json["duration"]?.intValue ?? 0, goodLoad: json["good-load"]?.recordNumber,
            brokenLoad: json["broken-load"]?.recordNumber)
    }
}
