/// A path with parameters: `/jobs/{id}/report.{format}`.
struct APIPathTemplate: Sendable, Hashable {
    enum Piece: Sendable, Hashable {
        case literal(String)
        case parameter(String)
    }

    /// Why a text is none.
    struct Fault: Error, Equatable { var message: String }

    /// Between slashes; a segment without pieces is empty.
    var segments: [[Piece]]

    init(_ text: String) throws(Fault) {
        guard text.hasPrefix("/") else { throw Fault(message: "a path begins with '/'") }
        var segments: [[Piece]] = []
        var names: Set<String> = []
        for word in text.dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
            var pieces: [Piece] = []
            var rest = word
            while let first = rest.first {
                guard first == "{" else {
                    let literal = rest.prefix { $0 != "{" }
                    guard !literal.contains("}") else { throw Fault(message: "'}' has no '{' before it") }
                    pieces.append(.literal(URIReference.percentDecoded(String(literal))))
                    rest = rest.dropFirst(literal.count)
                    continue
                }
                guard let end = rest.firstIndex(of: "}") else {
                    throw Fault(message: "'{' has no '}' behind it")
                }
                let name = String(rest[rest.index(after: rest.startIndex)..<end])
                guard !name.isEmpty, !name.contains("{") else {
                    throw Fault(message: "a parameter needs a name")
                }
                guard names.insert(name).inserted else {
                    throw Fault(message: "'{\(name)}' stands in it twice")
                }
                pieces.append(.parameter(name))
                rest = rest[rest.index(after: end)...]
            }
            segments.append(pieces)
        }
        self.segments = segments
    }

    var names: [String] {
        segments.joined().compactMap { if case .parameter(let name) = $0 { name } else { nil } }
    }

    /// The same for paths that differ in names only: the same requests go to both.
    var shape: [[Piece]] {
        segments.map { $0.map { if case .parameter = $0 { .parameter("") } else { $0 } } }
    }

    /// What stands in a segment for its parameters; `nil` when it is another segment.
    ///
    /// - Parameter segment: as sent. Parameters have at least one character.
    static func values(of pieces: ArraySlice<Piece>, in segment: Substring) -> [String]? {
        guard let piece = pieces.first else { return segment.isEmpty ? [] : nil }
        let others = pieces.dropFirst()
        switch piece {
        case .literal(let word):
            // Literals are compared decoded; an encoded one is as long as what it decodes to says.
            for end in segment.indices.map({ segment.index(after: $0) }) {
                let text = URIReference.percentDecoded(String(segment[..<end]))
                if text == word { return values(of: others, in: segment[end...]) }
                if text.utf8.count > word.utf8.count + 3 { return nil }
            }
            return nil
        case .parameter:
            if others.isEmpty { return segment.isEmpty ? nil : [String(segment)] }
            for end in segment.indices.dropFirst() {
                if let rest = values(of: others, in: segment[end...]) {
                    return [String(segment[..<end])] + rest
                }
            }
            return nil
        }
    }
}

/// Finds the operation of a request among many; constant segments come before those with parameters.
struct APIPathIndex: Sendable {
    private struct Node: Sendable {
        var literals: [String: Int] = [:]
        /// Segments that are partly constant, in the order written.
        var mixed: [(pieces: [APIPathTemplate.Piece], node: Int)] = []
        var parameter: Int?
        var leaves: [Leaf] = []
    }

    private struct Leaf: Sendable {
        var method: String
        var operation: Int
        /// Of parameters, in the path's order; `nil` for those of a server.
        var names: [String?]
    }

    private var nodes = [Node()]
    /// Requests for longer paths go to no operation.
    private static let segmentLimit = 256

    /// - Parameter base: in front of the operation's path; its parameters mean nothing.
    mutating func add(
        _ template: APIPathTemplate, below base: APIPathTemplate? = nil, method: String, operation: Int
    ) {
        var node = 0
        for pieces in (base?.segments ?? []) + template.segments { node = child(of: node, pieces) }
        let own: [String?] = template.names
        let names = (base?.names ?? []).map { _ in nil } + own
        nodes[node].leaves.append(Leaf(method: method, operation: operation, names: names))
    }

    private mutating func child(of node: Int, _ pieces: [APIPathTemplate.Piece]) -> Int {
        switch (pieces.count, pieces.first) {
        case (0, _): return literal("", of: node)
        case (1, .literal(let word)?): return literal(word, of: node)
        case (1, .parameter?):
            if let known = nodes[node].parameter { return known }
            nodes.append(Node())
            nodes[node].parameter = nodes.count - 1
        default:
            let shape = pieces.map { piece -> APIPathTemplate.Piece in
                if case .parameter = piece { .parameter("") } else { piece }
            }
            if let known = nodes[node].mixed.first(where: { $0.pieces == shape }) { return known.node }
            nodes.append(Node())
            nodes[node].mixed.append((shape, nodes.count - 1))
        }
        return nodes.count - 1
    }

    private mutating func literal(_ word: String, of node: Int) -> Int {
        if let known = nodes[node].literals[word] { return known }
        nodes.append(Node())
        nodes[node].literals[word] = nodes.count - 1
        return nodes.count - 1
    }

    /// - Parameter path: as sent, without query.
    func match(method: String, path: String) -> (operation: Int, values: [APIMatch.Value])? {
        var found: (leaf: Leaf, texts: [String])?
        var fallback: (leaf: Leaf, texts: [String])?
        visit(path) { leaves, texts in
            if let leaf = leaves.first(where: { $0.method == method }) {
                found = (leaf, texts)
                return true
            }
            if method == "HEAD", fallback == nil, let leaf = leaves.first(where: { $0.method == "GET" }) {
                fallback = (leaf, texts)
            }
            return false
        }
        guard let (leaf, texts) = found ?? fallback else { return nil }
        let values = zip(leaf.names, texts).compactMap { name, text in
            name.map { APIMatch.Value(name: $0, text: text) }
        }
        return (leaf.operation, values)
    }

    /// The methods that a path has, in the document's order; empty when there is no such path.
    func methods(at path: String) -> [String] {
        var methods: [String] = []
        visit(path) { leaves, _ in
            for leaf in leaves where !methods.contains(leaf.method) { methods.append(leaf.method) }
            return false
        }
        return methods
    }

    /// Gives the leaves that a path leads to, the most constant first, until `isDone`.
    private func visit(_ path: String, _ isDone: ([Leaf], [String]) -> Bool) {
        guard path.hasPrefix("/") else { return }
        let segments = path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
        guard segments.count <= Self.segmentLimit else { return }
        _ = visit(segments[...], from: 0, [], isDone)
    }

    private func visit(
        _ segments: ArraySlice<Substring>, from node: Int, _ texts: [String],
        _ isDone: ([Leaf], [String]) -> Bool
    ) -> Bool {
        let node = nodes[node]
        guard let segment = segments.first else {
            return !node.leaves.isEmpty && isDone(node.leaves, texts)
        }
        let rest = segments.dropFirst()
        if let next = node.literals[URIReference.percentDecoded(String(segment))],
            visit(rest, from: next, texts, isDone)
        {
            return true
        }
        for (pieces, next) in node.mixed {
            guard let values = APIPathTemplate.values(of: pieces[...], in: segment) else { continue }
            if visit(rest, from: next, texts + values, isDone) { return true }
        }
        guard let next = node.parameter, !segment.isEmpty else { return false }
        return visit(rest, from: next, texts + [String(segment)], isDone)
    }
}
