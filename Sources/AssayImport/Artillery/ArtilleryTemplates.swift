internal import AssayCore
internal import AssayFormats

/// Text with `{{ … }}` in it, taken apart.
struct ArtilleryText {
    enum Part: Equatable {
        case text(String)
        /// A path: `a.b[0]`.
        case variable(String)
        /// A function with the texts of its arguments.
        case call(String, [String])
    }

    var parts: [Part] = []

    /// What is neither a path nor a call of a function stays as it is written.
    init(_ source: String) {
        var text = ""
        var rest = source[...]
        while let open = rest.firstRange(of: "{{") {
            text += rest[..<open.lowerBound]
            let found = Self.call(rest[open.upperBound...]) ?? Self.variable(rest[open.upperBound...])
            guard let (part, end) = found else {
                text += "{"
                rest = rest[rest.index(after: open.lowerBound)...]
                continue
            }
            if !text.isEmpty { parts.append(.text(text)) }
            text = ""
            parts.append(part)
            rest = rest[end...]
        }
        text += rest
        if !text.isEmpty { parts.append(.text(text)) }
    }

    /// The path of a text that is one variable and nothing else: its value keeps its type.
    var soleVariable: String? {
        guard parts.count == 1, case .variable(let path) = parts[0] else { return nil }
        return path
    }

    var constant: String? {
        if parts.isEmpty { return "" }
        guard parts.count == 1, case .text(let text) = parts[0] else { return nil }
        return text
    }

    private static func variable(_ rest: Substring) -> (Part, String.Index)? {
        // `{{{ a }}}` is the same.
        let inner = rest.first == "{" ? rest.dropFirst() : rest
        guard let close = inner.firstRange(of: "}}") else { return nil }
        let path = inner[..<close.lowerBound]
        let isPath = path.allSatisfy {
            $0.isASCII && ($0.isLetter || $0.isNumber) || $0.isWhitespace || "$_.[]'\"-".contains($0)
        }
        guard isPath, !path.isEmpty else { return nil }
        var end = close.upperBound
        if end < inner.endIndex, inner[end] == "}" { end = inner.index(after: end) }
        return (.variable(trimmed(path)), end)
    }

    private static func call(_ rest: Substring) -> (Part, String.Index)? {
        guard let close = rest.firstRange(of: "}}") else { return nil }
        let inner = trimmed(rest[..<close.lowerBound])
        guard inner.first == "$", inner.last == ")", let open = inner.firstIndex(of: "(") else { return nil }
        let name = trimmed(inner[..<open])
        let list = inner[inner.index(after: open)...].dropLast()
        let isWord: (Character) -> Bool = { $0.isASCII && ($0.isLetter || $0.isNumber) || $0 == "_" }
        guard name.count > 1, name.dropFirst().allSatisfy(isWord),
            list.allSatisfy({ isWord($0) || $0 == "," || $0.isWhitespace })
        else { return nil }
        let arguments = list.split(separator: ",").map { trimmed($0) }.filter { !$0.isEmpty }
        return (.call(name, arguments), close.upperBound)
    }

    private static func trimmed(_ text: some StringProtocol) -> String {
        let start = text.drop(while: \.isWhitespace)
        return String(String(start.reversed()).drop(while: \.isWhitespace).reversed())
    }
}

extension ArtilleryReading {
    // MARK: flows

    /// A text that a step has: rendered for each user.
    func template(_ node: YAMLNode) -> Template? {
        text(node).map { template($0, at: node.location) }
    }

    func template(_ source: String, at location: SourceLocation) -> Template {
        var segments: [Template.Segment] = []
        for part in ArtilleryText(source).parts {
            switch part {
            case .text(let text): segments.append(.text(text))
            case .variable(let path):
                if let expression = names.expression(path, at: location) {
                    segments.append(.expression(.optional(expression, otherwise: "undefined")))
                } else {
                    warnUnset(path, "undefined", at: location, inConfig: false)
                    segments.append(.text("undefined"))
                }
            case .call(let name, let arguments):
                segments.append(.expression(call(name, arguments, at: location)))
            }
        }
        // Constants stand in the text at once.
        return Template(source: source, location: location, segments: segments).folded { _ in nil }.asText
    }

