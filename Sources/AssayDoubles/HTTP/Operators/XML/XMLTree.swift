internal import AssayCore
internal import AssayFormats

/// An element of an XML document with everything in it; comments and processing instructions are left out.
struct XMLElement: Sendable, Equatable {
    struct Attribute: Sendable, Equatable {
        var name: String
        var local: String
        /// Empty for an attribute without a prefix.
        var namespace: String
        var value: String
    }

    enum Child: Sendable, Equatable {
        case element(XMLElement)
        case text(String)
    }

    /// As written, with its prefix.
    var name: String
    var local: String
    /// Empty for none.
    var namespace: String
    /// Without the declarations of namespaces.
    var attributes: [Attribute]
    /// `xmlns` and `xmlns:…`, as written.
    var declarations: [XMLAttribute]
    var children: [Child] = []

    var elements: [XMLElement] {
        children.compactMap { if case .element(let element) = $0 { element } else { nil } }
    }

    /// All text in it, in order.
    var content: String {
        children.reduce(into: "") { text, child in
            switch child {
            case .element(let element): text += element.content
            case .text(let piece): text += piece
            }
        }
    }

    /// How many elements, attributes and texts it holds, itself included.
    var size: Int {
        children.reduce(1 + attributes.count) { sum, child in
            if case .element(let element) = child { sum + element.size } else { sum + 1 }
        }
    }

    /// The element and all in it, in document order.
    var descendants: [XMLElement] { [self] + elements.flatMap(\.descendants) }

    /// As XML text.
    func rendered(pretty: Bool) -> String {
        var text = ""
        write(into: &text, indent: pretty ? 0 : nil, isPlain: false)
        return text
    }

    /// As XML text in which no name has a prefix and nothing is in a namespace.
    var renderedWithoutNamespaces: String {
        var text = ""
        write(into: &text, indent: nil, isPlain: true)
        return text
    }

    /// - Parameter indent: where to begin lines; `nil` keeps all text as it is, otherwise blanks around it go.
    private func write(into text: inout String, indent: Int?, isPlain: Bool) {
        let margin = indent.map { String(repeating: " ", count: 4 * $0) } ?? ""
        text += margin + "<" + (isPlain ? local : name)
        if !isPlain {
            for attribute in declarations {
                text += " \(attribute.name)=\"\(attribute.value.xmlAttributeEscaped)\""
            }
        }
        var seen: Set<String> = []
        for attribute in attributes {
            let name = isPlain ? attribute.local : attribute.name
            guard seen.insert(name).inserted else { continue }
            text += " \(name)=\"\(attribute.value.xmlAttributeEscaped)\""
        }
        let shown = indent == nil ? children : significant
        if shown.isEmpty {
            text += "/>"
        } else {
            text += ">"
            let breaks = indent != nil && !shown.allSatisfy { if case .text = $0 { true } else { false } }
            for child in shown {
                if breaks { text += "\n" }
                switch child {
                case .element(let element):
                    element.write(into: &text, indent: indent.map { $0 + 1 }, isPlain: isPlain)
                case .text(let piece):
                    if breaks { text += margin + "    " }
                    text += piece.xmlEscaped
                }
            }
            if breaks { text += "\n" + margin }
            text += "</" + (isPlain ? local : name) + ">"
        }
    }

    /// Children without blank texts; other texts without blanks around them.
    var significant: [Child] {
        children.compactMap { child in
            guard case .text(let text) = child else { return child }
            let trimmed = text.trimmed
            return trimmed.isEmpty ? nil : .text(trimmed)
        }
    }
}

/// An XML document in memory.
struct XMLTree: Sendable, Equatable {
    let root: XMLElement

    /// How deep elements may lie in each other.
    static let depthLimit = 200
    private static let xmlNamespace = "http://www.w3.org/XML/1998/namespace"

    /// Reads a document; entities of its own are refused and nothing outside it is read.
    ///
    /// - Parameter bindsPrefixes: a prefix without a declaration is an error.
    /// - Throws: AS220 or AS221 with the place.
    init(
        parsing bytes: [UInt8], bindsPrefixes: Bool = false
    ) throws(Diagnostic) {
        var reader = try XMLReader(
            bytes, file: "body", limits: XMLLimits(bytes: 64 << 20, depth: Self.depthLimit))
        var open: [XMLElement] = []
        var scopes: [[String: String]] = [["xml": Self.xmlNamespace]]
        var root: XMLElement?
        while let event = try reader.next() {
            switch event.kind {
            case .start(let name, let attributes):
                var scope = scopes[scopes.count - 1]
                for attribute in attributes {
                    if attribute.name == "xmlns" { scope[""] = attribute.value }
                    if attribute.name.hasPrefix("xmlns:") {
                        scope[String(attribute.name.dropFirst(6))] = attribute.value
                    }
                }
                scopes.append(scope)
                let element = XMLElement(name, attributes, scope)
                if bindsPrefixes, let prefix = element.unboundPrefix(scope) {
                    throw Diagnostic(
                        "AS220", "the prefix '\(prefix)' has no namespace", at: reader.location(event))
                }
                open.append(element)
            case .end:
                scopes.removeLast()
                let done = open.removeLast()
                if open.isEmpty { root = done } else { open[open.count - 1].children.append(.element(done)) }
            case .text(let text):
                guard !open.isEmpty else { continue }
                if case .text(let before)? = open[open.count - 1].children.last {
                    open[open.count - 1].children[open[open.count - 1].children.count - 1] = .text(
                        before + text)
                } else {
                    open[open.count - 1].children.append(.text(text))
                }
            }
        }
        guard let root else {
            throw Diagnostic(
                "AS220", "this is not XML: no element found",
                at: SourceLocation(file: "body", line: 1, column: 1))
        }
        self.root = root
    }

    init(parsing text: String, bindsPrefixes: Bool = false) throws(Diagnostic) {
        try self.init(parsing: Array(text.utf8), bindsPrefixes: bindsPrefixes)
    }
}

extension XMLElement {
    fileprivate init(_ name: String, _ all: [XMLAttribute], _ scope: [String: String]) {
        let (prefix, local) = Self.split(name)
        self.name = name
        self.local = local
        namespace = scope[prefix] ?? ""
        declarations = all.filter { $0.name == "xmlns" || $0.name.hasPrefix("xmlns:") }
        attributes = all.filter { $0.name != "xmlns" && !$0.name.hasPrefix("xmlns:") }.map { attribute in
            let (prefix, local) = Self.split(attribute.name)
            return Attribute(
                name: attribute.name, local: local, namespace: prefix.isEmpty ? "" : scope[prefix] ?? "",
                value: attribute.value)
        }
    }

    fileprivate func unboundPrefix(_ scope: [String: String]) -> String? {
        ([name] + attributes.map(\.name)).map { Self.split($0).prefix }.first {
            !$0.isEmpty && scope[$0] == nil
        }
    }

    private static func split(_ name: String) -> (prefix: String, local: String) {
        guard let colon = name.firstIndex(of: ":") else { return ("", name) }
        return (String(name[..<colon]), String(name[name.index(after: colon)...]))
    }
}
