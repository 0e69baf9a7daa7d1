public import AssayFormats

/// Looks at one value of a request: an operator of WireMock's, or one of Assay's own.
///
/// A new operator is one type and one line in ``MatcherTable``.
public protocol ValueMatcher: Sendable {
    /// Whether the value is right. Called for every candidate of a request: fast, and without surprises on any input.
    func matches(_ value: MatchValue) -> Bool

    /// How far the value is from being right: 0 for a match, 1 for nothing in common. Only asked for near misses.
    func distance(to value: MatchValue) -> Double

    /// What is expected, in words: `equal to 'abc'`.
    var expectation: String { get }

    /// More than ``expectation`` when this value explains it, like `$.amount is absent`; `nil` for nothing to add.
    func reason(for value: MatchValue) -> String?

    /// As WireMock writes it: `{"equalTo": "abc"}`.
    var json: JSON { get }

    /// Whether an absent value can be right; then a pattern asks also where there is nothing.
    var acceptsAbsence: Bool { get }
}

extension ValueMatcher {
    public func distance(to value: MatchValue) -> Double { matches(value) ? 0 : 1 }
    public func reason(for value: MatchValue) -> String? { nil }
    public var acceptsAbsence: Bool { false }
}

/// What is expected of all values of a name: headers and parameters may come several times.
public enum ValuesMatcher: Sendable {
    /// One of the values is right, or there is none and that is right.
    case one(any ValueMatcher)
    /// As many values as matchers, each matched by another one.
    case exactly([any ValueMatcher])
    /// Each matcher finds a value.
    case including([any ValueMatcher])
}

/// A name and what is expected of its values.
public struct NamedMatcher: Sendable {
    public var name: String
    public var values: ValuesMatcher

    public init(_ name: String, _ values: ValuesMatcher) {
        self.name = name
        self.values = values
    }

    public init(_ name: String, _ matcher: any ValueMatcher) { self.init(name, .one(matcher)) }
}

extension ValuesMatcher {
    /// Whether the values of one name are right; none when it is absent.
    public func matches(_ values: [String]) -> Bool {
        switch self {
        case .one(let matcher):
            if values.isEmpty { return matcher.matches(.absent) }
            return values.contains { matcher.matches(.text($0)) }
        case .exactly(let matchers):
            return values.count == matchers.count && Self.pairing(matchers, values) == matchers.count
        case .including(let matchers):
            return matchers.allSatisfy { matcher in values.contains { matcher.matches(.text($0)) } }
        }
    }

    /// 0 for a match, 1 for nothing in common.
    public func distance(to values: [String]) -> Double {
        if matches(values) { return 0 }
        switch self {
        case .one(let matcher):
            if values.isEmpty { return matcher.distance(to: .absent) }
            return values.map { matcher.distance(to: .text($0)) }.min() ?? 1
        case .exactly(let matchers), .including(let matchers):
            guard !matchers.isEmpty else { return 1 }
            let sum = matchers.reduce(0.0) { sum, matcher in
                sum + (values.map { matcher.distance(to: .text($0)) }.min() ?? 1)
            }
            // Never 0: a value too many is a difference, too.
            return max(0.1, sum / Double(matchers.count))
        }
    }

    /// In words: `equal to 'a'`, `exactly [equal to 'a', equal to 'b']`.
    public var expectation: String {
        switch self {
        case .one(let matcher): matcher.expectation
        case .exactly(let matchers): "exactly [\(matchers.map(\.expectation).joined(separator: ", "))]"
        case .including(let matchers): "at least [\(matchers.map(\.expectation).joined(separator: ", "))]"
        }
    }

    public var json: JSON {
        switch self {
        case .one(let matcher): matcher.json
        case .exactly(let matchers): ["hasExactly": .array(matchers.map(\.json))]
        case .including(let matchers): ["includes": .array(matchers.map(\.json))]
        }
    }

    /// How many matchers can be given a value each, no value twice: augmenting paths, for a value may suit several.
    private static func pairing(_ matchers: [any ValueMatcher], _ values: [String]) -> Int {
        let suits = matchers.map { matcher in values.map { matcher.matches(.text($0)) } }
        var owner = [Int?](repeating: nil, count: values.count)
        func place(_ matcher: Int, _ seen: inout [Bool]) -> Bool {
            for value in values.indices where suits[matcher][value] && !seen[value] {
                seen[value] = true
                if owner[value] == nil || place(owner[value] ?? 0, &seen) {
                    owner[value] = matcher
                    return true
                }
            }
            return false
        }
        return matchers.indices.count { matcher in
            var seen = [Bool](repeating: false, count: values.count)
            return place(matcher, &seen)
        }
    }
}
