extension HTMLTreeBuilder {
    mutating func start(_ name: String, _ attributes: [HTMLAttribute], _ isSelfClosing: Bool) {
        if currentIsForeign, body >= 0 {
            let breaksOut =
                HTMLNames.breakingOut.contains(name)
                || name == "font" && attributes.contains { ["color", "face", "size"].contains($0.name) }
            guard breaksOut else { return startForeign(name, attributes, isSelfClosing) }
            while currentIsForeign { pop() }
        }
        switch name {
        case "html": openHTML(attributes)
        case "head": openHead(attributes)
        case "frameset", "frame": break
        case "body": body < 0 || open.count > 1 ? openBody(attributes) : ()
        default:
            if isBeforeBody {
                if HTMLNames.head.contains(name) { return startInHead(name, attributes) }
                openBody()
            }
            startInBody(name, attributes, isSelfClosing)
        }
    }

    private mutating func startInHead(_ name: String, _ attributes: [HTMLAttribute]) {
        openHead()
        if open.contains(head) {
            insertWithContent(name, attributes)
        } else {
            open.append(head)
            insertWithContent(name, attributes)
            open.removeAll { $0 == head }
        }
    }

    /// An element that may have characters for content.
    private mutating func insertWithContent(_ name: String, _ attributes: [HTMLAttribute]) {
        insertElement(name, attributes, isVoid: HTMLNames.void.contains(name))
        if HTMLNames.raw.contains(name) { tokenizer.readRaw(until: name, resolvingReferences: false) }
        if HTMLNames.escapableRaw.contains(name) { tokenizer.readRaw(until: name, resolvingReferences: true) }
    }

    private mutating func startForeign(_ name: String, _ attributes: [HTMLAttribute], _ isSelfClosing: Bool) {
        let namespace = open.last.map { nodes[$0].namespace } ?? .html
        // Inside these of SVG's elements HTML goes on.
        if ["foreignobject", "desc", "title"].contains(current), namespace == .svg {
            return startInBody(name, attributes, isSelfClosing)
        }
        insertElement(name, attributes, namespace, isVoid: isSelfClosing)
    }

    private mutating func startInBody(_ name: String, _ attributes: [HTMLAttribute], _ isSelfClosing: Bool) {
        if isInScope("select", stoppingAt: ["body"]) {
            if startInSelect(name, attributes) { return }
        }
        if ["caption", "colgroup", "col", "tbody", "thead", "tfoot", "tr", "td", "th"].contains(name) {
            if isInTable { startInTable(name, attributes) }
            return
        }
        if HTMLNames.tableContexts.contains(current) {
            switch name {
            case "table": pop(through: "table")
            case "style", "script", "template": return insertWithContent(name, attributes)
            case "input" where attributes.contains { $0.name == "type" && $0.value.lowercased() == "hidden" }:
                insertElement(name, attributes, isVoid: true)
                return
            case "form":
                if form < 0 { form = insertElement(name, attributes, isVoid: true) }
                return
            default: return fostering { $0.startOrdinary(name, attributes, isSelfClosing) }
            }
        }
        startOrdinary(name, attributes, isSelfClosing)
    }

    private mutating func startOrdinary(_ name: String, _ attributes: [HTMLAttribute], _ isSelfClosing: Bool)
    {
        endBefore(name)
        switch name {
        case "form":
            guard form < 0 else { return }
            form = insertElement(name, attributes)
        case "image": startOrdinary("img", attributes, isSelfClosing)
        case "svg", "math":
            reopenFormatting()
            insertElement(name, attributes, name == "svg" ? .svg : .math, isVoid: isSelfClosing)
        case "plaintext":
            insertElement(name, attributes)
            tokenizer.readRaw(until: "plaintext", resolvingReferences: false)
        case _ where HTMLNames.formatting.contains(name):
            reopenFormatting()
            remember(insertElement(name, attributes))
        case _ where HTMLNames.markers.contains(name):
            reopenFormatting()
            insertElement(name, attributes)
            formatting.append(nil)
        case _ where HTMLNames.raw.contains(name) || HTMLNames.escapableRaw.contains(name):
            insertWithContent(name, attributes)
        case _ where HTMLNames.head.contains(name) || HTMLNames.closingParagraphs.contains(name):
            insertElement(name, attributes, isVoid: HTMLNames.void.contains(name))
        default:
            reopenFormatting()
            insertElement(name, attributes, isVoid: HTMLNames.void.contains(name))
        }
    }

    /// Ends what the start of this element ends.
    private mutating func endBefore(_ name: String) {
        switch name {
        case "li": endItem(["li"])
        case "dd", "dt": endItem(["dd", "dt"])
        case "a": if isRemembered("a") { adopt("a") }
        case "nobr": if isInScope("nobr") { adopt("nobr") }
        case "button":
            if isInScope("button") {
                popImplied()
                pop(through: "button")
            }
        case "option", "optgroup": if current == "option" { pop() }
        case "rb", "rtc": if isInScope("ruby") { popImplied() }
        case "rp", "rt": if isInScope("ruby") { popImplied(except: "rtc") }
        default: break
        }
        if HTMLNames.closingParagraphs.contains(name), name != "table" || !isQuirky { closeParagraph() }
        if HTMLNames.headings.contains(name), HTMLNames.headings.contains(current) { pop() }
    }

    private mutating func endItem(_ names: Set<String>) {
        for node in open.reversed() {
            let name = nodes[node].text
            if names.contains(name) {
                popImplied(except: name)
                return pop(through: name)
            }
            if HTMLNames.special.contains(name), !["address", "div", "p"].contains(name) { return }
        }
    }

    // MARK: tables and choices

    private mutating func startInTable(_ name: String, _ attributes: [HTMLAttribute]) {
        switch name {
        case "caption":
            pop(to: ["table"])
            insertElement(name, attributes)
            formatting.append(nil)
        case "colgroup", "tbody", "thead", "tfoot":
            pop(to: ["table"])
            insertElement(name, attributes)
        case "col":
            if current != "colgroup" {
                pop(to: ["table"])
                insertElement("colgroup")
            }
            insertElement(name, attributes, isVoid: true)
        case "tr":
            pop(to: HTMLNames.tableSections.union(["table"]))
            if current == "table" { insertElement("tbody") }
            insertElement(name, attributes)
        default:
            pop(to: HTMLNames.tableContexts)
            if current == "table" { insertElement("tbody") }
            if current != "tr" { insertElement("tr") }
            insertElement(name, attributes)
            formatting.append(nil)
        }
    }

    /// - Returns: whether that was all; otherwise the choice is over, and the element is one like others.
    private mutating func startInSelect(_ name: String, _ attributes: [HTMLAttribute]) -> Bool {
        switch name {
        case "option":
            if current == "option" { pop() }
            insertElement(name, attributes)
        case "optgroup", "hr":
            if current == "option" { pop() }
            if current == "optgroup" { pop() }
            insertElement(name, attributes, isVoid: name == "hr")
        case "script", "template": insertWithContent(name, attributes)
        case "select": pop(through: "select")
        case "input", "keygen", "textarea":
            pop(through: "select")
            return false
        case "caption", "table", "tbody", "tfoot", "thead", "tr", "td", "th":
            guard isInTable else { return true }
            pop(through: "select")
            return false
        default: break
        }
        return true
    }
}
