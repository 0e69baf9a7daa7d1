internal import AssayCore
internal import AssayFormats

/// JSON in which `${…}` stands for a value or within a text.
enum JSONTemplates {
    static func value(_ written: String, at place: SourceLocation) -> ValueTemplate? {
        var text = ""
        var isText = false
        var rest = written[...]
        while let character = rest.first {
            if rest.hasPrefix("$${") {
                text += rest.prefix(3)
                rest = rest.dropFirst(3)
            } else if rest.hasPrefix("${"), let end = end(of: rest) {
                let inner = JSON.string(String(rest[..<end])).rendered()
                text += isText ? String(inner.dropFirst().dropLast()) : inner
                rest = rest[end...]
            } else if character == "\\", isText {
                text += rest.prefix(2)
                rest = rest.dropFirst(2)
            } else {
                if character == "\"" { isText.toggle() }
                text.append(character)
                rest = rest.dropFirst()
            }
        }
        return (try? JSON(parsing: text, maxDepth: 64)).map { value($0, at: place) }
    }

    /// Behind the `}` that closes an expression; quotes in it may hold braces.
    private static func end(of text: Substring) -> Substring.Index? {
        var quote: Character?
        var place = text.startIndex
        while place < text.endIndex {
            let character = text[place]
            if let open = quote {
                if character == "\\" { place = text.index(after: place) }
                if place >= text.endIndex { return nil }
                if character == open { quote = nil }
            } else if character == "'" {
                quote = character
            } else if character == "}" {
                return text.index(after: place)
            }
            place = text.index(after: place)
        }
        return nil
    }

    private static func value(_ json: JSON, at place: SourceLocation) -> ValueTemplate {
        switch json {
        case .string(let text): .of(TemplateWriting.template(text, at: place))
        case .array(let elements): .array(elements.map { value($0, at: place) })
        case .object(let members):
            .object(
                members.map {
                    .init(key: TemplateWriting.template($0.key, at: place), value: value($0.value, at: place))
                })
        default: .literal(json)
        }
    }
}
