/// What stands before the body. Source: WHATWG HTML §13.2.6.4.1 to §13.2.6.4.6, scripts being on.
extension HTMLTreeBuilder {
    mutating func initial(_ token: HTMLToken) {
        switch token {
        case .characters(let text) where Self.split(text).rest.isEmpty: return
        case .comment(let text): insert(HTMLNode(.comment, text), into: 0)
        case .doctype(let doctype):
            var node = HTMLNode(.doctype, doctype.name)
            if doctype.publicID != nil || doctype.systemID != nil {
                node.attributes = [
                    HTMLAttribute(name: "public", value: doctype.publicID ?? ""),
                    HTMLAttribute(name: "system", value: doctype.systemID ?? ""),
                ]
            }
            insert(node, into: 0)
            isQuirky = doctype.isQuirky
            mode = .beforeHTML
        default: process(token, in: .beforeHTML)
        }
    }

    mutating func beforeHTML(_ token: HTMLToken) {
        switch token {
        case .doctype: return
        case .comment(let text):
            insert(HTMLNode(.comment, text), into: 0)
            return
        case .characters(let text) where Self.split(text).rest.isEmpty: return
        case .start(let tag) where tag.tag == .html:
            insert(tag)
            mode = .beforeHead
            return
        case .end(_, let tag) where ![.head, .body, .html, .br].contains(tag): return
        default: break
        }
        insert(HTMLStartTag(.html))
        // Space before the first character is dropped there.
        process(token, in: .beforeHead)
    }

    mutating func beforeHead(_ token: HTMLToken) {
        switch token {
        case .doctype: return
        case .comment(let text): return insertComment(text)
        case .characters(let text):
            let rest = Self.split(text).rest
            if rest.isEmpty { return }
            openHead(HTMLStartTag(.head))
            return process(.characters(rest))
        case .start(let tag) where tag.tag == .html: return inBody(token)
        case .start(let tag) where tag.tag == .head: return openHead(tag)
        case .end(_, let tag) where ![.head, .body, .html, .br].contains(tag): return
        default: break
        }
        openHead(HTMLStartTag(.head))
        process(token)
    }

    private mutating func openHead(_ tag: HTMLStartTag) {
        insert(tag)
        head = open.last?.node ?? -1
        mode = .inHead
    }

    mutating func inHead(_ token: HTMLToken) {
        switch token {
        case .doctype: return
        case .comment(let text): return insertComment(text)
        case .characters(let text):
            let (space, rest) = Self.split(text)
            insertText(space)
            if rest.isEmpty { return }
            pop()
            return process(.characters(rest), in: .afterHead)
        case .start(let tag):
            switch tag.tag {
            case .html: return inBody(token)
            case .head: return
            case _ where tag.tag.traits.contains(.headContent): return startHeadContent(tag)
            default: break
            }
        case .end(_, let tag):
            switch tag {
            case .head:
                pop()
                mode = .afterHead
                return
            case .template: return endTemplate()
            case .body, .html, .br: break
            default: return
            }
        case .none: break
        }
        pop()
        process(token, in: .afterHead)
    }

    /// Also in the body, where the same rules hold.
    mutating func startHeadContent(_ tag: HTMLStartTag) {
        switch tag.tag {
        case .title: insertRaw(tag, resolvingReferences: true)
        case .noscript, .noframes, .style, .script: insertRaw(tag)
        case .template:
            guard insert(tag) else { return }
            formatting.mark()
            allowsFrameset = false
            templateModes.append(.inTemplate)
            mode = .inTemplate
        default: insertVoid(tag)
        }
    }

    mutating func endTemplate() {
        guard isOpen(.template) else { return }
        popImplied(.templateEnd)
        closeTemplate()
    }

    mutating func closeTemplate() {
        pop(through: .template)
        formatting.clearToMarker()
        _ = templateModes.popLast()
        resetMode()
    }

    mutating func afterHead(_ token: HTMLToken) {
        switch token {
        case .doctype: return
        case .comment(let text): return insertComment(text)
        case .characters(let text):
            let (space, rest) = Self.split(text)
            insertText(space)
            if rest.isEmpty { return }
            insert(HTMLStartTag(.body))
            return process(.characters(rest), in: .inBody)
        case .start(let tag):
            switch tag.tag {
            case .html: return inBody(token)
            case .head: return
            case .body:
                insert(tag)
                allowsFrameset = false
                mode = .inBody
                return
            case .frameset:
                insert(tag)
                mode = .inFrameset
                return
            case _ where tag.tag.traits.contains(.headContent) && tag.tag != .noscript:
                push(head, .head)
                startHeadContent(tag)
                return remove(head)
            default: break
            }
        case .end(_, let tag):
            if tag == .template { return endTemplate() }
            guard [.body, .html, .br].contains(tag) else { return }
        case .none: break
        }
        insert(HTMLStartTag(.body))
        process(token, in: .inBody)
    }

    mutating func inTemplate(_ token: HTMLToken) {
        switch token {
        case .characters, .comment, .doctype: inBody(token)
        case .start(let tag):
            if tag.tag.traits.contains(.headContent), tag.tag != .noscript { return startHeadContent(tag) }
            let next: Mode =
                switch tag.tag {
                case .caption, .colgroup, .tbody, .tfoot, .thead: .inTable
                case .col: .inColumnGroup
                case .tr: .inTableBody
                case .td, .th: .inRow
                default: .inBody
                }
            _ = templateModes.popLast()
            templateModes.append(next)
            process(token, in: next)
        case .end(_, let tag): if tag == .template { endTemplate() }
        case .none:
            guard isOpen(.template) else { return }
            closeTemplate()
            process(token)
        }
    }
}
