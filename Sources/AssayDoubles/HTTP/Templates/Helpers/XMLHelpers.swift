internal import AssayFormats

extension HandlebarsHelpers {
    static let xmlHelpers: [HandlebarsHelper] = [
        HandlebarsHelper("xPath") { arguments, _ in xPath(arguments) { $0 } },
        HandlebarsHelper("soapXPath") { arguments, _ in
            xPath(arguments) { "/Envelope/Body/" + $0 }
        },
        HandlebarsHelper("formatXml") { arguments, rendering throws(HandlebarsFailure) in
            let text = try rendering.subject(arguments).text
            let format = arguments.options["format"]?.text ?? "pretty"
            guard ["pretty", "compact"].contains(format) else {
                return helperError("format must be 'pretty' or 'compact', got '\(format)'")
            }
            guard let tree = try? XMLTree(parsing: text) else {
                return helperError("Input is not valid XML ('\(text)')")
            }
            return .safe(tree.root.rendered(pretty: format == "pretty"))
        },
    ]

    private static func xPath(_ arguments: HandlebarsArguments, _ path: (String) -> String) -> HandlebarsValue
    {
        let (input, written) = (arguments[0], arguments[1].text)
        if input.isMissing { return .text("") }
        guard !written.isEmpty else { return helperError("The XPath expression cannot be empty") }
        do {
            let found = try XMLDocument(Array(input.text.utf8)).evaluate(path(written), namespaces: [])
            switch found {
            case .nodes(let nodes):
                return nodes.isEmpty ? .text("") : .object(XMLNodeList(nodes: nodes))
            case .text(let text): return .text(text)
            }
        } catch {
            return switch error {
            case .document: helperError("\(input.text) is not valid XML")
            case .path: helperError("\(written) is not a valid XPath expression")
            case .missing: helperError("\(error)")
            }
        }
    }
}

/// What an XPath found: prints the first node, `.[1]` is the second.
struct XMLNodeList: HandlebarsObject {
    let nodes: [XMLDocument.Node]

    var text: String { nodes.first?.text ?? "" }
    var names: [String] { nodes.indices.map(String.init) }
    var elements: [HandlebarsValue]? { nodes.map { .object($0) } }

    func member(_ name: String) -> HandlebarsValue {
        let element = HandlebarsValue.list(elements ?? []).member(name)
        return element.isMissing ? nodes.first?.member(name) ?? .missing : element
    }
}

extension XMLDocument.Node: HandlebarsObject {
    var text: String {
        switch self {
        case .element(let element): element.rendered(pretty: false)
        case .other(let text): text
        }
    }

    var names: [String] { ["name", "text", "attributes"] }

    func member(_ name: String) -> HandlebarsValue {
        switch (name, self) {
        case ("name", .element(let element)): .text(element.local)
        case ("text", .element(let element)): .text(element.content)
        case ("text", .other(let text)): .text(text)
        case ("attributes", .element(let element)):
            .json(.object(JSONObject(element.attributes.map { ($0.local, .string($0.value)) })))
        default: .missing
        }
    }
}
