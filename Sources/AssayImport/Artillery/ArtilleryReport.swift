public import AssayCore

/// What a run came to, in Artillery's names: counters, rates and summaries of times in milliseconds.
public struct ArtilleryReport: Sendable, Equatable {
    public var counters: [String: UInt64] = [:]
    /// A second.
    public var rates: [String: Double] = [:]
    public var summaries: [String: Summary] = [:]

    public struct Summary: Sendable, Equatable {
        public var min: Double
        public var max: Double
        public var count: UInt64
        public var mean: Double
        /// `p50`, `median`, `p75`, `p90`, `p95`, `p99`, `p999`.
        public var quantiles: [String: Double]
    }

    private static let quantiles: [(String, Double)] = [
        ("p50", 0.5), ("median", 0.5), ("p75", 0.75), ("p90", 0.9), ("p95", 0.95), ("p99", 0.99),
        ("p999", 0.999),
    ]

    public init(_ record: RunRecord) {
        var sums = Sums(record)
        sums.addFailures(record.failures)
        let ended = sums.iterations
        counters["vusers.created"] = ended + sums.interrupted
        counters["vusers.completed"] = ended - min(ended, sums.broken)
        counters["vusers.failed"] = sums.broken
        if sums.dropped > 0 { counters["vusers.skipped"] = sums.dropped }
        for (name, count) in sums.created { counters["vusers.created_by_name.\(name)"] = count }
        for (code, count) in sums.codes { counters["http.codes.\(code)"] = count }
        for (name, count) in sums.errors { counters["errors.\(name)"] = count }
        counters.merge(sums.expectations) { $0 + $1 }
        let seconds = Double(record.intervals.reduce(0) { $0 + $1.lengthNanoseconds }) / 1e9
        func rate(_ count: UInt64) -> Double { seconds > 0 ? (Double(count) / seconds).rounded() : 0 }
        if sums.requests > 0 {
            counters["http.requests"] = sums.requests
            counters["http.responses"] = sums.codes.values.reduce(0, +)
            counters["http.downloaded_bytes"] = sums.received
            rates["http.request_rate"] = rate(sums.requests)
        }
        if sums.sent > 0 {
            counters["websocket.messages_sent"] = sums.sent
            rates["websocket.send_rate"] = rate(sums.sent)
        }
        if sums.taken > 0 {
            counters["websocket.messages_received"] = sums.taken
            rates["websocket.receive_rate"] = rate(sums.taken)
        }
        summaries["vusers.session_length"] = Self.summary(sums.sessions)
        for (name, histogram) in sums.responses { summaries[name] = Self.summary(histogram) }
        for (name, own) in sums.own {
            if own.count > 0 { counters[name, default: 0] += own.count }
            if own.happened > 0 { rates[name] = rate(own.happened) }
            if own.values.count > 0 {
                // Kept in thousandths.
                summaries[name] = Self.summary(own.values, unit: 1000)
            }
        }
    }

    /// - Parameter unit: so many of what is kept are one of what is shown.
    private static func summary(_ histogram: HistogramSnapshot, unit: Double = 1e6) -> Summary? {
        guard histogram.count > 0 else { return nil }
        func milliseconds(_ kept: Double) -> Double { (kept / unit * 10).rounded() / 10 }
        return Summary(
            min: milliseconds(Double(histogram.minimum)), max: milliseconds(Double(histogram.maximum)),
            count: histogram.count, mean: milliseconds(histogram.sum / Double(histogram.count)),
            quantiles: Dictionary(
                uniqueKeysWithValues: quantiles.map {
                    ($0.0, milliseconds(Double(histogram.value(at: $0.1) ?? 0)))
                }))
    }

    /// Every figure under the name that `ensure` reads it by.
    public var figures: [String: Double] {
        var figures = counters.mapValues { Double($0) }
        figures.merge(rates) { first, _ in first }
        for (name, summary) in summaries {
            figures["\(name).min"] = summary.min
            figures["\(name).max"] = summary.max
            figures["\(name).mean"] = summary.mean
            figures["\(name).count"] = Double(summary.count)
            for (quantile, value) in summary.quantiles { figures["\(name).\(quantile)"] = value }
        }
        return figures
    }

