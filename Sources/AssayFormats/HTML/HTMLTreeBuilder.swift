/// Builds the tree of a document from its tokens, mending what is wrong as browsers do. Source: WHATWG HTML §13.2.6.
///
/// However hostile a page is, work and memory grow with its length only: few elements are open at once, few formatting
/// elements are remembered, and fewer are made again than the page has bytes.
struct HTMLTreeBuilder {
    /// What the next token means. Source: WHATWG HTML §13.2.4.1.
    enum Mode {
        case initial, beforeHTML, beforeHead, inHead, afterHead, inBody, text
        case inTable, inCaption, inColumnGroup, inTableBody, inRow, inCell, inSelect, inSelectInTable
        case inTemplate, afterBody, inFrameset, afterFrameset, afterAfterBody, afterAfterFrameset
    }

    /// An element that is open.
    struct Open {
        var node: Int
        var tag: HTMLTag
        var traits: HTMLTraits
    }

    var nodes: [HTMLNode] = [HTMLNode(.document)]
    var tokenizer: HTMLTokenizer
    var mode = Mode.initial
    /// To which mode characters of a script or a text field return.
    private var modeBehindText = Mode.inBody
    var templateModes: [Mode] = []
    /// Outermost first.
    var open: [Open] = []
    /// How many of each are open.
    var openCounts = [HTMLTag: Int]()
    var formatting = FormattingList()
    /// How many elements may still be made again behind what cut them.
    var copiesLeft: Int
    var head = -1
    var form = -1
    var isQuirky = true
    /// Nothing forbids a frameset yet.
    var allowsFrameset = true
    /// What is put directly into a table goes before it.
    var fosters = false
    /// The attributes that html and body have, once more are put to them.
    var names: [Set<String>] = [[], []]
    /// A line feed right behind `<pre>` or `<textarea>` is none of its content.
    var dropsLineFeed = false
    /// Characters directly in a table, until it is known whether they are more than space.
    private var tableText = ""

    /// Elements nested deeper lie beside each other, as in browsers.
    static let depthLimit = 512

    init(_ text: String) {
        tokenizer = HTMLTokenizer(text)
        copiesLeft = 1000 + tokenizer.bytes.count
    }

    /// - Returns: `nil` when there are more nodes than that.
    mutating func build(nodeLimit: Int) -> [HTMLNode]? {
        while nodes.count <= nodeLimit {
            tokenizer.knowsCDATA = open.last.map { nodes[$0.node].namespace != .html } ?? false
            let token = tokenizer.next()
            handle(token)
            if case .none = token { return nodes }
        }
        return nil
    }

    private mutating func handle(_ token: HTMLToken) {
        var token = token
        if case .characters(let text) = token {
            if dropsLineFeed, text.utf8.first == 10 {
                token = .characters(String(text.unicodeScalars.dropFirst()))
            }
        } else if !tableText.isEmpty {
            insertTableText()
        }
        dropsLineFeed = false
        if isForeign(token) { inForeign(token) } else { process(token) }
    }

    /// By the rules of the mode that is on.
    mutating func process(_ token: HTMLToken) {
        if case .characters("") = token { return }
        switch mode {
        case .initial: initial(token)
        case .beforeHTML: beforeHTML(token)
        case .beforeHead: beforeHead(token)
        case .inHead: inHead(token)
        case .afterHead: afterHead(token)
        case .inBody: inBody(token)
        case .text: inText(token)
        case .inTable: inTable(token)
        case .inCaption: inCaption(token)
        case .inColumnGroup: inColumnGroup(token)
        case .inTableBody: inTableBody(token)
        case .inRow: inRow(token)
        case .inCell: inCell(token)
        case .inSelect: inSelect(token)
        case .inSelectInTable: inSelectInTable(token)
        case .inTemplate: inTemplate(token)
        case .afterBody: afterBody(token)
        case .inFrameset: inFrameset(token)
        case .afterFrameset: afterFrameset(token)
        case .afterAfterBody: afterAfterBody(token)
        case .afterAfterFrameset: afterAfterFrameset(token)
        }
    }

    /// The same token once more, in another mode.
    mutating func process(_ token: HTMLToken, in mode: Mode) {
        self.mode = mode
        process(token)
    }

