/// The elements that are open. Source: WHATWG HTML §13.2.4.2.
extension HTMLTreeBuilder {
    /// The innermost open element; ``HTMLTag/other`` of SVG and MathML.
    var current: HTMLTag { open.last?.tag ?? .other }

    mutating func push(_ node: Int, _ tag: HTMLTag) {
        open.append(entry(node, tag))
        nodes[node].isOpen = true
        openCounts[open[open.count - 1].tag, default: 0] += 1
    }

    func entry(_ node: Int, _ tag: HTMLTag) -> Open {
        if nodes[node].namespace == .html { return Open(node: node, tag: tag, traits: tag.traits) }
        let isIntegrationPoint =
            isTextIntegrationPoint(node) || isHTMLIntegrationPoint(node, ofAnyEncoding: true)
        return Open(
            node: node, tag: .other,
            traits: isIntegrationPoint ? [.special, .scope, .listScope, .buttonScope] : [])
    }

    /// The outermost element, html, stays.
    mutating func pop() {
        guard open.count > 1, let last = open.popLast() else { return }
        closed(last)
    }

    private mutating func closed(_ entry: Open) {
        nodes[entry.node].isOpen = false
        openCounts[entry.tag, default: 1] -= 1
    }

    /// Closes an element, not what is in it.
    mutating func remove(_ node: Int) {
        guard nodes[node].isOpen, let index = index(of: node) else { return }
        closed(open.remove(at: index))
    }

    func index(of node: Int) -> Int? { open.lastIndex { $0.node == node } }

    func isOpen(_ tag: HTMLTag) -> Bool { openCounts[tag, default: 0] > 0 }

    /// Whether an element is open, and nothing around which its end does not look is in it.
    func isInScope(_ tag: HTMLTag, _ scope: HTMLTraits = .scope) -> Bool {
        guard isOpen(tag) else { return false }
        for entry in open.reversed() {
            if entry.tag == tag { return true }
            if entry.traits.contains(scope) { return false }
        }
        return false
    }

    func isAnyInScope(_ tags: Set<HTMLTag>, _ scope: HTMLTraits = .scope) -> Bool {
        for entry in open.reversed() {
            if tags.contains(entry.tag) { return true }
            if entry.traits.contains(scope) { return false }
        }
        return false
    }

    func isInScope(node: Int) -> Bool {
        for entry in open.reversed() {
            if entry.node == node { return true }
            if entry.traits.contains(.scope) { return false }
        }
        return false
    }

    /// Only options and their groups are looked through.
    var isSelectInScope: Bool {
        open.last { $0.tag != .option && $0.tag != .optgroup }?.tag == .select
    }

    /// Pops up to and with the innermost element of a name.
    mutating func pop(through tag: HTMLTag) {
        guard isOpen(tag) else { return }
        while open.count > 1 {
            let last = current
            pop()
            if last == tag { return }
        }
    }

    /// Pops up to one of these, or a template, or html.
    mutating func pop(to tags: Set<HTMLTag>) {
        while open.count > 1, current != .template, !tags.contains(current) { pop() }
    }

    mutating func popImplied(except tag: HTMLTag? = nil, _ trait: HTMLTraits = .impliedEnd) {
        while let last = open.last, last.traits.contains(trait), last.tag != tag { pop() }
    }

    mutating func closeParagraph() {
        guard isInScope(.p, .buttonScope) else { return }
        popImplied(except: .p)
        pop(through: .p)
    }

    /// Sets the mode that what is open asks for. Source: WHATWG HTML §13.2.4.1.
    mutating func resetMode() {
        for (index, entry) in open.enumerated().reversed() {
            switch entry.tag {
            case .select:
                let around = open[..<index].last { $0.tag == .table || $0.tag == .template }?.tag
                mode = around == .table ? .inSelectInTable : .inSelect
            case .td, .th: mode = .inCell
            case .tr: mode = .inRow
            case .tbody, .thead, .tfoot: mode = .inTableBody
            case .caption: mode = .inCaption
            case .colgroup: mode = .inColumnGroup
            case .table: mode = .inTable
            case .template: mode = templateModes.last ?? .inBody
            case .head: mode = .inHead
            case .body: mode = .inBody
            case .frameset: mode = .inFrameset
            case .html: mode = head < 0 ? .beforeHead : .afterHead
            default: continue
            }
            return
        }
        mode = .inBody
    }
}
