internal import AssayFormats

/// A list of nodes of one document, and what jQuery asks of such lists. Pure: what scripts see is in HTMLModule.
struct HTMLSelection {
    let document: HTMLDocument
    /// Without repetitions; mostly in the order of the document.
    var nodes: [Int]
    /// The address that relative links start from; empty when there is none.
    var url: String
    /// What this list was made from; `end()`.
    private var previous: [[Int]]

    /// A whole document.
    init(_ document: HTMLDocument, url: String = "") {
        self.document = document
        self.url = url
        nodes = [0]
        previous = []
    }

    /// Another list, made from this one.
    func made(_ nodes: [Int]) -> HTMLSelection {
        var selection = self
        var seen: Set<Int> = []
        selection.nodes = nodes.filter { seen.insert($0).inserted }
        selection.previous = previous.suffix(15) + [self.nodes]
        return selection
    }

    func end() -> HTMLSelection {
        var selection = self
        selection.nodes = selection.previous.popLast() ?? []
        return selection
    }

    /// What a selector, a list or a node means in a method that takes any of them.
    enum Criterion {
        /// `nil` for a text that is no selector: it matches nothing.
        case selector(CSSSelector?)
        case nodes([Int])

        init(_ text: String) { self = .selector(CSSSelector(parsing: text)) }
    }

    func matches(_ node: Int, _ criterion: Criterion) -> Bool {
        switch criterion {
        case .selector(let selector): selector?.matches(node, in: document) ?? false
        case .nodes(let nodes): nodes.contains(node)
        }
    }

    private func filtered(_ nodes: [Int], _ criterion: Criterion?) -> [Int] {
        guard let criterion else { return nodes }
        return nodes.filter { matches($0, criterion) }
    }

    // MARK: choosing among these

    func at(_ index: Int) -> HTMLSelection {
        let place = index < 0 ? nodes.count + index : index
        return made(nodes.indices.contains(place) ? [nodes[place]] : [])
    }

    func filter(_ criterion: Criterion) -> HTMLSelection { made(filtered(nodes, criterion)) }
    func not(_ criterion: Criterion) -> HTMLSelection { made(nodes.filter { !matches($0, criterion) }) }
    func `is`(_ criterion: Criterion) -> Bool { nodes.contains { matches($0, criterion) } }

    func has(_ criterion: Criterion) -> HTMLSelection {
        made(
            nodes.filter { node in
                switch criterion {
                case .selector(let selector): selector?.firstMatch(below: node, in: document) != nil
                case .nodes(let wanted): wanted.contains { document.contains(node, $0) }
                }
            })
    }

    func slice(_ start: Int, _ end: Int?) -> HTMLSelection {
        func place(_ index: Int) -> Int { max(0, min(nodes.count, index < 0 ? nodes.count + index : index)) }
        let (first, last) = (place(start), place(end ?? nodes.count))
        return made(first < last ? Array(nodes[first..<last]) : [])
    }

    func adding(_ criterion: Criterion) -> HTMLSelection {
        switch criterion {
        case .selector(let selector): made(nodes + (selector?.matches(below: 0, in: document) ?? []))
        case .nodes(let more): made(nodes + more)
        }
    }

    // MARK: going elsewhere

    func find(_ criterion: Criterion) -> HTMLSelection {
        switch criterion {
        case .selector(let selector):
            made(nodes.flatMap { selector?.matches(below: $0, in: document) ?? [] })
        case .nodes(let wanted):
            made(wanted.filter { node in nodes.contains { document.contains($0, node) } })
        }
    }

    func find(_ text: String) -> HTMLSelection { find(Criterion(text)) }

    func closest(_ criterion: Criterion) -> HTMLSelection {
        made(
            nodes.compactMap { node in
                ([node] + document.ancestors(of: node)).first { matches($0, criterion) }
            })
    }

    func children(_ criterion: Criterion? = nil) -> HTMLSelection {
        made(filtered(nodes.flatMap { document.children(of: $0).filter(document.isElement) }, criterion))
    }

