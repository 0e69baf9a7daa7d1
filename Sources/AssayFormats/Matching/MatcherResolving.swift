extension Matcher {
    /// The same matcher over other values.
    ///
    /// - Parameter transform: called once for every value in the matcher, in the order they were written.
    public func map<Other: Sendable>(_ transform: (Value) throws -> Other) rethrows -> Matcher<Other> {
        switch self {
        case .equals(let value): .equals(try transform(value))
        case .type(let name): .type(name)
        case .matches(let value): .matches(try transform(value))
        case .pattern(let pattern): .pattern(pattern)
        case .contains(let value): .contains(try transform(value))
        case .between(let low, let high): .between(try transform(low), try transform(high))
        case .less(let value): .less(try transform(value))
        case .greater(let value): .greater(try transform(value))
        case .atMost(let value): .atMost(try transform(value))
        case .atLeast(let value): .atLeast(try transform(value))
        case .length(let matcher): .length(try matcher.map(transform))
        case .unordered(let matchers): .unordered(try matchers.map { try $0.map(transform) })
        case .absent(let wanted): .absent(wanted)
        case .schema(let value): .schema(try transform(value))
        case .golden(let path, let masks, let parts):
            .golden(
                path: try transform(path), masks: masks,
                parts: try parts.map { .init(path: $0.path, matcher: try $0.matcher.map(transform)) })
        case .not(let matcher): .not(try matcher.map(transform))
        case .any(let matchers): .any(try matchers.map { try $0.map(transform) })
        case .all(let matchers): .all(try matchers.map { try $0.map(transform) })
        case .array(let matchers): .array(try matchers.map { try $0.map(transform) })
        case .object(let members):
            .object(try members.map { .init(key: $0.key, matcher: try $0.matcher.map(transform)) })
        }
    }

    /// The matchers one level below.
    public var parts: [Matcher] {
        switch self {
        case .length(let matcher), .not(let matcher): [matcher]
        case .unordered(let matchers), .any(let matchers), .all(let matchers), .array(let matchers): matchers
        case .object(let members): members.map(\.matcher)
        case .golden(_, _, let parts): parts.map(\.matcher)
        case .equals, .type, .matches, .pattern, .contains, .between, .less, .greater, .atMost, .atLeast,
            .absent, .schema:
            []
        }
    }

    /// Whether a value that is not there can be what is wanted.
    public var speaksOfAbsence: Bool {
        switch self {
        case .absent: true
        case .not, .any, .all: parts.contains { $0.speaksOfAbsence }
        default: false
        }
    }

    /// Whether several nodes are judged together rather than one by one.
    public var judgesLists: Bool {
        switch self {
        case .array, .length, .unordered, .contains: true
        case .not, .any, .all: parts.contains { $0.judgesLists }
        default: false
        }
    }
}

extension Matcher where Value == ValueTemplate {
    /// The matcher with its templates filled in.
    ///
    /// - Parameter evaluate: the value of one template; what it throws is passed on.
    public func resolved(_ evaluate: (ValueTemplate) throws -> JSON) rethrows -> Matcher<JSON> {
        try map(evaluate)
    }

    /// The matcher without templates, when it has none: resolved once when a run is planned.
    public var constant: Matcher<JSON>? {
        return try? map { (template: ValueTemplate) throws -> JSON in
            guard let value = template.asConstant else { throw NotConstant() }
            return value
        }
    }

    /// Whether nothing in the matcher is computed.
    public var isConstant: Bool { constant != nil }

    /// Whether an array literal of this matcher judges lists although no nested word makes it a matcher.
    var isListLiteral: Bool {
        if case .equals(.array) = self { return true }
        return false
    }
}

extension ValueTemplate {
    /// The value, when nothing in it is computed.
    public var asConstant: JSON? {
        switch self {
        case .literal(let value): return value
        case .template(let template): return template.constantText.map { .string($0) }
        case .array(let elements):
            let values = elements.compactMap(\.asConstant)
            return values.count == elements.count ? .array(values) : nil
        case .object(let members):
            var object = JSONObject()
            for member in members {
                guard let key = member.key.constantText, let value = member.value.asConstant else {
                    return nil
                }
                object[key] = value
            }
            return .object(object)
        }
    }
}

/// Ends a search for constants at the first template.
private struct NotConstant: Error {}
