import AssayCore
import AssayFormats

/// Reads what factories, fixtures and steps have in common: calls of factories and the rules of their fields.
///
/// A mapping with one of the words of ``rules`` says how a value is made; any other mapping is an object.
struct FactoryReading {
    let yaml: YAMLReading

    static let rules = ["value", "sequence", "cycle", "one-of", "ref", "factory", "if"]

    // MARK: calls

    /// A factory that is asked for: its name alone, or a mapping.
    ///
    /// - Parameter more: reads keys that stand beside those of every call.
    func call(
        _ node: YAMLNode, _ what: String, more: (inout MappingReader) -> Void = { _ in }
    ) -> FactoryCall? {
        if node.pairs == nil {
            return yaml.text(node).map { FactoryCall(factory: $0, location: node.location) }
        }
        return yaml.mapping(node, what) { fields in
            let call = call(&fields)
            more(&fields)
            return call
        }
    }

    func call(_ fields: inout MappingReader) -> FactoryCall? {
        let place = fields.value("factory")
        let factory = fields.required("factory", yaml.text)
        let traits = fields.optional("traits") { node in
            yaml.oneOrMore(node) { name in
                yaml.text(name).map { TraitName(name: $0, location: name.location) }
            }
        }
        let overrides = fields.optional("with", self.overrides)
        let count = fields.choice(of: ["count", "each"], isRequired: false, code: "AS278")
        let counted = count.flatMap(self.count)
        guard let factory, let place else { return nil }
        var call = FactoryCall(factory: factory, location: place.location)
        call.traits = traits ?? []
        call.overrides = overrides ?? []
        call.count = counted ?? .one
        return call
    }

    private func count(_ pair: YAMLNode.Pair) -> FactoryCall.Count? {
        if pair.name == "count" {
            if pair.value.stringValue != nil, let template = yaml.valueTemplate(pair.value) {
                if case .template = template { return .times(template) }
            }
            return yaml.int(pair.value, in: 0...FactoryCall.countLimit).map {
                .times(.literal(.int(Int64($0))))
            }
        }
        guard let elements = pair.value.elements else {
            return yaml.expression(pair.value).map { expression in
                .list(
                    .template(
                        Template(
                            source: pair.value.scalarText ?? "", location: pair.value.location,
                            segments: [.expression(expression)])))
            }
        }
        return .rows(elements.compactMap(overrides))
    }

    // MARK: overrides

    func overrides(_ node: YAMLNode) -> [Override]? {
        guard let pairs = node.pairs else {
            yaml.error(
                "AS012", "expected a mapping of fields with their values, found \(node.kindText)", at: node,
                fix: "write `field: value` pairs")
            return nil
        }
        return pairs.compactMap { pair in
            override(pair.value).map { Override(name: pair.name, location: pair.key.location, value: $0) }
        }
    }

    private func override(_ node: YAMLNode) -> Override.Value? {
        guard let pairs = node.pairs else { return yaml.valueTemplate(node).map { .value($0) } }
        if Self.isRule(node) {
            var aside = Aside()
            let rule = rule(node, name: "", &aside)
            if let first = aside.fields.first {
                yaml.error(
                    "AS278", "an override cannot hold a rule inside another", at: first.location,
                    fix: "give the field a rule of its own in the factory")
            }
            return rule.map { .rule($0) }
        }
        // A key that is computed makes it a value; otherwise it may be meant for a related record.
        if pairs.contains(where: { $0.name.contains("${") }) {
            return yaml.valueTemplate(node).map { .value($0) }
        }
        return overrides(node).map { .members($0) }
    }

    // MARK: rules

    /// Rules that stand inside a field's value: they become parameters of their own.
    struct Aside {
        var fields: [Factory.Field] = []
    }

    static func isRule(_ node: YAMLNode) -> Bool {
        node.pairs?.contains { rules.contains($0.name) } ?? false
    }

    private static func holdsRule(_ node: YAMLNode) -> Bool {
        switch node.content {
        case .mapping(let pairs): isRule(node) || pairs.contains { holdsRule($0.value) }
        case .sequence(let nodes): nodes.contains(where: holdsRule)
        default: false
        }
    }

    /// - Parameter name: of the field, with the way to this node inside it.
    func rule(_ node: YAMLNode, name: String, _ aside: inout Aside) -> FieldRule? {
        guard Self.isRule(node) else { return value(node, name: name, &aside).map { .value($0) } }
        var inner = aside
        let read = yaml.mapping(node, "the rule of a value") { fields -> FieldRule? in
            guard let pair = fields.choice(of: Self.rules, code: "AS278") else { return nil }
            return rule(pair, &fields, name: name, &inner)
        }
        aside = inner
        return read
    }

