public import AssayCore

/// What stands inside `${…}`: a tree that names, functions and operators span.
public indirect enum Expression: Sendable, Equatable {
    case literal(JSON)
    /// The first word of a path: a variable, or a part of the stand like `api`.
    case name(String, SourceLocation)
    case member(Expression, String)
    case index(Expression, Expression)
    /// `uuid()`, `random.int(1, 9)`: the function's whole dotted name. Which exist is ``TemplateFunction``'s table.
    case call(function: String, arguments: [Expression], SourceLocation)
    case array([Expression])
    case object([Member])
    case not(Expression)
    case negate(Expression)
    case binary(Operator, Expression, Expression)
    /// The first expression where it has a value: names are set, members are there, operators fit. Else `otherwise`;
    /// without one, the value is absent: a member of an object with it is left out, anywhere else it is null.
    case optional(Expression, otherwise: JSON?)

    public struct Member: Sendable, Equatable {
        public var key: String
        public var value: Expression
        public init(key: String, value: Expression) {
            self.key = key
            self.value = value
        }
    }

    /// In rising strength: `||`, `&&`, comparison, `+ -`, `* / %`.
    public enum Operator: String, Sendable, CaseIterable {
        case or = "||"
        case and = "&&"
        case equal = "=="
        case notEqual = "!="
        case less = "<"
        case lessOrEqual = "<="
        case greater = ">"
        case greaterOrEqual = ">="
        case plus = "+"
        case minus = "-"
        case times = "*"
        case divided = "/"
        case remainder = "%"
    }
}

/// Text with `${…}` in it; `$${` stands for a literal `${`.
public struct Template: Sendable, Equatable {
    public enum Segment: Sendable, Equatable {
        case text(String)
        case expression(Expression)
    }

    /// As written.
    public var source: String
    public var location: SourceLocation
    public var segments: [Segment]

    public init(source: String, location: SourceLocation, segments: [Segment]) {
        self.source = source
        self.location = location
        self.segments = segments
    }

    /// The text, when nothing in it is computed.
    public var constantText: String? {
        switch segments.count {
        case 0: ""
        case 1: if case .text(let text) = segments[0] { text } else { nil }
        default: nil
        }
    }

    /// The expression of a template that is only `${…}`: its value keeps its type.
    public var soleExpression: Expression? {
        if segments.count == 1, case .expression(let expression) = segments[0] { expression } else { nil }
    }
}

/// A value with templates in it, as YAML writes request bodies, arguments and expected values.
public indirect enum ValueTemplate: Sendable, Equatable {
    case literal(JSON)
    case template(Template)
    case array([ValueTemplate])
    case object([Member])

    public struct Member: Sendable, Equatable {
        public var key: Template
        public var value: ValueTemplate
        public init(key: Template, value: ValueTemplate) {
            self.key = key
            self.value = value
        }
    }
}

extension ValueTemplate.Member {
    /// What its value is, where it is left out of its object without one.
    package var optionalValue: Expression? {
        guard case .template(let template) = value, case .optional(let inner, nil)? = template.soleExpression
        else { return nil }
        return inner
    }
}
