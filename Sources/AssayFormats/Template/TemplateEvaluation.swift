import AssayCore

extension Expression {
    /// The expression's value.
    ///
    /// `&&` and `||` give the operand that decides, so `${env.PORT || 8080}` is a default: on the left of `||` a
    /// member that is not there counts as null. See ``JSON/isTrue`` for what counts as true.
    ///
    /// - Throws: AS056–AS059, naming the expression.
    public func evaluate(in context: inout some TemplateContext) throws(TemplateError) -> JSON {
        switch self {
        case .literal(let value): return value
        case .name(let name, let location):
            if let value = context.value(of: name) { return value }
            let nearest = nearestName(to: name, among: context.knownNames)
            throw TemplateError(
                "AS056", "${\(name)}: nothing sets '\(name)'", at: location,
                fix: nearest.map { "did you mean '\($0)'?" })
        case .member(let base, let key):
            return try member(key, of: try base.evaluate(in: &context), base)
        case .index(let base, let index):
            let value = try base.evaluate(in: &context)
            return try element(try index.evaluate(in: &context), of: value, base)
        case .call(let function, let arguments, let location):
            return try call(function, arguments, location, &context)
        case .array(let elements):
            var values: [JSON] = []
            for element in elements { values.append(try element.evaluate(in: &context)) }
            return .array(values)
        case .object(let members):
            var object = JSONObject()
            for member in members { object[member.key] = try member.value.evaluate(in: &context) }
            return .object(object)
        case .not(let operand): return .bool(!(try operand.evaluate(in: &context)).isTrue)
        case .negate(let operand):
            return try combined(.minus, .int(0), try operand.evaluate(in: &context))
        case .binary(.and, let left, let right):
            let value = try left.evaluate(in: &context)
            return value.isTrue ? try right.evaluate(in: &context) : value
        case .binary(.or, let left, let right):
            let value = try left.evaluateOrNull(in: &context)
            return value.isTrue ? value : try right.evaluate(in: &context)
        case .binary(let sign, let left, let right):
            let value = try left.evaluate(in: &context)
            return try combined(sign, value, try right.evaluate(in: &context))
        case .optional(let inner, let otherwise):
            // In a ternary, or right of `??`, `nil` would be JSON's null.
            if let value = inner.valueIfThere(in: &context) { return value }
            guard let otherwise else { return .null }
            return otherwise
        }
    }

    /// The value; `nil` in place of any error. Paths are looked up without making one.
    func valueIfThere(in context: inout some TemplateContext) -> JSON? {
        switch self {
        case .name(let name, _): return context.value(of: name)
        case .member(let base, let key): return base.valueIfThere(in: &context)?[key]
        case .index(let base, let index):
            guard let value = base.valueIfThere(in: &context), let at = index.valueIfThere(in: &context)
            else { return nil }
            return Self.lookedUp(at, in: value)
        case .optional(let inner, nil): return inner.valueIfThere(in: &context)
        default: return try? evaluate(in: &context)
        }
    }

    /// For the left of `||`: null in place of a member that is not there.
    private func evaluateOrNull(in context: inout some TemplateContext) throws(TemplateError) -> JSON {
        switch self {
        case .member(let base, let key): try base.evaluateOrNull(in: &context)[key] ?? .null
        case .index(let base, let index):
            Self.lookedUp(try index.evaluate(in: &context), in: try base.evaluateOrNull(in: &context))
                ?? .null
        default: try evaluate(in: &context)
        }
    }

    private func call(
        _ function: String, _ arguments: [Expression], _ location: SourceLocation,
        _ context: inout some TemplateContext
    ) throws(TemplateError) -> JSON {
        var values: [JSON] = []
        values.reserveCapacity(arguments.count)
        for argument in arguments { values.append(try argument.evaluate(in: &context)) }
        do {
            return try context.call(function, values)
        } catch {
            var named = error
            if named.location == nil { named.location = location }
            throw named
        }
    }

    // MARK: Paths

    private static func lookedUp(_ index: JSON, in value: JSON) -> JSON? {
        if let key = index.stringValue { return value[key] }
        // `${worker[3].url}`: copies of a service are members with a number for a name.
        if case .object(let members) = value, let number = index.intValue { return members[String(number)] }
        return index.intValue.flatMap { Int(exactly: $0) }.flatMap { value[$0] }
    }

