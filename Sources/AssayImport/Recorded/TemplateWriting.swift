internal import AssayCore
internal import AssayFormats

/// Templates as a person writes them.
struct TemplateWriting {
    /// What other tools' names are called in Assay's files.
    var names: [String: String] = [:]

    /// The text that reads as this template.
    func text(_ template: Template) -> String {
        if let constant = template.constantText { return TemplateText.escaped(constant) }
        var text = ""
        for (place, segment) in template.segments.enumerated() {
            switch segment {
            case .text(let part):
                // A dollar sign right before `${` would make it plain text.
                let isExpressionNext =
                    place + 1 < template.segments.count
                    && { if case .expression = template.segments[place + 1] { true } else { false } }()
                if part.hasSuffix("$"), isExpressionNext {
                    text += TemplateText.escaped(String(part.dropLast())) + "${'$'}"
                } else {
                    text += TemplateText.escaped(part)
                }
            case .expression(let expression): text += "${" + self.text(expression) + "}"
            }
        }
        return text
    }

    func text(_ expression: Expression) -> String { text(expression, inside: 0) }

    private func text(_ expression: Expression, inside strength: Int) -> String {
        switch expression {
        case .literal(let value): return Self.literal(value, strength)
        case .name(let name, _):
            if let other = names[name] { return other }
            return Self.isWord(name) ? name : ImportedNames.variable(name, or: "value")
        case .optional(let inner, let otherwise):
            guard let otherwise, otherwise != .null, otherwise != .string("") else {
                return text(inner, inside: strength)
            }
            return Self.inner("\(text(inner, inside: 1)) || \(Self.literal(otherwise, 2))", 1, strength)
        case .member(let base, let key):
            let base = text(base, inside: 9)
            return Self.isName(key) ? base + "." + key : "\(base)[\(TemplateText.literal(key))]"
        case .index(let base, let index): return "\(text(base, inside: 9))[\(text(index))]"
        case .call(let function, let arguments, _):
            return "\(function)(\(arguments.map { text($0) }.joined(separator: ", ")))"
        case .array(let elements): return "[\(elements.map { text($0) }.joined(separator: ", "))]"
        case .object(let members):
            return "{" + members.map { "\(Self.key($0.key)): \(text($0.value))" }.joined(separator: ", ")
                + "}"
        case .not(let operand): return Self.inner("!" + text(operand, inside: 8), 8, strength)
        case .negate(let operand): return Self.inner("-" + text(operand, inside: 8), 8, strength)
        case .binary(let sign, let left, let right):
            let own = Self.strengths[sign] ?? 0
            // Comparisons do not follow each other, so both sides of one are in brackets where they are one too.
            let first = own == 3 ? own + 1 : own
            let text = "\(text(left, inside: first)) \(sign.rawValue) \(self.text(right, inside: own + 1))"
            return Self.inner(text, own, strength)
        }
    }

    private static let strengths: [Expression.Operator: Int] = [
        .or: 1, .and: 2, .equal: 3, .notEqual: 3, .less: 3, .lessOrEqual: 3, .greater: 3, .greaterOrEqual: 3,
        .plus: 4, .minus: 4, .times: 5, .divided: 5, .remainder: 5,
    ]

    private static func inner(_ text: String, _ own: Int, _ strength: Int) -> String {
        own < strength ? "(\(text))" : text
    }

    private static func literal(_ value: JSON, _ strength: Int) -> String {
        switch value {
        case .string(let text): TemplateText.literal(text)
        case .array(let elements): "[" + elements.map { literal($0, 0) }.joined(separator: ", ") + "]"
        case .object(let members):
            "{" + members.map { "\(key($0.key)): \(literal($0.value, 0))" }.joined(separator: ", ") + "}"
        case .int(let number): inner("\(number)", number < 0 ? 8 : 9, strength)
        case .double(let number): inner(JSON.double(number).rendered(), number < 0 ? 8 : 9, strength)
        default: value.rendered()
        }
    }

    private static func key(_ key: String) -> String { isName(key) ? key : TemplateText.literal(key) }

    /// A word as expressions have it.
    static func isName(_ text: String) -> Bool {
        guard let first = text.utf8.first, !(0x30...0x39).contains(first) else { return false }
        return text.utf8.allSatisfy {
            (0x61...0x7A).contains($0) || (0x41...0x5A).contains($0) || (0x30...0x39).contains($0)
                || $0 == 0x5F
        }
    }

    /// A name of a variable, which may have a `-` between letters.
    private static func isWord(_ text: String) -> Bool {
        text.split(separator: "-", omittingEmptySubsequences: false).allSatisfy { part in
            part.unicodeScalars.first.map { $0 == "_" || $0.properties.isAlphabetic } == true
                && part.unicodeScalars.allSatisfy {
                    $0 == "_" || $0.properties.isAlphabetic || ("0"..."9").contains($0)
                }
        }
    }

    // MARK: values

    func tree(_ template: Template) -> YAMLTree { .text(text(template)) }

    func tree(_ value: ValueTemplate) -> YAMLTree {
        switch value {
        case .literal(let json): Self.tree(json)
        case .template(let template): tree(template)
        case .array(let elements): .list(elements.map(tree))
        case .object(let members): .mapping(members.map { .init(text($0.key), tree($0.value)) })
        }
    }

    /// A value in which nothing is computed.
    static func tree(_ json: JSON) -> YAMLTree {
        switch json {
        case .string(let text): .text(TemplateText.escaped(text))
        case .array(let elements): .list(elements.map(tree))
        case .object(let members):
            .mapping(members.map { .init(TemplateText.escaped($0.key), tree($0.value)) })
        default: .word(json.rendered())
        }
    }
}

extension TemplateWriting {
    /// The template that a written text is; a text that cannot be read as one stands as it is.
    static func template(_ written: String, at location: SourceLocation) -> Template {
        (try? Template(parsing: written, at: location)) ?? Template(constant: written, at: location)
    }
}
