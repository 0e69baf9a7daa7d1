internal import AssayCore
internal import AssayFormats

/// Reads the matching rules and generators of one part of a pact.
struct PactRuleReader {
    let source: PactSource

    init(_ source: PactSource) { self.source = source }

    /// The `matchingRules` of a request, response or message; of version 2 when their names begin with `$`.
    func rules(_ part: PactPart) -> PactRules {
        var rules = PactRules()
        guard let written = source.object(part["matchingRules"], "'matchingRules'") else { return rules }
        for (name, member) in written.members {
            if name.hasPrefix("$") {
                readFlat(name, member, into: &rules)
            } else if let category = category(name, at: member) {
                rules[category] = set(member, of: category)
            }
        }
        return rules
    }

    private func category(_ name: String, at part: PactPart) -> PactRules.Category? {
        let category: PactRules.Category?
        switch name.lowercased() {
        case "headers": category = .header
        case "contents": category = .content
        default: category = PactRules.Category(rawValue: name.lowercased())
        }
        if category == nil {
            let names = PactRules.Category.allCases.map(\.rawValue)
            let near = nearestName(to: name, among: names).map { "did you mean '\($0)'?" }
            source.error(
                "AS474", "there are no matching rules for '\(name.prefix(60))'", at: part,
                fix: near ?? "the parts with rules are: " + names.joined(separator: ", "))
        }
        return category
    }

    /// A rule of version 2: `"$.body.items[*].id": {"match": "type"}`.
    private func readFlat(_ name: String, _ part: PactPart, into rules: inout PactRules) {
        guard let path = path(name, at: part), let rule = rule(part) else { return }
        guard path.tokens.count > 1, case .name(let first) = path.tokens[1] else {
            source.error(
                "AS475", "a rule is for a part of the message, like '$.body.id', found '\(name)'", at: part)
            return
        }
        guard let category = category(first, at: part) else { return }
        let rest = Array(path.tokens.dropFirst(2))
        switch category {
        case .body, .content: rules[category].add(rule, at: PactPath(tokens: [.root] + rest))
        case .header, .query:
            guard case .name(let field)? = rest.first(where: { if case .name = $0 { true } else { false } })
            else {
                source.error("AS475", "a rule for a \(first) names it, found '\(name)'", at: part)
                return
            }
            rules[category].add(rule, at: .name(field))
        default: rules[category].add(rule, at: rest.isEmpty ? .whole : PactPath(tokens: [.root] + rest))
        }
    }

    /// Rules of version 3 and 4: `{"$.id": {"matchers": […]}}`, or `{"matchers": […]}` for all of a part.
    func set(_ part: PactPart, of category: PactRules.Category) -> PactRuleSet {
        var set = PactRuleSet()
        guard let part = source.object(part, "matching rules") else { return set }
        if part["matchers"] != nil {
            add(part, at: .whole, to: &set)
            return set
        }
        for (name, member) in part.members {
            guard let member = source.object(member, "the rules of a place") else { continue }
            let path: PactPath?
            switch category {
            case .header, .query, .metadata:
                path = name.hasPrefix("$") ? self.path(name, at: member) : .name(name)
            default: path = self.path(name, at: member)
            }
            if let path { add(member, at: path, to: &set) }
        }
        return set
    }

    private func add(_ part: PactPart, at path: PactPath, to set: inout PactRuleSet) {
        var combination = PactRuleList.Combination.and
        if let written = part["combine"] {
            let text = source.text(written, "'combine'") ?? "AND"
            guard let found = PactRuleList.Combination(rawValue: text.uppercased()) else {
                source.error(
                    "AS474", "rules are combined with AND or OR, found '\(text.prefix(40))'", at: written)
                return
            }
            combination = found
        }
        for matcher in source.list(part["matchers"], "'matchers'") {
            if let rule = rule(matcher) { set.add(rule, at: path, combination) }
        }
    }

    func path(_ text: String, at part: PactPart) -> PactPath? {
        do {
            return try PactPath(parsing: text)
        } catch {
            source.error(
                "AS475",
                "the path '\(text.prefix(80))' cannot be read, character \(error.offset + 1): \(error.message)",
                at: part)
            return nil
        }
    }

    // MARK: One rule

    private static let names = [
        "equality", "regex", "type", "include", "number", "integer", "decimal", "boolean", "null", "date",
        "time",
        "datetime", "timestamp", "contentType", "arrayContains", "eachKey", "eachValue", "values", "semver",
        "statusCode", "notEmpty",
    ]

