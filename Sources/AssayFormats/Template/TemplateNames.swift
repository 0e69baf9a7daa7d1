public import AssayCore

extension Expression {
    /// Names that must be set for the expression to have a value, in the order written, each time it is read.
    public var freeNames: [(name: String, location: SourceLocation)] {
        var names: [(name: String, location: SourceLocation)] = []
        visit { expression in
            if case .name(let name, let location) = expression { names.append((name, location)) }
        }
        return names
    }

    /// Where the expression's first name or function stands; `nil` when it has neither.
    public var firstLocation: SourceLocation? {
        var first: SourceLocation?
        visit { expression in
            guard first == nil else { return }
            switch expression {
            case .name(_, let location), .call(_, _, let location): first = location
            default: break
            }
        }
        return first
    }

    /// Functions that it calls, in the order written.
    public var calledFunctions: [TemplateFunction] {
        var functions: [TemplateFunction] = []
        visit { expression in
            guard case .call(let name, _, _) = expression else { return }
            TemplateFunction.named(name).map { functions.append($0) }
        }
        return functions
    }

    /// Calls `body` with this expression, then with those inside it.
    func visit(_ body: (Expression) -> Void) {
        body(self)
        switch self {
        case .literal, .name: break
        case .member(let base, _): base.visit(body)
        case .index(let base, let index):
            base.visit(body)
            index.visit(body)
        case .call(_, let arguments, _): for argument in arguments { argument.visit(body) }
        case .array(let elements): for element in elements { element.visit(body) }
        case .object(let members): for member in members { member.value.visit(body) }
        case .not(let operand), .negate(let operand), .optional(let operand, _): operand.visit(body)
        case .binary(_, let left, let right):
            left.visit(body)
            right.visit(body)
        }
    }
}

extension Template {
    /// The expressions in it, in order.
    public var expressions: [Expression] {
        segments.compactMap { if case .expression(let expression) = $0 { expression } else { nil } }
    }

    public var freeNames: [(name: String, location: SourceLocation)] { expressions.flatMap(\.freeNames) }
}

extension ValueTemplate {
    /// The templates in it, keys before their values.
    public var templates: [Template] {
        switch self {
        case .literal: []
        case .template(let template): [template]
        case .array(let elements): elements.flatMap(\.templates)
        case .object(let members): members.flatMap { [$0.key] + $0.value.templates }
        }
    }

    public var freeNames: [(name: String, location: SourceLocation)] { templates.flatMap(\.freeNames) }
}
