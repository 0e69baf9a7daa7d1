/// Formatting elements to open again behind what cuts them. Source: WHATWG HTML §13.2.4.3.
struct FormattingList {
    struct Entry {
        var node: Int
        var tag: HTMLTag
        /// Equal of elements with equal attributes.
        var signature: Int
    }

    /// `nil` is a marker.
    private(set) var entries: [Entry?] = []
    /// So many are remembered; more than the elements that are ever open at once.
    static let limit = HTMLTreeBuilder.depthLimit

    /// At most three alike, so that unclosed tags do not pile up.
    mutating func remember(_ node: Int, _ tag: HTMLTag, in nodes: [HTMLNode]) {
        let attributes = nodes[node].attributes
        let signature = attributes.reduce(attributes.count) { $0 ^ $1.hashValue }
        var alike: [Int] = []
        for index in entries.indices.reversed() {
            guard let other = entries[index] else { break }
            guard other.tag == tag, other.signature == signature,
                Set(nodes[other.node].attributes) == Set(attributes)
            else { continue }
            alike.append(index)
        }
        if alike.count >= 3, let oldest = alike.last { entries.remove(at: oldest) }
        if entries.count >= Self.limit, let oldest = entries.firstIndex(where: { $0 != nil }) {
            entries.remove(at: oldest)
        }
        entries.append(Entry(node: node, tag: tag, signature: signature))
    }

    mutating func mark() { entries.append(nil) }

    mutating func clearToMarker() {
        while let last = entries.popLast() { if last == nil { return } }
    }

    /// The last of a name behind the last marker.
    func last(_ tag: HTMLTag) -> Int? {
        for entry in entries.reversed() {
            guard let entry else { return nil }
            if entry.tag == tag { return entry.node }
        }
        return nil
    }

    func index(of node: Int) -> Int? { entries.lastIndex { $0?.node == node } }

    mutating func remove(_ node: Int) {
        if let index = index(of: node) { entries.remove(at: index) }
    }

    mutating func replace(at index: Int, with node: Int) { entries[index]?.node = node }

    mutating func insert(_ entry: Entry, at index: Int) {
        entries.insert(entry, at: min(index, entries.count))
    }
}

/// Source: WHATWG HTML §13.2.4.3, §13.2.6.4.7 (the adoption agency).
extension HTMLTreeBuilder {
    /// Opens again what a block cut.
    mutating func reopenFormatting() {
        let entries = formatting.entries
        var first = entries.count
        while first > 0, let entry = entries[first - 1], !nodes[entry.node].isOpen { first -= 1 }
        for index in first..<entries.count {
            guard let entry = entries[index], open.count < Self.depthLimit, copiesLeft > 0 else { return }
            let (parent, before) = place(in: open.last?.node ?? 0)
            let copy = copied(entry.node)
            link(copy, into: parent, before: before)
            push(copy, entry.tag)
            formatting.replace(at: index, with: copy)
        }
    }

    mutating func insertFormatting(_ tag: HTMLStartTag) {
        reopenFormatting()
        guard insert(tag), let node = open.last?.node else { return }
        formatting.remember(node, tag.tag, in: nodes)
    }

    /// Ends a formatting element, wherever it began.
    mutating func adopt(_ tag: HTMLTag) {
        if current == tag, let node = open.last?.node, formatting.index(of: node) == nil { return pop() }
        for _ in 0..<8 {
            guard let element = formatting.last(tag) else { return endOrdinary(tag.rawValue, tag) }
            guard nodes[element].isOpen, let depth = index(of: element), depth > 0 else {
                return formatting.remove(element)
            }
            guard isInScope(node: element) else { return }
            guard let block = open[(depth + 1)...].first(where: { $0.traits.contains(.special) }) else {
                while open.count > depth { pop() }
                return formatting.remove(element)
            }
            adopt(element, tag, depth, into: block.node)
        }
    }

    private mutating func adopt(_ element: Int, _ tag: HTMLTag, _ depth: Int, into block: Int) {
        guard let start = index(of: block), let entry = formatting.index(of: element) else { return }
        let ancestor = open[depth - 1].node
        var bookmark = entry
        var last = block
        var count = 0
        for place in stride(from: start - 1, to: depth, by: -1) {
            let node = open[place].node
            count += 1
            var index = formatting.index(of: node)
            if count > 3, let found = index {
                formatting.remove(node)
                if found < bookmark { bookmark -= 1 }
                index = nil
            }
            guard let index else {
                remove(node)
                continue
            }
            let copy = copied(node)
            formatting.replace(at: index, with: copy)
            nodes[node].isOpen = false
            nodes[copy].isOpen = true
            open[place].node = copy
            if last == block { bookmark = index + 1 }
            unlink(last)
            link(last, into: copy, before: -1)
            last = copy
        }
        unlink(last)
        let target = place(in: ancestor)
        link(last, into: target.parent, before: target.before)
        replace(element, tag, inside: block, bookmark)
    }

    /// Puts a copy of a formatting element around what is in a block, and opens it in the element's stead.
    private mutating func replace(_ element: Int, _ tag: HTMLTag, inside block: Int, _ bookmark: Int) {
        let copy = copied(element)
        while nodes[block].firstChild >= 0 {
            let child = nodes[block].firstChild
            unlink(child)
            link(child, into: copy, before: -1)
        }
        link(copy, into: block, before: -1)
        if let old = formatting.index(of: element), var entry = formatting.entries[old] {
            entry.node = copy
            formatting.remove(element)
            formatting.insert(entry, at: old < bookmark ? bookmark - 1 : bookmark)
        }
        remove(element)
        if let index = index(of: block) {
            open.insert(entry(copy, tag), at: index + 1)
            nodes[copy].isOpen = true
            openCounts[tag, default: 0] += 1
        }
    }

    /// An element like another one, that is nowhere yet.
    private mutating func copied(_ node: Int) -> Int {
        copiesLeft -= 1
        var copy = HTMLNode(.element, nodes[node].text)
        copy.attributes = nodes[node].attributes
        nodes.append(copy)
        return nodes.count - 1
    }
}
