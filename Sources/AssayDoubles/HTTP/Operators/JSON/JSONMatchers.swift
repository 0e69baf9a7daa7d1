public import AssayFormats
internal import Synchronization

/// `equalToJson`: the same JSON, spaces and the order of members aside.
public struct EqualToJSON: ValueMatcher {
    /// May hold placeholders like `${json-unit.any-string}`.
    public let expected: JSON
    private let comparison: JSONComparison
    /// Neither options nor placeholders: equality of values decides.
    private let isPlain: Bool
    /// As the mapping wrote it: a text or a value.
    private let written: JSON

    public init(
        _ expected: JSON, ignoringArrayOrder: Bool = false, ignoringExtraElements: Bool = false,
        written: JSON? = nil
    ) {
        self.expected = expected
        comparison = JSONComparison(
            ignoresArrayOrder: ignoringArrayOrder, ignoresExtraElements: ignoringExtraElements)
        isPlain = !ignoringArrayOrder && !ignoringExtraElements && !Self.hasPlaceholder(expected)
        self.written = written ?? expected
    }

    private static func hasPlaceholder(_ value: JSON) -> Bool {
        switch value {
        case .string(let text): JSONPlaceholder(text) != nil
        case .array(let values): values.contains(where: hasPlaceholder)
        case .object(let object): object.values.contains(where: hasPlaceholder)
        default: false
        }
    }

    public func matches(_ value: MatchValue) -> Bool {
        guard let actual = value.json else { return false }
        return isPlain ? actual == expected : comparison.isEqual(expected, actual)
    }

    public func distance(to value: MatchValue) -> Double {
        guard let actual = value.json else { return 1 }
        let weight = comparison.differences(expected, actual).reduce(0) { $0 + $1.weight }
        let size = max(JSONComparison.size(expected), JSONComparison.size(actual))
        return min(1, Double(weight) / Double(size))
    }

    public var expectation: String { "JSON equal to \(quoted(expected.rendered()))" }

    public func reason(for value: MatchValue) -> String? {
        guard !value.isAbsent else { return nil }
        guard let actual = value.json else { return "is no JSON" }
        let found = comparison.differences(expected, actual)
        guard !found.isEmpty else { return nil }
        let shown = found.prefix(3).map { "\($0.path) \($0.message)" }.joined(separator: "; ")
        return found.count > 3 ? shown + "; and \(found.count - 3) more" : shown
    }

    public var json: JSON {
        var object: JSONObject = ["equalToJson": written]
        if comparison.ignoresArrayOrder { object["ignoreArrayOrder"] = .some(true) }
        if comparison.ignoresExtraElements { object["ignoreExtraElements"] = .some(true) }
        return .object(object)
    }
}

/// `matchesJsonPath`: the path finds something, or what it finds is as another matcher wants it.
public struct MatchesJSONPath: ValueMatcher {
    private let path: JaywayPath
    /// Of what the path finds; that it finds something is enough when `nil`.
    private let matcher: (any ValueMatcher)?

    init(_ path: JaywayPath, _ matcher: (any ValueMatcher)? = nil) {
        self.path = path
        self.matcher = matcher
    }

    /// - Throws: where the path goes wrong.
    public init(_ path: String, _ matcher: (any ValueMatcher)? = nil) throws(JSONPathError) {
        self.init(try JaywayPath(path), matcher)
    }

    public func matches(_ value: MatchValue) -> Bool {
        guard let document = value.json else { return false }
        guard let matcher else { return isThere(path.read(document)) }
        return candidates(in: document).contains { matcher.matches($0) }
    }

    /// A definite path must find a value that is not null; another one a list with something in it.
    private func isThere(_ found: JSON?) -> Bool {
        switch found {
        case nil, .null?: false
        case .array(let values)?: !values.isEmpty || path.isDefinite
        default: true
        }
    }

