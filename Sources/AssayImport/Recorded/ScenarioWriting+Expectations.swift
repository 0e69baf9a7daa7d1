internal import AssayCore
internal import AssayFormats
internal import AssayScenario

/// What must hold after a step, and what is taken out of its answer.
extension ScenarioWriting {
    /// The pairs of `expect`; several checks of one subject become one that holds when all do.
    func expectation(_ expectation: Expectation) -> [YAMLTree.Pair] {
        var keys: [String] = []
        var plain: [String: [YAMLTree]] = [:]
        var inner: [String: [(name: String, trees: [YAMLTree])]] = [:]
        func add(_ key: String, _ tree: YAMLTree) {
            if plain[key] == nil, inner[key] == nil { keys.append(key) }
            plain[key, default: []].append(tree)
        }
        func add(_ key: String, _ name: String, _ tree: YAMLTree) {
            if plain[key] == nil, inner[key] == nil { keys.append(key) }
            if let place = inner[key]?.firstIndex(where: { $0.name == name }) {
                inner[key]?[place].trees.append(tree)
            } else {
                inner[key, default: []].append((name, [tree]))
            }
        }
        for check in expectation.checks {
            switch check.subject {
            case .status: add("status", status(check.matcher))
            case .header(let name): add("headers", name, matcher(check.matcher))
            case .cookie(let name): add("cookies", name, matcher(check.matcher))
            case .json(let path):
                switch check.matcher {
                case .schema(let name) where path.source == "$": add("schema", templates.tree(name))
                case .golden where path.source == "$": add("golden", golden(check.matcher))
                default: add("json", written(path), matcher(check.matcher))
                }
            case .duration:
                if case .atMost(let bound) = check.matcher, let length = bound.constantValue?.intValue {
                    add("within", WrittenUnits.tree(.nanoseconds(length)))
                } else {
                    add("latency", matcher(check.matcher, value: length))
                }
            case .body: add("body", matcher(check.matcher))
            case .rows: add("rows", matcher(check.matcher))
            case .rowCount: add("row-count", matcher(check.matcher))
            case .value: add("value", matcher(check.matcher))
            case .error: add("error", matcher(check.matcher))
            case .exit: add("exit", matcher(check.matcher))
            case .output: add("stdout", matcher(check.matcher))
            case .errorOutput: add("stderr", matcher(check.matcher))
            case .succeeded: add("succeeded", matcher(check.matcher))
            case .failed: add("failed", matcher(check.matcher))
            case .computed(_, let name): cannotWrite("the check of \(name)", at: check.location)
            case .headerBegins(let names, let beginnings): headerBegins(names, beginnings, check, add)
            case .measured(let name): add(name, matcher(check.matcher))
            }
        }
        func joined(_ trees: [YAMLTree]) -> YAMLTree {
            trees.count == 1 ? trees[0] : .mapping([.init("all", .list(trees))])
        }
        var pairs = keys.map { key in
            YAMLTree.Pair(
                key,
                plain[key].map(joined)
                    ?? .mapping((inner[key] ?? []).map { .init($0.name, joined($0.trees)) }))
        }
        if let contract = expectation.contract {
            pairs.append(.init("contract", .text(contract.name ?? "none")))
        }
        return pairs
    }

    /// A header that begins with one of several texts, where it is one header.
    private func headerBegins(
        _ names: [String], _ beginnings: [String], _ check: Check, _ add: (String, String, YAMLTree) -> Void
    ) {
        guard names.count == 1, let name = names.first, case .equals(let wanted) = check.matcher,
            wanted.constantValue == .bool(true)
        else { return cannotWrite("the check of \(check.name)", at: check.location) }
        let pattern = "(?i)^(" + beginnings.map(HTMLFields.escaped).joined(separator: "|") + ")"
        add("headers", name.lowercased(), .mapping([.init("matches", .text(TemplateText.escaped(pattern)))]))
    }

    private func length(_ value: ValueTemplate) -> YAMLTree {
        value.constantValue?.intValue.map { WrittenUnits.tree(.nanoseconds($0)) } ?? templates.tree(value)
    }

    /// `200`, `2xx`, or a list of them.
    private func status(_ wanted: Wanted) -> YAMLTree {
        if case .any(let parts) = wanted { return .list(parts.map(status)) }
        if case .between(let low, let high) = wanted, let low = low.constantValue?.intValue,
            let high = high.constantValue?.intValue, low % 100 == 0, high == low + 99,
            (100...500).contains(low)
        {
            return .text("\(low / 100)xx").unquoted
        }
        return matcher(wanted)
    }

