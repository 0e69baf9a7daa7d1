import AssayCore

extension Expression {
    /// The expression with known names filled in, and everything computed that can be computed already.
    ///
    /// What has no value yet, or has an error in it, stays as it was: the error is told where it is evaluated.
    /// - Parameter names: values that will not change, like the stand's addresses; `nil` for all other names.
    public func folded(names: (String) -> JSON?) -> Expression {
        switch self {
        case .literal: return self
        case .name(let name, _): return names(name).map { .literal($0) } ?? self
        case .member(let base, let key):
            return kept(.member(base.folded(names: names), key))
        case .index(let base, let index):
            return kept(.index(base.folded(names: names), index.folded(names: names)))
        case .call(let function, let arguments, let location):
            let folded = arguments.map { $0.folded(names: names) }
            return kept(.call(function: function, arguments: folded, location))
        case .array(let elements): return kept(.array(elements.map { $0.folded(names: names) }))
        case .object(let members):
            return kept(
                .object(members.map { Member(key: $0.key, value: $0.value.folded(names: names)) }))
        case .not(let operand): return kept(.not(operand.folded(names: names)))
        case .negate(let operand): return kept(.negate(operand.folded(names: names)))
        case .binary(let sign, let left, let right):
            let left = left.folded(names: names)
            let right = right.folded(names: names)
            if case .literal(let value) = left, sign == .and || sign == .or {
                return value.isTrue == (sign == .and) ? right : left
            }
            return kept(.binary(sign, left, right))
        case .optional(let inner, let otherwise):
            let folded = inner.folded(names: names)
            if case .literal = folded { return folded }
            return .optional(folded, otherwise: otherwise)
        }
    }

    /// The value of a folded form whose parts are all known; the folded form when some are not; `self`, with
    /// the user's own words for the message, when there is an error in it.
    private func kept(_ folded: Expression) -> Expression {
        guard folded.partsAreLiteral else { return folded }
        var context = FoldingContext()
        if let value = try? folded.evaluate(in: &context) { return .literal(value) }
        return self
    }

    private var partsAreLiteral: Bool {
        func isLiteral(_ expression: Expression) -> Bool {
            if case .literal = expression { true } else { false }
        }
        return switch self {
        case .literal: true
        case .name, .optional: false
        case .member(let base, _), .not(let base), .negate(let base): isLiteral(base)
        case .index(let left, let right), .binary(_, let left, let right): isLiteral(left) && isLiteral(right)
        case .call(_, let arguments, _): arguments.allSatisfy(isLiteral)
        case .array(let elements): elements.allSatisfy(isLiteral)
        case .object(let members): members.allSatisfy { isLiteral($0.value) }
        }
    }
}

/// Only functions that need nothing of the outside.
private struct FoldingContext: TemplateContext {
    func value(of name: String) -> JSON? { nil }

    mutating func call(_ function: String, _ arguments: [JSON]) throws(TemplateError) -> JSON {
        guard let value = try TemplateArguments(function, arguments).pureValue() else {
            throw TemplateError("AS059", "\(function) is computed when the template is")
        }
        return value
    }
}

extension Template {
    /// As ``Expression/folded(names:)``; what became known is text, except in a template that is only `${…}`.
    public func folded(names: (String) -> JSON?) -> Template {
        if let soleExpression {
            return Template(
                source: source, location: location,
                segments: [.expression(soleExpression.folded(names: names))])
        }
        var folded: [Segment] = []
        var text = ""
        for segment in segments {
            switch segment {
            case .text(let part): text += part
            case .expression(let expression):
                let expression = expression.folded(names: names)
                if case .literal(let value) = expression {
                    text += value.templateText
                    continue
                }
                if !text.isEmpty { folded.append(.text(text)) }
                text = ""
                folded.append(.expression(expression))
            }
        }
        if !text.isEmpty { folded.append(.text(text)) }
        return Template(source: source, location: location, segments: folded)
    }
}

extension ValueTemplate {
    /// As ``Expression/folded(names:)``; parts without anything left to compute become literals.
    public func folded(names: (String) -> JSON?) -> ValueTemplate {
        switch self {
        case .literal: return self
        case .template(let template):
            let folded = template.folded(names: names)
            if case .literal(let value) = folded.soleExpression { return .literal(value) }
            return folded.constantText.map { .literal(.string($0)) } ?? .template(folded)
        case .array(let elements): return .joined(elements.map { $0.folded(names: names) })
        case .object(let members):
            return .joined(
                members.map { member in
                    let key = member.key.folded(names: names)
                    var constant = key
                    if case .literal(let value) = key.soleExpression {
                        constant = Template(
                            source: key.source, location: key.location, segments: [.text(value.templateText)])
                    }
                    return Member(key: constant, value: member.value.folded(names: names))
                })
        }
    }

    /// A list in which nothing is computed is one literal.
    static func joined(_ elements: [ValueTemplate]) -> ValueTemplate {
        let literals = elements.compactMap(\.constantValue)
        return literals.count == elements.count ? .literal(.array(literals)) : .array(elements)
    }

    /// An object in which nothing is computed is one literal.
    static func joined(_ members: [Member]) -> ValueTemplate {
        let literals = members.compactMap { member -> (String, JSON)? in
            guard let key = member.key.constantText, let value = member.value.constantValue else {
                return nil
            }
            return (key, value)
        }
        return literals.count == members.count ? .literal(.object(JSONObject(literals))) : .object(members)
    }

    /// The value, when nothing in it is computed.
    public var constantValue: JSON? { if case .literal(let value) = self { value } else { nil } }
}
