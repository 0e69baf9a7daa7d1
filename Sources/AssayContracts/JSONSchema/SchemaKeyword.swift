import AssayFormats

/// A name compared byte by byte, as JSON does.
struct MemberName: Hashable {
    var text: String
    static func == (left: MemberName, right: MemberName) -> Bool {
        left.text.utf8.elementsEqual(right.text.utf8)
    }
    func hash(into hasher: inout Hasher) { for byte in text.utf8 { hasher.combine(byte) } }
}

/// A schema ready to judge; others are referred to by their place in the list of all.
struct SchemaNode: Sendable {
    /// The document it is written in, and its pointer there.
    var document: Int
    var pointer: String
    /// Document and pointer, for violations.
    var place: String
    /// The resource (`$id`) it belongs to.
    var resource: Int
    var keywords: [SchemaKeyword] = []
    /// `unevaluatedItems` or `unevaluatedProperties` want to know what others looked at.
    var needsEvaluated = false
    /// Null holds, whatever the keywords say.
    var acceptsNull = false
}

/// Compiled schemas that refer to each other.
struct SchemaProgram: Sendable {
    var nodes: [SchemaNode] = []
    /// Of each resource, the nodes of its dynamic anchors.
    var dynamicAnchors: [[String: Int]] = []
    /// Of each document, where its parts stand in its file.
    var positions: [DocumentPositions?] = []
}

/// A keyword's name as written and what it asks for.
struct SchemaKeyword: Sendable {
    var name: String
    var rule: Rule

    enum Bound: Sendable { case less, atMost, greater, atLeast }

    struct Members: Sendable {
        var named: [MemberName: Int] = [:]
        var patterns: [(pattern: Pattern, schema: Int)] = []
        var additional: Int?
    }

    enum Rule: Sendable {
        case never
        /// Draft 4 has no integers that are written with a fraction.
        case type([String], isWritten: Bool)
        case oneOfValues(EnumeratedValues)
        case constant(JSON)
        case multipleOf(JSON, DecimalNumber)
        case bound(Bound, JSON)
        case length(Bound, Int)
        case pattern(Pattern)
        case format(String, FormatCheck)
        case content(ContentCheck)
        case itemCount(Bound, Int)
        case memberCount(Bound, Int)
        case unique
        case required([String])
        case dependentRequired([(name: String, others: [String])])
        case members(Members)
        case propertyNames(Int)
        /// Members that their owner never shows, in what it answers.
        case hidden([String])
        case dependentSchemas([(name: String, schema: Int)])
        case items(prefix: [Int], rest: Int?)
        case contains(schema: Int, least: Int, most: Int?, countsAsEvaluated: Bool)
        case all([Int])
        case any([Int], Discriminator?)
        case one([Int], Discriminator?)
        case not(Int)
        case conditional(Int, then: Int?, otherwise: Int?)
        case reference(Int)
        case dynamicReference(anchor: String, Int)
        case unevaluatedItems(Int)
        case unevaluatedProperties(Int)
    }
}
