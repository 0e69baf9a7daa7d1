/// Appends `text` so that it can stand between tags and in double-quoted attributes of XML 1.0.
///
/// Characters that XML 1.0 cannot hold, even escaped, become U+FFFD. Tabs and line breaks are written as references in
/// attributes, where a reader would turn them into spaces.
private func appendEscaped(_ text: String, inAttribute: Bool, to result: inout String) {
    for scalar in text.unicodeScalars {
        switch scalar {
        case "&": result += "&amp;"
        case "<": result += "&lt;"
        case ">": result += "&gt;"
        case "\"": result += "&quot;"
        case "'": result += "&#39;"
        case "\r": result += "&#13;"
        case "\n" where inAttribute: result += "&#10;"
        case "\t" where inAttribute: result += "&#9;"
        case "\n", "\t": result.unicodeScalars.append(scalar)
        case "\u{0}"..."\u{1F}", "\u{FFFE}", "\u{FFFF}": result += "\u{FFFD}"
        default: result.unicodeScalars.append(scalar)
        }
    }
}

extension String {
    /// For text between XML tags.
    public var xmlEscaped: String {
        var result = ""
        appendEscaped(self, inAttribute: false, to: &result)
        return result
    }

    /// For a double-quoted XML attribute.
    public var xmlAttributeEscaped: String {
        var result = ""
        appendEscaped(self, inAttribute: true, to: &result)
        return result
    }

    /// For HTML text and quoted attributes; not for scripts, style sheets or unquoted attributes.
    public var htmlEscaped: String { xmlEscaped }
}

/// Writes an XML document piece by piece; escapes everything and closes what is open.
///
/// ```swift
/// var xml = XMLWriter()
/// xml.open("testsuite", [("name", name)])
/// xml.element("failure", [], text: message)
/// return xml.finish()
/// ```
public struct XMLWriter: Sendable {
    private var text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    private var openNames: [String] = []

    public init() {}

    /// Begins an element that holds others. Element and attribute names are the program's own and must be XML names.
    public mutating func open(_ name: String, _ attributes: [(String, String)] = []) {
        begin(name, attributes)
        text += ">\n"
        openNames.append(name)
    }

    /// An element without other elements in it; empty `text` gives `<name/>`.
    public mutating func element(
        _ name: String, _ attributes: [(String, String)] = [], text content: String = ""
    ) {
        begin(name, attributes)
        text += content.isEmpty ? "/>\n" : ">\(content.xmlEscaped)</\(name)>\n"
    }

    /// Ends the element that was opened last.
    public mutating func close() {
        guard let name = openNames.popLast() else { preconditionFailure("no element is open") }
        indent()
        text += "</\(name)>\n"
    }

    /// Closes all that is open and gives the document.
    public mutating func finish() -> String {
        while !openNames.isEmpty { close() }
        return text
    }

    private mutating func indent() { text += String(repeating: " ", count: 2 * openNames.count) }

    private mutating func begin(_ name: String, _ attributes: [(String, String)]) {
        indent()
        text += "<\(name)"
        for (key, value) in attributes { text += " \(key)=\"\(value.xmlAttributeEscaped)\"" }
    }
}
