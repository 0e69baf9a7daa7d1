extension Expression: CustomStringConvertible {
    /// The expression as a person would write it, for messages.
    public var description: String { text(inside: 0) }

    private func text(inside strength: Int) -> String {
        switch self {
        case .literal(.string(let value)): return Self.quoted(value)
        case .literal(let value): return value.rendered()
        case .name(let name, _): return name
        case .member(let base, let key): return base.text(inside: 9) + "." + key
        case .index(let base, let index): return "\(base.text(inside: 9))[\(index)]"
        case .call(let function, let arguments, _):
            return "\(function)(\(arguments.map(\.description).joined(separator: ", ")))"
        case .array(let elements): return "[\(elements.map(\.description).joined(separator: ", "))]"
        case .object(let members):
            return "{" + members.map { "\($0.key): \($0.value)" }.joined(separator: ", ") + "}"
        case .not(let operand): return "!" + operand.text(inside: 8)
        case .negate(let operand): return "-" + operand.text(inside: 8)
        case .binary(let sign, let left, let right):
            let own = sign.strength
            let text = "\(left.text(inside: own)) \(sign.rawValue) \(right.text(inside: own + 1))"
            return own < strength ? "(\(text))" : text
        case .optional(let inner, _): return inner.text(inside: strength)
        }
    }

    private static func quoted(_ text: String) -> String {
        var result = "'"
        for scalar in text.unicodeScalars {
            switch scalar {
            case "'", "\\": result += "\\\(scalar)"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "'"
    }
}

extension Expression.Operator {
    /// 1 for the weakest, `||`.
    var strength: Int {
        switch self {
        case .or: 1
        case .and: 2
        case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual: 3
        case .plus, .minus: 4
        case .times, .divided, .remainder: 5
        }
    }
}
