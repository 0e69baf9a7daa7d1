/// A JSONPath query (RFC 9535): parsed once, asked of many values.
public struct JSONPath: Sendable {
    /// The query as written.
    public let source: String
    let segments: [Segment]

    /// - Throws: where the text stops being a query, and what was expected there.
    public init(parsing text: String) throws(JSONPathError) {
        var parser = JSONPathParser(text)
        segments = try parser.query()
        source = text
    }

    /// Whether the query can find one node at most: only names and indices, each alone.
    public var isSingular: Bool { singularSegments != nil }

    /// Names and indices of a singular query; `nil` for others.
    public var singularSegments: [CompiledPath.Segment]? { Self.singular(segments) }

    /// The form a ``JSONTape`` follows; `nil` for queries that may find several nodes.
    public var compiled: CompiledPath? { singularSegments.map { CompiledPath($0) } }

    static func singular(_ segments: [Segment]) -> [CompiledPath.Segment]? {
        var steps: [CompiledPath.Segment] = []
        for segment in segments {
            guard !segment.isDescendant, segment.selectors.count == 1 else { return nil }
            switch segment.selectors[0] {
            case .name(let name): steps.append(.name(name))
            case .index(let index): steps.append(.index(index))
            default: return nil
            }
        }
        return steps
    }
}

extension JSONPath: Hashable, CustomStringConvertible {
    public static func == (left: JSONPath, right: JSONPath) -> Bool {
        left.source.utf8.elementsEqual(right.source.utf8)
    }

    public func hash(into hasher: inout Hasher) { hasher.combine(source) }

    public var description: String { source }
}

extension JSONPath {
    struct Segment: Sendable {
        /// `..`: applies to the node and everything in it.
        var isDescendant: Bool
        var selectors: [Selector]
    }

    enum Selector: Sendable {
        case name(String)
        case wildcard
        case index(Int)
        case slice(start: Int?, end: Int?, step: Int)
        case filter(Condition)
    }

    /// What a filter asks of each child.
    indirect enum Condition: Sendable {
        case or([Condition])
        case and([Condition])
        case not(Condition)
        case compare(Operand, Comparison, Operand)
        case exists(Query)
        case test(Call)
    }

    enum Comparison: String, Sendable, CaseIterable {
        case equal = "=="
        case notEqual = "!="
        case lessOrEqual = "<="
        case greaterOrEqual = ">="
        case less = "<"
        case greater = ">"
    }

    /// A query inside a filter: from the candidate (`@`) or from the document (`$`).
    struct Query: Sendable {
        var isRelative: Bool
        var segments: [Segment]
        /// Set for queries that find one node at most: followed without building lists.
        var singular: [CompiledPath.Segment]?
    }

    /// Something with a value, or with none.
    enum Operand: Sendable {
        case literal(JSON)
        case query(Query)
        case call(Call)
    }

    /// A function with arguments of the types it declares.
    indirect enum Call: Sendable {
        case length(Operand)
        case count(Query)
        case value(Query)
        /// `match` (the whole string) and `search` (anywhere).
        case pattern(subject: Operand, pattern: PatternSource, isWhole: Bool)
    }

    enum PatternSource: Sendable {
        /// Compiled with the query; `nil` when the text is no pattern, which then matches nothing.
        case fixed(Pattern?)
        case computed(Operand)
    }
}
