internal import AssayCore

/// What was measured in each group and each scenario by itself, for the summary with all details.
struct K6SummaryParts {
    struct Part {
        var name: String
        var metrics: [K6Summary.Figures]
        var checks: [K6Summary.Check]
        var groups: [Part]
    }

    private let summary: K6Summary

    init(_ summary: K6Summary) { self.summary = summary }

    /// The groups of the script's one scenario; a script that names its scenarios has them there.
    func groups(of scenario: String? = nil) -> [Part] {
        let isOwn = isOwn(scenario)
        let tree = K6GroupTree(summary.totals, where: isOwn)
        return tree.root.groups.filter { $0.name != "setup" && $0.name != "teardown" }.map { part($0, isOwn) }
    }

    /// Those that the script names, in k6's order.
    var scenarios: [Part] {
        let names = Set(summary.totals.series.compactMap { $0[tag: "scenario"] }).filter { $0 != "default" }
        return names.sorted(by: K6Order.isBefore).map { name in
            let isOwn = isOwn(name)
            return Part(
                name: name, metrics: metrics(ofScenario: true, isOwn),
                checks: K6GroupTree(summary.totals, where: isOwn).checks, groups: groups(of: name))
        }
    }

    private func isOwn(_ scenario: String?) -> (Series) -> Bool {
        { one in
            let name = one[tag: "scenario"]
            return scenario == nil ? name == nil || name == "default" : name == scenario
        }
    }

    private func part(_ group: K6Summary.Group, _ isOwn: @escaping (Series) -> Bool) -> Part {
        let path = String(group.path.dropFirst(2))
        return Part(
            name: group.name, metrics: metrics(ofScenario: false) { isOwn($0) && $0[tag: "group"] == path },
            checks: group.checks, groups: group.groups.map { part($0, isOwn) })
    }

    /// - Parameter isWhole: of a scenario, which has bytes, be it none; k6 does not know the group that bytes belong to.
    private func metrics(ofScenario isWhole: Bool, _ isChosen: (Series) -> Bool) -> [K6Summary.Figures] {
        let plan = summary.plan
        return (plan.metrics.map(K6Metric.init(own:)) + K6Metric.builtIn).compactMap { metric in
            guard metric.kind != .gauge || plan.metrics.contains(where: { $0.name == metric.name }) else {
                return nil
            }
            var sum = summary.totals.sum(metric, where: isChosen)
            if metric.contents == .data { sum.hasData = isWhole }
            guard sum.hasData, metric.name != "dropped_iterations" || sum.counted > 0 else { return nil }
            return K6Summary.Figures(
                name: metric.name, kind: metric.kind, contents: metric.contents,
                values: K6Values(metric, sum, plan).all, thresholds: [])
        }.sorted { K6Order.areInOrder($0.name, $1.name) }
    }
}
