internal import AssayCore
internal import AssayFormats
internal import AssayScenario

/// `expect` of the plugin, and `match`, as checks. A check's name begins with the word that counters are named by.
extension ArtilleryReading {
    func expectation(_ node: YAMLNode) -> Expectation {
        var expectation = Expectation(checks: matches(node))
        expectation.followsCaptures = true
        if let expect = node["expect"] {
            if defaults.judgesExpectations {
                expectation.checks += expectations(expect)
            } else {
                leftOut(
                    "`expect`", at: expect, fix: "switch the plugin on: `config: {plugins: {expect: {}}}`")
            }
        } else if defaults.expects200 {
            let check = Check(
                subject: .status, matcher: .equals(.literal(200)), location: node.location,
                name: "statusCode is 200")
            expectation.checks.append(check)
        }
        if defaults.failsExpectations {
            for place in expectation.checks.indices { expectation.checks[place].isRequired = true }
        }
        return expectation
    }

    private func expectations(_ node: YAMLNode) -> [Check] {
        let entries =
            node.elements ?? (node.pairs ?? []).map { YAMLNode(.mapping([$0]), at: $0.key.location) }
        return entries.compactMap { entry in
            guard let pair = entry.pairs?.first else {
                shape(entry, "an expectation")
                return nil
            }
            return check(pair)
        }
    }

    private static let expectations = [
        "statusCode", "notStatusCode", "contentType", "hasHeader", "headerEquals", "hasProperty",
        "notHasProperty", "equals", "matchesRegexp", "cdnHit", "jmespath", "jpath",
    ]

    private func check(_ pair: YAMLNode.Pair) -> Check? {
        let (key, node) = (pair.name, pair.value)
        func made(_ subject: Check.Subject, _ matcher: Matcher<ValueTemplate>, _ shown: String) -> Check {
            Check(subject: subject, matcher: matcher, location: pair.key.location, name: "\(key) \(shown)")
        }
        switch key {
        case "statusCode": return statuses(node).map { made(.status, .any($0), shown(node)) }
        case "notStatusCode": return statuses(node).map { made(.status, .not(.any($0)), shown(node)) }
        case "contentType": return contentType(node).map { made(.header("content-type"), $0, shown(node)) }
        case "hasHeader": return text(node).map { made(.header($0), .absent(false), $0) }
        case "headerEquals":
            guard let both = node.elements, both.count == 2, let name = text(both[0]),
                let wanted = template(both[1])
            else {
                shape(node, "a list of a header and its value", fix: "write `headerEquals: [x-id, \"1\"]`")
                return nil
            }
            return made(.header(name), .equals(.of(wanted)), name)
        case "hasProperty", "notHasProperty":
            guard let text = text(node), let path = property(text, node) else { return nil }
            return made(.json(path), .absent(key != "hasProperty"), text)
        case "equals":
            return equals(node).map {
                made(.computed($0, name: "equals"), .equals(.literal(true)), shown(node))
            }
        case "matchesRegexp": return expression(node).map { made(.body, $0, shown(node)) }
        case "cdnHit":
            let isHit = bool(node) ?? true
            let subject = Check.Subject.headerBegins(
                names: ["cf-cache-status", "x-cache", "x-vercel-cache"],
                with: isHit ? ["hit", "stale"] : ["miss"])
            return made(subject, .equals(.literal(true)), "\(isHit)")
        case "jmespath", "jpath":
            unsupported(
                "the expectation '\(key)'", at: pair.key, fix: "write `hasProperty`, or a capture by `json`")
            return nil
        default:
            yaml.warning(
                "AS606", "there is no expectation '\(key)', so it is passed over", at: pair.key,
                fix: nearestName(to: key, among: Self.expectations).map { "did you mean '\($0)'?" })
            return nil
        }
    }

    private func shown(_ node: YAMLNode) -> String {
        if let elements = node.elements { return elements.compactMap(\.scalarText).joined(separator: ", ") }
        return Shown.text(node.scalarText ?? node.kindText, limit: 60)
    }

    private func statuses(_ node: YAMLNode) -> [Matcher<ValueTemplate>]? {
        let matchers = (node.elements ?? [node]).compactMap { node -> Matcher<ValueTemplate>? in
            guard let text = text(node) else { return nil }
            if let code = Int64(text) { return .equals(.literal(.int(code))) }
            guard case .template(let template) = value(text, at: node.location),
                let path = template.soleExpression
            else {
                shape(node, "a status")
                return nil
            }
            let number = Expression.optional(
                .call(function: "number", arguments: [path], node.location), otherwise: .null)
            return .equals(
                .template(Template(source: text, location: node.location, segments: [.expression(number)])))
        }
        return matchers.isEmpty ? nil : matchers
    }

