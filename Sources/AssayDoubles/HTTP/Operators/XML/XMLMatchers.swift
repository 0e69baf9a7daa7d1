public import AssayFormats
internal import AssayCore

/// `equalToXml`.
public struct EqualToXML: ValueMatcher {
    private let expected: XMLElement
    private let comparison: XMLComparison
    /// As the mapping wrote it, options and all.
    private let written: JSONObject

    init(_ expected: XMLElement, _ comparison: XMLComparison, written: JSONObject) {
        self.expected = expected
        self.comparison = comparison
        self.written = written
    }

    private func root(_ value: MatchValue) -> Result<XMLElement, Diagnostic>? {
        let bindsPrefixes = comparison.namespaces == .strict
        return value.parsed("xml \(bindsPrefixes)") { Self.root($0, bindsPrefixes) }
    }

    private static func root(_ bytes: [UInt8], _ bindsPrefixes: Bool) -> Result<XMLElement, Diagnostic> {
        do {
            return .success(try XMLTree(parsing: bytes, bindsPrefixes: bindsPrefixes).root)
        } catch {
            return .failure(error)
        }
    }

    public func matches(_ value: MatchValue) -> Bool {
        guard case .success(let actual)? = root(value) else { return false }
        return comparison.differences(expected, actual).isEmpty
    }

    public func distance(to value: MatchValue) -> Double {
        guard case .success(let actual)? = root(value) else { return 1 }
        let weight = comparison.differences(expected, actual).reduce(0) { $0 + $1.weight }
        return min(1, Double(weight) / Double(max(expected.size, actual.size)))
    }

    public var expectation: String { "XML equal to \(quoted(expected.rendered(pretty: false)))" }

    public func reason(for value: MatchValue) -> String? {
        switch root(value) {
        case nil: return nil
        case .failure(let error)?: return error.message
        case .success(let actual)?:
            let found = comparison.differences(expected, actual)
            guard !found.isEmpty else { return nil }
            let shown = found.prefix(3).map { "\($0.path) \($0.message)" }.joined(separator: "; ")
            return found.count > 3 ? shown + "; and \(found.count - 3) more" : shown
        }
    }

    public var json: JSON { .object(written) }
}

/// `matchesXPath`: the path finds something, or what it finds is as another matcher wants it.
public struct MatchesXPath: ValueMatcher {
    private let path: String
    private let namespaces: [(prefix: String, uri: String)]
    private let matcher: (any ValueMatcher)?
    private let written: JSONObject

    init(
        _ path: String, namespaces: [(prefix: String, uri: String)] = [], _ matcher: (any ValueMatcher)?,
        written: JSONObject
    ) {
        self.path = path
        self.namespaces = namespaces
        self.matcher = matcher
        self.written = written
    }

    private func found(_ value: MatchValue) -> Result<[String], XMLDocument.Failure>? {
        guard let document = value.parsed("xpath", Self.document) else { return nil }
        do {
            switch try document.get().evaluate(path, namespaces: namespaces) {
            case .text(let text):
                // A path that asks a question matches when it is answered with yes.
                return .success(matcher == nil && ["false", "0", "NaN", ""].contains(text) ? [] : [text])
            case .nodes(let nodes):
                return .success(
                    nodes.map { node in
                        if case .element(let element) = node,
                            !element.elements.isEmpty || matcher is EqualToXML
                        {
                            return element.rendered(pretty: false)
                        }
                        return node.content
                    })
            }
        } catch {
            return .failure(error)
        }
    }

    private static func document(_ bytes: [UInt8]) -> Result<XMLDocument, XMLDocument.Failure> {
        do {
            return .success(try XMLDocument(bytes))
        } catch {
            return .failure(error)
        }
    }

    public func matches(_ value: MatchValue) -> Bool {
        guard case .success(let texts)? = found(value) else { return false }
        guard let matcher else { return !texts.isEmpty }
        if texts.isEmpty { return matcher.acceptsAbsence && matcher.matches(.absent) }
        return texts.contains { matcher.matches(.text($0)) }
    }

    public func distance(to value: MatchValue) -> Double {
        guard case .success(let texts)? = found(value) else { return 1 }
        guard let matcher else { return texts.isEmpty ? 1 : 0 }
        if texts.isEmpty { return matcher.distance(to: .absent) }
        return texts.map { matcher.distance(to: .text($0)) }.min() ?? 1
    }

    public var expectation: String {
        matcher.map { "XPath \(path) \($0.expectation)" } ?? "XML in which \(path) finds something"
    }

    public func reason(for value: MatchValue) -> String? {
        switch found(value) {
        case nil: return nil
        case .failure(let failure)?: return "\(failure)"
        case .success(let texts)?:
            guard !matches(value) else { return nil }
            guard let first = texts.first else { return "\(path) finds nothing" }
            return "\(path) is \(quoted(first))"
        }
    }

    public var json: JSON { .object(written) }
}

extension MatchValue {
    /// What its bytes are parsed into, once for a body; `nil` when it is absent.
    fileprivate func parsed<Form>(_ name: String, _ parse: ([UInt8]) -> Form) -> Form? {
        switch self {
        case .absent: nil
        case .text(let text): parse(Array(text.utf8))
        case .body(let body): body.form(name) { parse(body.bytes) }
        }
    }
}
