/// Tables and their parts. Source: WHATWG HTML §13.2.6.4.9 to §13.2.6.4.15.
extension HTMLTreeBuilder {
    private static let sections: Set<HTMLTag> = [.tbody, .tfoot, .thead]

    mutating func inTable(_ token: HTMLToken) {
        switch token {
        case .characters(let text) where current.traits.contains(.tableContext) || current == .template:
            collectTableText(text)
        case .comment(let text): insertComment(text)
        case .doctype: break
        case .start(let tag): startInTable(tag)
        case .end(_, let tag):
            if tag == .template { return endTemplate() }
            if [.body, .html].contains(tag) || tag.traits.contains(.tablePart) { return }
            guard tag == .table else { return fostering { $0.inBody(token) } }
            _ = endTable()
        case .none: inBody(token)
        default: fostering { $0.inBody(token) }
        }
    }

    private mutating func startInTable(_ tag: HTMLStartTag) {
        let token = HTMLToken.start(tag)
        switch tag.tag {
        case .caption:
            pop(to: [.table])
            formatting.mark()
            insert(tag, beyondLimit: true)
            mode = .inCaption
        case .colgroup, .tbody, .tfoot, .thead:
            pop(to: [.table])
            insert(tag, beyondLimit: true)
            mode = tag.tag == .colgroup ? .inColumnGroup : .inTableBody
        case .col:
            pop(to: [.table])
            insert(HTMLStartTag(.colgroup), beyondLimit: true)
            process(token, in: .inColumnGroup)
        case .td, .th, .tr:
            pop(to: [.table])
            insert(HTMLStartTag(.tbody), beyondLimit: true)
            process(token, in: .inTableBody)
        case .table: if endTable() { process(token) }
        case .style, .script, .template: startHeadContent(tag)
        case .input where tag["type"]?.lowercased() == "hidden": insertVoid(tag)
        case .form:
            guard form < 0, !isOpen(.template) else { return }
            insertVoid(tag)
            form = nodes.count - 1
        default: fostering { $0.inBody(token) }
        }
    }

    /// - Returns: whether there is a table to end.
    private mutating func endTable() -> Bool {
        guard isInScope(.table, .tableScope) else { return false }
        pop(through: .table)
        resetMode()
        return true
    }

    mutating func inCaption(_ token: HTMLToken) {
        switch token {
        case .start(let tag) where tag.tag.traits.contains(.tablePart): if endCaption() { process(token) }
        case .end(_, .caption): _ = endCaption()
        case .end(_, .table): if endCaption() { process(token) }
        case .end(_, let tag) where [.body, .html].contains(tag) || tag.traits.contains(.tablePart): break
        default: inBody(token)
        }
    }

    private mutating func endCaption() -> Bool {
        guard isInScope(.caption, .tableScope) else { return false }
        popImplied()
        pop(through: .caption)
        formatting.clearToMarker()
        mode = .inTable
        return true
    }

    mutating func inColumnGroup(_ token: HTMLToken) {
        var token = token
        switch token {
        case .characters(let text):
            let (space, rest) = Self.split(text)
            insertText(space)
            if rest.isEmpty { return }
            token = .characters(rest)
        case .comment(let text): return insertComment(text)
        case .doctype: return
        case .start(let tag) where tag.tag == .html: return inBody(token)
        case .start(let tag) where tag.tag == .col: return insertVoid(tag)
        case .start(let tag) where tag.tag == .template: return startHeadContent(tag)
        case .end(_, .col): return
        case .end(_, .template): return endTemplate()
        case .none: return inBody(token)
        default: break
        }
        guard current == .colgroup else { return }
        pop()
        mode = .inTable
        if case .end(_, .colgroup) = token { return }
        process(token)
    }

    mutating func inTableBody(_ token: HTMLToken) {
        switch token {
        case .start(let tag) where tag.tag == .tr:
            popToSection()
            insert(tag, beyondLimit: true)
            mode = .inRow
        case .start(let tag) where tag.tag == .td || tag.tag == .th:
            popToSection()
            insert(HTMLStartTag(.tr), beyondLimit: true)
            process(token, in: .inRow)
        case .start(let tag) where tag.tag.traits.contains(.tablePart): if endSection() { process(token) }
        case .end(_, .table): if endSection() { process(token) }
        case .end(_, let tag) where Self.sections.contains(tag):
            if isInScope(tag, .tableScope) { _ = endSection() }
        case .end(_, let tag) where [.body, .html].contains(tag) || tag.traits.contains(.tablePart): break
        default: inTable(token)
        }
    }

    private mutating func popToSection() { pop(to: Self.sections) }

    private mutating func endSection() -> Bool {
        guard isAnyInScope(Self.sections, .tableScope) else { return false }
        popToSection()
        pop()
        mode = .inTable
        return true
    }

    mutating func inRow(_ token: HTMLToken) {
        switch token {
        case .start(let tag) where tag.tag == .td || tag.tag == .th:
            pop(to: [.tr])
            insert(tag, beyondLimit: true)
            formatting.mark()
            mode = .inCell
        case .start(let tag) where tag.tag.traits.contains(.tablePart): if endRow() { process(token) }
        case .end(_, .tr): _ = endRow()
        case .end(_, .table): if endRow() { process(token) }
        case .end(_, let tag) where Self.sections.contains(tag):
            if isInScope(tag, .tableScope), endRow() { process(token) }
        case .end(_, let tag) where [.body, .html].contains(tag) || tag.traits.contains(.tablePart): break
        default: inTable(token)
        }
    }

    private mutating func endRow() -> Bool {
        guard isInScope(.tr, .tableScope) else { return false }
        pop(to: [.tr])
        pop()
        mode = .inTableBody
        return true
    }

    mutating func inCell(_ token: HTMLToken) {
        switch token {
        case .start(let tag) where tag.tag.traits.contains(.tablePart):
            guard isAnyInScope([.td, .th], .tableScope) else { return }
            closeCell()
            process(token)
        case .end(_, let tag) where tag == .td || tag == .th:
            guard isInScope(tag, .tableScope) else { return }
            popImplied()
            pop(through: tag)
            formatting.clearToMarker()
            mode = .inRow
        case .end(_, let tag) where tag == .table || tag == .tr || Self.sections.contains(tag):
            guard isInScope(tag, .tableScope) else { return }
            closeCell()
            process(token)
        case .end(_, let tag) where [.body, .html].contains(tag) || tag.traits.contains(.tablePart): break
        default: inBody(token)
        }
    }

    private mutating func closeCell() {
        popImplied()
        while open.count > 1 {
            let last = current
            pop()
            if last == .td || last == .th { break }
        }
        formatting.clearToMarker()
        mode = .inRow
    }
}
