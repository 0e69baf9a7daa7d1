extension HTMLDocument {
    /// The markup of what is in a node.
    public func innerHTML(of node: Int) -> String {
        var text = ""
        var child = nodes[node].firstChild
        while child >= 0 {
            render(child, &text)
            child = nodes[child].next
        }
        return text
    }

    /// The markup of a node, itself included.
    public func outerHTML(of node: Int) -> String {
        if nodes[node].kind == .document { return innerHTML(of: node) }
        var text = ""
        render(node, &text)
        return text
    }

    private func render(_ root: Int, _ text: inout String) {
        var place: Int? = root
        while let node = place {
            open(node, &text)
            if nodes[node].firstChild >= 0 {
                place = nodes[node].firstChild
                continue
            }
            if isEndless(node) { return }
            close(node, &text)
            place = leave(node, root, &text)
        }
    }

    /// The next sibling of a node or of the nearest ancestor that has one; ancestors passed are closed.
    private func leave(_ node: Int, _ root: Int, _ text: inout String) -> Int? {
        var place = node
        while place != root {
            if nodes[place].next >= 0 { return nodes[place].next }
            place = nodes[place].parent
            if isEndless(place) { return nil }
            close(place, &text)
        }
        return nil
    }

    /// Nothing can stand behind it, not even its end tag.
    private func isEndless(_ node: Int) -> Bool {
        nodes[node].text == "plaintext" && nodes[node].kind == .element && nodes[node].namespace == .html
    }

    private func open(_ index: Int, _ text: inout String) {
        let node = nodes[index]
        switch node.kind {
        case .document: break
        case .comment: text += "<!--\(node.text)-->"
        case .doctype: text += "<!DOCTYPE \(Self.escaped(node.text))\(Self.identifiers(node))>"
        case .text:
            let parent = node.parent
            let isRaw = parent >= 0 && HTMLTag(nodes[parent].text).traits.contains(.unescaped)
            text += isRaw ? node.text : Self.escaped(node.text)
        case .element:
            text += "<\(node.text)"
            for attribute in node.attributes {
                text += " \(attribute.name)=\"\(Self.escaped(attribute.value))\""
            }
            text += HTMLTag(node.text).traits.contains(.void) ? "/>" : ">"
            if ["pre", "textarea", "listing"].contains(node.text), node.firstChild >= 0,
                nodes[node.firstChild].kind == .text, nodes[node.firstChild].text.utf8.first == 10
            {
                text += "\n"
            }
        }
    }

    private func close(_ index: Int, _ text: inout String) {
        let node = nodes[index]
        if node.kind == .element, !HTMLTag(node.text).traits.contains(.void) { text += "</\(node.text)>" }
    }

    private static func identifiers(_ doctype: HTMLNode) -> String {
        let (publicID, systemID) = (doctype["public"] ?? "", doctype["system"] ?? "")
        func quoted(_ text: String) -> String { text.contains("\"") ? "'\(text)'" : "\"\(text)\"" }
        if !publicID.isEmpty {
            return " PUBLIC " + quoted(publicID) + (systemID.isEmpty ? "" : " " + quoted(systemID))
        }
        return systemID.isEmpty ? "" : " SYSTEM " + quoted(systemID)
    }

    /// As k6 writes characters: quotes, too, by their numbers.
    static func escaped(_ text: String) -> String {
        guard text.utf8.contains(where: { [38, 39, 60, 62, 34, 13].contains($0) }) else { return text }
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "'": escaped += "&#39;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&#34;"
            case "\r": escaped += "&#13;"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
