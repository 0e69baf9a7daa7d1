public import AssayCore

/// A load run as Prometheus metrics, in the text format that a Pushgateway takes; memory is bounded by the series.
///
/// Each metric has a sample over all steps, without the labels `name` and `scenario`, and one a series with them:
/// `{name=""}` chooses the first, `{name!=""}` the others. Source: Prometheus exposition format 0.0.4.
public struct PrometheusPush: Sendable {
    private let header: RunHeader
    private let plan: LoadPlan
    private var series: [Series]
    private var whole: [Int: Sum] = [:]
    private var recent: [Int: Sum] = [:]
    private var elapsed: Int64 = 0
    private var pointCount = 0

    /// What the run is known to be at a push, besides what was measured.
    public struct State: Sendable {
        public var thresholds: [ThresholdResult]
        public var steps: [LoadStep]
        /// `nil` while the run goes on.
        public var verdict: Verdict?
        public init(thresholds: [ThresholdResult] = [], steps: [LoadStep] = [], verdict: Verdict? = nil) {
            self.thresholds = thresholds
            self.steps = steps
            self.verdict = verdict
        }
    }

    private struct Sum: Sendable {
        var histogram = HistogramSnapshot()
        var counted: UInt64 = 0
        var passed: UInt64 = 0
        var total: UInt64 = 0
        var gauge = 0.0
        /// When the gauge was set, counted in points.
        var order = 0

        mutating func add(_ value: SeriesPoint.Value) {
            switch value {
            case .trend(let snapshot): histogram.merge(snapshot)
            case .counter(let count): counted &+= count
            case .rate(let passed, let total):
                self.passed &+= passed
                self.total &+= total
            case .gauge(let value): gauge = value
            }
        }

        mutating func merge(_ other: Sum) {
            histogram.merge(other.histogram)
            counted &+= other.counted
            passed &+= other.passed
            total &+= other.total
            gauge += other.gauge
        }
    }

    /// Names that every run has, whatever it measures.
    public static let ownNames = [
        "assay_run_info", "assay_run_start_time_seconds", "assay_run_elapsed_seconds", "assay_run_active",
        "assay_run_scale", "assay_run_verdict", "assay_threshold_held", "assay_threshold_actual",
        "assay_threshold_limit", "assay_search_good_load", "assay_search_broken_load",
    ]

    public init(header: RunHeader, plan: LoadPlan, series: [Series]) {
        self.header = header
        self.plan = plan
        self.series = series
    }

    /// - Parameter appeared: series that the interval is the first to have, behind those known before.
    public mutating func add(_ interval: Interval, appeared: [Series] = []) {
        series += appeared
        elapsed = max(elapsed, interval.atNanoseconds &+ interval.lengthNanoseconds)
        for point in interval.points where series.indices.contains(point.series) {
            pointCount += 1
            whole[point.series, default: Sum()].add(point.value)
            whole[point.series]?.order = pointCount
            recent[point.series, default: Sum()].add(point.value)
        }
    }

    /// The whole text; what counts as recent begins anew.
    public mutating func text(_ state: State) -> String {
        var page = PrometheusPage()
        run(state, &page)
        var metrics: [String] = []
        for one in series where !metrics.contains(one.metric) { metrics.append(one.metric) }
        for metric in metrics { write(metric, &page) }
        recent.removeAll(keepingCapacity: true)
        return page.text
    }

    // MARK: the run

    private func run(_ state: State, _ page: inout PrometheusPage) {
        page.family("assay_run_info", "gauge", "What runs: 1.")
        page.sample(
            "assay_run_info",
            [
                ("assay", header.assayVersion), ("commit", header.commit ?? ""),
                ("model", plan.model.rawValue), ("seed", seedText(header.seed)),
            ], 1)
        page.single(
            "assay_run_start_time_seconds", "When the run began, seconds since 1970.",
            Double(header.startedAtMilliseconds) / 1000)
        page.single("assay_run_elapsed_seconds", "How long it has run.", Double(elapsed) / 1e9)
        page.single("assay_run_active", "1 while it runs.", state.verdict == nil ? 1 : 0)
        page.single(
            "assay_run_scale", "By how much its schedule was shortened; 1 is the profile's own.", plan.scale)
        if let verdict = state.verdict {
            page.family("assay_run_verdict", "gauge", "1 for how it ended.")
            for status in [Verdict.Status.passed, .failed, .inconclusive, .interrupted] {
                page.sample(
                    "assay_run_verdict", [("status", status.rawValue)], verdict.status == status ? 1 : 0)
            }
        }
        thresholds(state.thresholds, &page)
        guard let search = plan.search else { return }
        let found = search.degradation(in: state.steps)
        if let good = found.lastGood {
            page.single(
                "assay_search_good_load", "Users or starts a second of the last step that held.", good.load)
        }
        if let broken = found.broken {
            page.single(
                "assay_search_broken_load", "Users or starts a second of the first step that broke.",
                broken.load)
        }
    }

