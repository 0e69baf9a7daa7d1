public import AssayCore
internal import AssayFormats

extension K6Options {
    /// The thresholds as Assay judges them, with k6's results: without data a trend, a counter and a gauge stand at zero and
    /// a rate holds; percentiles lie on the line between values.
    ///
    /// - Parameter metrics: the script's own, as it registered them.
    /// - Returns: AS641 for a metric that there is not, or that cannot answer.
    public func judged(
        by metrics: [Metric], at location: SourceLocation? = nil
    ) -> Result<[Threshold], Diagnostics> {
        var problems: [Diagnostic] = []
        var judged: [Threshold] = []
        for threshold in thresholds {
            do throws(K6Threshold.Problem) {
                if let one = try threshold.judged(by: metrics) { judged.append(one) }
            } catch {
                problems.append(
                    Diagnostic(
                        "AS641", "threshold '\(threshold.source)' on '\(threshold.key)': \(error.text)",
                        at: location, fix: error.fix))
            }
        }
        return problems.isEmpty ? .success(judged) : .failure(Diagnostics(problems))
    }

    /// Thresholds that nothing can judge, or that judge something else than in k6, in words.
    public func unjudged(at location: SourceLocation? = nil) -> [Diagnostic] {
        thresholds.compactMap { threshold in
            let note: String
            switch threshold.metric {
            case "vus_max": note = "is not judged: how many users were made ready is not measured"
            case "grpc_req_duration": note = "is not judged: gRPC is not supported"
            case "http_req_blocked": note = "is judged on the time of connecting alone"
            default: return nil
            }
            return Diagnostic(
                "AS646", "threshold '\(threshold.source)' on '\(threshold.key)' \(note)", at: location,
                severity: .warning)
        }
    }
}

extension K6Threshold {
    /// - Returns: `nil` when nothing measures the metric.
    func judged(by metrics: [Metric]) throws(Problem) -> Threshold? {
        let own = metrics.first { $0.name == metric }
        guard let known = own.map(K6Metric.init(own:)) ?? K6Metric.builtIn(metric) else {
            let names = metrics.map(\.name) + K6Metric.builtIn.map(\.name)
            throw Problem(
                text: "the script has no metric '\(metric)'",
                fix: nearestName(to: metric, among: names).map { "did you mean '\($0)'?" })
        }
        guard Self.methods(of: known.kind).contains(where: { method.isOf($0) }) else {
            let methods = Self.methods(of: known.kind).map(\.0).joined(separator: ", ")
            throw Problem(
                text: "a \(known.kind.rawValue) does not have what is asked", fix: "ask it for \(methods)")
        }
        guard let name = known.metric, let measured = own ?? MetricRegistry.standard[name] else { return nil }
        var result = Threshold(
            text: text, statistic: method.statistic, metric: measured,
            tags: tags.map { K6Metric.tag($0.key, $0.value) }.sorted { $0.key < $1.key },
            comparison: comparison, limit: known.contents == .time ? limit * 1e6 : limit)
        result.rules.whenEmpty = known.kind == .rate ? .holds : .figure(0)
        result.rules.interpolates = true
        result.rules.zeroesOf = known.zeroesOf
        result.rules.skipsParts = name == "users"
        if abortOnFail {
            result.abortAfter = .zero
            result.abortFrom = delayAbortEval
        }
        return result
    }

    private static func methods(of kind: Series.Kind) -> [(String, Method)] {
        switch kind {
        case .counter: [("count", .count), ("rate", .rate)]
        case .gauge: [("value", .value)]
        case .rate: [("rate", .rate)]
        case .trend:
            [
                ("avg", .average), ("min", .minimum), ("med", .median), ("max", .maximum),
                ("p(N)", .percentile(0)),
            ]
        }
    }
}

extension K6Threshold.Method {
    /// Whether it is the same, whatever the percentile.
    fileprivate func isOf(_ other: (String, K6Threshold.Method)) -> Bool {
        if case .percentile = self, case .percentile = other.1 { return true }
        return self == other.1
    }

    var statistic: Threshold.Statistic {
        switch self {
        case .value: .value
        case .count: .count
        case .rate: .rate
        case .average: .average
        case .minimum: .minimum
        case .median: .median
        case .maximum: .maximum
        case .percentile(let rank): .percentile(rank)
        }
    }
}
