/// Start tags and characters in the body. Source: WHATWG HTML §13.2.6.4.7.
extension HTMLTreeBuilder {
    mutating func inBody(_ token: HTMLToken) {
        switch token {
        case .characters(let text):
            let text = HTMLTokenizer.withoutNUL(text, replacement: nil)
            guard !text.isEmpty else { return }
            reopenFormatting()
            insertText(text)
            if allowsFrameset, !text.unicodeScalars.allSatisfy(Self.isSpace) { allowsFrameset = false }
        case .comment(let text): insertComment(text)
        case .doctype: break
        case .start(let tag): startInBody(tag)
        case .end(let name, let tag): endInBody(name, tag)
        case .none: if !templateModes.isEmpty { inTemplate(token) }
        }
    }

    private mutating func startInBody(_ tag: HTMLStartTag) {
        switch tag.tag {
        case .html: if !isOpen(.template) { add(tag.attributes, to: 0) }
        case .body:
            guard open.count > 1, open[1].tag == .body, !isOpen(.template) else { return }
            allowsFrameset = false
            add(tag.attributes, to: 1)
        case .frameset: replaceBody(with: tag)
        case _ where tag.tag.traits.contains(.headContent): startHeadContent(tag)
        case _ where tag.tag.traits.contains(.tablePart): break
        case .head, .frame: break
        case _ where tag.tag.traits.contains(.block):
            closeParagraph()
            insert(tag)
        case _ where HTMLTraits.headings.contains(tag.tag):
            closeParagraph()
            if HTMLTraits.headings.contains(current) { pop() }
            insert(tag)
        case .pre, .listing:
            closeParagraph()
            insert(tag)
            dropsLineFeed = true
            allowsFrameset = false
        case .form: startForm(tag)
        case .li: startItem(tag, [.li])
        case .dd, .dt: startItem(tag, [.dd, .dt])
        case .plaintext:
            closeParagraph()
            insert(tag)
            tokenizer.readRaw(until: "plaintext", resolvingReferences: false)
        case .table:
            if !isQuirky { closeParagraph() }
            allowsFrameset = false
            if insert(tag) { mode = .inTable }
        case .hr:
            closeParagraph()
            insertVoid(tag)
            allowsFrameset = false
        case .image:
            var image = HTMLStartTag(.img)
            image.attributes = tag.attributes
            startInBody(image)
        default: startPhrase(tag)
        }
    }

    /// What stands in lines of text.
    private mutating func startPhrase(_ tag: HTMLStartTag) {
        switch tag.tag {
        case .a:
            if let old = formatting.last(.a) {
                adopt(.a)
                formatting.remove(old)
                remove(old)
            }
            insertFormatting(tag)
        case .nobr:
            reopenFormatting()
            if isInScope(.nobr) { adopt(.nobr) }
            insertFormatting(tag)
        case _ where tag.tag.traits.contains(.formatting): insertFormatting(tag)
        case .applet, .marquee, .object:
            reopenFormatting()
            if insert(tag) { formatting.mark() }
            allowsFrameset = false
        case .button:
            if isInScope(.button) {
                popImplied()
                pop(through: .button)
            }
            reopenFormatting()
            insert(tag)
            allowsFrameset = false
        case .param, .source, .track: insertVoid(tag)
        case .area, .br, .embed, .img, .input, .keygen, .wbr:
            reopenFormatting()
            insertVoid(tag)
            if tag.tag != .input || tag["type"]?.lowercased() != "hidden" { allowsFrameset = false }
        case .textarea:
            insertRaw(tag, resolvingReferences: true)
            dropsLineFeed = true
            allowsFrameset = false
        case .xmp:
            closeParagraph()
            reopenFormatting()
            allowsFrameset = false
            insertRaw(tag)
        case .iframe:
            allowsFrameset = false
            insertRaw(tag)
        case .noembed: insertRaw(tag)
        case .select: startSelect(tag)
        case .optgroup, .option:
            if current == .option { pop() }
            reopenFormatting()
            insert(tag)
        case .rb, .rtc, .rp, .rt:
            if isInScope(.ruby) { popImplied(except: tag.tag == .rb || tag.tag == .rtc ? nil : .rtc) }
            insert(tag)
        case .math, .svg:
            reopenFormatting()
            insertForeign(tag, tag.tag == .svg ? .svg : .math)
        default:
            reopenFormatting()
            insert(tag)
        }
    }

    private mutating func startForm(_ tag: HTMLStartTag) {
        guard form < 0 || isOpen(.template) else { return }
        closeParagraph()
        let isOpened = insert(tag)
        if isOpened, !isOpen(.template) { form = open.last?.node ?? -1 }
    }

    /// An item ends the one before it.
    private mutating func startItem(_ tag: HTMLStartTag, _ items: Set<HTMLTag>) {
        allowsFrameset = false
        for entry in open.reversed() {
            if items.contains(entry.tag) {
                popImplied(except: entry.tag)
                pop(through: entry.tag)
                break
            }
            if entry.traits.contains(.special), ![.address, .div, .p].contains(entry.tag) { break }
        }
        closeParagraph()
        insert(tag)
    }

    private mutating func startSelect(_ tag: HTMLStartTag) {
        reopenFormatting()
        allowsFrameset = false
        guard insert(tag) else { return }
        switch mode {
        case .inTable, .inCaption, .inTableBody, .inRow, .inCell: mode = .inSelectInTable
        default: mode = .inSelect
        }
    }

    private mutating func replaceBody(with tag: HTMLStartTag) {
        guard open.count > 1, open[1].tag == .body, allowsFrameset else { return }
        unlink(open[1].node)
        while open.count > 1 { pop() }
        insert(tag)
        mode = .inFrameset
    }

    /// Gives html (0) or body (1) the attributes that it has not yet.
    private mutating func add(_ attributes: [HTMLAttribute], to depth: Int) {
        guard !attributes.isEmpty else { return }
        let node = open[depth].node
        if names[depth].isEmpty { names[depth] = Set(nodes[node].attributes.map(\.name)) }
        for attribute in attributes where names[depth].insert(attribute.name).inserted {
            nodes[node].attributes.append(attribute)
        }
    }
}
