public import AssayCore

/// Which way a metric is better.
public enum MetricDirection: String, Sendable, Equatable {
    case lower, higher
    /// Nobody said: a change is told and not judged.
    case unknown
    /// Of Assay itself, or planned: told and never judged.
    case information
}

/// One figure of a load run that is compared: `p95(http.duration{name:add})`.
public struct ComparedMetric: Sendable, Hashable {
    public enum Statistic: String, Sendable, Hashable {
        case p50, p95, p99
        /// A part of all, 0…1.
        case share
        /// Events a second.
        case rate
        case mean

        /// Of a histogram; `nil` of the others.
        public var quantile: Double? {
            switch self {
            case .p50: 0.5
            case .p95: 0.95
            case .p99: 0.99
            default: nil
            }
        }
    }

    public var metric: String
    /// Value of the tag `name` (or `group`); `nil` is the whole run.
    public var step: String?
    public var statistic: Statistic
    /// Nanoseconds and not plain numbers.
    public var isTime: Bool

    public init(metric: String, step: String? = nil, statistic: Statistic, isTime: Bool) {
        self.metric = metric
        self.step = step
        self.statistic = statistic
        self.isTime = isTime
    }

    /// As thresholds spell it.
    public var text: String {
        let name = metric + (step.map { "{name:\($0)}" } ?? "")
        switch statistic {
        case .share, .rate: return "rate(\(name))"
        case .mean: return "value(\(name))"
        case .p50, .p95, .p99: return "\(statistic.rawValue)(\(name))"
        }
    }

    /// Shares are set against each other in points, all others by their ratio.
    public var scale: DifferenceScale { statistic == .share ? .points : .ratio }

    /// A value for people.
    public func shown(_ value: Double) -> String {
        switch statistic {
        case .share: percentText(value)
        case .rate: "\(significant(value))/s"
        default: isTime ? shortText(nanoseconds: value) : significant(value)
        }
    }
}

extension MetricDirection {
    private static let lowerShares: Set<String> = ["contract.drift", "call.early", "call.predicted-loss"]
    private static let higherNames: Set<String> = [
        "checks", "http.requests", "redis.requests", "iterations", "calls", "ws.received", "sse.events",
        "sse.received", "tcp.received",
    ]
    private static let told: Set<String> = [
        "users", "calls.open", "data.sent", "data.received", "schedule.lag", "call.lateness", "ws.session",
        "sse.session", "tcp.session",
    ]

    /// Which way a metric of Assay's own is better; ``unknown`` of the user's.
    ///
    /// Times are better short and failures few; throughput and what held, many.
    static func standard(of series: Series) -> MetricDirection {
        let name = series.metric
        if told.contains(name) || name.hasSuffix(".sent") { return .information }
        if higherNames.contains(name) { return .higher }
        guard series.unit == nil, isAssays(name) else { return .unknown }
        if name.hasSuffix(".failed") || name == "iterations.dropped" || lowerShares.contains(name) {
            return .lower
        }
        return series.kind == .trend ? .lower : .information
    }

    /// What the names of Assay's own metrics begin with.
    private static let families: Set<Substring> = [
        "http", "redis", "iteration", "iterations", "checks", "contract", "users", "data", "schedule", "ws",
        "sse", "tcp", "call", "calls", "group",
    ]

    static func isAssays(_ name: String) -> Bool {
        MetricRegistry.standard[name] != nil || families.contains(name.prefix { $0 != "." })
    }
}
