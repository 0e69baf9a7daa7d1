public import AssayCore

extension YAMLReading {
    /// Text with `${…}` in it; a number or `true` stands for its text. Errors and names point into the file.
    public func template(_ node: YAMLNode) -> Template? {
        guard let text = node.scalarText, !node.isNull else { return wrongType(node, expected: "text") }
        return parsed(node) { () throws(Diagnostic) in
            try Template(parsing: text, at: node.location, places: places(of: node, text))
        }
    }

    /// A value in which texts and keys may hold `${…}`.
    public func valueTemplate(_ node: YAMLNode) -> ValueTemplate? {
        switch node.content {
        case .string(let text) where text.utf8.contains(UInt8(ascii: "$")):
            guard let template = template(node) else { return nil }
            return template.constantText.map { .literal(.string($0)) } ?? .template(template)
        case .sequence(let nodes):
            let values = nodes.map(valueTemplate)
            guard !values.contains(where: { $0 == nil }) else { return nil }
            return ValueTemplate.joined(values.compactMap { $0 })
        case .mapping(let pairs):
            let members = pairs.map { pair -> ValueTemplate.Member? in
                let (key, value) = (keyTemplate(pair.key), valueTemplate(pair.value))
                guard let key, let value else { return nil }
                return ValueTemplate.Member(key: key, value: value)
            }
            guard !members.contains(where: { $0 == nil }) else { return nil }
            return ValueTemplate.joined(members.compactMap { $0 })
        default: return json(node).map { .literal($0) }
        }
    }

    /// A condition or a value: one `${…}` and nothing beside it, or `true` or `false`.
    public func expression(_ node: YAMLNode) -> Expression? {
        if case .bool(let value) = node.content { return .literal(.bool(value)) }
        guard node.stringValue != nil, let template = template(node) else {
            return node.stringValue == nil ? wrongType(node, expected: "`${…}`") : nil
        }
        if let expression = template.soleExpression { return expression }
        let written = shortened(template.source)
        return wrongType(
            node, expected: "one `${…}` and nothing beside it",
            fix: template.constantText == nil ? "move all of it into one `${…}`" : "write `${\(written)}`")
    }

    /// A value as it is, with `${` as plain text.
    public func json(_ node: YAMLNode) -> JSON? {
        switch node.content {
        case .null: return .null
        case .bool(let value): return .bool(value)
        case .int(let value): return .int(value)
        case .double(let value):
            guard value.isFinite else {
                return wrongType(node, expected: "a value that JSON can hold", fix: "put it in quotes")
            }
            return .double(value)
        case .string(let text): return .string(text)
        case .sequence(let nodes):
            let values = nodes.map(json)
            return values.contains { $0 == nil } ? nil : .array(values.compactMap { $0 })
        case .mapping(let pairs):
            var object = JSONObject()
            var isWhole = true
            for pair in pairs {
                let value = json(pair.value)
                isWhole = isWhole && value != nil
                object[pair.name] = value
            }
            return isWhole ? .object(object) : nil
        }
    }

    /// A key written `null:` or `~:` is that word.
    private func keyTemplate(_ key: YAMLNode) -> Template? {
        key.isNull ? Template(constant: key.scalarText ?? "", at: key.location) : template(key)
    }

    private func places(of node: YAMLNode, _ text: String) -> TextPlaces? {
        text.utf8.contains(UInt8(ascii: "$")) ? document.source.places(of: node) : nil
    }

    /// Runs a parser and records what it throws.
    public func parsed<Value>(_ node: YAMLNode, _ parse: () throws(Diagnostic) -> Value) -> Value? {
        do {
            return try parse()
        } catch {
            var diagnostic = error
            if diagnostic.location == nil { diagnostic.location = node.location }
            add(diagnostic)
            return nil
        }
    }
}
