internal import AssayCore

/// One operator as mappings write it: `{"equalTo": "x", "caseInsensitive": true}`.
public struct MatcherOperator: Sendable {
    /// The key that says which operator it is.
    public let key: String
    /// Other keys that may stand beside it.
    public let options: [String]
    /// Makes the matcher; `nil` after recording what is wrong.
    ///
    /// - Parameters:
    ///   - matcher: the whole object.
    ///   - value: the value of the operator's key; null for one written as null.
    let read:
        @Sendable (
            _ matcher: MappingNode, _ value: MappingNode, _ reading: MappingReading
        ) -> (any ValueMatcher)?

    /// - Parameter read: makes the matcher of the whole object and the value of the operator's key.
    public init(
        _ key: String, options: [String] = [],
        read: @escaping @Sendable (MappingNode, MappingNode, MappingReading) -> (any ValueMatcher)?
    ) {
        self.key = key
        self.options = options
        self.read = read
    }
}

/// The operators that matchers may have.
public struct MatcherTable: Sendable {
    private var operators: [String: MatcherOperator]

    public init(_ operators: [MatcherOperator]) {
        self.operators = Dictionary(operators.map { ($0.key, $0) }) { $1 }
    }

    /// All of Assay's.
    public static let standard = MatcherTable(textOperators + logicOperators + structuredOperators)

    public var keys: [String] { operators.keys.sorted() }

    subscript(key: String) -> MatcherOperator? { operators[key] }
}

extension MappingReading {
    /// Reads a matcher: an object with one operator and its options.
    ///
    /// - Parameter known: keys beside it that are read by the caller, like `expression`.
    public func matcher(_ node: MappingNode, knowing known: [String] = []) -> (any ValueMatcher)? {
        guard let members = node.members else {
            return wrong(node, expected: "an object with an operator", fix: "write {\"equalTo\": …}")
        }
        // Options may be operators of their own elsewhere, so those of the others are taken off first.
        let found = members.filter { table[$0.name] != nil && !known.contains($0.name) }
        let optional = Set(found.flatMap { table[$0.name]?.options ?? [] })
        guard let first = found.first(where: { !optional.contains($0.name) }),
            let used = table[first.name]
        else {
            let unknown = members.first { !known.contains($0.name) }
            let near = unknown.flatMap { nearestName(to: $0.name, among: table.keys) }
            let fix = near.map { "did you mean '\($0)'?" } ?? "known: " + table.keys.joined(separator: ", ")
            if let unknown {
                error("there is no operator '\(unknown.name)'", atNameOf: unknown.node, fix: fix)
            } else {
                error("a matcher needs an operator", at: node, fix: fix)
            }
            return nil
        }
        var isClean = true
        for member in members
        where member.name != first.name && !used.options.contains(member.name) && !known.contains(member.name)
        {
            isClean = false
            let near = nearestName(to: member.name, among: used.options)
            error(
                table[member.name] != nil
                    ? "a matcher has one operator, found '\(first.name)' and '\(member.name)'"
                    : "'\(member.name)' is not known beside '\(first.name)'",
                atNameOf: member.node,
                fix: table[member.name] != nil
                    ? "put both into {\"and\": [{…}, {…}]}" : near.map { "did you mean '\($0)'?" })
        }
        let matcher = nested(node) { used.read(node, first.node, self) }
        return isClean ? matcher : nil
    }

    /// A list of matchers.
    public func matchers(_ node: MappingNode) -> [any ValueMatcher]? {
        guard let elements = node.elements else { return wrong(node, expected: "a list of matchers") }
        let matchers = elements.compactMap { matcher($0) }
        return matchers.count == elements.count ? matchers : nil
    }
}