    /// What the other matcher looks at: a list's elements one by one, as texts.
    private func candidates(in document: JSON) -> [MatchValue] {
        guard let found = path.read(document), found != .null else { return [.absent] }
        let whole = MatchValue.text(Self.text(found))
        guard case .array(let values) = found else { return [whole] }
        if matcher is EqualToJSON { return [whole] }
        if values.isEmpty { return [path.isDefinite ? whole : .absent] }
        return values.map { $0 == .null ? .absent : .text(Self.text($0)) }
            + (matcher is MatchesJSONPath ? [whole] : [])
    }

    private static func text(_ value: JSON) -> String { value.stringValue ?? value.rendered() }

    public func distance(to value: MatchValue) -> Double {
        guard let document = value.json else { return 1 }
        guard let matcher else { return isThere(path.read(document)) ? 0 : 1 }
        return candidates(in: document).map { matcher.distance(to: $0) }.min() ?? 1
    }

    public var expectation: String {
        matcher.map { "\(path.source) \($0.expectation)" } ?? "JSON in which \(path.source) finds something"
    }

    public func reason(for value: MatchValue) -> String? {
        guard !value.isAbsent else { return nil }
        guard let document = value.json else { return "is no JSON" }
        guard !matches(value) else { return nil }
        guard let found = path.read(document) else { return "\(path.source) is absent" }
        if case .array(let values) = found, values.isEmpty { return "\(path.source) finds nothing" }
        let first = candidates(in: document).first ?? .absent
        let more = matcher.flatMap { $0.reason(for: first) }.map { ": \($0)" } ?? ""
        return "\(path.source) is \(quoted(found.rendered()))\(more)"
    }

    public var json: JSON {
        guard let matcher else { return ["matchesJsonPath": .string(path.source)] }
        var object: JSONObject = ["expression": .string(path.source)]
        for (key, value) in matcher.json.objectValue ?? [:] { object[key] = value }
        return ["matchesJsonPath": .object(object)]
    }
}

/// Judges values by JSON Schemas; given from above, for doubles know no schemas.
public struct StubSchemas: Sendable {
    /// A compiled schema: what is wrong with a value, each in a sentence; nothing when it is right.
    public typealias Check = @Sendable (JSON) -> [String]
    /// Compiles a schema; the version is as mappings write it: `V4`, `V6`, `V7`, `V201909` or `V202012`.
    public typealias Compile =
        @Sendable (_ schema: JSON, _ version: String?) throws(SchemaRefusal) -> Check

    public var compile: Compile

    public init(compile: @escaping Compile) { self.compile = compile }

    private static let shared = Mutex<StubSchemas?>(nil)

    /// Lets every mapping that is read from now on have schemas.
    public static func connect(_ schemas: StubSchemas) { shared.withLock { $0 = schemas } }

    /// `nil` when nobody has connected any.
    static var connected: StubSchemas? { shared.withLock { $0 } }
}

/// Why a schema cannot be used.
public struct SchemaRefusal: Error, Sendable, CustomStringConvertible {
    public var description: String
    public init(_ description: String) { self.description = description }
}

/// `matchesJsonSchema`.
public struct MatchesJSONSchema: ValueMatcher {
    private let check: StubSchemas.Check
    private let written: JSON
    private let version: String?

    public init(_ check: @escaping StubSchemas.Check, written: JSON, version: String? = nil) {
        self.check = check
        self.written = written
        self.version = version
    }

    private func violations(_ value: MatchValue) -> [String]? {
        // A text that is no JSON is judged as a string, like a header's value.
        guard let text = value.text else { return nil }
        return check(value.json ?? .string(text))
    }

    public func matches(_ value: MatchValue) -> Bool { violations(value)?.isEmpty ?? false }

    public func distance(to value: MatchValue) -> Double {
        guard let found = violations(value) else { return 1 }
        return found.isEmpty ? 0 : min(1, 0.2 + 0.1 * Double(found.count))
    }

    public var expectation: String { "JSON that its schema accepts" }

    public func reason(for value: MatchValue) -> String? {
        guard let found = violations(value), !found.isEmpty else { return nil }
        return found.prefix(3).joined(separator: "; ")
    }

    public var json: JSON {
        var object: JSONObject = ["matchesJsonSchema": written]
        if let version { object["schemaVersion"] = .string(version) }
        return .object(object)
    }
}