    private func rule(
        _ pair: YAMLNode.Pair, _ fields: inout MappingReader, name: String, _ aside: inout Aside
    ) -> FieldRule? {
        switch pair.name {
        case "value": return yaml.valueTemplate(pair.value).map { .value($0) }
        case "sequence":
            let step = fields.optional("step") { yaml.int($0, in: -1_000_000_000...1_000_000_000) }
            if pair.value.stringValue != nil { return yaml.valueTemplate(pair.value).map { .value($0) } }
            return yaml.int(pair.value).map { .sequence(start: Int64($0), step: Int64(step ?? 1)) }
        case "cycle": return elements(pair.value, name: name, &aside).map { .cycle($0) }
        case "one-of": return elements(pair.value, name: name, &aside).map { .oneOf($0) }
        case "ref": return reference(pair.value)
        case "if":
            let condition = yaml.expression(pair.value)
            let then = fields.pair("then").flatMap { value($0.value, name: name + ".then", &aside) }
            let otherwise = fields.pair("else").flatMap { value($0.value, name: name + ".else", &aside) }
            guard let condition else { return nil }
            return .condition(
                condition, then: then ?? .literal(.null), otherwise: otherwise ?? .literal(.null))
        default:
            let take = fields.optional("take", yaml.text)
            let call = call(&fields)
            return call.map {
                .related($0, take: take.map { $0.split(separator: ".").map(String.init) } ?? [])
            }
        }
    }

    private func elements(_ node: YAMLNode, name: String, _ aside: inout Aside) -> [ValueTemplate]? {
        guard let nodes = node.elements, !nodes.isEmpty else {
            yaml.error(
                "AS278",
                "expected a list to choose from, found \(node.elements == nil ? node.kindText : "an empty one")",
                at: node, fix: "write `[a, b]`")
            return nil
        }
        var values: [ValueTemplate] = []
        for (place, node) in nodes.enumerated() {
            guard let value = value(node, name: "\(name).\(place)", &aside) else { return nil }
            values.append(value)
        }
        return values
    }

    private func reference(_ node: YAMLNode) -> FieldRule? {
        guard let text = yaml.string(node) else { return nil }
        let expression = yaml.parsed(node) { () throws(Diagnostic) in
            try Expression(parsing: text, at: node.location)
        }
        guard let expression else { return nil }
        guard let fixture = expression.referenced else {
            yaml.error(
                "AS275", "'\(Shown.text(text, limit: 40))' names no member of a fixture", at: node,
                fix: "write `{ref: sword.id}`")
            return nil
        }
        return .reference(fixture: fixture, expression)
    }

    /// A value with rules inside it: each becomes a parameter, and the value reads it.
    private func value(_ node: YAMLNode, name: String, _ aside: inout Aside) -> ValueTemplate? {
        guard Self.holdsRule(node) else { return yaml.valueTemplate(node) }
        if Self.isRule(node) {
            guard let rule = rule(node, name: name, &aside) else { return nil }
            if case .value(let value) = rule { return value }
            // A dot keeps its name apart from all that people can write.
            let own = name.contains(".") ? name : name + ".value"
            aside.fields.append(Factory.Field(name: own, rule: rule, location: node.location))
            let reading = Expression.name(own, node.location)
            return .template(
                Template(source: "", location: node.location, segments: [.expression(reading)]))
        }
        if let nodes = node.elements {
            var elements: [ValueTemplate] = []
            for (place, node) in nodes.enumerated() {
                guard let element = value(node, name: "\(name).\(place)", &aside) else { return nil }
                elements.append(element)
            }
            return .array(elements)
        }
        var members: [ValueTemplate.Member] = []
        for pair in node.pairs ?? [] {
            guard let key = yaml.template(pair.key),
                let value = value(pair.value, name: "\(name).\(pair.name)", &aside)
            else { return nil }
            members.append(ValueTemplate.Member(key: key, value: value))
        }
        return .object(members)
    }
}

extension Expression {
    /// The fixture that `sword.id` or `items[0].id` speaks of.
    fileprivate var referenced: String? {
        switch self {
        case .name(let name, _): name
        case .member(let base, _): base.referenced
        case .index(let base, .literal): base.referenced
        default: nil
        }
    }
}
