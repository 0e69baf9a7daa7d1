import AssayCore
import AssayFormats

extension FactoryReading {
    /// What factories and traits are made of.
    struct Parts {
        var fields: [Factory.Field] = []
        var parameters: [Factory.Field] = []
        var after: [FactoryCall] = []
    }

    private static let partKeys = ["fields", "params", "after", "traits"]

    /// The keys `fields`, `params` and `after` of a mapping.
    func parts(_ fields: inout MappingReader) -> Parts {
        var parts = Parts()
        if let node = fields.value("params") {
            add(yaml.entries(node, "params"), to: &parts, isParameter: true, beside: fields.value("fields"))
        }
        if let node = fields.value("fields") {
            add(yaml.entries(node, "fields"), to: &parts, isParameter: false, beside: fields.value("params"))
        }
        parts.after = fields.optional("after") { yaml.oneOrMore($0, of: following) } ?? []
        return parts
    }

    /// Fields alone, or a mapping with `fields`, `params`, `after` and further `traits`.
    func trait(_ pair: YAMLNode.Pair) -> Factory.Trait {
        var trait = Factory.Trait(name: pair.name, location: pair.key.location)
        let isLong = pair.value.pairs?.contains { Self.partKeys.contains($0.name) } ?? false
        var parts = Parts()
        if isLong {
            _ = yaml.mapping(pair.value, "trait") { fields -> Bool? in
                parts = self.parts(&fields)
                trait.traits =
                    fields.optional("traits") { node in
                        yaml.oneOrMore(node) { name in
                            yaml.text(name).map { TraitName(name: $0, location: name.location) }
                        }
                    } ?? []
                return true
            }
        } else {
            add(yaml.entries(pair.value, "a trait"), to: &parts, isParameter: false, beside: nil)
        }
        (trait.fields, trait.parameters, trait.after) = (parts.fields, parts.parameters, parts.after)
        return trait
    }

    private func following(_ node: YAMLNode) -> FactoryCall? {
        yaml.mapping(node, "what comes after") { fields in
            fields.required("create") { call($0, "a create step") }
        } ?? nil
    }

    private func add(
        _ pairs: [YAMLNode.Pair], to parts: inout Parts, isParameter: Bool, beside other: YAMLNode?
    ) {
        let others = (other?.pairs ?? []).map(\.name)
        for pair in pairs where !isParameter && others.contains(pair.name) {
            yaml.error(
                "AS271", "'\(pair.name)' is a field and a parameter", at: pair.key,
                fix: "give one of them another name")
        }
        let written = Set(pairs.map(\.name) + others)
        for pair in pairs { add(pair, to: &parts, isParameter: isParameter, written) }
    }

    private func add(
        _ pair: YAMLNode.Pair, to parts: inout Parts, isParameter: Bool, _ written: Set<String>
    ) {
        var aside = Aside()
        guard let rule = rule(pair.value, name: pair.name, &aside) else { return }
        parts.parameters += aside.fields
        var field = Factory.Field(name: pair.name, rule: rule, location: pair.key.location)
        if case .related(let call, let take) = rule, !take.isEmpty, !call.isList {
            // The whole record is a parameter, so that callers can override parts of it and templates can read it.
            var name = Self.recordName(pair.name, take: take)
            if written.contains(name) { name = pair.name + ".record" }
            field.source = name
            field.rule = .taken(from: name, path: take)
            parts.parameters.append(
                Factory.Field(name: name, rule: .related(call, take: []), location: pair.key.location))
        }
        if isParameter { parts.parameters.append(field) } else { parts.fields.append(field) }
    }

    /// `user` for `user_id` and `userId`, of which `id` is taken; else a name that no one can write.
    private static func recordName(_ field: String, take: [String]) -> String {
        let last = take[take.count - 1]
        for ending in ["_" + last, "-" + last, last.prefix(1).uppercased() + last.dropFirst()]
        where field.hasSuffix(ending) && field.count > ending.count {
            return String(field.dropLast(ending.count))
        }
        return field + ".record"
    }
}
