public import AssayCore
internal import AssayFormats

/// What a run of a k6 script comes to, under k6's names and in k6's units.
public struct K6Summary: Sendable {
    /// One metric, or a part of one that a threshold chose by tags.
    public struct Figures: Sendable {
        /// `http_req_duration{status:200}`.
        public var name: String
        public var kind: Series.Kind
        public var contents: K6Metric.Contents
        /// `avg`, `p(95)`, `count`, `rate`, `passes`, … in k6's units: milliseconds, bytes, parts of 1.
        public var values: [(name: String, value: Double)]
        /// Expressions and whether they hold, in the order of the script.
        public var thresholds: [(source: String, holds: Bool)]

        public subscript(name: String) -> Double? { values.first { $0.name == name }?.value }
    }

    /// A group of checks; the outermost one has no name.
    public struct Group: Sendable {
        public var name: String
        /// `::checkout::pay`; empty of the outermost one.
        public var path: String
        public var groups: [Group] = []
        public var checks: [Check] = []
    }

    public struct Check: Sendable {
        public var name: String
        public var path: String
        public var passes: UInt64
        public var fails: UInt64
    }

    public let plan: K6SummaryPlan
    /// By name, parts behind the whole.
    public let metrics: [Figures]
    public let root: Group
    /// All checks by name, whatever their group.
    let checks: [Check]
    let totals: K6Totals

    public init(_ record: RunRecord, _ plan: K6SummaryPlan) {
        self.plan = plan
        totals = K6Totals(record, ranges: plan.gaugeRanges, untold: plan.untoldCounts)
        let tree = K6GroupTree(totals)
        (root, checks) = (tree.root, tree.checks)
        let status = Dictionary(record.thresholds.map { ($0.text, $0.status) }) { first, _ in first }
        var metrics: [Figures] = []
        for metric in plan.metrics.map(K6Metric.init(own:)) + K6Metric.builtIn {
            // A script may have a metric of its own under a name of k6's.
            guard !metrics.contains(where: { $0.name == metric.name }) else { continue }
            metrics += K6MetricReading(metric, plan, totals, status).figures
        }
        self.metrics = metrics.sorted { K6Order.areInOrder($0.name, $1.name) }
    }

    /// One whose figures are known already.
    init(_ metrics: [Figures], root: Group, checks: [Check], _ plan: K6SummaryPlan) {
        self.plan = plan
        self.metrics = metrics.sorted { K6Order.areInOrder($0.name, $1.name) }
        (self.root, self.checks) = (root, checks)
        totals = K6Totals(series: [])
    }

    public subscript(name: String) -> Figures? { metrics.first { $0.name == name } }

    /// What a threshold of one of the metrics was judged on, in k6's unit.
    func figure(of method: K6Threshold.Method?, _ metric: Figures) -> Double? {
        guard let method else { return nil }
        if let shown = metric[method.name] { return shown }
        let known =
            plan.metrics.first { $0.name == K6Order.parent(metric.name) }.map(K6Metric.init(own:))
            ?? K6Metric.builtIn(K6Order.parent(metric.name))
        guard let known else { return nil }
        return K6MetricReading(known, plan, totals, [:]).figure(of: method, metric.name)
    }

    /// Metrics with a broken threshold, by name: what k6 says have been crossed, and ends with 99 for.
    public var crossed: [String] {
        metrics.filter { $0.thresholds.contains { !$0.holds } }.map(\.name).sorted()
    }
}

/// The figures of one metric and of its parts.
struct K6MetricReading {
    private let metric: K6Metric
    private let plan: K6SummaryPlan
    private let totals: K6Totals
    private let status: [String: ThresholdResult.Status]

    init(
        _ metric: K6Metric, _ plan: K6SummaryPlan, _ totals: K6Totals,
        _ status: [String: ThresholdResult.Status]
    ) {
        (self.metric, self.plan, self.totals, self.status) = (metric, plan, totals, status)
    }

    /// The whole and its parts; nothing of a metric that nobody recorded and no threshold names.
    var figures: [K6Summary.Figures] {
        let own = plan.thresholds.filter { $0.metric == metric.name }
        let whole = sum { _ in true }
        var result: [K6Summary.Figures] = []
        let shown = plan.shown.filter { $0.metric == metric.name }
        if whole.hasData || !own.isEmpty || !shown.isEmpty {
            result.append(figures(metric.name, whole, own.filter { $0.key == metric.name }))
        }
        var keys: [String] = []
        for (key, tags) in own.map({ ($0.key, $0.tags) }) + shown.map({ ($0.key, $0.tags) })
        where key != metric.name && !keys.contains(key) {
            keys.append(key)
            let wanted = tags.map { K6Metric.tag($0.key, $0.value) }
            let part = sum { one in wanted.allSatisfy { one[tag: $0.key] == $0.value } }
            result.append(figures(key, part, own.filter { $0.key == key }))
        }
        let expected = "http_req_duration{expected_response:true}"
        if metric.name == "http_req_duration", plan.showsExpectedResponses, !keys.contains(expected) {
            let part = sum { $0[tag: "expected_response"] == "true" }
            if part.hasData { result.append(figures(expected, part, [])) }
        }
        return result
    }

    /// What a threshold on the metric, or on a part of it, asks for.
    func figure(of method: K6Threshold.Method, _ key: String) -> Double? {
        let tags = plan.thresholds.first { $0.key == key }?.tags.map { K6Metric.tag($0.key, $0.value) } ?? []
        let part = sum { one in tags.allSatisfy { one[tag: $0.key] == $0.value } }
        return K6Values(metric, part, plan).figure(method)
    }

    private func sum(_ isChosen: (Series) -> Bool) -> K6Totals.Sum {
        if metric.name == "vus_max" {
            var sum = K6Totals.Sum()
            guard let users = totals.users else { return sum }
            let most = Double(max(plan.madeUsers, plan.readyUsers))
            sum.add(.gauge(Double(plan.readyUsers)), at: 0)
            sum.add(.gauge(most), at: users.at)
            return sum
        }
        if metric.name == "vus", totals.users == nil { return K6Totals.Sum() }
        var sum = totals.sum(metric, where: isChosen)
        // k6 counts what a function of the script sent and received, be it nothing; drops only when there are some.
        if metric.contents == .data, plan.ranApart || hasIterated { sum.hasData = true }
        if metric.name == "dropped_iterations", sum.counted == 0 { sum.hasData = false }
        return sum
    }

    /// An iteration has begun, whether or not it ended.
    private var hasIterated: Bool {
        ["iterations", "iterations.interrupted"].contains { totals.sum($0, where: { _ in true }).hasData }
    }

    private func figures(
        _ name: String, _ sum: K6Totals.Sum, _ thresholds: [K6Threshold]
    ) -> K6Summary.Figures {
        let values = K6Values(metric, sum, plan)
        return K6Summary.Figures(
            name: name, kind: metric.kind, contents: metric.contents, values: values.all,
            thresholds: thresholds.map { threshold in
                switch status[threshold.text] {
                case .held?, .noData?: (threshold.source, true)
                case .broken?: (threshold.source, false)
                case nil: (threshold.source, values.holds(threshold))
                }
            })
    }
}
