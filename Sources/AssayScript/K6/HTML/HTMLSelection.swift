internal import AssayFormats

/// A list of nodes of one document, and what jQuery asks of such lists. Pure: what scripts see is in HTMLModule.
struct HTMLSelection {
    let document: HTMLDocument
    /// Without repetitions; mostly in the order of the document.
    var nodes: [Int]
    /// The address that relative links start from; empty when there is none.
    var url: String
    /// What this list was made from; `end()`.
    private var previous: [(nodes: [Int], holding: ScriptHolding?)]
    /// Count the document and this list among what natives hold; `nil` of lists that scripts do not have.
    private let page: ScriptHolding?
    var holding: ScriptHolding?

    /// A whole document.
    init(_ document: HTMLDocument, url: String = "", _ page: ScriptHolding? = nil) {
        self.document = document
        self.url = url
        self.page = page
        nodes = [0]
        previous = []
    }

    /// About what the list takes without its document, bytes.
    var weight: Int { 384 + MemoryLayout<Int>.stride * nodes.count }

    /// Another list, made from this one.
    func made(_ nodes: [Int]) -> HTMLSelection {
        var selection = self
        if nodes.count > 1 {
            var seen: Set<Int> = []
            selection.nodes = nodes.filter { seen.insert($0).inserted }
        } else {
            selection.nodes = nodes
        }
        selection.previous = previous.suffix(15) + [(self.nodes, holding)]
        selection.holding = nil
        return selection
    }

    func end() -> HTMLSelection {
        var selection = self
        (selection.nodes, selection.holding) = selection.previous.popLast() ?? ([], nil)
        return selection
    }

    /// What a selector, a list or a node means in a method that takes any of them.
    enum Criterion {
        /// `nil` for a text that is no selector: it matches nothing.
        case selector(CSSSelector?)
        case nodes([Int])

        init(_ text: String) { self = .selector(CSSSelector(parsing: text)) }
    }

    /// Whether nodes are what is asked for; to be made once for all of a list.
    private func test(_ criterion: Criterion) -> (Int) -> Bool {
        switch criterion {
        case .selector(let selector):
            guard let matcher = selector?.matcher(for: document) else { return { _ in false } }
            return { matcher.matches($0) }
        case .nodes(let nodes):
            let wanted = Set(nodes)
            return { wanted.contains($0) }
        }
    }

    private func filtered(_ nodes: [Int], _ criterion: Criterion?) -> [Int] {
        guard let criterion else { return nodes }
        return nodes.filter(test(criterion))
    }

    // MARK: choosing among these

    func at(_ index: Int) -> HTMLSelection {
        let place = index < 0 ? nodes.count + index : index
        return made(nodes.indices.contains(place) ? [nodes[place]] : [])
    }

    func filter(_ criterion: Criterion) -> HTMLSelection { made(filtered(nodes, criterion)) }
    func not(_ criterion: Criterion) -> HTMLSelection {
        let test = test(criterion)
        return made(nodes.filter { !test($0) })
    }
    func `is`(_ criterion: Criterion) -> Bool { nodes.contains(where: test(criterion)) }

