/// Builds the tree of a document from its tokens, mending what is wrong as browsers do. Source: WHATWG HTML §13.2.6.
///
/// The mode of insertion is not kept: it follows from what is open.
struct HTMLTreeBuilder {
    var nodes: [HTMLNode] = [HTMLNode(.document)]
    var tokenizer: HTMLTokenizer
    /// The elements that are open, outermost first.
    var open: [Int] = []
    /// Formatting elements to open again behind what cuts them; `nil` is a marker.
    var formatting: [Int?] = []
    var html = -1
    var head = -1
    var body = -1
    var form = -1
    /// Behind `</body>` comments belong to html, behind `</html>` to the document.
    var isBodyClosed = false
    var isHTMLClosed = false
    /// Without a doctype a table does not end a paragraph.
    var isQuirky = true
    /// What is put directly into a table goes before it.
    private var fosters = false
    /// A line feed right behind `<pre>` or `<textarea>` is none of its content.
    private var dropsLineFeed = false

    static let depthLimit = 512

    init(_ text: String) { tokenizer = HTMLTokenizer(text) }

    mutating func build() -> [HTMLNode] {
        while let token = tokenizer.next() { handle(token) }
        openBody()
        return nodes
    }

    private mutating func handle(_ token: HTMLToken) {
        let dropped = dropsLineFeed
        dropsLineFeed = false
        switch token {
        case .comment(let text):
            append(
                HTMLNode(.comment, text),
                to: html < 0 || isHTMLClosed ? 0 : isBodyClosed ? html : open.last ?? html)
        case .doctype(let text):
            if html < 0 {
                isQuirky = false
                append(HTMLNode(.doctype, text), to: 0)
            }
        case .characters(let text):
            characters(dropped && text.utf8.first == 10 ? String(text.unicodeScalars.dropFirst()) : text)
        case .start(let name, let attributes, let isSelfClosing):
            start(name, attributes, isSelfClosing)
            if ["pre", "listing", "textarea"].contains(name) { dropsLineFeed = true }
        case .end(let name): end(name)
        }
    }

    // MARK: characters

    private mutating func characters(_ text: String) {
        guard !text.isEmpty else { return }
        if current == "colgroup" || isBeforeBody, !isReadingRaw {
            let rest = text.unicodeScalars.drop { Self.isSpace($0) }
            if rest.count < text.unicodeScalars.count, !open.isEmpty, open.last != html || head >= 0 {
                insertText(String(text.unicodeScalars[..<rest.startIndex]))
            }
            guard !rest.isEmpty else { return }
            if current == "colgroup" { pop() }
            openBody()
            return characters(String(rest))
        }
        if HTMLNames.tableContexts.contains(current), !text.unicodeScalars.allSatisfy(Self.isSpace) {
            fostering { builder in
                builder.reopenFormatting()
                builder.insertText(text)
            }
        } else {
            if !isReadingRaw, !HTMLNames.tableContexts.contains(current) { reopenFormatting() }
            insertText(text)
        }
    }

    private var isReadingRaw: Bool {
        HTMLNames.raw.contains(current) || HTMLNames.escapableRaw.contains(current)
    }

