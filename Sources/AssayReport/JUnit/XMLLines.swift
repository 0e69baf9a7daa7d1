/// Writes XML an element a line; every name comes from the code, every value and text is escaped here.
struct XMLLines {
    private(set) var text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    private var depth = 0

    mutating func open(_ name: String, _ attributes: [(String, String)]) {
        start(name, attributes, end: ">\n")
        depth += 1
    }

    mutating func close(_ name: String) {
        depth -= 1
        text += String(repeating: "  ", count: depth) + "</\(name)>\n"
    }

    mutating func empty(_ name: String, _ attributes: [(String, String)]) {
        start(name, attributes, end: "/>\n")
    }

    /// An element with text, which keeps its line breaks.
    mutating func text(_ name: String, _ attributes: [(String, String)], _ content: String) {
        guard !content.isEmpty else { return empty(name, attributes) }
        start(name, attributes, end: ">")
        text += ForeignText.xml(content) + "</\(name)>\n"
    }

    private mutating func start(_ name: String, _ attributes: [(String, String)], end: String) {
        text += String(repeating: "  ", count: depth) + "<" + name
        for (key, value) in attributes { text += " \(key)=\"\(ForeignText.xml(value, attribute: true))\"" }
        text += end
    }
}