    // MARK: characters

    /// Puts an element that has characters for content, up to its end tag.
    mutating func insertRaw(_ tag: HTMLStartTag, resolvingReferences: Bool = false) {
        insert(tag, beyondLimit: true)
        tokenizer.readRaw(until: tag.name, resolvingReferences: resolvingReferences)
        modeBehindText = mode
        mode = .text
    }

    private mutating func inText(_ token: HTMLToken) {
        switch token {
        case .characters(let text): insertText(text)
        case .none:
            pop()
            process(token, in: modeBehindText)
        case .end:
            pop()
            mode = modeBehindText
        default: break
        }
    }

    /// Keeps characters until the next token.
    mutating func collectTableText(_ text: String) {
        tableText += HTMLTokenizer.withoutNUL(text, replacement: nil)
    }

    private mutating func insertTableText() {
        let text = tableText
        tableText = ""
        if text.unicodeScalars.allSatisfy(Self.isSpace) { return insertText(text) }
        fostering { $0.inBody(.characters(text)) }
    }

    mutating func fostering(_ body: (inout HTMLTreeBuilder) -> Void) {
        fosters = true
        body(&self)
        fosters = false
    }

    mutating func insertText(_ text: String) {
        guard !text.isEmpty else { return }
        let (parent, before) = place(in: open.last?.node ?? 0)
        // A document holds no characters.
        guard parent > 0 else { return }
        let neighbour = before >= 0 ? nodes[before].previous : nodes[parent].lastChild
        if neighbour >= 0, nodes[neighbour].kind == .text {
            nodes[neighbour].text += text
        } else {
            insert(HTMLNode(.text, text), into: parent, before: before)
        }
    }

    static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
        scalar == " " || scalar == "\n" || scalar == "\t" || scalar == "\u{C}" || scalar == "\r"
    }

    /// The space that a text begins with, and the rest.
    static func split(_ text: String) -> (space: String, rest: String) {
        let rest = text.unicodeScalars.drop(while: isSpace)
        return (String(text.unicodeScalars[..<rest.startIndex]), String(rest))
    }

    // MARK: nodes

    mutating func insertComment(_ text: String) {
        let (parent, before) = place(in: open.last?.node ?? 0)
        insert(HTMLNode(.comment, text), into: parent, before: before)
    }

    func element(_ tag: HTMLStartTag, _ namespace: HTMLNode.Namespace = .html) -> HTMLNode {
        var node = HTMLNode(.element, tag.name)
        node.attributes = tag.attributes
        node.namespace = namespace
        return node
    }

    /// Puts an element where it belongs and opens it, unless too many are open.
    ///
    /// - Parameter beyondLimit: opens it in any case; for parts that their whole cannot do without.
    /// - Returns: whether it is open.
    @discardableResult
    mutating func insert(
        _ tag: HTMLStartTag, _ namespace: HTMLNode.Namespace = .html, beyondLimit: Bool = false
    ) -> Bool {
        let (parent, before) = place(in: open.last?.node ?? 0)
        let node = insert(element(tag, namespace), into: parent, before: before)
        guard beyondLimit || open.count < Self.depthLimit else { return false }
        push(node, tag.tag)
        return true
    }

    /// An element without content.
    mutating func insertVoid(_ tag: HTMLStartTag) {
        let (parent, before) = place(in: open.last?.node ?? 0)
        insert(element(tag), into: parent, before: before)
    }

    /// Where the next node goes: into what, and before which of its children.
    func place(in node: Int) -> (parent: Int, before: Int) {
        guard fosters, nodes[node].namespace == .html,
            HTMLTag(nodes[node].text).traits.contains(.tableContext)
        else { return (node, -1) }
        for (index, entry) in open.enumerated().reversed() {
            if entry.tag == .template { return (entry.node, -1) }
            guard entry.tag == .table, index > 0 else { continue }
            let parent = nodes[entry.node].parent
            return parent >= 0 ? (parent, entry.node) : (open[index - 1].node, -1)
        }
        return (open.first?.node ?? 0, -1)
    }

    @discardableResult
    mutating func insert(_ node: HTMLNode, into parent: Int, before: Int = -1) -> Int {
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
