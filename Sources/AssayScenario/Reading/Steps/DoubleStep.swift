import AssayCore
import AssayFormats

extension StepKind {
    static let double = StepKind(
        keyword: "double", expectations: ["headers", "json", "body"], captures: [.path, .header, .body]
    ) { pair, _, file in
        file.yaml.mapping(pair.value, "double step") { fields in
            let ofNode = fields.value("of")
            let of = fields.required("of") {
                file.part($0, "of", accepts: { $0.kind == .double }, "a double")
            }
            let within = fields.optional("within", file.yaml.duration)
            var wish = fields.choice(of: DoubleAction.wishes, code: "AS024").flatMap(file.wish)
            if let within { file.wait(within, &wish, at: fields.value("within") ?? pair.value) }
            guard let of, let ofNode, let wish else { return nil }
            let action = DoubleAction(of: of, ofLocation: ofNode.location, wish: wish)
            return (.double(action), action.name)
        }
    }
}

extension DoubleAction {
    /// Keys of the step beside `of`.
    static let wishes = ["asked", "reset", "travel", "switches", "faults"]

    fileprivate var name: String {
        switch wish {
        case .asked(let asked): "\(of) asked \(asked.request.summary)"
        case .reset: "reset \(of)"
        case .travel(let time): "\(of) travels \(time.source)"
        case .switches: "switches of \(of)"
        case .faults: "faults of \(of)"
        }
    }
}

extension ScenarioFile {
    fileprivate func wish(_ pair: YAMLNode.Pair) -> DoubleAction.Wish? {
        switch pair.name {
        case "asked": return asked(pair.value).map { .asked($0) }
        case "reset":
            guard let isWanted = yaml.bool(pair.value) else { return nil }
            if !isWanted {
                yaml.error("AS126", "`reset: false` does nothing", at: pair.value, fix: "leave the step out")
            }
            return .reset
        case "travel":
            guard let template = yaml.template(pair.value) else { return nil }
            if template.constantText != nil, yaml.duration(pair.value) == nil { return nil }
            return .travel(template)
        case "switches":
            guard pair.value.pairs != nil else {
                yaml.error(
                    "AS126", "switches are a mapping of names to values, found \(pair.value.kindText)",
                    at: pair.value, fix: "write `switches: {tokens: expired}`")
                return nil
            }
            return yaml.valueTemplate(pair.value).map { .switches($0) }
        default:
            guard pair.value.elements != nil else {
                yaml.error(
                    "AS126", "faults are a list, found \(pair.value.kindText)", at: pair.value,
                    fix: "write `faults: [{every: 2, status: 503}]`, or `faults: []` to end them")
                return nil
            }
            return yaml.valueTemplate(pair.value).map { .faults($0) }
        }
    }

    /// `within` beside `asked` means the same as in it.
    fileprivate func wait(_ within: Duration, _ wish: inout DoubleAction.Wish?, at node: YAMLNode) {
        switch wish {
        case .asked(var asked):
            asked.within = within
            wish = .asked(asked)
        case .none: break
        default:
            yaml.error(
                "AS126", "only what a double was asked is waited for", at: node,
                fix: "leave `within` out, or write `asked`")
        }
    }

    private func asked(_ node: YAMLNode) -> DoubleAction.Asked? {
        yaml.mapping(node, "request that a double was asked") { fields in
            let times = fields.optional("times") { self.times($0) }
            let within = fields.optional("within", yaml.duration) ?? .seconds(2)
            guard let request = yaml.wantedRequest(&fields, code: "AS126") else { return nil }
            return DoubleAction.Asked(
                request: request, times: times ?? .atLeast(.literal(.int(1))), within: within)
        }
    }

    /// A number from 0, or a matcher of one.
    private func times(_ node: YAMLNode) -> Wanted? {
        guard let matcher = yaml.matcher(node) else { return nil }
        if case .equals(let value) = matcher, let constant = value.asConstant, (constant.intValue ?? -1) < 0 {
            yaml.error(
                "AS126", "'times' is a whole number from 0, found \(node.kindText)", at: node,
                fix: "write `times: 2`, `times: 0` for never, or `times: {at-least: 1}`")
            return nil
        }
        return matcher
    }
}
