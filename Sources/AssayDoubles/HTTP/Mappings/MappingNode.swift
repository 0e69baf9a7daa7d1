public import AssayFormats

/// A value inside a mapping, and where it stands there.
public struct MappingNode: Sendable {
    public var value: JSON
    /// JSON Pointer (RFC 6901) from the document's root: `/request/headers/Accept`.
    public var pointer: String

    public init(_ value: JSON, pointer: String = "") {
        self.value = value
        self.pointer = pointer
    }

    /// A member; `nil` when it is absent or null.
    public subscript(key: String) -> MappingNode? {
        guard let member = value[key] else { return nil }
        if case .null = member { return nil }
        return MappingNode(member, pointer: pointer + "/" + Self.escaped(key))
    }

    /// Members in the order written; `nil` when it is no object.
    public var members: [(name: String, node: MappingNode)]? {
        value.objectValue.map { object in
            object.map { ($0.key, MappingNode($0.value, pointer: pointer + "/" + Self.escaped($0.key))) }
        }
    }

    /// Elements; `nil` when it is no array.
    public var elements: [MappingNode]? {
        value.arrayValue.map { values in
            values.enumerated().map { MappingNode($1, pointer: "\(pointer)/\($0)") }
        }
    }

    /// What it is, for the `found …` of a message.
    public var kindText: String {
        switch value {
        case .null: "null"
        case .bool(let value): "\(value)"
        case .int, .double: "the number \(value.rendered())"
        case .string(let text): "the text \(quoted(text, limit: 40))"
        case .array: "a list"
        case .object: "an object"
        }
    }

    static func escaped(_ key: String) -> String {
        guard key.utf8.contains(where: { $0 == UInt8(ascii: "~") || $0 == UInt8(ascii: "/") }) else {
            return key
        }
        return key.reduce(into: "") { text, sign in
            switch sign {
            case "~": text += "~0"
            case "/": text += "~1"
            default: text.append(sign)
            }
        }
    }
}

/// Something wrong, or worth a word, in a mapping.
public struct MappingProblem: Sendable, Equatable {
    /// Whether the mapping cannot be used, or only says something that has no effect.
    public enum Weight: Sendable { case error, warning }

    public var weight: Weight
    /// One sentence: expected and actual.
    public var message: String
    public var fix: String?
    /// Where; JSON Pointer.
    public var pointer: String
}

/// Turns one mapping document into stubs and collects what is wrong with it on the way.
///
/// Not `Sendable`: it belongs to one reading.
public final class MappingReading {
    public private(set) var problems: [MappingProblem] = []
    /// What date operators call now.
    public let clock: DoubleClock
    /// The operators that matchers may have.
    public let table: MatcherTable
    /// Compiles templates; without it they are refused.
    public let templating: (any ResponseTemplating)?
    private var depth = 0
    private static let maxDepth = 50

    public init(
        clock: DoubleClock, table: MatcherTable = .standard, templating: (any ResponseTemplating)? = nil
    ) {
        self.clock = clock
        self.table = table
        self.templating = templating
    }

    /// One for the next document, without the problems of this one.
    func another() -> MappingReading { MappingReading(clock: clock, table: table, templating: templating) }

    public var errors: [MappingProblem] { problems.filter { $0.weight == .error } }

    public func error(_ message: String, at node: MappingNode, fix: String? = nil) {
        problems.append(MappingProblem(weight: .error, message: message, fix: fix, pointer: node.pointer))
    }

    public func warning(_ message: String, at node: MappingNode, fix: String? = nil) {
        problems.append(MappingProblem(weight: .warning, message: message, fix: fix, pointer: node.pointer))
    }

    /// Records that something else was expected, and gives `nil` to return.
    public func wrong<Value>(_ node: MappingNode, expected: String, fix: String? = nil) -> Value? {
        error("expected \(expected), found \(node.kindText)", at: node, fix: fix)
        return nil
    }

    /// Reads one level deeper, unless that is too deep.
    func nested<Value>(_ node: MappingNode, _ read: () -> Value?) -> Value? {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.maxDepth else {
            error("more than \(Self.maxDepth) matchers inside each other", at: node)
            return nil
        }
        return read()
    }
}

// MARK: Plain values

extension MappingReading {
    public func text(_ node: MappingNode) -> String? {
        node.value.stringValue ?? wrong(node, expected: "a text")
    }

    /// A text; numbers and truth values are taken as they are written, as WireMock does.
    public func scalar(_ node: MappingNode) -> String? {
        switch node.value {
        case .string(let text): text
        case .int, .double, .bool: node.value.rendered()
        default: wrong(node, expected: "a text")
        }
    }

    public func flag(_ node: MappingNode) -> Bool? {
        switch node.value {
        case .bool(let value): value
        case .string("true"): true
        case .string("false"): false
        default: wrong(node, expected: "true or false")
        }
    }

    public func whole(_ node: MappingNode, in range: ClosedRange<Int>) -> Int? {
        guard let number = node.value.intValue, let value = Int(exactly: number) else {
            return wrong(node, expected: "a whole number")
        }
        guard range.contains(value) else {
            return wrong(node, expected: "a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }

    public func number(_ node: MappingNode) -> Double? {
        node.value.doubleValue ?? wrong(node, expected: "a number")
    }

    public func texts(_ node: MappingNode) -> [String]? {
        guard let elements = node.elements else { return wrong(node, expected: "a list of texts") }
        let texts = elements.compactMap(text)
        return texts.count == elements.count ? texts : nil
    }

    public func pattern(_ node: MappingNode) -> Pattern? {
        guard let source = text(node) else { return nil }
        do {
            return try Pattern(source)
        } catch {
            self.error("\(quoted(source)) is no regular expression: \(error)", at: node)
            return nil
        }
    }
}
