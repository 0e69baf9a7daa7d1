import AssayCore
import AssayFormats

extension StepKind {
    static let think = StepKind(keyword: "think") { pair, _, file in
        guard pair.value.pairs != nil else {
            return file.yaml.duration(pair.value).map { (.think(.fixed($0)), "think") }
        }
        return file.yaml.mapping(pair.value, "think step") { fields in
            let ways = ["between", "exponential", "normal", "lognormal"]
            guard let way = fields.choice(of: ways, code: "AS577") else { return nil }
            let action =
                switch way.name {
                case "between": file.between(way.value)
                case "exponential": file.exponential(way.value)
                case "normal": file.normal(way.value)
                default: file.lognormal(way.value)
                }
            return action.map { (.think($0), "think") }
        }
    }
}

extension ScenarioFile {
    fileprivate func between(_ node: YAMLNode) -> ThinkAction? {
        yaml.list(node, of: yaml.duration).flatMap { bounds -> ThinkAction? in
            guard node.elements?.count == 2, bounds.count == 2, bounds[0] <= bounds[1] else {
                yaml.error(
                    "AS046", "expected two durations, the shorter one first", at: node,
                    fix: "write `between: [1s, 3s]`")
                return nil
            }
            return .between(bounds[0], bounds[1])
        }
    }

    /// `2s`, or `{mean: 2s, at-most: 10s}`.
    fileprivate func exponential(_ node: YAMLNode) -> ThinkAction? {
        guard node.pairs != nil else {
            return yaml.duration(node).map { .exponential(mean: $0, atMost: nil) }
        }
        return yaml.mapping(node, "'exponential'") { fields in
            let most = fields.optional("at-most", yaml.duration)
            return fields.required("mean", yaml.duration).map { .exponential(mean: $0, atMost: most) }
        }
    }

    /// `{mean: 3s, deviation: 1s, at-most: 10s}`
    fileprivate func normal(_ node: YAMLNode) -> ThinkAction? {
        yaml.mapping(node, "'normal'") { fields in
            let most = fields.optional("at-most", yaml.duration)
            let mean = fields.required("mean", yaml.duration)
            let deviation = fields.required("deviation", yaml.duration)
            guard let mean, let deviation else { return nil }
            return .normal(mean: mean, deviation: deviation, atMost: most)
        }
    }

    /// `{median: 2s, sigma: 0.5, at-most: 30s}`
    fileprivate func lognormal(_ node: YAMLNode) -> ThinkAction? {
        yaml.mapping(node, "'lognormal'") { fields in
            let most = fields.optional("at-most", yaml.duration)
            let median = fields.required("median", yaml.duration)
            let sigma = fields.required("sigma") { yaml.double($0, in: 0...10) }
            guard let median, let sigma else { return nil }
            return .lognormal(median: median, sigma: sigma, atMost: most)
        }
    }
}
