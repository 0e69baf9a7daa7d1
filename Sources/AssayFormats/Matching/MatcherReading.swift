internal import AssayCore

/// A matcher as written, its templates not yet filled in.
public typealias Wanted = Matcher<ValueTemplate>

extension YAMLReading {
    /// Words that make a mapping a matcher.
    public static let matcherWords = [
        "equals", "type", "matches", "contains", "between", "less", "greater", "at-most", "at-least",
        "length",
        "unordered", "absent", "schema", "golden", "masks", "match", "not", "any", "all",
    ]

    /// A matcher, or a literal that must be equal.
    ///
    /// - Parameter value: reads the values to compare with; another subject writes them in another way.
    public func matcher(_ node: YAMLNode, value: ((YAMLNode) -> ValueTemplate?)? = nil) -> Wanted? {
        let read = value ?? valueTemplate
        switch node.content {
        case .mapping(let pairs): return mappingMatcher(node, pairs, read)
        case .sequence(let nodes):
            let parts = nodes.map { matcher($0, value: value) }
            guard !parts.contains(where: { $0 == nil }) else { return nil }
            let found = parts.compactMap { $0 }
            return found.allSatisfy(\.isLiteral) ? read(node).map { .equals($0) } : .array(found)
        default: return read(node).map { .equals($0) }
        }
    }

    private func mappingMatcher(
        _ node: YAMLNode, _ pairs: [YAMLNode.Pair], _ read: @escaping (YAMLNode) -> ValueTemplate?
    ) -> Wanted? {
        let words = pairs.filter { Self.matcherWords.contains($0.name) }
        if words.isEmpty { return objectMatcher(node, pairs, read) }
        if words.count < pairs.count, let other = pairs.first(where: { !Self.matcherWords.contains($0.name) })
        {
            let near = nearestName(to: other.name, among: Self.matcherWords)
            error(
                "AS026", "'\(words[0].name)' is a matcher, but '\(other.name)' beside it is none",
                at: other.key,
                fix: near.map { "did you mean '\($0)'?" }
                    ?? "write `equals: {…}` when this is an object to compare with")
            return nil
        }
        for companion in pairs where Self.goldenWords.contains(companion.name) {
            guard !pairs.contains(where: { $0.name == "golden" }) else { continue }
            error(
                "AS026", "'\(companion.name)' belongs to 'golden'", at: companion.key,
                fix: "add `golden: file.json`")
        }
        let parts = pairs.filter { !Self.goldenWords.contains($0.name) }.map { word($0, beside: node, read) }
        guard !parts.contains(where: { $0 == nil }) else { return nil }
        let found = parts.compactMap { $0 }
        return found.count == 1 ? found[0] : .all(found)
    }

    private func objectMatcher(
        _ node: YAMLNode, _ pairs: [YAMLNode.Pair], _ read: @escaping (YAMLNode) -> ValueTemplate?
    ) -> Wanted? {
        let members = pairs.map { pair -> Wanted.Member? in
            matcher(pair.value).map { .init(key: pair.name, matcher: $0) }
        }
        guard !members.contains(where: { $0 == nil }) else { return nil }
        let found = members.compactMap { $0 }
        if found.allSatisfy(\.matcher.isLiteral) { return read(node).map { .equals($0) } }
        for pair in pairs where pair.name.utf8.contains(UInt8(ascii: "$")) && pair.name.contains("${") {
            error(
                "AS026", "a key of an object with matchers must be constant, found \(pair.name)",
                at: pair.key,
                fix: "name the member, or look at it with a path of its own")
        }
        return .object(found)
    }

    /// Words that say more of `golden`.
    private static let goldenWords = ["masks", "match"]

    private func word(
        _ pair: YAMLNode.Pair, beside others: YAMLNode, _ read: @escaping (YAMLNode) -> ValueTemplate?
    ) -> Wanted? {
        let node = pair.value
        switch pair.name {
        case "equals": return read(node).map { .equals($0) }
        case "type": return typeName(node).map { .type($0) }
        case "matches": return matches(node)
        case "contains": return valueTemplate(node).map { .contains($0) }
        case "between": return between(node, read)
        case "less": return bound(node, pair, read).map { .less($0) }
        case "greater": return bound(node, pair, read).map { .greater($0) }
        case "at-most": return bound(node, pair, read).map { .atMost($0) }
        case "at-least": return bound(node, pair, read).map { .atLeast($0) }
        case "length": return length(node)
        case "unordered": return parts(node, pair, read).map { .unordered($0) }
        case "absent": return bool(node).map { .absent($0) }
        case "schema": return template(node).map { .schema(.of($0)) }
        case "golden": return golden(node, masks: others["masks"], parts: others["match"])
        case "not": return matcher(node, value: read).map { .not($0) }
        case "any": return parts(node, pair, read).map { .any($0) }
        default: return parts(node, pair, read).map { .all($0) }
        }
    }

    private func parts(
        _ node: YAMLNode, _ pair: YAMLNode.Pair, _ read: @escaping (YAMLNode) -> ValueTemplate?
    ) -> [Wanted]? {
        guard let elements = node.elements else { return list(node) { matcher($0, value: read) } }
        if elements.isEmpty, pair.name != "unordered" {
            error(
                "AS031", "'\(pair.name)' of nothing cannot hold", at: node, fix: "name what to look for")
            return nil
        }
        let parts = elements.map { matcher($0, value: read) }
        return parts.contains { $0 == nil } ? nil : parts.compactMap { $0 }
    }

