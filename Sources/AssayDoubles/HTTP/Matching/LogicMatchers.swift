public import AssayFormats

/// `not`.
public struct Negation: ValueMatcher {
    public var matcher: any ValueMatcher

    public init(_ matcher: any ValueMatcher) { self.matcher = matcher }

    public func matches(_ value: MatchValue) -> Bool { !matcher.matches(value) }
    public var acceptsAbsence: Bool { !matcher.acceptsAbsence }
    public var expectation: String { "not \(matcher.expectation)" }
    public var json: JSON { ["not": matcher.json] }
}

/// `and`: every matcher matches.
public struct Conjunction: ValueMatcher {
    public var matchers: [any ValueMatcher]

    public init(_ matchers: [any ValueMatcher]) { self.matchers = matchers }

    public func matches(_ value: MatchValue) -> Bool { matchers.allSatisfy { $0.matches(value) } }

    public func distance(to value: MatchValue) -> Double {
        guard !matchers.isEmpty else { return 0 }
        return matchers.reduce(0.0) { $0 + $1.distance(to: value) } / Double(matchers.count)
    }

    public func reason(for value: MatchValue) -> String? {
        matchers.lazy.filter { !$0.matches(value) }.compactMap { $0.reason(for: value) }.first
    }

    public var acceptsAbsence: Bool { matchers.allSatisfy(\.acceptsAbsence) }
    public var expectation: String { matchers.map(\.expectation).joined(separator: " and ") }
    public var json: JSON { ["and": .array(matchers.map(\.json))] }
}

/// `or`: at least one matcher matches.
public struct Disjunction: ValueMatcher {
    public var matchers: [any ValueMatcher]

    public init(_ matchers: [any ValueMatcher]) { self.matchers = matchers }

    public func matches(_ value: MatchValue) -> Bool { matchers.contains { $0.matches(value) } }

    public func distance(to value: MatchValue) -> Double {
        matchers.map { $0.distance(to: value) }.min() ?? 1
    }

    public var acceptsAbsence: Bool { matchers.contains(where: \.acceptsAbsence) }
    public var expectation: String { matchers.map(\.expectation).joined(separator: " or ") }
    public var json: JSON { ["or": .array(matchers.map(\.json))] }
}

extension MatcherTable {
    /// Operators made of operators.
    static let logicOperators: [MatcherOperator] = [
        MatcherOperator("not") { _, value, reading in reading.matcher(value).map { Negation($0) } },
        MatcherOperator("and") { _, value, reading in
            several(value, reading).map { Conjunction($0) }
        },
        MatcherOperator("or") { _, value, reading in
            several(value, reading).map { Disjunction($0) }
        },
    ]

    private static func several(_ node: MappingNode, _ reading: MappingReading) -> [any ValueMatcher]? {
        guard let matchers = reading.matchers(node) else { return nil }
        return matchers.isEmpty ? reading.wrong(node, expected: "a list of at least one matcher") : matchers
    }
}
