import AssayCore

/// How two load runs are compared.
public struct ComparisonSettings: Sendable {
    /// Of intervals, and that no metric is called different by chance alone.
    public var confidence = 0.95
    /// A smaller change of a latency or of throughput is no difference, whatever its certainty.
    public var minimum = 0.05
    /// As ``minimum``, of shares, in points: 0.001 is 0.1 %.
    public var minimumPoints = 0.001
    /// As ``minimum``, of latencies, in nanoseconds: below it the generator itself is what is measured.
    public var minimumNanoseconds = 100_000.0
    /// Changes that are allowed; a larger one is a regression.
    public var allowances: [Allowance] = []
    /// Which way metrics are better that Assay does not know.
    public var directions: [String: MetricDirection] = [:]
    /// Of the random draws; the same seed says the same of the same runs.
    public var seed: UInt64 = 0x5EED
    public var rounds = 500
    /// Runs of other profiles, schedules and scales are judged too.
    public var judgesUnlike = false

    public init() {}

    /// A change that is allowed.
    public struct Allowance: Sendable, Equatable {
        /// `p95`, `failed`, `http.duration`, `p95(http.duration)`, `p95(http.duration{name:add})`; `nil` is every one.
        public var what: String?
        /// 0.05 is 5 %: of the value, and of shares in points.
        public var share: Double

        /// Reads `5%`, `p95=10%`.
        ///
        /// - Returns: `nil` when the text is no such thing.
        public init?(_ text: String) {
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let amount = parts.last, let share = Self.share(amount) else { return nil }
            if parts.count == 2 {
                let name = parts[0].filter { $0 != " " }
                guard !name.isEmpty else { return nil }
                what = name
            }
            self.share = share
        }

        /// `5%`, `0.05`.
        public static func share(_ text: some StringProtocol) -> Double? {
            let isPercent = text.hasSuffix("%")
            let digits = (isPercent ? String(text.dropLast()) : String(text)).filter { $0 != " " }
            guard let number = Double(digits), number >= 0, number.isFinite else { return nil }
            let share = isPercent ? number / 100 : number
            return share < 10 ? share : nil
        }
    }

    /// Shares get worse by at most so much when only latencies and throughput were named.
    public static let sharePointsAllowed = 0.001

    /// A smaller change of a metric is no difference, unless less is allowed.
    func usualMinimum(of metric: ComparedMetric) -> Double {
        metric.statistic == .share ? minimumPoints : minimum
    }

    /// By how much a metric may get worse; `nil` when nobody said.
    public func allowance(of metric: ComparedMetric) -> Double? {
        let statistic = metric.statistic.rawValue
        let last = metric.metric.split(separator: ".").last.map(String.init) ?? metric.metric
        let names = [
            metric.text, "\(statistic)(\(metric.metric))", "\(metric.metric){name:\(metric.step ?? "")}",
            metric.metric, statistic, last,
        ]
        for name in names {
            if let named = allowances.last(where: { $0.what == name }) { return named.share }
        }
        if statistic == "rate", let throughput = allowances.last(where: { $0.what == "throughput" }) {
            return throughput.share
        }
        guard let general = allowances.last(where: { $0.what == nil }) else { return nil }
        return metric.statistic == .share ? min(general.share, Self.sharePointsAllowed) : general.share
    }
}
