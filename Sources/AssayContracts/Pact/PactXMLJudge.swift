internal import AssayCore
internal import AssayFormats

/// An XML element with its namespaces resolved: prefixes are a matter of writing.
struct PactElement {
    /// `name`, or `namespace:name`.
    var name = ""
    /// Without those that declare namespaces.
    var attributes: [(name: String, value: String)] = []
    var children: [PactElement] = []
    /// Its own text, pieces between elements trimmed and put together.
    var text = ""
    /// Elements and texts directly in it.
    var nodeCount = 0
}

extension PactElement {
    /// Reads a document's root.
    ///
    /// - Throws: AS220 where the text stops being XML, AS221 for what is refused.
    init(parsing bytes: [UInt8]) throws(Diagnostic) {
        var reader = try XMLReader(bytes, file: "body", limits: XMLLimits(bytes: 64 << 20, depth: 100))
        while let event = try reader.next() {
            guard case .start(let name, let attributes) = event.kind else { continue }
            self = try Self.element(
                &reader, name, attributes, ["xml": "http://www.w3.org/XML/1998/namespace"])
            // What follows the root must still be XML.
            while try reader.next() != nil {}
            return
        }
    }

    /// Recursion is as deep as the document, which the reader bounds.
    private static func element(
        _ reader: inout XMLReader, _ name: String, _ attributes: [XMLAttribute], _ outer: [String: String]
    ) throws(Diagnostic) -> PactElement {
        var spaces = outer
        for attribute in attributes {
            if attribute.name == "xmlns" { spaces[""] = attribute.value }
            if attribute.name.hasPrefix("xmlns:") {
                spaces[String(attribute.name.dropFirst(6))] = attribute.value
            }
        }
        var element = PactElement(name: resolved(name, spaces, isElement: true))
        for attribute in attributes where attribute.name != "xmlns" && !attribute.name.hasPrefix("xmlns:") {
            element.attributes.append((resolved(attribute.name, spaces, isElement: false), attribute.value))
        }
        var piece = ""
        func endPiece(_ element: inout PactElement) {
            if !piece.isEmpty { element.nodeCount += 1 }
            element.text += piece.pactTrimmed
            piece = ""
        }
        while let event = try reader.next() {
            switch event.kind {
            case .text(let text): piece += text
            case .start(let name, let attributes):
                endPiece(&element)
                element.nodeCount += 1
                element.children.append(try Self.element(&reader, name, attributes, spaces))
            case .end:
                endPiece(&element)
                return element
            }
        }
        return element
    }

    private static func resolved(_ name: String, _ spaces: [String: String], isElement: Bool) -> String {
        if let colon = name.firstIndex(of: ":") {
            let local = name[name.index(after: colon)...]
            return spaces[String(name[..<colon])].map { "\($0):\(local)" } ?? name
        }
        // Attributes without a prefix have no namespace.
        guard isElement, let space = spaces[""], !space.isEmpty else { return name }
        return "\(space):\(name)"
    }
}

/// Compares XML bodies: attributes are `@name` in paths, text is `#text`.
struct PactXMLJudge {
    let refusesMore: Bool
    private(set) var mismatches: [PactMismatch] = []

    init(refusesMore: Bool) { self.refusesMore = refusesMore }

    mutating func judge(_ expected: PactElement, _ actual: PactElement, _ rules: PactRuleSet) {
        judge(
            expected, actual, PactRuleScope(rules).below(expected.name), PactPath.root.member(expected.name))
    }

    private mutating func report(_ path: PactPath, _ expected: String, _ actual: String) {
        guard mismatches.count < PactJSONJudge.limit else { return }
        mismatches.append(
            PactMismatch(.body, path.description, expected: expected, actual: PactValues.bounded(actual)))
    }

    private mutating func judge(
        _ expected: PactElement, _ actual: PactElement, _ scope: PactRuleScope, _ path: PactPath
    ) {
        let problems: [String]
        if let choice = scope.choice {
            problems = choice.list.unmet(
                choice.list.rules.map { problem($0, expected, actual, isCascaded: choice.isCascaded) })
        } else {
            problems = expected.name == actual.name ? [] : ["element <\(expected.name)>"]
        }
        for problem in problems { report(path, problem, "<\(actual.name)>") }
        guard problems.isEmpty else { return }
        judgeAttributes(expected, actual, scope, path)
        judgeChildren(expected, actual, scope, path)
        judgeText(expected.text, actual.text, scope.below("#text"), path.member("#text"))
    }

