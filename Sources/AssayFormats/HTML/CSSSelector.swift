/// What a selector of CSS asks for. Source: Selectors Level 3, with the additions that jQuery made common: `[a!=b]`,
/// `:contains()`, `:has()`, `:input` and their like, as k6 has them.
public struct CSSSelector: Sendable {
    enum Combinator: Sendable { case descendant, child, next, sibling }

    /// Compound selectors from right to left, each with what binds it to the one before.
    struct Complex: Sendable {
        var subject: [Simple]
        var rest: [(combinator: Combinator, compound: [Simple])]
    }

    enum AttributeTest: String, Sendable {
        case present = ""
        case equals = "="
        case word = "~="
        case language = "|="
        case prefix = "^="
        case suffix = "$="
        case part = "*="
        case differs = "!="
    }

    indirect enum Simple: Sendable {
        case name(String)
        case id(String)
        case classed(String)
        case attribute(String, AttributeTest, String, ignoringCase: Bool)
        case not([Complex])
        case either([Complex])
        /// A descendant or, on `childrenOnly`, a child is such.
        case has([Complex], childrenOnly: Bool)
        /// Small letters that the text has, whatever their case; own: texts of children do not count.
        case contains(String, own: Bool)
        case pattern(Pattern, own: Bool)
        /// Its number is `a * n + b` for an n of at least 0.
        case nth(a: Int, b: Int, fromEnd: Bool, ofType: Bool)
        case only(ofType: Bool)
        case empty, root, link, input, enabled, disabled, checked
        case language(String)
    }

    let alternatives: [Complex]

    /// - Returns: `nil` when the text is no selector.
    public init?(parsing text: String) {
        var parser = CSSSelectorParser(text)
        guard let found = parser.list(), parser.isAtEnd else { return nil }
        alternatives = found
    }

    public func matches(_ node: Int, in document: HTMLDocument) -> Bool {
        document.isElement(node) && Self.matches(alternatives, node, document)
    }

    /// The elements in a node, at any depth, in the order of the document.
    public func matches(below root: Int, in document: HTMLDocument) -> [Int] {
        var found: [Int] = []
        document.forEachDescendant(of: root) { if matches($0, in: document) { found.append($0) } }
        return found
    }

    /// The first of them.
    public func firstMatch(below root: Int, in document: HTMLDocument) -> Int? {
        var place = document.following(root, within: root)
        while let node = place {
            if matches(node, in: document) { return node }
            place = document.following(node, within: root)
        }
        return nil
    }
}
