internal import AssayCore

/// A value of a compose file in which `${NAME:-default}` may stand.
///
/// Source: the Compose Specification, "Interpolation".
struct ComposeText {
    enum Part {
        case text(String)
        case variable(Reference)
    }

    struct Reference {
        var name: String
        /// `-` or `?` or `+`; `nil` for the name alone.
        var sign: Character?
        /// Whether an empty value counts as none.
        var emptyCounts = false
        var word: [Part] = []
    }

    var parts: [Part]

    /// - Parameter text: as YAML gives it; `$$` is a dollar sign.
    /// - Throws: what is wrong with a `${`, in words.
    init(_ text: String) throws(Malformed) {
        var scanner = Scanner(rest: Array(text)[...])
        parts = try scanner.parts(until: nil)
    }

    struct Malformed: Error { var message: String }

    /// Whether it reads a variable.
    var isVariable: Bool {
        parts.contains { if case .variable = $0 { true } else { false } }
    }

    /// The text with variables filled in, and the names of those that nothing sets.
    func filled(_ values: [String: String]) -> (text: String, unset: [String]) {
        var unset: [String] = []
        let text = Self.filled(parts, values, &unset)
        return (text, unset)
    }

    private static func filled(_ parts: [Part], _ values: [String: String], _ unset: inout [String]) -> String
    {
        var text = ""
        for part in parts {
            switch part {
            case .text(let piece): text += piece
            case .variable(let reference):
                let value = values[reference.name]
                let isSet = value.map { !reference.emptyCounts || !$0.isEmpty } ?? false
                switch reference.sign {
                case "+": text += isSet ? filled(reference.word, values, &unset) : ""
                case "-" where !isSet: text += filled(reference.word, values, &unset)
                default:
                    if value == nil { unset.append(reference.name) }
                    text += value ?? ""
                }
            }
        }
        return text
    }

    /// The text as one of Assay's templates, which reads the environment of the run where compose reads that of its own.
    ///
    /// - Parameter values: defaults besides those written, from `.env`.
    func template(_ values: [String: String]) -> String {
        parts.map { part in
            switch part {
            case .text(let text): return TemplateText.escaped(text)
            case .variable(let reference):
                if reference.sign == "+" {
                    return TemplateText.escaped(ComposeText(parts: [part]).filled(values).text)
                }
                if reference.sign == "?", values[reference.name] == nil { return "${env.\(reference.name)}" }
                let fallback = ComposeText(parts: [part]).filled(values).text
                return "${env.\(reference.name) || \(TemplateText.literal(fallback))}"
            }
        }.joined()
    }

    private init(parts: [Part]) { self.parts = parts }
}

/// Text within Assay's templates.
enum TemplateText {
    static func escaped(_ text: String) -> String { text.replacing("${", with: "$${") }

    /// A text in quotes, inside `${…}`.
    static func literal(_ text: String) -> String {
        var quoted = "'"
        for character in text {
            switch character {
            case "'", "\\": quoted += "\\\(character)"
            case "\n": quoted += "\\n"
            case "\t": quoted += "\\t"
            case "\r": quoted += "\\r"
            default: quoted.append(character)
            }
        }
        return quoted + "'"
    }
}

private struct Scanner {
    var rest: ArraySlice<Character>
    private var depth = 0

    init(rest: ArraySlice<Character>) { self.rest = rest }

    /// - Parameter end: the sign that ends it, which is taken too.
    mutating func parts(until end: Character?) throws(ComposeText.Malformed) -> [ComposeText.Part] {
        var parts: [ComposeText.Part] = []
        var text = ""
        func add(_ part: ComposeText.Part) {
            if !text.isEmpty { parts.append(.text(text)) }
            text = ""
            parts.append(part)
        }
        while let sign = rest.popFirst() {
            if sign == end {
                if !text.isEmpty { parts.append(.text(text)) }
                return parts
            }
            guard sign == "$" else {
                text.append(sign)
                continue
            }
            switch rest.first {
            case "$"?:
                rest.removeFirst()
                text.append("$")
            case "{"?:
                rest.removeFirst()
                add(.variable(try braced()))
            case let next? where Self.isNameStart(next): add(.variable(.init(name: name())))
            default: text.append("$")
            }
        }
        guard end == nil else { throw ComposeText.Malformed(message: "`${` is never closed") }
        if !text.isEmpty { parts.append(.text(text)) }
        return parts
    }

    private mutating func braced() throws(ComposeText.Malformed) -> ComposeText.Reference {
        depth += 1
        defer { depth -= 1 }
        guard depth <= 20 else { throw ComposeText.Malformed(message: "more than 20 `${` inside each other") }
        var reference = ComposeText.Reference(name: name())
        guard !reference.name.isEmpty else {
            let found = rest.first.map { "`\($0)`" } ?? "the end"
            throw ComposeText.Malformed(message: "expected a name after `${`, found \(found)")
        }
        if rest.first == ":" {
            reference.emptyCounts = true
            rest.removeFirst()
        }
        switch rest.popFirst() {
        case "}" where !reference.emptyCounts: return reference
        case let sign? where "-?+".contains(sign):
            reference.sign = sign
            reference.word = try parts(until: "}")
            return reference
        case let other?:
            throw ComposeText.Malformed(
                message: "expected `:-`, `:?`, `:+` or `}` after \(reference.name), found `\(other)`")
        case nil: throw ComposeText.Malformed(message: "`${` is never closed")
        }
    }

    private mutating func name() -> String {
        guard rest.first.map(Self.isNameStart) ?? false else { return "" }
        let name = rest.prefix { Self.isNameStart($0) || ("0"..."9").contains($0) }
        rest.removeFirst(name.count)
        return String(name)
    }

    private static func isNameStart(_ sign: Character) -> Bool {
        sign == "_" || ("a"..."z").contains(sign) || ("A"..."Z").contains(sign)
    }
}
