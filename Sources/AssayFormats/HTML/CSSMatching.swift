/// What can be told of an element by itself and its children.
extension CSSSelector.Simple {
    func passes(_ index: Int, in document: HTMLDocument) -> Bool {
        let node = document[index]
        switch self {
        case .name(let name): return node.isNamed(name)
        case .id(let id): return node["id"] == id
        case .classed(let name): return Self.words(node["class"]).contains { $0 == name }
        case .attribute(let name, let test, let value, let ignoringCase):
            return Self.passes(node.value(name), test, value, ignoringCase)
        case .contains(let text, _, _): return document.ownText(of: index).lowercased().contains(text)
        case .pattern(let pattern, let own):
            let text = own ? document.ownText(of: index) : document.text(of: index)
            return ((try? pattern.firstMatch(in: text)) ?? nil) != nil
        case .empty: return document.isEmpty(index)
        case .root: return node.parent >= 0 && document[node.parent].kind == .document
        case .link: return ["a", "area", "link"].contains(node.text) && node["href"] != nil
        case .input: return ["input", "select", "textarea", "button"].contains(node.text)
        case .checked:
            switch node.text {
            case "input":
                return ["checkbox", "radio"].contains(node["type"]?.lowercased()) && node["checked"] != nil
            case "option": return node["selected"] != nil
            default: return false
            }
        case .not, .either, .has, .hasChild, .nth, .only, .enabled, .disabled, .language: return false
        }
    }

    private static func words(_ text: String?) -> [Substring] {
        guard let text else { return [] }
        return text.split { $0.isWhitespace }
    }

    private static func passes(
        _ attribute: String?, _ test: CSSSelector.AttributeTest, _ wanted: String, _ ignoringCase: Bool
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
}

extension CSSSelector {
    static func isNth(_ a: Int, _ b: Int, _ number: Int) -> Bool {
        let rest = number - b
        return a == 0 ? rest == 0 : rest % a == 0 && rest / a >= 0
    }
}

extension HTMLNode {
    /// Whatever the case in SVG and MathML; selectors are read in small letters.
    fileprivate func isNamed(_ name: String) -> Bool {
        text == name || namespace != .html && text.lowercased() == name
    }

    fileprivate func value(_ attribute: String) -> String? {
        if namespace == .html { return self[attribute] }
        return attributes.first { $0.name.lowercased() == attribute }?.value
    }

    var canBeDisabled: Bool {
        switch text {
        case "optgroup", "menuitem", "fieldset", "option", "button", "select", "textarea": true
        case "input": self["type"] != "hidden"
        default: false
        }
    }
}

extension HTMLDocument {
    /// The characters directly in a node.
    fileprivate func ownText(of index: Int) -> String {
        var text = ""
        var child = nodes[index].firstChild
        while child >= 0 {
            if nodes[child].kind == .text { text += nodes[child].text }
            child = nodes[child].next
        }
        return text
    }

    /// Whether there are neither elements nor characters in a node.
    fileprivate func isEmpty(_ index: Int) -> Bool {
        var child = nodes[index].firstChild
        while child >= 0 {
            if nodes[child].kind == .element || nodes[child].kind == .text { return false }
            child = nodes[child].next
        }
        return true
    }
}