    func rule(_ part: PactPart) -> PactRule? {
        guard let part = source.object(part, "a matching rule") else { return nil }
        let written = part["match"] ?? part["pact:matcher:type"]
        guard let name = written.map({ source.text($0, "'match'") }) ?? guessed(part) else {
            if written == nil {
                source.error(
                    "AS474", "a matching rule has 'match', found \(Self.shown(part.value))", at: part,
                    fix: "write `{\"match\": \"type\"}`, or another of: "
                        + Self.names.joined(separator: ", "))
            }
            return nil
        }
        switch name {
        case "equality": return .equality
        case "regex": return required(part, "regex", of: name).flatMap { regex($0) }
        case "type", "min", "max", "min-type", "max-type", "min-max-type":
            return .type(min: source.count(part["min"], "'min'"), max: source.count(part["max"], "'max'"))
        case "include":
            return required(part, "value", of: name).flatMap { source.text($0, "'value'") }.map {
                .include($0)
            }
        case "number": return .number
        case "integer": return .integer
        case "decimal", "real": return .decimal
        case "boolean": return .boolean
        case "null": return .null
        case "date": return format(part, name).map { .date($0) }
        case "time": return format(part, name).map { .time($0) }
        case "datetime", "timestamp": return format(part, name).map { .datetime($0) }
        case "contentType", "content-type":
            return required(part, "value", of: name).flatMap { source.text($0, "'value'") }.map {
                .contentType($0)
            }
        case "arrayContains", "array-contains": return variants(part)
        case "eachKey", "each-key": return .eachKey(source.list(part["rules"], "'rules'").compactMap(rule))
        case "eachValue", "each-value":
            return .eachValue(source.list(part["rules"], "'rules'").compactMap(rule))
        case "values": return .values
        case "semver": return .semver
        case "statusCode", "status-code": return status(part["status"]).map { .statusCode($0) }
        case "notEmpty", "not-empty": return .notEmpty
        default: return unknown(name, part, at: written ?? part)
        }
    }

    /// Rules of the first tools have no `match`.
    private func guessed(_ part: PactPart) -> String? {
        if part["match"] != nil { return nil }
        if part["regex"] != nil { return "regex" }
        if part["min"] != nil || part["max"] != nil { return "type" }
        return ["timestamp", "date", "time"].first { part[$0] != nil }
    }

    private static func shown(_ value: JSON) -> String { String(value.rendered().prefix(80)) }

    private func required(_ part: PactPart, _ name: String, of rule: String) -> PactPart? {
        if let value = part[name] { return value }
        source.error("AS474", "the rule '\(rule)' has '\(name)', found \(Self.shown(part.value))", at: part)
        return nil
    }

    private func regex(_ part: PactPart) -> PactRule? {
        guard let text = source.text(part, "'regex'") else { return nil }
        do {
            return .regex(try Pattern(text))
        } catch {
            source.error("AS476", "the regular expression cannot be used, \(error)", at: part)
            return nil
        }
    }

    private func format(_ part: PactPart, _ name: String) -> String? {
        guard let written = part["format"] ?? part[name] else { return "" }
        guard let text = source.text(written, "'format'") else { return nil }
        if let problem = PactDateFormat.problem(with: text) {
            source.error("AS474", "the format '\(text.prefix(60))' cannot be read: \(problem)", at: written)
            return nil
        }
        return text
    }

    private func status(_ part: PactPart?) -> PactStatusClass? {
        guard let part else { return .success }
        if part.value.arrayValue != nil {
            return .codes(part.elements.compactMap { source.count($0, "a status") })
        }
        if let code = part.value.intValue, (100...599).contains(code) { return .codes([Int(code)]) }
        if let found = PactStatusClass.names.first(where: { $0.name == part.value.stringValue }) {
            return found.value
        }
        source.error(
            "AS474",
            "a class of statuses is a list of numbers or one of \(PactStatusClass.names.map(\.name).joined(separator: ", ")), found \(PactSource.kind(of: part.value))",
            at: part)
        return nil
    }

    private func variants(_ part: PactPart) -> PactRule? {
        guard let written = required(part, "variants", of: "arrayContains") else { return nil }
        return .arrayContains(
            source.list(written, "'variants'").compactMap { variant in
                guard let variant = source.object(variant, "a variant") else { return nil }
                let rules = variant["rules"].map { set($0, of: .body) }
                let equal = PactRuleSet([PactRuleSet.Entry(.whole, PactRuleList([.equality]))])
                var generators: [PactGeneratorPlace] = []
                if let places = source.object(variant["generators"], "'generators'") {
                    generators = self.generators(places, of: .body)
                }
                return PactVariant(
                    index: source.count(variant["index"], "'index'") ?? 0, rules: rules ?? equal,
                    generators: generators)
            })
    }

    private func unknown(_ name: String, _ part: PactPart, at place: PactPart) -> PactRule {
        let near = nearestName(to: name, among: Self.names).map { "did you mean '\($0)'?" }
        source.warn(
            "AS474", "there is no matching rule '\(name.prefix(60))' without a plugin; what it is for fails",
            at: place, fix: near)
        var values = part.value.objectValue ?? JSONObject()
        values["match"] = nil
        return .unknown(name, values)
    }
}