    static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
        scalar == " " || scalar == "\n" || scalar == "\t" || scalar == "\u{C}" || scalar == "\r"
    }

    mutating func insertText(_ text: String) {
        let (parent, before) = target
        let neighbour = before >= 0 ? nodes[before].previous : nodes[parent].lastChild
        if neighbour >= 0, nodes[neighbour].kind == .text {
            nodes[neighbour].text += text
        } else {
            insert(HTMLNode(.text, text), into: parent, before: before)
        }
    }

    /// What comes now opens the body; what is in a template of the head does not.
    var isBeforeBody: Bool { body < 0 && !open.contains { isNamed($0, "template") } }

    // MARK: html, head and body

    mutating func openHTML(_ attributes: [HTMLAttribute] = []) {
        if html < 0 {
            html = append(element("html", attributes), to: 0)
            open = [html]
        } else {
            add(attributes, to: html)
        }
    }

    mutating func openHead(_ attributes: [HTMLAttribute] = []) {
        openHTML()
        guard head < 0 else { return }
        head = append(element("head", attributes), to: html)
        open.append(head)
    }

    /// Ends the head; opens the body when there is none.
    mutating func openBody(_ attributes: [HTMLAttribute] = []) {
        guard body < 0 else { return add(attributes, to: body) }
        openHead()
        while open.count > 1 { pop() }
        body = append(element("body", attributes), to: html)
        open.append(body)
    }

    /// Only those that are not there yet.
    private mutating func add(_ attributes: [HTMLAttribute], to node: Int) {
        for attribute in attributes where nodes[node][attribute.name] == nil {
            nodes[node].attributes.append(attribute)
        }
    }

    // MARK: the stack

    /// The name of the innermost open element.
    var current: String { open.last.map { nodes[$0].text } ?? "" }
    var currentIsForeign: Bool { open.last.map { nodes[$0].namespace != .html } ?? false }

    func isNamed(_ node: Int, _ name: String) -> Bool {
        nodes[node].text == name && nodes[node].namespace == .html
    }

    /// Whether an element is open, and nothing around which end tags do not look is in it.
    func isInScope(_ name: String, stoppingAt more: Set<String> = []) -> Bool {
        isAnyInScope([name], stoppingAt: more)
    }

    func isAnyInScope(_ names: Set<String>, stoppingAt more: Set<String> = []) -> Bool {
        for node in open.reversed() where nodes[node].namespace == .html {
            let name = nodes[node].text
            if names.contains(name) { return true }
            if HTMLNames.scope.contains(name) || more.contains(name) { return false }
        }
        return false
    }

    var isInTable: Bool {
        open.contains { isNamed($0, "table") }
    }

    mutating func pop() {
        guard let node = open.popLast() else { return }
        if ["td", "th", "caption"].contains(nodes[node].text) || HTMLNames.markers.contains(nodes[node].text)
        {
            forgetFormattingToMarker()
        }
    }

    /// Pops up to and with the innermost element of a name.
    mutating func pop(through name: String) {
        while let node = open.last, open.count > 1 {
            pop()
            if isNamed(node, name) { return }
        }
    }

    mutating func pop(to names: Set<String>) {
        while open.count > 1, !names.contains(current) { pop() }
    }

    mutating func popImplied(except name: String = "") {
        while HTMLNames.impliedEnd.contains(current), current != name, open.count > 1 { pop() }
    }

    mutating func closeParagraph() {
        guard isInScope("p", stoppingAt: ["button"]) else { return }
        popImplied(except: "p")
        pop(through: "p")
    }

    // MARK: nodes

    func element(
        _ name: String, _ attributes: [HTMLAttribute], _ namespace: HTMLNode.Namespace = .html
    ) -> HTMLNode {
        var node = HTMLNode(.element, name)
        node.attributes = attributes
        node.namespace = namespace
        return node
    }

    /// Puts an element where it belongs and opens it, unless too many are open.
    @discardableResult
    mutating func insertElement(
        _ name: String, _ attributes: [HTMLAttribute] = [], _ namespace: HTMLNode.Namespace = .html,
        isVoid: Bool = false
    ) -> Int {
        let (parent, before) = target
        let node = insert(element(name, attributes, namespace), into: parent, before: before)
        if !isVoid, open.count < Self.depthLimit { open.append(node) }
        return node
    }

    mutating func fostering(_ body: (inout HTMLTreeBuilder) -> Void) {
        fosters = true
        body(&self)
        fosters = false
    }

    /// Where the next node goes: into what, and before which of its children.
    private var target: (parent: Int, before: Int) { place(in: open.last ?? 0) }

    func place(in node: Int, fostering: Bool = false) -> (parent: Int, before: Int) {
        guard fosters || fostering, HTMLNames.tableContexts.contains(nodes[node].text),
            let index = open.lastIndex(where: { isNamed($0, "table") })
        else { return (node, -1) }
        let table = open[index]
        if nodes[table].parent >= 0 { return (nodes[table].parent, table) }
        return (open[index - 1], -1)
    }

    @discardableResult
    mutating func append(_ node: HTMLNode, to parent: Int) -> Int { insert(node, into: parent, before: -1) }

    @discardableResult
    private mutating func insert(_ node: HTMLNode, into parent: Int, before: Int) -> Int {
        nodes.append(node)
        link(nodes.count - 1, into: parent, before: before)
        return nodes.count - 1
    }

    /// Puts a node that is nowhere among the children of another one.
    mutating func link(_ node: Int, into parent: Int, before: Int) {
        let previous = before >= 0 ? nodes[before].previous : nodes[parent].lastChild
        nodes[node].parent = parent
        nodes[node].previous = previous
        nodes[node].next = before
        if previous >= 0 { nodes[previous].next = node } else { nodes[parent].firstChild = node }
        if before >= 0 { nodes[before].previous = node } else { nodes[parent].lastChild = node }
    }

    mutating func unlink(_ node: Int) {
        let (parent, previous, next) = (nodes[node].parent, nodes[node].previous, nodes[node].next)
        guard parent >= 0 else { return }
        if previous >= 0 { nodes[previous].next = next } else { nodes[parent].firstChild = next }
        if next >= 0 { nodes[next].previous = previous } else { nodes[parent].lastChild = previous }
        (nodes[node].parent, nodes[node].previous, nodes[node].next) = (-1, -1, -1)
    }
}
