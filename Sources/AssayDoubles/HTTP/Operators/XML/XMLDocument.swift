internal import AssayCore
internal import AssayFormats

/// A document that XPath 1.0 is asked of.
struct XMLDocument {
    /// What a path found.
    enum Node {
        case element(XMLElement)
        /// An attribute, a text or a namespace.
        case other(String)

        /// Its string value (XPath 1.0 §5).
        var content: String {
            switch self {
            case .element(let element): element.content
            case .other(let text): text
            }
        }
    }

    enum Found {
        case nodes([Node])
        /// A text, a number or a truth value, as XPath writes them.
        case text(String)
    }

    /// Why there is no answer.
    enum Failure: Error, CustomStringConvertible {
        case document(String)
        case path
        /// libxml2 is not installed.
        case missing

        var description: String {
            switch self {
            case .document(let reason): reason
            case .path: "the path is no XPath 1.0 expression, or has a prefix without a namespace"
            case .missing: XPathLibrary.advice
            }
        }
    }

    /// More nodes than this are not looked at.
    static let nodeLimit = 10_000
    let tree: XMLTree
    /// In document order.
    private let elements: [XMLElement]
    /// What libxml2 is given where namespaces do not count.
    private let plainMarkup: String

    init(_ bytes: [UInt8]) throws(Failure) {
        do {
            tree = try XMLTree(parsing: bytes)
        } catch {
            throw .document(error.message)
        }
        elements = tree.root.descendants
        plainMarkup = tree.root.renderedWithoutNamespaces
    }

    /// - Parameter namespaces: prefixes of the path; without any, names are compared without their namespaces.
    func evaluate(_ path: String, namespaces: [(prefix: String, uri: String)]) throws(Failure) -> Found {
        guard XPathLibrary.isThere else { throw .missing }
        let markup =
            namespaces.isEmpty ? plainMarkup : tree.root.rendered(pretty: false)
        switch XPathLibrary.evaluate(path, in: markup, namespaces: namespaces, limit: Self.nodeLimit) {
        case nil: throw .path
        case .text(let text)?: return .text(text)
        case .nodes(let nodes)?:
            return .nodes(
                nodes.compactMap { node in
                    switch node {
                    case .text(let text): return .other(text)
                    case .element(let index):
                        return elements.indices.contains(index) ? .element(elements[index]) : nil
                    }
                })
        }
    }
}
