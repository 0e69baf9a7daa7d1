extension HTMLTreeBuilder {
    mutating func end(_ name: String) {
        if isBeforeBody {
            switch name {
            case "head":
                openHead()
                while open.count > 1 { pop() }
            case "body", "html", "br": openBody()
            default:
                if open.count > 1, current == name { pop() }
                return
            }
        }
        switch name {
        case "head": break
        case "body", "html":
            isBodyClosed = true
            isHTMLClosed = isHTMLClosed || name == "html"
        case "p":
            if !isInScope("p", stoppingAt: ["button"]) { insertElement("p") }
            closeParagraph()
        case "br": start("br", [], false)
        case "li": endBlock(name, stoppingAt: ["ol", "ul"])
        case "form": endForm()
        case "h1", "h2", "h3", "h4", "h5", "h6":
            guard isAnyInScope(HTMLNames.headings) else { return }
            popImplied()
            while !HTMLNames.headings.contains(current) { pop() }
            pop()
        case "table", "tbody", "thead", "tfoot", "tr", "td", "th", "caption", "colgroup":
            if open.contains(where: { isNamed($0, name) }), isInTable { endOfTable(name) }
        case "select": if isInScope("select") { pop(through: "select") }
        case _ where HTMLNames.formatting.contains(name): adopt(name)
        case _ where HTMLNames.special.contains(name): endBlock(name)
        default: endOrdinary(name)
        }
    }

    private mutating func endBlock(_ name: String, stoppingAt more: Set<String> = []) {
        guard isInScope(name, stoppingAt: more) else { return }
        popImplied(except: name)
        pop(through: name)
    }

    /// A cell or row of another table around this one stays open.
    private mutating func endOfTable(_ name: String) {
        for node in open.reversed() {
            if isNamed(node, name) { return pop(through: name) }
            if isNamed(node, "table") { return }
        }
    }

    private mutating func endForm() {
        let node = form
        form = -1
        guard node >= 0, open.contains(node), isInScope("form") else { return }
        popImplied()
        open.removeAll { $0 == node }
    }

    mutating func endOrdinary(_ name: String) {
        for node in open.reversed() {
            if nodes[node].text == name {
                popImplied(except: name)
                while let last = open.last, open.count > 1 {
                    pop()
                    if last == node { return }
                }
                return
            }
            if HTMLNames.special.contains(nodes[node].text), nodes[node].namespace == .html { return }
        }
    }
}
