public import AssayFormats

/// `equalTo`: the whole value.
public struct EqualTo: ValueMatcher {
    public var text: String
    public var ignoresCase: Bool
    private let folded: String

    public init(_ text: String, ignoringCase: Bool = false) {
        self.text = text
        ignoresCase = ignoringCase
        folded = ignoringCase ? text.lowercased() : ""
    }

    public func matches(_ value: MatchValue) -> Bool {
        switch value {
        case .absent: false
        case .text(let actual): ignoresCase ? actual.lowercased() == folded : sameBytes(actual, text)
        case .body(let body): ignoresCase ? body.text.lowercased() == folded : sameBytes(body.bytes, text)
        }
    }

    public func distance(to value: MatchValue) -> Double {
        matches(value) ? 0 : textDistance(text, value.text)
    }

    public var expectation: String {
        "equal to \(quoted(text))" + (ignoresCase ? ", capital letters or not" : "")
    }
    public var json: JSON {
        ignoresCase ? ["equalTo": .string(text), "caseInsensitive": true] : ["equalTo": .string(text)]
    }
}

/// `binaryEqualTo`: the bytes, given as Base64.
public struct BinaryEqualTo: ValueMatcher {
    public var bytes: [UInt8]

    public init(_ bytes: [UInt8]) { self.bytes = bytes }

    public func matches(_ value: MatchValue) -> Bool { value.bytes == bytes }
    public var expectation: String {
        "\(bytes.count) bytes, in Base64 \(quoted(Base64.standard.encode(bytes)))"
    }
    public var json: JSON { ["binaryEqualTo": .string(Base64.standard.encode(bytes))] }
}

/// `contains` and `doesNotContain`.
public struct Contains: ValueMatcher {
    public var text: String
    public var isNegated: Bool
    private let bytes: [UInt8]

    public init(_ text: String, negated: Bool = false) {
        self.text = text
        isNegated = negated
        bytes = Array(text.utf8)
    }

    public func matches(_ value: MatchValue) -> Bool {
        switch value {
        case .absent: return isNegated
        case .text(let actual): return occurs(bytes, in: actual.utf8Span.span) != isNegated
        case .body(let body):
            let whole = body.bytes
            return occurs(bytes, in: whole.span) != isNegated
        }
    }

    public var acceptsAbsence: Bool { isNegated }
    public var expectation: String { "\(isNegated ? "without" : "containing") \(quoted(text))" }
    public var json: JSON { [isNegated ? "doesNotContain" : "contains": .string(text)] }
}

/// `matches` and `doesNotMatch`: a regular expression for the whole value.
public struct MatchesPattern: ValueMatcher {
    public var pattern: Pattern
    public var isNegated: Bool

    public init(_ pattern: Pattern, negated: Bool = false) {
        self.pattern = pattern
        isNegated = negated
    }

    public func matches(_ value: MatchValue) -> Bool {
        guard let text = value.text else { return isNegated }
        // An expression that takes too many steps matches nothing, negated or not.
        guard let found = try? pattern.matches(whole: text) else { return false }
        return found != isNegated
    }

    public func reason(for value: MatchValue) -> String? {
        guard let text = value.text else { return nil }
        do {
            _ = try pattern.matches(whole: text)
            return nil
        } catch {
            return "\(error)"
        }
    }

    public var acceptsAbsence: Bool { isNegated }
    public var expectation: String { "\(isNegated ? "not matching" : "matching") \(quoted(pattern.source))" }
    public var json: JSON { [isNegated ? "doesNotMatch" : "matches": .string(pattern.source)] }
}

/// `absent`: there is no such value.
public struct IsAbsent: ValueMatcher {
    public init() {}
    public func matches(_ value: MatchValue) -> Bool {
        switch value {
        case .absent: true
        case .text: false
        case .body(let body): body.bytes.isEmpty
        }
    }
    public var acceptsAbsence: Bool { true }
    public var expectation: String { "absent" }
    public var json: JSON { ["absent": true] }
}

