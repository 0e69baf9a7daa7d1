import AssayFormats

/// Any bytes are a page: its links agree with each other, and its markup is a page again.
public func fuzzHTML(_ bytes: [UInt8]) {
    let document = HTMLDocument(parsing: String(decoding: bytes.prefix(1 << 16), as: UTF8.self))
    for (index, node) in document.nodes.enumerated() {
        var previous = -1
        for child in document.children(of: index) {
            precondition(document[child].parent == index, "a child of somebody else")
            precondition(document[child].previous == previous, "siblings that do not know each other")
            previous = child
        }
        precondition(node.lastChild == previous, "the last child is not the last")
    }
    var count = 0
    document.forEachDescendant(of: 0) { _ in count += 1 }
    precondition(count < document.nodes.count, "a node in two places")
    precondition(document.nodes.count <= 6 * bytes.count + 2000, "a page that multiplies itself")
    for name in ["html", "head", "body, frameset"] {
        let found = CSSSelector(parsing: name)?.matches(below: 0, in: document) ?? []
        precondition(found.count >= 1, "a page without \(name)")
    }
    _ = HTMLDocument(parsing: document.innerHTML(of: 0)).text(of: 0)
}

/// A line with a selector, then a page: asking ends, and what is found is an element of the page.
public func fuzzSelector(_ bytes: [UInt8]) {
    let text = String(decoding: bytes.prefix(4096), as: UTF8.self)
    let line = text.prefix { $0 != "\n" }
    guard let selector = CSSSelector(parsing: String(line)) else { return }
    let document = HTMLDocument(parsing: String(text.dropFirst(line.count)))
    for node in selector.matches(below: 0, in: document) {
        precondition(document.isElement(node), "something else than an element")
        precondition(selector.matches(node, in: document), "found, and does not match")
    }
    let first = selector.firstMatch(below: 0, in: document)
    precondition(first == selector.matches(below: 0, in: document).first, "two first ones")
}
