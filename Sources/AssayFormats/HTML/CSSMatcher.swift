/// Tells which elements of one document a selector means.
///
/// What was found out about neighbours, ancestors and texts is kept, so that asking about all elements takes time that
/// grows with the document, however it is made; only `:matches()` reads the text of each element that it is asked of.
public final class CSSMatcher {
    let document: HTMLDocument
    private let alternatives: [CSSSelector.Complex]

    /// A compound of the selector at a node.
    private struct Place: Hashable {
        var compound: Int
        var node: Int
    }
    /// Whether a node is what a compound, and all to the left of it, asks for.
    private var known: [Place: Bool] = [:]
    /// Whether that holds of the node or one behind it on the way of the combinator.
    private var reached: [Place: Bool] = [:]
    /// Numbers of elements among their siblings.
    private var numbers: [Counting: [Int: Int]] = [:]
    private struct Counting: Hashable {
        var fromEnd: Bool
        var ofType: Bool
    }
    /// The elements that hold what a `:has()` asks for, by its number; `nil` when it was asked once.
    private var holders: [Int: Set<Int>?] = [:]
    /// Where the text of a `:contains()` begins, by its number; `nil` as above.
    private var finds: [Int: [Int]?] = [:]
    private lazy var text = DocumentText(document)
    /// Languages of elements, in small letters; whether they are in a disabled group.
    private var languages: [Int: String] = [:]
    private var disabled: [String: [Int: Bool]] = [:]

    init(_ selector: CSSSelector, _ document: HTMLDocument) {
        alternatives = selector.alternatives
        self.document = document
    }

    public func matches(_ node: Int) -> Bool { document.isElement(node) && matches(alternatives, node) }

    private func matches(_ alternatives: [CSSSelector.Complex], _ node: Int) -> Bool {
        alternatives.contains { matches($0, 0, node) }
    }

    private func matches(_ complex: CSSSelector.Complex, _ level: Int, _ node: Int) -> Bool {
        let place = Place(compound: complex.number + level, node: node)
        if level > 0, let answer = known[place] { return answer }
        let answer =
            complex.compounds[level].allSatisfy { passes($0, node) }
            && (level == complex.combinators.count || isBound(complex, level, node))
        if level > 0 { known[place] = answer }
        return answer
    }

    /// Whether what stands around a node is as the rest of a selector wants it.
    private func isBound(_ complex: CSSSelector.Complex, _ level: Int, _ node: Int) -> Bool {
        let combinator = complex.combinators[level]
        var place = step(combinator, node)
        if combinator == .child || combinator == .next {
            return document.isElement(place) && matches(complex, level + 1, place)
        }
        var passed: [Place] = []
        var answer = false
        while document.isElement(place) {
            let here = Place(compound: complex.number + level, node: place)
            if let known = reached[here] {
                answer = known
                break
            }
            passed.append(here)
            answer = matches(complex, level + 1, place)
            if answer { break }
            place = step(combinator, place)
        }
        for place in passed { reached[place] = answer }
        return answer
    }

    private func step(_ combinator: CSSSelector.Combinator, _ node: Int) -> Int {
        switch combinator {
        case .descendant, .child: return document[node].parent
        case .next, .sibling:
            var previous = document[node].previous
            while previous >= 0, !document.isElement(previous) { previous = document[previous].previous }
            return previous
        }
    }

    private func passes(_ simple: CSSSelector.Simple, _ index: Int) -> Bool {
        switch simple {
        case .not(let list): !matches(list, index)
        case .either(let list): matches(list, index)
        case .has(let list, let number): has(list, number, index)
        case .hasChild(let list): hasChild(list, index)
        case .contains(let text, let number, own: false): contains(text, number, index)
        case .nth(let a, let b, let fromEnd, let ofType):
            CSSSelector.isNth(a, b, number(index, Counting(fromEnd: fromEnd, ofType: ofType)))
        case .only(let ofType):
            number(index, Counting(fromEnd: false, ofType: ofType)) == 1
                && number(index, Counting(fromEnd: true, ofType: ofType)) == 1
        case .enabled: document[index].canBeDisabled && !isDisabled(index)
        case .disabled: document[index].canBeDisabled && isDisabled(index)
        case .language(let language): isIn(language, index)
        default: simple.passes(index, in: document)
        }
    }

    // MARK: content

    private func hasChild(_ list: [CSSSelector.Complex], _ index: Int) -> Bool {
        var child = document[index].firstChild
        while child >= 0 {
            if document.isElement(child), matches(list, child) { return true }
            child = document[child].next
        }
        return false
    }