    private func thresholds(_ results: [ThresholdResult], _ page: inout PrometheusPage) {
        guard !results.isEmpty else { return }
        // Two equal thresholds would be two samples of one name, which a Pushgateway refuses.
        var seen: Set<String> = []
        let results = results.filter { seen.insert($0.text).inserted }
        page.family("assay_threshold_held", "gauge", "1 when the threshold holds so far.")
        for result in results where result.status != .noData {
            page.sample("assay_threshold_held", [("threshold", result.text)], result.status == .held ? 1 : 0)
        }
        page.family(
            "assay_threshold_actual", "gauge", "What the threshold judges: nanoseconds, or a fraction.")
        for result in results {
            guard let actual = result.actual else { continue }
            page.sample("assay_threshold_actual", [("threshold", result.text)], actual)
        }
        page.family("assay_threshold_limit", "gauge", "Its limit, in the same unit.")
        for result in results {
            page.sample("assay_threshold_limit", [("threshold", result.text)], result.limit)
        }
    }

    // MARK: what is measured

    private func write(_ metric: String, _ page: inout PrometheusPage) {
        let places = series.indices.filter { series[$0].metric == metric && whole[$0] != nil }
        guard let first = places.first else { return }
        let names = PrometheusNames(series[first])
        let help = series[first].definition.summary
        // Of the user's own gauges the last value stands, wherever it was set.
        let isLast = series[first].kind == .gauge && series[first].unit != nil
        let parts = places.filter { !series[$0].tags.isEmpty }
        /// Samples over all series first, then one a series.
        func rows(_ sums: [Int: Sum]) -> [(labels: [(String, String)], sum: Sum)] {
            var all = Sum()
            for place in places { if let sum = sums[place] { all.merge(sum) } }
            if isLast { all = places.compactMap { sums[$0] }.max { $0.order < $1.order } ?? all }
            return [([], all)]
                + parts.compactMap { place in
                    sums[place].map { (series[place].tags.map { ($0.key, $0.value) }, $0) }
                }
        }
        switch series[first].kind {
        case .trend:
            page.family(names.whole, "summary", help)
            for row in rows(whole) { page.summary(names.whole, row.labels, row.sum.histogram, names.divisor) }
            guard let name = names.recent else { return }
            page.family(name, "gauge", help + ", since the push before")
            for row in rows(recent) { page.quantiles(name, row.labels, row.sum.histogram, names.divisor) }
        case .rate:
            page.family(names.whole, "gauge", help)
            for row in rows(whole) { page.share(names.whole, row.labels, row.sum.passed, row.sum.total) }
            guard let name = names.recent else { return }
            page.family(name, "gauge", help + ", since the push before")
            for row in rows(recent) { page.share(name, row.labels, row.sum.passed, row.sum.total) }
        case .counter:
            page.family(names.whole, "counter", help)
            for row in rows(whole) {
                page.sample(names.whole, row.labels, Double(row.sum.counted) / names.divisor)
            }
        case .gauge:
            page.family(names.whole, "gauge", help)
            for row in rows(whole) { page.sample(names.whole, row.labels, row.sum.gauge / names.divisor) }
        }
    }
}

/// The text format as it grows; label values are escaped here, never by callers.
private struct PrometheusPage {
    private(set) var text = ""

    mutating func family(_ name: String, _ type: String, _ help: String) {
        let line = help.replacing("\\", with: "\\\\").replacing("\n", with: "\\n")
        text += "# HELP \(name) \(line)\n# TYPE \(name) \(type)\n"
    }

    mutating func sample(_ name: String, _ labels: [(String, String)], _ value: Double) {
        text += name
        if !labels.isEmpty {
            let pairs = labels.map { "\(PrometheusNames.safe($0.0))=\"\(Self.escaped($0.1))\"" }
            text += "{" + pairs.joined(separator: ",") + "}"
        }
        text += " \(Self.number(value))\n"
    }

    mutating func single(_ name: String, _ help: String, _ value: Double) {
        family(name, "gauge", help)
        sample(name, [], value)
    }

    mutating func summary(
        _ name: String, _ labels: [(String, String)], _ histogram: HistogramSnapshot, _ divisor: Double
    ) {
        quantiles(name, labels, histogram, divisor)
        sample(name + "_sum", labels, histogram.sum / divisor)
        sample(name + "_count", labels, Double(histogram.count))
    }

    mutating func quantiles(
        _ name: String, _ labels: [(String, String)], _ histogram: HistogramSnapshot, _ divisor: Double
    ) {
        for (word, quantile) in [("0.5", 0.5), ("0.95", 0.95), ("0.99", 0.99), ("1", 1)] {
            guard let value = histogram.value(at: quantile) else { continue }
            sample(name, labels + [("quantile", word)], Double(value) / divisor)
        }
    }

    mutating func share(_ name: String, _ labels: [(String, String)], _ part: UInt64, _ whole: UInt64) {
        guard whole > 0 else { return }
        sample(name, labels, Double(part) / Double(whole))
    }

    private static func escaped(_ value: String) -> String {
        var out = ""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\\": out += "\\\\"
            case "\"": out += "\\\""
            case "\n": out += "\\n"
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out
    }

    private static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        return value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : "\(value)"
    }
}
