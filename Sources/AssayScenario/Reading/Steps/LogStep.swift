import AssayCore
import AssayFormats

extension StepKind {
    static let log = StepKind(keyword: "log") { pair, _, file in
        file.yaml.mapping(pair.value, "log step") { fields in
            let ofNode = fields.value("of")
            let of = fields.required("of") {
                file.part($0, "of", accepts: { $0.kind == .service }, "a service")
            }
            let wanted = fields.choice(of: ["contains", "matches", "json"], code: "AS024").flatMap(
                file.wanted)
            let within = fields.optional("within", file.yaml.duration) ?? .seconds(2)
            guard let of, let ofNode, let wanted else { return nil }
            let action = LogAction(of: of, ofLocation: ofNode.location, wanted: wanted, within: within)
            return (.log(action), "log of \(of)")
        }
    }
}

extension ScenarioFile {
    fileprivate func wanted(_ pair: YAMLNode.Pair) -> LogAction.Wanted? {
        switch pair.name {
        case "contains": return yaml.template(pair.value).map { .contains($0) }
        case "matches":
            guard let template = yaml.template(pair.value) else { return nil }
            if template.constantText != nil, yaml.pattern(pair.value) == nil { return nil }
            return .matches(template)
        default: return yaml.matcher(pair.value).map { .json($0) }
        }
    }
}
