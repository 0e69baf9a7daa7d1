/// A path into an XML text: the part of XPath 1.0 that values are taken out with.
///
/// Steps by `/` and `//` of names, `*`, `.`, `..`; predicates `[2]`, `[last()]`, `[@a]`, `[@a='b']`, `[b='c']`; at the end
/// `text()`, `@attribute` or an element, which stands for its text; `string(…)` around all of it.
public struct XPath: Sendable {
    /// As written.
    public let source: String
    let steps: [Step]
    let end: End

    public struct Fault: Error, Sendable, Equatable {
        public var expected: String
        public var found: String
    }

    struct Step: Sendable {
        /// Behind `//`.
        var isDeep: Bool
        /// `*` for any, `.` and `..` for themselves.
        var name: String
        var predicates: [Predicate]
    }

    enum Predicate: Sendable {
        /// From 1.
        case place(Int)
        case last
        case attribute(String, String?)
        case child(String, String)
    }

    enum End: Sendable, Equatable {
        case text
        case attribute(String)
    }

    public init(parsing text: String) throws(Fault) {
        source = text
        var parser = XPathParser(text)
        (steps, end) = try parser.path()
    }

    /// The first value that the path finds.
    ///
    /// - Returns: `nil` when it finds none, or the text is no XML.
    public func value(in text: String) -> String? {
        guard let tree = XMLTree(text) else { return nil }
        var nodes = [-1]
        for step in steps { nodes = select(step, from: nodes, tree) }
        for node in nodes where node >= 0 {
            switch end {
            case .text: return tree.text(of: node)
            case .attribute(let name):
                if let value = tree.nodes[node].attributes[name] { return value }
            }
        }
        return nil
    }

    /// Each node once, however many ways lead to it.
    private func select(_ step: Step, from nodes: [Int], _ tree: XMLTree) -> [Int] {
        var seen: Set<Int> = []
        if step.name == "." { return nodes }
        if step.name == ".." {
            return nodes.compactMap { $0 < 0 ? nil : tree.nodes[$0].parent }.filter {
                seen.insert($0).inserted
            }
        }
        var starts = nodes
        if step.isDeep {
            starts = []
            for node in nodes where seen.insert(node).inserted {
                starts.append(node)
                tree.forEachDescendant(of: node) { if seen.insert($0).inserted { starts.append($0) } }
            }
        }
        return starts.flatMap { start in
            var found = tree.children(of: start).filter {
                step.name == "*" || tree.nodes[$0].name == step.name
            }
            for predicate in step.predicates {
                switch predicate {
                case .place(let place): found = found.indices.contains(place - 1) ? [found[place - 1]] : []
                case .last: found = found.last.map { [$0] } ?? []
                case .attribute(let name, let wanted):
                    found.removeAll { child in
                        guard let value = tree.nodes[child].attributes[name] else { return true }
                        return wanted != nil && value != wanted
                    }
                case .child(let name, let wanted):
                    found.removeAll { child in
                        !tree.children(of: child).contains {
                            tree.nodes[$0].name == name && tree.text(of: $0) == wanted
                        }
                    }
                }
            }
            return found
        }
    }
}

/// The elements of an XML text, in its order.
struct XMLTree {
    struct Node {
        var name: String
        var attributes: [String: String]
        var parent: Int
        var children: [Int] = []
        /// Texts and elements in order; elements by their index.
        var content: [Content] = []
    }

    enum Content {
        case text(String)
        case element(Int)
    }

    private(set) var nodes: [Node] = []
    private var top: [Int] = []

    init?(_ text: String) {
        do {
            var reader = try XMLReader(Array(text.utf8), file: "")
            var open: [Int] = []
            while let event = try reader.next() {
                switch event.kind {
                case .start(let name, let attributes):
                    let parent = open.last ?? -1
                    nodes.append(
                        Node(
                            name: name,
                            attributes: Dictionary(
                                attributes.map { ($0.name, $0.value) },
                                uniquingKeysWith: { first, _ in first }),
                            parent: parent))
                    let index = nodes.count - 1
                    if parent < 0 {
                        top.append(index)
                    } else {
                        nodes[parent].children.append(index)
                        nodes[parent].content.append(.element(index))
                    }
                    open.append(index)
                case .end: open.removeLast()
                case .text(let piece): if let last = open.last { nodes[last].content.append(.text(piece)) }
                }
            }
        } catch {
            return nil
        }
    }

