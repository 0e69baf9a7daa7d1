import AssayCore
import AssayFormats

extension ScenarioFile {
    /// `degrades`: what is looked for in the steps of a rising load.
    ///
    /// - Parameters:
    ///   - driving: of the profile; `nil` when it could not be read.
    ///   - metrics: what its conditions may judge.
    func search(
        _ fields: inout MappingReader, _ driving: LoadDriving?, _ metrics: MetricRegistry
    ) -> LoadProfile.Search? {
        let pair = fields.pair("degrades")
        guard let driving else { return nil }
        guard let steps = driving.steps else {
            if let pair {
                yaml.error(
                    "AS401", "'degrades' is judged step by step, and this load has no steps", at: pair.key,
                    fix: "write `users: {start: 20, step: {by: 20, every: 30s, to: 400}}`")
            }
            return nil
        }
        var search = LoadProfile.Search(steps: steps)
        guard let pair else { return search }
        if pair.value.elements != nil {
            search.conditions = conditions(pair.value, metrics) ?? []
            return search
        }
        return yaml.mapping(pair.value, "'degrades'") { fields in
            search.conditions = fields.required("beyond") { conditions($0, metrics) } ?? []
            if let node = fields.value("at-least") { search.atLeast = atLeast(node, driving) }
            search.confirm =
                fields.optional("confirm") { yaml.int($0, in: 0...Self.stepLimit) } ?? search.confirm
            return search
        }
    }

    private func atLeast(_ node: YAMLNode, _ driving: LoadDriving) -> Double? {
        let wanted: Double?
        if case .arrivals = driving.model {
            wanted = yaml.rate(node)?.perSecond
        } else {
            wanted = userCount(node).map(Double.init)
        }
        guard let wanted, let last = driving.steps?.last?.load else { return nil }
        if wanted > last {
            yaml.error(
                "AS402", "'at-least' asks for more than the last step, which has \(plainNumber(last))",
                at: node, fix: "raise 'to', or ask for less")
        }
        return wanted
    }

    private func conditions(_ node: YAMLNode, _ metrics: MetricRegistry) -> [LoadProfile.ThresholdText]? {
        if node.elements?.isEmpty == true {
            yaml.error(
                "AS403", "'degrades' has no condition", at: node,
                fix: "write `degrades: [p95(http.duration) < 1s]`")
        }
        return yaml.oneOrMore(node) { line in
            guard let text = yaml.string(line) else { return nil }
            let condition = LoadProfile.ThresholdText(text: text, location: line.location)
            checkCondition(condition, metrics)
            return condition
        }
    }

    /// A condition is a threshold whose window is the step and that ends nothing by itself.
    func checkCondition(_ condition: LoadProfile.ThresholdText, _ metrics: MetricRegistry) {
        do throws(Diagnostic) {
            let threshold = try Threshold.parse(condition.text, metrics: metrics, at: condition.location)
            guard threshold.window != nil || threshold.abortAfter != nil || threshold.judgedFrom != nil else {
                return
            }
            yaml.error(
                "AS403",
                "a condition of 'degrades' is judged over its step, so it takes no 'over' and no 'abort'",
                at: condition.location, fix: "leave the rest out, or make it one of `thresholds`")
        } catch {
            yaml.add(error)
        }
    }
}

/// A load as a person wrote it: `20`, `0.5`.
func plainNumber(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : significant(value)
}
