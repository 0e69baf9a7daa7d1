internal import AssayCore
internal import AssayFormats

extension ArtilleryReading {
    /// `config` with all its templates filled in, as it is before there is a user.
    func filled(_ node: YAMLNode) -> YAMLNode {
        var result = node
        switch node.content {
        case .sequence(let nodes): result.content = .sequence(nodes.map(filled))
        case .mapping(let pairs):
            result.content = .mapping(pairs.map { .init(key: $0.key, value: filled($0.value)) })
        case .string(let text) where text.contains("{{"): fill(&result, text)
        default: break
        }
        return result
    }

    private func fill(_ node: inout YAMLNode, _ text: String) {
        let parsed = ArtilleryText(text)
        if let path = parsed.soleVariable {
            let value = constant(path, at: node.location)
            if value == nil, readsStand(path) { return }
            if value == nil { warnUnset(path, "undefined", at: node.location, inConfig: true) }
            node = YAMLNode(value ?? .null, at: node.location, style: node.style)
            return
        }
        var filled = ""
        for part in parsed.parts {
            switch part {
            case .text(let text): filled += text
            case .variable(let path):
                if let value = constant(path, at: node.location) {
                    filled += value.templateText
                } else if readsStand(path) {
                    filled += "{{\(path)}}"
                } else {
                    warnUnset(path, "undefined", at: node.location, inConfig: true)
                    filled += "undefined"
                }
            case .call(let name, let arguments):
                filled += drawn(call(name, arguments, at: node.location))
            }
        }
        node.content = .string(filled)
        node.scalarText = filled
    }

    /// Whether something is known when the stand is up: a part's own, or an address of it in the environment.
    private func readsStand(_ path: String) -> Bool {
        let parts = ArtilleryPath.parts(path)
        guard let first = parts.first else { return false }
        if ["$env", "$processEnvironment"].contains(first), parts.count == 2 {
            return names.parts.contains { parts[1].hasPrefix(StandVariables.word($0) + "_") }
        }
        return names.parts.contains(first)
    }

    private func constant(_ path: String, at location: SourceLocation) -> JSON? {
        var known = names
        known.settable = []
        known.parts = []
        guard let expression = known.expression(path, at: location),
            case .literal(let value) = expression.folded(names: { _ in nil })
        else { return nil }
        return value
    }

    private func drawn(_ expression: Expression) -> String {
        guard case .call("text", let inner, _) = expression,
            case .call(let name, let bounds, _)? = inner.first
        else { return "undefined" }
        let numbers = bounds.compactMap { bound -> Int64? in
            if case .literal(let value) = bound { value.intValue } else { nil }
        }
        if name == "random.int", numbers.count == 2 {
            return String(Int64.random(in: numbers[0]...numbers[1], using: &random))
        }
        let letters = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
        return String((0..<(numbers.first ?? 0)).map { _ in letters.randomElement(using: &random) ?? "a" })
    }
}

extension YAMLNode {
    /// A node that stands for a value made elsewhere.
    init(_ json: JSON, at location: SourceLocation, style: Style = .plain) {
        switch json {
        case .null: self.init(.null, at: location, scalarText: "null", style: style)
        case .bool(let value): self.init(.bool(value), at: location, scalarText: "\(value)", style: style)
        case .int(let value): self.init(.int(value), at: location, scalarText: "\(value)", style: style)
        case .double(let value):
            self.init(.double(value), at: location, scalarText: "\(value)", style: style)
        case .string(let text): self.init(.string(text), at: location, scalarText: text, style: style)
        case .array(let values):
            self.init(.sequence(values.map { YAMLNode($0, at: location) }), at: location)
        case .object(let object):
            self.init(
                .mapping(
                    object.map {
                        .init(key: YAMLNode(.string($0), at: location), value: YAMLNode($1, at: location))
                    }
                ), at: location)
        }
    }

    /// One mapping over another, member by member; what is no mapping on both sides takes the place of what was there.
    ///
    /// - Parameter joinsLists: elements of lists are merged place by place too.
    func merged(with other: YAMLNode, joinsLists: Bool) -> YAMLNode {
        if let own = pairs, let others = other.pairs {
            var result = own
            for pair in others {
                if let place = result.firstIndex(where: { $0.name == pair.name }) {
                    result[place].value = result[place].value.merged(with: pair.value, joinsLists: joinsLists)
                } else {
                    result.append(pair)
                }
            }
            return YAMLNode(.mapping(result), at: location)
        }
        if joinsLists, let own = elements, let others = other.elements {
            var result = own
            for (place, node) in others.enumerated() {
                if place < result.count {
                    result[place] = result[place].merged(with: node, joinsLists: true)
                } else {
                    result.append(node)
                }
            }
            return YAMLNode(.sequence(result), at: location)
        }
        return other
    }
}
