/// An attribute as the document has it: the name in small letters, references in the value resolved.
public struct HTMLAttribute: Sendable, Hashable {
    public var name: String
    public var value: String
}

/// One node of a document, with links to its neighbours; -1 stands for none.
public struct HTMLNode: Sendable {
    public enum Kind: Sendable { case document, element, text, comment, doctype }
    /// Which language an element is of.
    public enum Namespace: String, Sendable {
        case html = ""
        case svg
        case math
    }

    public var kind: Kind
    /// The element's name, in small letters but for some of SVG; the characters of a text or a comment; what a
    /// doctype names, whose identifiers are its attributes `public` and `system`.
    public var text: String
    public var namespace = Namespace.html
    public var attributes: [HTMLAttribute] = []
    public internal(set) var parent = -1
    public internal(set) var firstChild = -1
    public internal(set) var lastChild = -1
    public internal(set) var previous = -1
    public internal(set) var next = -1
    /// While the tree is built.
    var isOpen = false

    init(_ kind: Kind, _ text: String = "") {
        self.kind = kind
        self.text = text
    }

    /// The value of an attribute; `nil` when there is none.
    public subscript(attribute: String) -> String? { attributes.first { $0.name == attribute }?.value }
}

/// A document of HTML as browsers understand it, mistakes and all: html, head, and body or frameset are always there.
///
/// Never changed once made. Nodes are known by their place in ``nodes``; 0 is the document itself. No text is no HTML:
/// parsing does not fail. Source: WHATWG HTML §13.2, scripts being on; what is in templates are children like others.
public final class HTMLDocument: Sendable {
    public let nodes: [HTMLNode]

    /// - Complexity: O(bytes), in time and memory, whatever the page; elements nested deeper than 512 lie beside each
    ///   other, as in browsers.
    public init(parsing text: String) {
        var builder = HTMLTreeBuilder(text)
        nodes = builder.build(nodeLimit: .max) ?? []
    }

    /// The same of a page whose tree may not take just any memory.
    ///
    /// - Parameter memoryLimit: about so many bytes; a page can be a hundred times as large as its text.
    /// - Returns: `nil` when that is not enough.
    public init?(parsing text: String, memoryLimit: Int) {
        var builder = HTMLTreeBuilder(text)
        let limit = (memoryLimit - text.utf8.count) / MemoryLayout<HTMLNode>.stride
        guard let nodes = builder.build(nodeLimit: limit) else { return nil }
        self.nodes = nodes
        if byteCount > memoryLimit { return nil }
    }

    /// About what it takes in memory.
    public var byteCount: Int {
        nodes.reduce(64) { sum, node in
            // Short texts stand in the node itself.
            let text = node.text.utf8.count > 15 ? 32 + node.text.utf8.count : 0
            return node.attributes.reduce(sum + MemoryLayout<HTMLNode>.stride + text) {
                $0 + 32 + MemoryLayout<HTMLAttribute>.stride + $1.name.utf8.count + $1.value.utf8.count
            }
        }
    }

    public subscript(node: Int) -> HTMLNode { nodes[node] }

    // MARK: walking

    /// The node behind another one in the order of the document, within a tree; `nil` behind its last.
    ///
    /// - Parameter skippingChildren: leaves out what is in `node`.
    func following(_ node: Int, within root: Int, skippingChildren: Bool = false) -> Int? {
        if !skippingChildren, nodes[node].firstChild >= 0 { return nodes[node].firstChild }
        var place = node
        while place != root {
            if nodes[place].next >= 0 { return nodes[place].next }
            place = nodes[place].parent
        }
        return nil
    }

    /// What is in a node at any depth, in the order of the document, itself left out.
    public func forEachDescendant(of root: Int, _ body: (Int) -> Void) {
        var place = following(root, within: root)
        while let node = place {
            body(node)
            place = following(node, within: root)
        }
    }

    public func children(of node: Int) -> [Int] {
        var found: [Int] = []
        var child = nodes[node].firstChild
        while child >= 0 {
            found.append(child)
            child = nodes[child].next
        }
        return found
    }

    public func isElement(_ node: Int) -> Bool { node >= 0 && nodes[node].kind == .element }

    /// Whether a node is in another one, at any depth.
    public func contains(_ outer: Int, _ inner: Int) -> Bool {
        var place = nodes[inner].parent
        while place >= 0 {
            if place == outer { return true }
            place = nodes[place].parent
        }
        return false
    }

    /// All characters in a node.
    public func text(of node: Int) -> String {
        if nodes[node].kind == .text { return nodes[node].text }
        var text = ""
        forEachDescendant(of: node) { if nodes[$0].kind == .text { text += nodes[$0].text } }
        return text
    }
}
