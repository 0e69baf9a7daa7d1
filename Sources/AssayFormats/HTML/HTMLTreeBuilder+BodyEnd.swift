/// End tags in the body. Source: WHATWG HTML §13.2.6.4.7.
extension HTMLTreeBuilder {
    mutating func endInBody(_ name: String, _ tag: HTMLTag) {
        switch tag {
        case .template: endTemplate()
        case .body: if isInScope(.body) { mode = .afterBody }
        case .html:
            guard isInScope(.body) else { return }
            process(.end(name: name, tag: tag), in: .afterBody)
        case .form: endForm()
        case .p:
            if !isInScope(.p, .buttonScope) {
                guard insert(HTMLStartTag(.p)) else { return }
            }
            closeParagraph()
        case .li: endBlock(tag, .listScope)
        case .dd, .dt, .button, .listing, .pre: endBlock(tag)
        case _ where tag.traits.contains(.block): endBlock(tag)
        case _ where HTMLTraits.headings.contains(tag):
            guard isAnyInScope(HTMLTraits.headings) else { return }
            popImplied()
            while !HTMLTraits.headings.contains(current), open.count > 1 { pop() }
            pop()
        case _ where tag.traits.contains(.formatting): adopt(tag)
        case .applet, .marquee, .object:
            guard isInScope(tag) else { return }
            endBlock(tag)
            formatting.clearToMarker()
        case .br: inBody(.start(HTMLStartTag(.br)))
        default: endOrdinary(name, tag)
        }
    }

    private mutating func endBlock(_ tag: HTMLTag, _ scope: HTMLTraits = .scope) {
        guard isInScope(tag, scope) else { return }
        popImplied(except: tag.traits.contains(.impliedEnd) ? tag : nil)
        pop(through: tag)
    }

    private mutating func endForm() {
        if isOpen(.template) { return endBlock(.form) }
        let node = form
        form = -1
        guard node >= 0, nodes[node].isOpen, isInScope(node: node) else { return }
        popImplied()
        remove(node)
    }

    mutating func endOrdinary(_ name: String, _ tag: HTMLTag) {
        guard isOpen(tag) else { return }
        for entry in open.reversed() {
            if entry.tag == tag, nodes[entry.node].text == name, nodes[entry.node].namespace == .html {
                popImplied(except: tag)
                while let last = open.last, open.count > 1 {
                    pop()
                    if last.node == entry.node { return }
                }
                return
            }
            if entry.traits.contains(.special) { return }
        }
    }
}