    func has(_ criterion: Criterion) -> HTMLSelection {
        let inner: [Int] =
            switch criterion {
            case .selector: find(criterion).nodes
            case .nodes(let wanted): wanted
            }
        // Those around them; of nodes inside each other the outer ones are met once.
        var holders: Set<Int> = []
        for node in inner {
            var holder = document[node].parent
            while holder >= 0, holders.insert(holder).inserted { holder = document[holder].parent }
        }
        return made(nodes.filter { holders.contains($0) })
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
            guard let matcher = selector?.matcher(for: document) else { return made([]) }
            var found: [Int] = []
            var searched: Set<Int> = []
            for root in nodes where !isInside(root, searched) {
                document.forEachDescendant(of: root) { if matcher.matches($0) { found.append($0) } }
                searched.insert(root)
            }
            return made(found)
        case .nodes(let wanted):
            let around = Set(nodes)
            return made(wanted.filter { isInside($0, around) })
        }
    }

    /// Whether a node is in one of others, at any depth.
    private func isInside(_ node: Int, _ others: Set<Int>) -> Bool {
        var place = document[node].parent
        while place >= 0, !others.isEmpty {
            if others.contains(place) { return true }
            place = document[place].parent
        }
        return false
    }

    func find(_ text: String) -> HTMLSelection { find(Criterion(text)) }

    func closest(_ criterion: Criterion) -> HTMLSelection {
        let test = test(criterion)
        // Of each node passed on the way: the one that it leads to, -1 for none.
        var found: [Int: Int] = [:]
        return made(
            nodes.map { node in
                var passed: [Int] = []
                var place = node
                while document.isElement(place) || place == node, found[place] == nil, !test(place) {
                    passed.append(place)
                    place = document[place].parent
                }
                let answer = found[place] ?? (document.isElement(place) ? place : -1)
                for node in passed { found[node] = answer }
                return answer
            }.filter { $0 >= 0 })
    }

    func children(_ criterion: Criterion? = nil) -> HTMLSelection {
        made(filtered(nodes.flatMap { document.children(of: $0).filter(document.isElement) }, criterion))
    }

    func contents() -> HTMLSelection { made(nodes.flatMap { document.children(of: $0) }) }

    func parent(_ criterion: Criterion? = nil) -> HTMLSelection {
        made(filtered(nodes.map { document[$0].parent }.filter(document.isElement), criterion))
    }

    func parents(_ criterion: Criterion? = nil) -> HTMLSelection {
        neighbours(.outward, criterion)
    }

    func siblings(_ criterion: Criterion? = nil) -> HTMLSelection {
        // The first of a parent's children brings all others, the second the first.
        var first: [Int: Int] = [:]
        let all = nodes.flatMap { node in
            let parent = max(0, document[node].parent)
            if let first = first[parent] { return document.isElement(first) && first != node ? [first] : [] }
            first[parent] = node
            return document.children(of: parent).filter { $0 != node && document.isElement($0) }
        }
        return made(filtered(all, criterion))
    }

    enum Direction { case forward, backward, outward }

    /// The next element on a way; `nil` at its end.
    private func step(_ direction: Direction, from node: Int) -> Int? {
        var place = node
        while true {
            switch direction {
            case .forward: place = document[place].next
            case .backward: place = document[place].previous
            case .outward:
                place = document[place].parent
                return document.isElement(place) ? place : nil
            }
            guard place >= 0 else { return nil }
            if document.isElement(place) { return place }
        }
    }

    func neighbour(_ direction: Direction, _ criterion: Criterion?) -> HTMLSelection {
        made(filtered(nodes.compactMap { step(direction, from: $0) }, criterion))
    }

    /// The elements that follow these, nearest first; `stop` ends each way before it.
    func neighbours(_ direction: Direction, until stop: Criterion? = nil, _ criterion: Criterion?)
        -> HTMLSelection
    {
        let isStop = stop.map(test)
        var all: [Int] = []
        // Where a way meets an older one it goes on as that did.
        var met: Set<Int> = []
        for node in nodes {
            var place = step(direction, from: node)
            while let next = place, isStop?(next) != true, met.insert(next).inserted {
                all.append(next)
                place = step(direction, from: next)
            }
        }
        return made(filtered(all, criterion))
    }

    // MARK: what they have

    func attribute(_ name: String) -> String? { nodes.first.flatMap { document[$0][name] } }
    var text: String { text(atMost: .max) ?? "" }

    /// - Returns: `nil` when there is more: of nodes in each other each has the text of the inner ones again.
    func text(atMost bytes: Int) -> String? {
        var text = ""
        for node in nodes {
            text += document.text(of: node)
            if text.utf8.count > bytes { return nil }
        }
        return text
    }
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
        var index = 0
        var place = step(.backward, from: node)
        while let previous = place {
            index += 1
            place = step(.backward, from: previous)
        }
        return index
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
            if attribute("multiple") != nil { return .texts(Array(selected.each.map(\.valueOrHTML))) }
            return .text(selected.valueOrHTML)
        default: return nil
        }
    }

    var valueOrHTML: String { attribute("value") ?? html }

    /// Each node alone.
    var each: LazyMapSequence<[Int], HTMLSelection> { nodes.lazy.map { made([$0]) } }

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