    /// What is judged, and how.
    ///
    /// - Parameter value: writes the values to compare with.
    func matcher(
        _ wanted: Wanted, value given: ((ValueTemplate) -> YAMLTree)? = nil
    ) -> YAMLTree {
        let value = given ?? { [templates] in templates.tree($0) }
        func word(_ name: String, _ tree: YAMLTree) -> YAMLTree { .mapping([.init(name, tree)]) }
        func list(_ parts: [Wanted]) -> YAMLTree { .list(parts.map { matcher($0, value: given) }) }
        switch wanted {
        case .equals(let literal):
            return Self.looksLikeMatcher(literal) ? word("equals", value(literal)) : value(literal)
        case .type(let name): return word("type", .text(name))
        case .matches(let pattern): return word("matches", templates.tree(pattern))
        case .pattern(let pattern): return word("matches", .text(TemplateText.escaped(pattern.source)))
        case .contains(let part): return word("contains", templates.tree(part))
        case .between(let low, let high): return word("between", .list([value(low), value(high)]))
        case .less(let bound): return word("less", value(bound))
        case .greater(let bound): return word("greater", value(bound))
        case .atMost(let bound): return word("at-most", value(bound))
        case .atLeast(let bound): return word("at-least", value(bound))
        case .length(let inner): return word("length", matcher(inner))
        case .unordered(let parts): return word("unordered", list(parts))
        case .absent(let isAbsent): return word("absent", .bool(isAbsent))
        case .schema(let name): return word("schema", templates.tree(name))
        case .golden: return word("golden", golden(wanted))
        case .not(let part): return word("not", matcher(part, value: given))
        case .any(let parts): return word("any", list(parts))
        case .all(let parts): return word("all", list(parts))
        case .array(let parts): return list(parts)
        case .object(let members):
            return .mapping(members.map { .init($0.key, matcher($0.matcher, value: given)) })
        }
    }

    private func golden(_ wanted: Wanted) -> YAMLTree {
        guard case .golden(let path, let masks, let parts) = wanted else { return .word("null") }
        if masks.isEmpty, parts.isEmpty { return templates.tree(path) }
        var pairs: [YAMLTree.Pair] = [.init("file", templates.tree(path))]
        if !masks.isEmpty {
            pairs.append(.init("masks", .list(masks.map { .text(TemplateText.escaped($0)) })))
        }
        if !parts.isEmpty {
            pairs.append(
                .init(
                    "match", .mapping(parts.map { .init(TemplateText.escaped($0.path), matcher($0.matcher)) })
                ))
        }
        return .mapping(pairs)
    }

    /// Whether an object in a value has a member that the reader would take for a matcher.
    private static func looksLikeMatcher(_ value: ValueTemplate) -> Bool {
        switch value {
        case .literal(let json): looksLikeMatcher(json)
        case .template: false
        case .array(let elements): elements.contains(where: looksLikeMatcher)
        case .object(let members):
            members.contains { member in
                YAMLReading.matcherWords.contains(member.key.constantText ?? "")
                    || looksLikeMatcher(member.value)
            }
        }
    }

    private static func looksLikeMatcher(_ json: JSON) -> Bool {
        switch json {
        case .array(let elements): elements.contains(where: looksLikeMatcher)
        case .object(let members):
            members.contains { YAMLReading.matcherWords.contains($0.key) || looksLikeMatcher($0.value) }
        default: false
        }
    }

    // MARK: captures and metrics

    /// A JSONPath as a key or a value.
    func written(_ path: TemplatedPath) -> String {
        switch path {
        case .fixed(_, let source): TemplateText.escaped(source)
        case .templated(let template): templates.text(template)
        }
    }

    /// - Returns: `nil` for what files have no words for.
    func source(_ source: Capture.Source) -> YAMLTree? {
        switch source {
        case .jsonPath(let path): .text(written(path))
        case .status: .text("status")
        case .body: .text("body")
        case .header(let name): .mapping([.init("header", .text(name))])
        case .cookie(let name): .mapping([.init("cookie", .text(name))])
        case .pattern(let pattern): .mapping([.init("matches", .text(TemplateText.escaped(pattern.source)))])
        case .variable(let name): .text(name)
        // The first group is what is taken anyway, and the whole match where there is none.
        case .group(let pattern, 0):
            .mapping([.init("matches", .text(TemplateText.escaped("(\(pattern.source))")))])
        case .group(let pattern, 1): .mapping([.init("matches", .text(TemplateText.escaped(pattern.source)))])
        case .group, .selector, .xpath: nil
        }
    }

    func metric(_ own: OwnMetric) -> YAMLTree {
        var pairs: [YAMLTree.Pair] = [.init("name", .text(own.metric.name))]
        switch own.value {
        case .taken(let source):
            let taken = self.source(source)
            if taken == nil { cannotWrite("the value of the metric '\(own.metric.name)'", at: own.location) }
            pairs.append(.init(own.metric.kind.rawValue, taken ?? .number(0)))
        case .computed(let value): pairs.append(.init(own.metric.kind.rawValue, templates.tree(value)))
        }
        if own.metric.kind != .rate, own.metric.unit != .count || own.factor != 1 {
            let unit = MetricUnits.word(own.metric.unit, own.factor)
            if unit == nil { cannotWrite("the unit of the metric '\(own.metric.name)'", at: own.location) }
            pairs.append(.init("unit", .text(unit ?? "count")))
        }
        return .mapping(pairs)
    }
}

extension YAMLTree {
    /// A text that means the same without its quotes: `2xx`.
    fileprivate var unquoted: YAMLTree { if case .text(let text) = self { .word(text) } else { self } }
}