    func children(of node: Int) -> [Int] { node < 0 ? top : nodes[node].children }

    /// In the order of the text.
    func forEachDescendant(of node: Int, _ body: (Int) -> Void) {
        var waiting = Array(children(of: node).reversed())
        while let next = waiting.popLast() {
            body(next)
            waiting += children(of: next).reversed()
        }
    }

    /// Of the element and of all inside it.
    func text(of node: Int) -> String {
        nodes[node].content.map { part in
            switch part {
            case .text(let text): text
            case .element(let inner): text(of: inner)
            }
        }.joined()
    }
}

/// Reads paths.
struct XPathParser {
    private let text: [Character]
    private var position = 0

    init(_ text: String) { self.text = Array(text) }

    mutating func path() throws(XPath.Fault) -> ([XPath.Step], XPath.End) {
        let isWrapped = take("string(")
        var steps: [XPath.Step] = []
        while true {
            let isDeep = take("//")
            if !isDeep, !take("/"), !steps.isEmpty { break }
            if take("@") { return (steps, try closed(.attribute(try name()), isWrapped)) }
            if take("text()") { return (steps, try closed(.text, isWrapped)) }
            var step = XPath.Step(isDeep: isDeep, name: "", predicates: [])
            step.name = take("..") ? ".." : take(".") ? "." : take("*") ? "*" : try name()
            while take("[") { step.predicates.append(try predicate()) }
            steps.append(step)
        }
        return (steps, try closed(.text, isWrapped))
    }

    private mutating func closed(_ end: XPath.End, _ isWrapped: Bool) throws(XPath.Fault) -> XPath.End {
        if isWrapped, !take(")") { throw fault("`)`") }
        guard position == text.count else { throw fault("`/`, `[` or the end of the path") }
        return end
    }

    private mutating func predicate() throws(XPath.Fault) -> XPath.Predicate {
        let found: XPath.Predicate
        if take("last()") {
            found = .last
        } else if let digit = peek, digit.isNumber {
            guard let place = Int(word(\.isNumber)), place > 0 else { throw fault("a place from 1 on") }
            found = .place(place)
        } else if take("@") {
            let key = try name()
            found = .attribute(key, take("=") ? try quoted() : nil)
        } else {
            let key = try name()
            guard take("=") else { throw fault("`=` and a text in quotes") }
            found = .child(key, try quoted())
        }
        guard take("]") else { throw fault("`]`") }
        return found
    }

    private mutating func quoted() throws(XPath.Fault) -> String {
        guard let quote = peek, quote == "'" || quote == "\"" else { throw fault("a text in quotes") }
        position += 1
        let value = word { $0 != quote }
        position = min(position + 1, text.count)
        return value
    }

    private mutating func name() throws(XPath.Fault) -> String {
        let name = word { $0.isLetter || $0.isNumber || "_-.:".contains($0) }
        guard !name.isEmpty else { throw fault("the name of an element") }
        return name
    }

    private mutating func word(_ holds: (Character) -> Bool) -> String {
        let start = position
        while let next = peek, holds(next) { position += 1 }
        return String(text[start..<position])
    }

    private var peek: Character? { position < text.count ? text[position] : nil }

    private mutating func take(_ sign: String) -> Bool {
        while peek == " " { position += 1 }
        guard text[position...].starts(with: sign) else { return false }
        position += sign.count
        return true
    }

    private func fault(_ expected: String) -> XPath.Fault {
        let found = peek == nil ? "the end" : "`\(String(text[position...].prefix(20)))`"
        return XPath.Fault(expected: expected, found: found)
    }
}