    private func member(_ key: String, of value: JSON, _ base: Expression) throws(TemplateError) -> JSON {
        if let member = value[key] { return member }
        let message: String
        var fix: String?
        switch (value, base) {
        case (.object, .name("env", _)):
            message = "the environment variable \(key) is not set"
            fix = "set it, or give a default: `${env.\(key) || 'text'}`"
        case (.object, .name("secret", _)): message = "there is no secret \(key)"
        case (.object(let object), _):
            message = "'\(base)' has no member '\(key)'; it has: \(Self.listed(object.keys))"
            fix = nearestName(to: key, among: object.keys).map { "did you mean '\($0)'?" }
        default:
            message = "'\(base)' is \(value.kindText) and has no member '\(key)'"
            if case .array = value { fix = "take an element first: `\(base)[0].\(key)`" }
        }
        throw fault("AS056", message, fix: fix)
    }

    private func element(_ index: JSON, of value: JSON, _ base: Expression) throws(TemplateError) -> JSON {
        if let element = Self.lookedUp(index, in: value) { return element }
        switch (value, index) {
        case (_, .string(let key)): return try member(key, of: value, base)
        case (.array(let elements), _) where index.intValue != nil:
            let count = elements.count == 1 ? "1 element" : "\(elements.count) elements"
            throw fault("AS056", "'\(base)' has \(count), none at [\(index.rendered())]")
        case (.array, _): throw fault("AS057", "an index is a whole number, found \(index.kindText)")
        default: throw fault("AS057", "'\(base)' is \(value.kindText) and has no elements")
        }
    }

    private static func listed(_ keys: [String]) -> String {
        guard !keys.isEmpty else { return "nothing" }
        let shown = keys.prefix(12).joined(separator: ", ")
        return keys.count > 12 ? "\(shown) and \(keys.count - 12) more" : shown
    }

    private func fault(_ code: DiagnosticCode, _ message: String, fix: String? = nil) -> TemplateError {
        TemplateError(code, "${\(shortened(description, to: 80))}: \(message)", at: firstLocation, fix: fix)
    }

    // MARK: Operators

    private func combined(_ sign: Operator, _ left: JSON, _ right: JSON) throws(TemplateError) -> JSON {
        switch sign {
        case .equal: return .bool(left == right)
        case .notEqual: return .bool(left != right)
        default: break
        }
        if sign == .divided || sign == .remainder, right.doubleValue == 0 {
            throw fault("AS057", "division by zero")
        }
        guard let value = sign.applied(left, right) else {
            throw fault(
                "AS057", "`\(sign.rawValue)` does not fit \(left.kindText) and \(right.kindText)",
                fix: left.stringValue != nil || right.stringValue != nil
                    ? "turn a text into a number: number(x)" : nil)
        }
        return value
    }
}

extension Template {
    /// The template's value: a template that is only `${…}` keeps its value's type, any other is text.
    public func render(in context: inout some TemplateContext) throws(TemplateError) -> JSON {
        if let soleExpression { return try soleExpression.evaluate(in: &context) }
        return .string(try text(in: &context))
    }

    /// The template's value as text; see ``JSON/templateText``.
    public func text(in context: inout some TemplateContext) throws(TemplateError) -> String {
        if let constantText { return constantText }
        var text = ""
        for segment in segments {
            switch segment {
            case .text(let part): text += part
            case .expression(let expression): text += try expression.evaluate(in: &context).templateText
            }
        }
        return text
    }
}

extension ValueTemplate {
    /// The value with every template filled in. Of two keys that come out the same, the later one holds.
    public func evaluate(in context: inout some TemplateContext) throws(TemplateError) -> JSON {
        switch self {
        case .literal(let value): return value
        case .template(let template): return try template.render(in: &context)
        case .array(let elements):
            var values: [JSON] = []
            values.reserveCapacity(elements.count)
            for element in elements { values.append(try element.evaluate(in: &context)) }
            return .array(values)
        case .object(let members):
            var object = JSONObject()
            for member in members {
                let key = try member.key.text(in: &context)
                if let optional = member.optionalValue {
                    if let value = optional.valueIfThere(in: &context) { object[key] = value }
                } else {
                    object[key] = try member.value.evaluate(in: &context)
                }
            }
            return .object(object)
        }
    }
}
