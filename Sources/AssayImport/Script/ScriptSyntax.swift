/// A piece of JavaScript as far as tests and checks are made of it; what is beyond that is ``other``.
indirect enum ScriptExpression: Sendable, Equatable {
    case name(String)
    case text(String)
    case number(Double)
    case bool(Bool)
    case null
    case undefined
    /// `/source/flags`
    case pattern(String, flags: String)
    /// Texts and what stands in `${…}` between them.
    case template([TemplatePart])
    case member(ScriptExpression, String)
    case index(ScriptExpression, ScriptExpression)
    case call(ScriptExpression, [ScriptExpression])
    case made(ScriptExpression, [ScriptExpression])
    case array([ScriptExpression])
    case object([Member])
    case function([String], [ScriptStatement])
    case unary(String, ScriptExpression)
    case binary(String, ScriptExpression, ScriptExpression)
    case choice(ScriptExpression, ScriptExpression, ScriptExpression)
    case assignment(String, ScriptExpression, ScriptExpression)
    case other

    enum TemplatePart: Sendable, Equatable {
        case text(String)
        case value(ScriptExpression)
    }

    struct Member: Sendable, Equatable {
        var key: String
        var value: ScriptExpression
    }
}

/// A statement with the line it begins on, from 0.
struct ScriptStatement: Sendable, Equatable {
    enum Kind: Sendable, Equatable {
        case expression(ScriptExpression)
        /// `const name = value`; several names one after the other are several statements.
        case declaration(String, ScriptExpression)
        /// `const {a, b} = value`
        case members([String], ScriptExpression)
        case returned(ScriptExpression)
        case condition(ScriptExpression, [ScriptStatement], [ScriptStatement])
        /// What is not read: loops, classes, `try`.
        case other
    }

    var line: Int
    var kind: Kind
}

extension ScriptExpression {
    /// `pm.response.code`, when it is nothing but names.
    var path: String? {
        switch self {
        case .name(let name): return name
        case .member(let base, let name): return base.path.map { $0 + "." + name }
        default: return nil
        }
    }

    /// A constant as JSON would have it, for literals of it.
    var isConstant: Bool {
        switch self {
        case .text, .number, .bool, .null: true
        case .array(let elements): elements.allSatisfy(\.isConstant)
        case .object(let members): members.allSatisfy(\.value.isConstant)
        case .unary("-", .number): true
        default: false
        }
    }
}
