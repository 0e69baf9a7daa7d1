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
    func call(_ name: String, _ arguments: [String], at location: SourceLocation) -> Expression {
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
        case ("$randomNumber", _), ("$randomString", _):
            fault(name, "it has too many arguments", at: location)
        default:
            let near = nearestName(to: name, among: ["$randomNumber", "$randomString"])
            fault(
                name, "there is no such function", at: location,
                fix: near.map { "did you mean \($0)?" }
                    ?? "there are $randomNumber(a, b) and $randomString(n)"
            )
        }
        return .literal("undefined")
    }

    private func fault(_ name: String, _ why: String, at location: SourceLocation, fix: String? = nil) {
        yaml.error("AS610", "`\(name)(…)` cannot be called: \(why)", at: location, fix: fix)
    }
}

extension Template {
    /// A template that folding made one literal is text here.
    fileprivate var asText: Template {
        guard case .literal(let value)? = soleExpression else { return self }
        return Template(constant: value.templateText, at: location)
    }
}