/// `anything`: any value, also none.
public struct IsAnything: ValueMatcher {
    public init() {}
    public func matches(_ value: MatchValue) -> Bool { true }
    public var acceptsAbsence: Bool { true }
    public var expectation: String { "anything" }
    public var json: JSON { ["anything": "anything"] }
}

extension MatcherTable {
    /// Operators that look at a value as text or bytes.
    static let textOperators: [MatcherOperator] = [
        MatcherOperator("equalTo", options: ["caseInsensitive"]) { matcher, value, reading in
            guard let text = reading.scalar(value) else { return nil }
            let ignores = matcher["caseInsensitive"].map { reading.flag($0) ?? false } ?? false
            return EqualTo(text, ignoringCase: ignores)
        },
        MatcherOperator("binaryEqualTo") { _, value, reading in
            guard let text = reading.text(value) else { return nil }
            guard let bytes = Base64.decode(text) else { return reading.wrong(value, expected: "Base64") }
            return BinaryEqualTo(bytes)
        },
        MatcherOperator("contains") { _, value, reading in reading.scalar(value).map { Contains($0) } },
        MatcherOperator("doesNotContain") { _, value, reading in
            reading.scalar(value).map { Contains($0, negated: true) }
        },
        MatcherOperator("matches") { _, value, reading in reading.pattern(value).map { MatchesPattern($0) } },
        MatcherOperator("doesNotMatch") { _, value, reading in
            reading.pattern(value).map { MatchesPattern($0, negated: true) }
        },
        MatcherOperator("absent") { _, value, reading in
            // WireMock takes any value; `false` can only be meant as the opposite.
            if case .bool(false) = value.value { return Negation(IsAbsent()) }
            return IsAbsent()
        },
        MatcherOperator("anything") { _, _, _ in IsAnything() },
    ]
}

func sameBytes(_ left: String, _ right: String) -> Bool {
    let (left, right) = (left.utf8Span.span, right.utf8Span.span)
    guard left.count == right.count else { return false }
    for index in left.indices where left[index] != right[index] { return false }
    return true
}

func sameBytes(_ left: [UInt8], _ right: String) -> Bool {
    let right = right.utf8Span.span
    guard left.count == right.count else { return false }
    for index in right.indices where left[index] != right[index] { return false }
    return true
}

/// Whether the bytes occur somewhere. The first byte is searched for, then the rest compared.
func occurs(_ part: [UInt8], in whole: Span<UInt8>) -> Bool {
    guard let first = part.first else { return true }
    guard part.count <= whole.count else { return false }
    search: for start in 0...(whole.count - part.count) where whole[start] == first {
        for offset in 1..<max(1, part.count) where whole[start + offset] != part[offset] { continue search }
        return true
    }
    return false
}

/// 0 for equal texts, 1 for nothing in common or none: edits over the longer length.
///
/// Only the beginnings are compared, so that a near miss of a large body costs little.
func textDistance(_ expected: String, _ actual: String?) -> Double {
    guard let actual else { return 1 }
    let limit = 128
    let (left, right) = (Array(expected.utf8.prefix(limit)), Array(actual.utf8.prefix(limit)))
    let longer = max(left.count, right.count)
    guard longer > 0, !left.isEmpty, !right.isEmpty else { return longer == 0 ? 0 : 1 }
    var row = Array(0...right.count)
    for i in 1...left.count {
        var diagonal = row[0]
        row[0] = i
        for j in 1...right.count {
            let cost = min(diagonal + (left[i - 1] == right[j - 1] ? 0 : 1), row[j] + 1, row[j - 1] + 1)
            diagonal = row[j]
            row[j] = cost
        }
    }
    // Differing behind the limit is a difference, too.
    return max(0.01, Double(row[right.count]) / Double(longer))
}