    private func typeName(_ node: YAMLNode) -> String? {
        guard let name = text(node) else { return nil }
        if TypeWord.all.contains(name) { return name }
        let fix =
            if let form = TypeWord.forms[name.lowercased()] {
                "it is a form of text; write `\(form)`"
            } else if let meant = TypeWord.others[name.lowercased()]
                ?? nearestName(to: name, among: TypeWord.all)
            {
                "did you mean '\(meant)'?"
            } else {
                "the types are: " + TypeWord.all.joined(separator: ", ")
            }
        error("AS027", "'\(name)' is not a JSON type", at: node, fix: fix)
        return nil
    }

    private func matches(_ node: YAMLNode) -> Wanted? {
        guard let template = template(node) else { return nil }
        if template.constantText == nil { return .matches(.template(template)) }
        return pattern(node).map { .pattern($0) }
    }

    /// A regular expression that is known now.
    public func pattern(_ node: YAMLNode) -> Pattern? {
        guard let template = template(node), let text = template.constantText else { return nil }
        do {
            return try Pattern(text)
        } catch {
            self.error(
                "AS028", "'\(Shown.text(text, limit: 60))' is no regular expression: \(error)", at: node)
            return nil
        }
    }

    private func between(_ node: YAMLNode, _ read: @escaping (YAMLNode) -> ValueTemplate?) -> Wanted? {
        guard let bounds = node.elements, bounds.count == 2 else {
            error(
                "AS026", "'between' takes two bounds, found \(node.kindText)", at: node,
                fix: "write `between: [1, 5]`")
            return nil
        }
        guard let low = read(bounds[0]), let high = read(bounds[1]) else { return nil }
        if let first = low.asConstant, let last = high.asConstant {
            guard let order = JSON.order(first, last) else {
                error(
                    "AS031", "\(first.typeName) and \(last.typeName) cannot be compared", at: node,
                    fix: "write two numbers or two texts")
                return nil
            }
            if order > 0 {
                error(
                    "AS031", "nothing lies between \(Shown.value(first)) and \(Shown.value(last))", at: node,
                    fix: "write the smaller bound first")
            }
        }
        return .between(low, high)
    }

    private func bound(
        _ node: YAMLNode, _ pair: YAMLNode.Pair, _ read: @escaping (YAMLNode) -> ValueTemplate?
    ) -> ValueTemplate? {
        guard let value = read(node) else { return nil }
        if let constant = value.asConstant, JSON.order(constant, constant) == nil {
            error(
                "AS031", "'\(pair.name)' compares numbers or texts, found \(node.kindText)", at: node,
                fix: "compare with a number or a text")
        }
        return value
    }

    private func length(_ node: YAMLNode) -> Wanted? {
        guard let inner = matcher(node) else { return nil }
        if case .equals(let value) = inner, let constant = value.asConstant, (constant.intValue ?? -1) < 0 {
            error(
                "AS031", "a length is a whole number from 0, found \(node.kindText)", at: node,
                fix: "write `length: 3` or `length: {at-least: 1}`")
        }
        return .length(inner)
    }

    /// A kept file: its name, or `{file, masks, match}`.
    ///
    /// - Parameters:
    ///   - masks: one JSONPath or several that are not compared; beside the name.
    ///   - parts: JSONPaths with the matchers that judge what they select; beside the name.
    public func golden(_ node: YAMLNode, masks: YAMLNode? = nil, parts: YAMLNode? = nil) -> Wanted? {
        guard node.pairs == nil else {
            return mapping(node, "golden") { fields in
                let masks = fields.value("masks") ?? masks
                let parts = fields.value("match") ?? parts
                return fields.required("file") { golden($0, masks: masks, parts: parts) }
            }
        }
        let names = masks.flatMap { oneOrMore($0, of: maskPath) } ?? []
        let found = parts.map(goldenParts) ?? []
        guard let template = template(node), let found else { return nil }
        return .golden(path: .of(template), masks: names, parts: found)
    }

    private func goldenParts(_ node: YAMLNode) -> [Wanted.Part]? {
        guard let pairs = node.pairs else {
            error(
                "AS012", "expected JSONPaths with matchers, found \(node.kindText)", at: node,
                fix: "write `match: {$.total: {greater: 0}}`")
            return nil
        }
        let found = pairs.map { pair -> Wanted.Part? in
            guard let path = maskPath(pair.key), let matcher = matcher(pair.value) else { return nil }
            return .init(path: path, matcher: matcher)
        }
        return found.contains { $0 == nil } ? nil : found.compactMap { $0 }
    }

    private func maskPath(_ node: YAMLNode) -> String? {
        path(node).map(\.source)
    }

    /// A JSONPath, read now unless it holds templates.
    public func path(_ node: YAMLNode) -> TemplatedPath? {
        guard let template = template(node) else { return nil }
        guard let text = template.constantText else { return .templated(template) }
        do {
            return .fixed(try JSONPath(parsing: text), source: text)
        } catch {
            var place = node.location
            place.column += error.offset + (node.style == .plain ? 0 : 1)
            place.length = 1
            self.error(
                "AS029",
                "'\(Shown.text(text, limit: 60))' is no JSONPath: expected \(error.expected), found \(error.actual)",
                at: node.style == .literal || node.style == .folded ? node.location : place, fix: error.fix)
            return nil
        }
    }
}

extension Matcher where Value == ValueTemplate {
    public var isLiteral: Bool { if case .equals = self { true } else { false } }
}

extension ValueTemplate {
    /// A text as a value.
    public static func of(_ template: Template) -> ValueTemplate {
        template.constantText.map { .literal(.string($0)) } ?? .template(template)
    }
}