    private func contentType(_ node: YAMLNode) -> Matcher<ValueTemplate>? {
        guard let template = template(node) else { return nil }
        guard let wanted = template.constantText else { return .equals(.of(template)) }
        if wanted == "json" {
            return .any(
                ["application/json", "application/problem+json", "application/ld+json"].map {
                    .contains(.literal(.string($0)))
                })
        }
        let escaped = wanted.reduce(into: "") { text, character in
            if !character.isLetter, !character.isNumber { text += "\\" }
            text.append(character)
        }
        guard let pattern = try? Pattern("(?i)^\(escaped)$") else { return nil }
        return .pattern(pattern)
    }

    /// The path of a property, as lodash reads it.
    private func property(_ text: String, _ node: YAMLNode) -> TemplatedPath? {
        let parsed = ArtilleryText(text)
        guard let constant = parsed.constant else {
            unsupported("a property with a template in it", at: node, fix: "write the path out")
            return nil
        }
        let path = ArtilleryPath.parts(constant).reduce("$") { path, part in
            if Int(part) != nil { return "\(path)[\(part)]" }
            let escaped = part.reduce(into: "") { text, character in
                if character == "'" || character == "\\" { text += "\\" }
                text.append(character)
            }
            return "\(path)['\(escaped)']"
        }
        return (try? JSONPath(parsing: path)).map { .fixed($0, source: constant) }
    }

    /// Whether all are the same text.
    private func equals(_ node: YAMLNode) -> ValueTemplate? {
        guard let elements = node.elements, !elements.isEmpty else {
            shape(node, "a list of values for `equals`")
            return nil
        }
        let values = elements.compactMap { element -> Expression? in
            guard let text = text(element) else { return nil }
            switch value(text, at: element.location) {
            case .template(let template):
                if let sole = template.soleExpression {
                    return .optional(
                        .call(function: "text", arguments: [sole], element.location), otherwise: "undefined")
                }
                return template.segments.reduce(.literal("")) { joined, segment in
                    switch segment {
                    case .text(let text): .binary(.plus, joined, .literal(.string(text)))
                    case .expression(let inner):
                        .binary(
                            .plus, joined, .call(function: "text", arguments: [inner], element.location))
                    }
                }
            case .literal(let value): return .literal(.string(value.templateText))
            default: return nil
            }
        }
        guard let first = values.first, values.count == elements.count else { return nil }
        let all = values.dropFirst().reduce(Expression.literal(true)) {
            .binary(.and, $0, .binary(.equal, first, $1))
        }
        return .template(Template(source: "equals", location: node.location, segments: [.expression(all)]))
    }

    private func expression(_ node: YAMLNode) -> Matcher<ValueTemplate>? {
        guard let template = template(node) else { return nil }
        guard let constant = template.constantText else { return .matches(.template(template)) }
        do throws(PatternError) {
            return .pattern(try Pattern(constant))
        } catch {
            yaml.error("AS612", "this expression cannot be read: \(error)", at: node)
            return nil
        }
    }

    // MARK: match

    /// `match`: what is strict breaks the pass off, what is not has no effect at all.
    func matches(_ node: YAMLNode) -> [Check] {
        guard let node = node["match"] else { return [] }
        return (node.elements ?? [node]).compactMap { entry in
            guard entry.pairs != nil, let wanted = entry["value"] else {
                shape(entry, "a match with `value`")
                return nil
            }
            check(entry, ["json", "regexp", "header", "value", "strict"], in: "`match`")
            if entry["strict"].flatMap(bool) == false {
                leftOut("a `match` that is not strict", at: entry)
                return nil
            }
            guard let value = value(wanted) else { return nil }
            let subject: Check.Subject
            let shown: String
            if let path = entry["json"] {
                guard let found = self.path(path) else { return nil }
                (subject, shown) = (.json(found), path.scalarText ?? "")
            } else if let header = entry["header"], let name = text(header) {
                (subject, shown) = (.header(name), name)
            } else {
                unsupported("this kind of `match`", at: entry, fix: "write `json` or `header`, or a capture")
                return nil
            }
            var check = Check(
                subject: subject, matcher: .equals(value), location: entry.location, name: "match \(shown)")
            check.isRequired = true
            return check
        }
    }
}