    /// The end summary as users of Artillery know it: sorted by name, with dots up to the value.
    ///
    /// - Parameter width: of the lines, 50 to 79.
    public func render(width: Int = 79) -> String {
        let width = Swift.max(50, Swift.min(width, 79))
        func line(_ label: String, _ value: String) -> String {
            let label = label.count > width ? label.prefix(width - 3) + "..." : label[...]
            return "\(label) \(String(repeating: ".", count: width - label.count)) \(value)"
        }
        var lines: [String] = []
        for name in Set(counters.keys).union(rates.keys).union(summaries.keys).sorted() {
            if let value = counters[name] { lines.append(line("\(name):", "\(value)")) }
            if let summary = summaries[name] {
                lines.append("\(name):")
                let known = [
                    ("min", summary.min), ("max", summary.max), ("mean", summary.mean),
                    ("median", summary.quantiles["median"] ?? 0), ("p95", summary.quantiles["p95"] ?? 0),
                    ("p99", summary.quantiles["p99"] ?? 0),
                ]
                lines += known.map { line("  \($0.0):", ArtilleryCheck.number($0.1)) }
            }
            if let value = rates[name] {
                lines.append(line("\(name):", "\(ArtilleryCheck.number(value))/sec"))
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }
}

/// Sums over a record.
private struct Sums {
    var iterations: UInt64 = 0
    var interrupted: UInt64 = 0
    var broken: UInt64 = 0
    var dropped: UInt64 = 0
    var requests: UInt64 = 0
    var received: UInt64 = 0
    var sent: UInt64 = 0
    var taken: UInt64 = 0
    var created: [String: UInt64] = [:]
    var codes: [String: UInt64] = [:]
    var errors: [String: UInt64] = [:]
    var expectations: [String: UInt64] = [:]
    var sessions = HistogramSnapshot()
    var responses: [String: HistogramSnapshot] = [:]
    /// Steps with WebSockets: what goes wrong with one is counted by its step.
    var sockets: Set<[String]> = []
    /// What functions of the script emitted, by name.
    var own: [String: Own] = [:]

    struct Own {
        var count: UInt64 = 0
        var happened: UInt64 = 0
        var values = HistogramSnapshot()
    }

    init(_ record: RunRecord) {
        for point in record.intervals.lazy.flatMap(\.points)
        where record.series.indices.contains(point.series) {
            add(point.value, record.series[point.series])
        }
    }

    private mutating func add(_ value: SeriesPoint.Value, _ series: Series) {
        switch (series.metric, value) {
        case ("iterations", .counter(let count)):
            iterations += count
            created[series[tag: "scenario"] ?? "", default: 0] += count
        case ("iterations.interrupted", .counter(let count)): interrupted += count
        case ("iterations.failed", .rate(let bad, _)): broken += bad
        case ("iterations.dropped", .counter(let count)): dropped += count
        case ("iteration.duration", .trend(let histogram)): sessions.merge(histogram)
        case ("http.requests", .counter(let count)):
            requests += count
            if let status = series[tag: "status"] { codes[status, default: 0] += count }
            if let error = series[tag: "error"] { errors[Outcome.nodeCode(of: error), default: 0] += count }
        case ("http.waiting", .trend(let histogram)):
            responses["http.response_time", default: HistogramSnapshot()].merge(histogram)
            if let status = series[tag: "status"], let first = status.first {
                responses["http.response_time.\(first)xx", default: HistogramSnapshot()].merge(histogram)
            }
        case ("data.received", .counter(let count)): received += count
        case ("ws.failed", _): sockets.insert([series[tag: "scenario"] ?? "", series[tag: "name"] ?? ""])
        case ("ws.sent", .counter(let count)): sent += count
        case ("ws.received", .counter(let count)): taken += count
        case ("checks", .rate(let passed, let total)): check(series[tag: "check"] ?? "", passed, total)
        case (let name, let value) where series.definition.isOwn: addOwn(value, name)
        default: break
        }
    }

    private mutating func addOwn(_ value: SeriesPoint.Value, _ name: String) {
        switch value {
        case .counter(let count): own[name, default: Own()].count += count
        case .rate(_, let total): own[name, default: Own()].happened += total
        case .trend(let histogram): own[name, default: Own()].values.merge(histogram)
        default: break
        }
    }

    private mutating func check(_ name: String, _ passed: UInt64, _ total: UInt64) {
        let kind = String(name.prefix { $0 != " " })
        if kind == "match" {
            if total > passed { errors["Failed capture or match", default: 0] += total - passed }
            return
        }
        for (outcome, count) in [("ok", passed), ("failed", total - passed)] where count > 0 {
            expectations["plugins.expect.\(outcome)", default: 0] += count
            expectations["plugins.expect.\(outcome).\(kind)", default: 0] += count
        }
    }

    /// What is counted by its step, not by a metric of its own.
    mutating func addFailures(_ groups: [FailureGroup]) {
        for group in groups {
            if group.reason.hasPrefix("capture '") {
                errors["Failed capture or match", default: 0] += group.count
            } else if group.reason.hasPrefix("error ") {
                errors[String(group.reason.dropFirst(6)), default: 0] += group.count
            } else if sockets.contains([group.scenario, group.step]),
                Outcome.allCases.contains(where: { $0.name == group.reason })
            {
                errors[Outcome.nodeCode(of: group.reason), default: 0] += group.count
            }
        }
    }
}