    func contents() -> HTMLSelection { made(nodes.flatMap { document.children(of: $0) }) }

    func parent(_ criterion: Criterion? = nil) -> HTMLSelection {
        made(filtered(nodes.map { document[$0].parent }.filter(document.isElement), criterion))
    }

    func parents(_ criterion: Criterion? = nil) -> HTMLSelection {
        made(filtered(nodes.flatMap(document.ancestors), criterion))
    }

    func siblings(_ criterion: Criterion? = nil) -> HTMLSelection {
        let all = nodes.flatMap { node in
            document.children(of: max(0, document[node].parent)).filter {
                $0 != node && document.isElement($0)
            }
        }
        return made(filtered(all, criterion))
    }

    enum Direction { case forward, backward, outward }

    /// The elements that follow one, nearest first.
    private func way(_ direction: Direction, from node: Int) -> [Int] {
        if direction == .outward { return document.ancestors(of: node) }
        var found: [Int] = []
        var place = node
        while true {
            place = direction == .forward ? document[place].next : document[place].previous
            guard place >= 0 else { return found }
            if document.isElement(place) { found.append(place) }
        }
    }

    func neighbour(_ direction: Direction, _ criterion: Criterion?) -> HTMLSelection {
        made(filtered(nodes.compactMap { way(direction, from: $0).first }, criterion))
    }

    func neighbours(_ direction: Direction, _ criterion: Criterion?) -> HTMLSelection {
        made(filtered(nodes.flatMap { way(direction, from: $0) }, criterion))
    }

    func neighbours(_ direction: Direction, until stop: Criterion?, _ criterion: Criterion?) -> HTMLSelection
    {
        let all = nodes.flatMap { node in
            way(direction, from: node).prefix { place in stop.map { !matches(place, $0) } ?? true }
        }
        return made(filtered(all, criterion))
    }

    // MARK: what they have

    func attribute(_ name: String) -> String? { nodes.first.flatMap { document[$0][name] } }
    var text: String { nodes.map(document.text).joined() }
    var html: String { nodes.first.map(document.innerHTML) ?? "" }

    /// The name of the first, as browsers call it: `#text` of texts.
    var nodeName: String {
        guard let node = nodes.first.map({ document[$0] }) else { return "" }
        switch node.kind {
        case .element, .doctype: return node.text
        case .text: return "#text"
        case .comment: return "#comment"
        case .document: return "#document"
        }
    }

    /// Its place among its sibling elements; -1 of none.
    var index: Int {
        guard let node = nodes.first else { return -1 }
        return way(.backward, from: node).count
    }

    /// The value of a form's element.
    enum Value: Equatable {
        case text(String)
        case texts([String])
    }

    var value: Value? {
        switch nodeName {
        case "input":
            let isOn = ["radio", "checkbox"].contains(attribute("type"))
            return .text(attribute("value") ?? (isOn ? "on" : ""))
        case "button": return .text(attribute("value") ?? "")
        case "textarea": return .text(html)
        case "option": return .text(valueOrHTML)
        case "select":
            let selected = at(0).find("option[selected]")
            if attribute("multiple") != nil { return .texts(selected.each.map(\.valueOrHTML)) }
            return .text(selected.valueOrHTML)
        default: return nil
        }
    }

    var valueOrHTML: String { attribute("value") ?? html }

    /// Each node alone.
    var each: [HTMLSelection] { nodes.map { made([$0]) } }

    /// The fields of a form, or of the form's elements themselves, that are submitted.
    var fields: [(name: String, value: Value)] {
        let controls = Criterion("input,select,textarea,keygen")
        let chosen = self.is(Criterion("form")) ? find(controls) : filter(controls)
        return chosen.each.compactMap { field in
            let kind = field.attribute("type") ?? ""
            guard let name = field.attribute("name"), !name.isEmpty,
                field.attribute("disabled") != "disabled",
                !["submit", "button", "reset", "image", "file"].contains(kind),
                field.attribute("checked") == "checked" || !["checkbox", "radio"].contains(kind)
            else { return nil }
            return (name, field.value ?? .text(""))
        }
    }
}
