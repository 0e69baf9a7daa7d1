public import AssayCore

/// What an expression sees while it is evaluated: names, and what functions need of the outside.
public protocol TemplateContext {
    /// A variable or a part of the stand; `nil` when nothing sets it.
    func value(of name: String) -> JSON?

    /// A function of ``TemplateFunction``'s table; ``TemplateEnvironment/call(_:_:random:)`` does them all.
    mutating func call(_ function: String, _ arguments: [JSON]) throws(TemplateError) -> JSON

    /// Names that are set, for the suggestion in an error; may be empty.
    var knownNames: [String] { get }
}

extension TemplateContext {
    public var knownNames: [String] { [] }
}

/// Why a template has no value.
public struct TemplateError: Error, Sendable, Equatable {
    /// AS056 a name or member that is not there · AS057 an operator on values it does not fit · AS058 a function's
    /// argument · AS059 something outside, like a file.
    public var code: DiagnosticCode
    /// Begins with the expression: `${order.id}: 'order' has no member 'id'; it has: total, items`.
    public var message: String
    /// Of the first name or function in it; `nil` when it has none.
    public var location: SourceLocation?
    public var fix: String?

    public init(
        _ code: DiagnosticCode, _ message: String, at location: SourceLocation? = nil, fix: String? = nil
    ) {
        self.code = code
        self.message = message
        self.location = location
        self.fix = fix
    }

    public var diagnostic: Diagnostic { Diagnostic(code, message, at: location, fix: fix) }
}

/// Names and an environment ready for use, with its own stream of random numbers.
public struct TemplateScope<Random: RandomNumberGenerator>: TemplateContext {
    public var names: JSONObject
    public var environment: TemplateEnvironment
    public var random: Random

    public init(names: JSONObject = JSONObject(), environment: TemplateEnvironment, random: Random) {
        self.names = names
        self.environment = environment
        self.random = random
    }

    public func value(of name: String) -> JSON? { names[name] }

    public mutating func call(_ function: String, _ arguments: [JSON]) throws(TemplateError) -> JSON {
        try environment.call(function, arguments, random: &random)
    }

    public var knownNames: [String] { names.keys }
}
