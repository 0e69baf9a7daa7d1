extension JSONTape {
    /// Elements of an array in order; empty for other values.
    public func elements(_ node: Node) -> [Node] {
        let container = entry(node)
        guard container.kind == .array else { return [] }
        var nodes: [Node] = []
        var child = node.index + 1
        while child < Int(container.next) {
            nodes.append(Node(index: child))
            child = Int(entries[child].next)
        }
        return nodes
    }

    /// The value of an object's member; `nil` for other values and absent members. Of repeated names the last counts.
    public func member(_ name: String, of node: Node) -> Node? {
        let container = entry(node)
        guard container.kind == .object else { return nil }
        var found: Node?
        var child = node.index + 1
        while child < Int(container.next) {
            if decodedString(entries[child]) == name { found = Node(index: child + 1) }
            child = Int(entries[child + 1].next)
        }
        return found
    }

    /// Where the value begins: bytes of the text before it.
    public func offset(of node: Node) -> Int {
        let value = entry(node)
        return Int(value.start) - (value.kind == .string ? 1 : 0)
    }
}
