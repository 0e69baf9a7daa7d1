/// Formatting that is cut by blocks or badly nested. Source: WHATWG HTML §13.2.4.3, §13.2.6.4.7 (the adoption agency).
extension HTMLTreeBuilder {
    /// At most three alike, so that unclosed tags do not pile up.
    mutating func remember(_ node: Int) {
        var alike: [Int] = []
        for index in formatting.indices.reversed() {
            guard let other = formatting[index] else { break }
            if nodes[other].text == nodes[node].text,
                Set(nodes[other].attributes) == Set(nodes[node].attributes)
            {
                alike.append(index)
            }
        }
        if alike.count >= 3, let oldest = alike.last { formatting.remove(at: oldest) }
        formatting.append(node)
    }

    func isRemembered(_ name: String) -> Bool { rememberedIndex(name) != nil }

    private func rememberedIndex(_ name: String) -> Int? {
        for index in formatting.indices.reversed() {
            guard let node = formatting[index] else { return nil }
            if nodes[node].text == name { return index }
        }
        return nil
    }

    mutating func forgetFormattingToMarker() {
        while let last = formatting.popLast() { if last == nil { return } }
    }

    /// Opens again what a block cut.
    mutating func reopenFormatting() {
        var first = formatting.count
        while first > 0, let node = formatting[first - 1], !open.contains(node) { first -= 1 }
        for index in first..<formatting.count {
            guard let node = formatting[index], open.count < Self.depthLimit else { return }
            formatting[index] = insertElement(nodes[node].text, nodes[node].attributes)
        }
    }

    /// Ends a formatting element, wherever it began.
    mutating func adopt(_ name: String) {
        if current == name, let node = open.last, !formatting.contains(node) { return pop() }
        for _ in 0..<8 {
            guard let place = rememberedIndex(name), let element = formatting[place] else {
                return endOrdinary(name)
            }
            guard let depth = open.firstIndex(of: element) else {
                formatting.remove(at: place)
                return
            }
            guard isInScope(name) else { return }
            let block = open[(depth + 1)...].first { HTMLNames.special.contains(nodes[$0].text) }
            guard let block else {
                while open.count > depth { pop() }
                formatting.remove(at: place)
                return
            }
            adopt(element, depth, into: block)
        }
    }

    private mutating func adopt(_ element: Int, _ depth: Int, into block: Int) {
        let ancestor = open[depth - 1]
        var bookmark = formatting.firstIndex(of: element) ?? formatting.count
        var last = block
        var place = open.firstIndex(of: block) ?? open.count
        var count = 0
        while true {
            place -= 1
            let node = open[place]
            if node == element { break }
            count += 1
            var index = formatting.firstIndex(of: node)
            if count > 3, let found = index {
                formatting.remove(at: found)
                if found < bookmark { bookmark -= 1 }
                index = nil
            }
            guard let index else {
                open.remove(at: place)
                continue
            }
            let copy = copied(node)
            formatting[index] = copy
            open[place] = copy
            if last == block { bookmark = index + 1 }
            unlink(last)
            link(last, into: copy, before: -1)
            last = copy
        }
        unlink(last)
        let target = self.place(in: ancestor, fostering: true)
        link(last, into: target.parent, before: target.before)
        let copy = copied(element)
        while nodes[block].firstChild >= 0 {
            let child = nodes[block].firstChild
            unlink(child)
            link(child, into: copy, before: -1)
        }
        link(copy, into: block, before: -1)
        if let old = formatting.firstIndex(of: element) {
            formatting.remove(at: old)
            if old < bookmark { bookmark -= 1 }
        }
        formatting.insert(copy, at: min(bookmark, formatting.count))
        open.removeAll { $0 == element }
        if let index = open.firstIndex(of: block) { open.insert(copy, at: index + 1) }
    }

    private mutating func copied(_ node: Int) -> Int {
        nodes.append(element(nodes[node].text, nodes[node].attributes))
        return nodes.count - 1
    }
}
