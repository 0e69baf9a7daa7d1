/// Choices. Source: WHATWG HTML of 2024, §13.2.6.4.16 and §13.2.6.4.17; k6 reads them so, too.
extension HTMLTreeBuilder {
    mutating func inSelect(_ token: HTMLToken) {
        switch token {
        case .characters(let text): insertText(HTMLTokenizer.withoutNUL(text, replacement: nil))
        case .comment(let text): insertComment(text)
        case .doctype: break
        case .start(let tag): startInSelect(tag)
        case .end(_, let tag):
            switch tag {
            case .optgroup:
                if current == .option, open.count > 1, open[open.count - 2].tag == .optgroup { pop() }
                if current == .optgroup { pop() }
            case .option: if current == .option { pop() }
            case .select: _ = endSelect()
            case .template: endTemplate()
            default: break
            }
        case .none: inBody(token)
        }
    }

    private mutating func startInSelect(_ tag: HTMLStartTag) {
        switch tag.tag {
        case .html: inBody(.start(tag))
        case .option:
            if current == .option { pop() }
            insert(tag)
        case .optgroup, .hr:
            if current == .option { pop() }
            if current == .optgroup { pop() }
            if tag.tag == .hr { insertVoid(tag) } else { insert(tag) }
        case .select: _ = endSelect()
        case .input, .keygen, .textarea: if endSelect() { process(.start(tag)) }
        case .script, .template: startHeadContent(tag)
        default: break
        }
    }

    private mutating func endSelect() -> Bool {
        guard isSelectInScope else { return false }
        pop(through: .select)
        resetMode()
        return true
    }

    private static let tableParts: Set<HTMLTag> = [.caption, .table, .tbody, .tfoot, .thead, .tr, .td, .th]

    mutating func inSelectInTable(_ token: HTMLToken) {
        switch token {
        case .start(let tag) where Self.tableParts.contains(tag.tag):
            pop(through: .select)
            resetMode()
            process(token)
        case .end(_, let tag) where Self.tableParts.contains(tag):
            guard isInScope(tag, .tableScope) else { return }
            pop(through: .select)
            resetMode()
            process(token)
        default: inSelect(token)
        }
    }
}
