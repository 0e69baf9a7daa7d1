/// What a selector of CSS asks for. Source: Selectors Level 3, with the additions that jQuery made common: `[a!=b]`,
/// `:contains()`, `:has()`, `:input` and their like, as k6 has them.
public struct CSSSelector: Sendable {
    enum Combinator: Sendable { case descendant, child, next, sibling }

    /// Compound selectors from right to left.
    struct Complex: Sendable {
        var compounds: [[Simple]]
        /// What binds each to the next.
        var combinators: [Combinator]
        /// The number of its first compound among all of the selector, nested ones included; the others follow.
        var number: Int
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
        /// A descendant is such; all of these of a selector have other numbers.
        case has([Complex], number: Int)
        case hasChild([Complex])
        /// Small letters that the text has, whatever their case; own: texts of children do not count.
        case contains(String, number: Int, own: Bool)
        case pattern(Pattern, own: Bool)
        /// Its number is `a * n + b` for an n of at least 0.
        case nth(a: Int, b: Int, fromEnd: Bool, ofType: Bool)
        case only(ofType: Bool)
        case empty, root, link, input, enabled, disabled, checked
        case language(String)
    }

    let alternatives: [Complex]

    /// - Returns: `nil` when the text is no selector, or it has more than 32 compounds one inside or behind the other.
    public init?(parsing text: String) {
        var parser = CSSSelectorParser(text)
        guard let found = parser.list(), parser.isAtEnd else { return nil }
        alternatives = found
    }

    /// To ask about many nodes of one document, take ``matcher(for:)``.
    public func matches(_ node: Int, in document: HTMLDocument) -> Bool {
        CSSMatcher(self, document).matches(node)
    }

    public func matcher(for document: HTMLDocument) -> CSSMatcher { CSSMatcher(self, document) }

    /// The elements in a node, at any depth, in the order of the document.
    public func matches(below root: Int, in document: HTMLDocument) -> [Int] {
        let matcher = CSSMatcher(self, document)
        var found: [Int] = []
        document.forEachDescendant(of: root) { if matcher.matches($0) { found.append($0) } }
        return found
    }

    /// The first of them.
    public func firstMatch(below root: Int, in document: HTMLDocument) -> Int? {
        let matcher = CSSMatcher(self, document)
        var place = document.following(root, within: root)
        while let node = place {
            if matcher.matches(node) { return node }
            place = document.following(node, within: root)
        }
        return nil
    }
}