    /// A value in which texts and keys may hold templates.
    func value(_ node: YAMLNode) -> ValueTemplate? {
        switch node.content {
        case .string(let text): return value(text, at: node.location)
        case .sequence(let nodes):
            return .array(nodes.compactMap(value)).folded { _ in nil }
        case .mapping(let pairs):
            return .object(
                pairs.compactMap { pair in
                    guard let value = value(pair.value) else { return nil }
                    return .init(key: template(pair.name, at: pair.key.location), value: value)
                }
            ).folded { _ in nil }
        default: return yaml.json(node).map { .literal($0) }
        }
    }

    func value(_ text: String, at location: SourceLocation) -> ValueTemplate {
        let parsed = ArtilleryText(text)
        if let constant = parsed.constant { return .literal(.string(constant)) }
        guard let path = parsed.soleVariable else {
            let template = template(text, at: location)
            return template.constantText.map { .literal(.string($0)) } ?? .template(template)
        }
        guard let expression = names.expression(path, at: location) else {
            warnUnset(path, "undefined", at: location, inConfig: false)
            // Nothing ever sets it, so it is absent for good.
            return .template(sole(.optional(.name(path, location), otherwise: nil), text, location))
        }
        let value = ValueTemplate.template(
            sole(.optional(expression, otherwise: nil), text, location))
        return value.folded { _ in nil }
    }

    private func sole(_ expression: Expression, _ source: String, _ location: SourceLocation) -> Template {
        Template(source: source, location: location, segments: [.expression(expression)])
    }

    /// What a function gives stands as text, wherever it stands.
    private func call(_ name: String, _ arguments: [String], at location: SourceLocation) -> Expression {
        let numbers = arguments.map { Int64($0) }
        func text(_ function: String, _ arguments: [Int64]) -> Expression {
            let inner = Expression.call(
                function: function, arguments: arguments.map { .literal(.int($0)) }, location)
            return .call(function: "text", arguments: [inner], location)
        }
        if numbers.contains(nil) {
            fault(name, "its arguments are whole numbers", at: location)
            return .literal("undefined")
        }
        let known = numbers.compactMap { $0 }
        switch (name, known.count) {
        case ("$randomNumber", 0): return text("random.int", [0, 1])
        case ("$randomNumber", 1): return text("random.int", [min(0, known[0]), max(0, known[0])])
        case ("$randomNumber", 2):
            return text("random.int", [min(known[0], known[1]), max(known[0], known[1])])
        case ("$randomString", 0): return text("random.string", [10])
        case ("$randomString", 1): return text("random.string", [min(known[0], 1 << 20)])
        case ("$randomNumber", _), ("$randomString", _): fault(name, "it has too many arguments", at: location)
        default:
            let near = nearestName(to: name, among: ["$randomNumber", "$randomString"])
            fault(
                name, "there is no such function", at: location,
                fix: near.map { "did you mean \($0)?" } ?? "there are $randomNumber(a, b) and $randomString(n)"
            )
        }
        return .literal("undefined")
    }

    private func fault(_ name: String, _ why: String, at location: SourceLocation, fix: String? = nil) {
        yaml.error("AS610", "`\(name)(…)` cannot be called: \(why)", at: location, fix: fix)
    }

    // MARK: config

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

    private func readsStand(_ path: String) -> Bool {
        ArtilleryPath.parts(path).first.map(names.parts.contains) ?? false
    }

    private func constant(_ path: String, at location: SourceLocation) -> JSON? {
        var known = names
        known.settable = []
        known.parts = []
        known.isOpen = false
        guard let expression = known.expression(path, at: location),
            case .literal(let value) = expression.folded(names: { _ in nil })
        else { return nil }
        return value
    }

    private func drawn(_ expression: Expression) -> String {
        guard case .call("text", let inner, _) = expression, case .call(let name, let bounds, _)? = inner.first
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

extension Template {
    /// A template that folding made one literal is text here.
    fileprivate var asText: Template {
        guard case .literal(let value)? = soleExpression else { return self }
        return Template(constant: value.templateText, at: location)
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
                    object.map { .init(key: YAMLNode(.string($0), at: location), value: YAMLNode($1, at: location)) }
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
