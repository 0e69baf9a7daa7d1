extension CSSSelector {
    static func matches(_ alternatives: [Complex], _ node: Int, _ document: HTMLDocument) -> Bool {
        alternatives.contains {
            matches($0.subject, node, document) && matches($0.rest[...], node, document)
        }
    }

    /// Whether what stands around a node is as the rest of a selector wants it.
    private static func matches(
        _ rest: ArraySlice<(combinator: Combinator, compound: [Simple])>, _ node: Int,
        _ document: HTMLDocument
    ) -> Bool {
        guard let (combinator, compound) = rest.first else { return true }
        var candidate = step(combinator, node, document)
        while candidate >= 0, document.isElement(candidate) {
            if matches(compound, candidate, document), matches(rest.dropFirst(), candidate, document) {
                return true
            }
            if combinator == .child || combinator == .next { return false }
            candidate = step(combinator, candidate, document)
        }
        return false
    }

    private static func step(_ combinator: Combinator, _ node: Int, _ document: HTMLDocument) -> Int {
        switch combinator {
        case .descendant, .child: return document[node].parent
        case .next, .sibling:
            var previous = document[node].previous
            while previous >= 0, !document.isElement(previous) { previous = document[previous].previous }
            return previous
        }
    }

    private static func matches(_ compound: [Simple], _ node: Int, _ document: HTMLDocument) -> Bool {
        compound.allSatisfy { matches($0, node, document) }
    }

    private static func matches(_ simple: Simple, _ index: Int, _ document: HTMLDocument) -> Bool {
        let node = document[index]
        switch simple {
        case .name(let name): return node.text == name
        case .id(let id): return node["id"] == id
        case .classed(let name): return words(node["class"]).contains { $0 == name }
        case .attribute(let name, let test, let value, let ignoringCase):
            return passes(node[name], test, value, ignoringCase)
        case .not(let list): return !matches(list, index, document)
        case .either(let list): return matches(list, index, document)
        case .has(let list, let childrenOnly): return has(list, childrenOnly, index, document)
        case .contains(let text, let own):
            return (own ? ownText(index, document) : document.text(of: index)).lowercased().contains(text)
        case .pattern(let pattern, let own):
            let text = own ? ownText(index, document) : document.text(of: index)
            return ((try? pattern.firstMatch(in: text)) ?? nil) != nil
        case .nth(let a, let b, let fromEnd, let ofType):
            return isNth(a, b, number(index, document, fromEnd, ofType))
        case .only(let ofType):
            return number(index, document, false, ofType) == 1 && number(index, document, true, ofType) == 1
        case .empty:
            return document.children(of: index).allSatisfy {
                document[$0].kind != .element && document[$0].kind != .text
            }
        case .root: return node.parent >= 0 && document[node.parent].kind == .document
        case .link: return ["a", "area", "link"].contains(node.text) && node["href"] != nil
        case .input: return ["input", "select", "textarea", "button"].contains(node.text)
        case .enabled: return canBeDisabled(node) && !isDisabled(index, document)
        case .disabled: return canBeDisabled(node) && isDisabled(index, document)
        case .checked:
            switch node.text {
            case "input":
                return ["checkbox", "radio"].contains(node["type"]?.lowercased()) && node["checked"] != nil
            case "option": return node["selected"] != nil
            default: return false
            }
        case .language(let language): return isIn(language, index, document)
        }
    }

    // MARK: attributes

    private static func words(_ text: String?) -> [Substring] {
        guard let text else { return [] }
        return text.split { $0.isWhitespace }
    }

    private static func passes(
        _ attribute: String?, _ test: AttributeTest, _ wanted: String, _ ignoringCase: Bool
    ) -> Bool {
        guard var value = attribute else { return test == .differs }
        var wanted = wanted
        if ignoringCase { (value, wanted) = (value.lowercased(), wanted.lowercased()) }
        switch test {
        case .present: return true
        case .equals: return value == wanted
        case .differs: return value != wanted
        case .word: return words(value).contains { $0 == wanted }
        case .language: return value == wanted || value.hasPrefix(wanted + "-")
        case .prefix: return !wanted.isEmpty && value.hasPrefix(wanted)
        case .suffix: return !wanted.isEmpty && value.hasSuffix(wanted)
        case .part: return !wanted.isEmpty && value.contains(wanted)
        }
    }

    // MARK: neighbours and content

    private static func has(_ list: [Complex], _ childrenOnly: Bool, _ index: Int, _ document: HTMLDocument)
        -> Bool
    {
        if childrenOnly {
            return document.children(of: index).contains {
                document.isElement($0) && matches(list, $0, document)
            }
        }
        var place = document.following(index, within: index)
        while let node = place {
            if document.isElement(node), matches(list, node, document) { return true }
            place = document.following(node, within: index)
        }
        return false
    }

    private static func ownText(_ index: Int, _ document: HTMLDocument) -> String {
        document.children(of: index).filter { document[$0].kind == .text }.map { document[$0].text }.joined()
    }

    /// The element's number among its siblings, from 1.
    private static func number(_ index: Int, _ document: HTMLDocument, _ fromEnd: Bool, _ ofType: Bool) -> Int
    {
        var number = 1
        var place = fromEnd ? document[index].next : document[index].previous
        while place >= 0 {
            if document.isElement(place), !ofType || document[place].text == document[index].text {
                number += 1
            }
            place = fromEnd ? document[place].next : document[place].previous
        }
        return number
    }

    private static func isNth(_ a: Int, _ b: Int, _ number: Int) -> Bool {
        let rest = number - b
        return a == 0 ? rest == 0 : rest % a == 0 && rest / a >= 0
    }

    private static func canBeDisabled(_ node: HTMLNode) -> Bool {
        switch node.text {
        case "optgroup", "menuitem", "fieldset", "option", "button", "select", "textarea": true
        case "input": node["type"] != "hidden"
        default: false
        }
    }

    private static func isDisabled(_ index: Int, _ document: HTMLDocument) -> Bool {
        if document[index]["disabled"] != nil { return true }
        let groups: Set<String> = document[index].text == "option" ? ["optgroup"] : ["fieldset"]
        return document.ancestors(of: index).contains {
            groups.contains(document[$0].text) && document[$0]["disabled"] != nil
        }
    }

    private static func isIn(_ language: String, _ index: Int, _ document: HTMLDocument) -> Bool {
        let said = ([index] + document.ancestors(of: index)).lazy.compactMap { document[$0]["lang"] }.first
        guard let said = said?.lowercased() else { return false }
        return said == language || said.hasPrefix(language + "-")
    }
}