    /// The first question is answered by what is in the element, the second by a look at the whole document.
    private func has(_ list: [CSSSelector.Complex], _ number: Int, _ index: Int) -> Bool {
        switch holders[number] {
        case nil:
            holders[number] = .some(nil)
            var place = document.following(index, within: index)
            while let node = place {
                if document.isElement(node), matches(list, node) { return true }
                place = document.following(node, within: index)
            }
            return false
        case .some(nil):
            var found: Set<Int> = []
            document.forEachDescendant(of: 0) { node in
                guard document.isElement(node), matches(list, node) else { return }
                var holder = document[node].parent
                while holder >= 0, found.insert(holder).inserted { holder = document[holder].parent }
            }
            holders[number] = found
            return found.contains(index)
        case .some(.some(let found)): return found.contains(index)
        }
    }

    private func contains(_ wanted: String, _ number: Int, _ index: Int) -> Bool {
        let wanted = Array(wanted.utf8)
        switch finds[number] {
        case nil:
            finds[number] = .some(nil)
            let text = Array(document.text(of: index).lowercased().utf8)
            return wanted.isEmpty || !DocumentText.places(of: wanted, in: text, limit: 1).isEmpty
        case .some(nil):
            let places = DocumentText.places(of: wanted, in: text.small)
            finds[number] = places
            return text.holds(wanted, at: places, index)
        case .some(.some(let places)): return text.holds(wanted, at: places, index)
        }
    }

    // MARK: neighbours

    /// The element's number among its siblings, from 1.
    private func number(_ index: Int, _ counting: Counting) -> Int {
        if let number = numbers[counting]?[index] { return number }
        let parent = document[index].parent
        guard parent >= 0 else { return 1 }
        var count = 0
        var counts: [String: Int] = [:]
        var place = counting.fromEnd ? document[parent].lastChild : document[parent].firstChild
        while place >= 0 {
            if document.isElement(place) {
                count += 1
                if counting.ofType { counts[document[place].text, default: 0] += 1 }
                numbers[counting, default: [:]][place] =
                    counting.ofType ? counts[document[place].text] : count
            }
            place = counting.fromEnd ? document[place].previous : document[place].next
        }
        return numbers[counting]?[index] ?? 1
    }

    // MARK: ancestors

    /// What the nearest of an element and its ancestors has; what was found is kept for those in between.
    private func nearest<Value>(
        _ start: Int, _ kept: inout [Int: Value], otherwise: Value, _ value: (Int) -> Value?
    ) -> Value {
        var passed: [Int] = []
        var place = start
        var found = otherwise
        while document.isElement(place) {
            if let known = kept[place] ?? value(place) {
                found = known
                break
            }
            passed.append(place)
            place = document[place].parent
        }
        for node in passed { kept[node] = found }
        kept[start] = found
        return found
    }

    private func isDisabled(_ index: Int) -> Bool {
        if document[index]["disabled"] != nil { return true }
        let group = document[index].text == "option" ? "optgroup" : "fieldset"
        return nearest(document[index].parent, &disabled[group, default: [:]], otherwise: false) {
            document[$0].text == group && document[$0]["disabled"] != nil ? true : nil
        }
    }

    private func isIn(_ language: String, _ index: Int) -> Bool {
        let said = nearest(index, &languages, otherwise: "") { document[$0]["lang"]?.lowercased() }
        return said == language || said.hasPrefix(language + "-")
    }
}

/// All characters of a document in small letters, and which of them are in which node.
private struct DocumentText {
    private(set) var small: [UInt8] = []
    private var starts: [Int]
    private var ends: [Int]

    init(_ document: HTMLDocument) {
        starts = Array(repeating: 0, count: document.nodes.count)
        ends = starts
        var place = 0
        while true {
            starts[place] = small.count
            if document[place].kind == .text { small += document[place].text.lowercased().utf8 }
            if document[place].firstChild >= 0 {
                place = document[place].firstChild
                continue
            }
            ends[place] = small.count
            while document[place].next < 0 {
                place = document[place].parent
                guard place >= 0 else { return }
                ends[place] = small.count
            }
            place = document[place].next
        }
    }

    /// Whether one of the places where a text begins is in a node, with all of the text.
    func holds(_ wanted: [UInt8], at places: [Int], _ node: Int) -> Bool {
        if wanted.isEmpty { return true }
        var (low, high) = (0, places.count)
        while low < high {
            let middle = (low + high) / 2
            if places[middle] < starts[node] { low = middle + 1 } else { high = middle }
        }
        return low < places.count && places[low] + wanted.count <= ends[node]
    }

    /// Where a text begins in another one.
    static func places(of wanted: [UInt8], in text: [UInt8], limit: Int = .max) -> [Int] {
        var places: [Int] = []
        guard let first = wanted.first, text.count >= wanted.count else { return places }
        for start in 0...(text.count - wanted.count) where text[start] == first {
            guard text[start..<start + wanted.count].elementsEqual(wanted) else { continue }
            places.append(start)
            if places.count == limit { break }
        }
        return places
    }
}