    private func problem(
        _ rule: PactRule, _ expected: PactElement, _ actual: PactElement, isCascaded: Bool
    ) -> String? {
        switch rule {
        case .type(nil, nil), .equality:
            return expected.name == actual.name ? nil : "element <\(expected.name)>"
        case .type(let min, let max):
            guard !isCascaded else { return nil }
            return PactValues.sizeProblem(actual.nodeCount, (min, max)).map { "\($0) in the element" }
        case .notEmpty: return actual.nodeCount > 0 ? nil : "an element that is not empty"
        // What is for texts is for the element's text: elements are told apart by their names.
        default: return expected.name == actual.name ? nil : "element <\(expected.name)>"
        }
    }

    private mutating func judgeText(
        _ expected: String, _ actual: String, _ scope: PactRuleScope, _ path: PactPath
    ) {
        guard let choice = scope.choice else {
            if expected != actual { report(path, "'\(PactValues.bounded(expected))'", "'\(actual)'") }
            return
        }
        let problems = choice.list.rules.map {
            PactValues.textProblem($0, expected: expected, actual: actual, isCascaded: choice.isCascaded)
        }
        for problem in choice.list.unmet(problems) { report(path, problem, "'\(actual)'") }
    }

    private mutating func judgeAttributes(
        _ expected: PactElement, _ actual: PactElement, _ scope: PactRuleScope, _ path: PactPath
    ) {
        for (name, value) in expected.attributes {
            let place = path.member("@\(name)")
            if let found = actual.attributes.first(where: { $0.name == name }) {
                judgeText(value, found.value, scope.below("@\(name)"), place)
            } else {
                report(place, "'\(PactValues.bounded(value))'", "nothing")
            }
        }
        guard refusesMore else { return }
        for (name, value) in actual.attributes where !expected.attributes.contains(where: { $0.name == name })
        {
            report(path.member("@\(name)"), "nothing", "'\(value)'")
        }
    }

    private mutating func judgeChildren(
        _ expected: PactElement, _ actual: PactElement, _ scope: PactRuleScope, _ path: PactPath
    ) {
        if expected.children.isEmpty, !actual.children.isEmpty, refusesMore {
            report(path, "no elements", Self.names(actual.children))
            return
        }
        let wanted = Self.groups(expected.children)
        let found = Self.groups(actual.children)
        for (name, elements) in found {
            let below = scope.below(name)
            let place = path.member(name)
            guard let examples = wanted.first(where: { $0.name == name })?.elements,
                let first = examples.first
            else {
                if refusesMore || below.asksForTypes { report(place, "nothing", "<\(name)>") }
                continue
            }
            if below.asksForTypes {
                for element in elements { judge(first, element, below, place) }
                continue
            }
            for (example, element) in zip(examples, elements) { judge(example, element, below, place) }
            if elements.count < examples.count {
                report(place, "\(examples.count) elements <\(name)>", "\(elements.count)")
            } else if elements.count > examples.count, refusesMore {
                report(
                    place, "\(examples.count) element\(examples.count == 1 ? "" : "s") <\(name)>",
                    "\(elements.count)")
            }
        }
        for (name, _) in wanted where !found.contains(where: { $0.name == name }) {
            report(
                path.member(name), "element <\(name)>",
                actual.children.isEmpty ? "no elements" : Self.names(actual.children))
        }
    }

    private static func names(_ elements: [PactElement]) -> String {
        elements.prefix(20).map { "<\($0.name)>" }.joined(separator: ", ")
    }

    /// Elements by name, in the order of the first of each.
    private static func groups(_ elements: [PactElement]) -> [(name: String, elements: [PactElement])] {
        var places: [String: Int] = [:]
        var groups: [(name: String, elements: [PactElement])] = []
        for element in elements {
            if let place = places[element.name] {
                groups[place].elements.append(element)
            } else {
                places[element.name] = groups.count
                groups.append((element.name, [element]))
            }
        }
        return groups
    }
}
