internal import AssayFormats

/// Something a template is made of.
indirect enum HandlebarsNode: Sendable {
    case text(String)
    /// `{{…}}`; raw for `{{{…}}}` and `{{&…}}`.
    case value(HandlebarsCall, isRaw: Bool)
    case block(HandlebarsBlock)
}

/// `{{#…}}` to `{{/…}}`.
struct HandlebarsBlock: Sendable {
    var call: HandlebarsCall
    var body: [HandlebarsNode]
    /// After `{{else}}`.
    var otherwise: [HandlebarsNode]
    /// `as |item index|`
    var parameters: [String]
}

/// A name with what follows it.
struct HandlebarsCall: Sendable {
    /// What the first word says, when it is no helper's name.
    var target: HandlebarsExpression
    /// Set when the first word names a helper.
    var helper: HandlebarsHelper?
    var arguments: [HandlebarsExpression]
    var options: [(name: String, value: HandlebarsExpression)]
}

/// Something with a value.
indirect enum HandlebarsExpression: Sendable {
    case literal(JSON)
    case path(HandlebarsPath)
    case call(HandlebarsCall)
}

/// `request.headers.[X-Id]`, `../name`, `@index`, `this`.
struct HandlebarsPath: Sendable, Equatable {
    /// How many `../` it begins with.
    var up = 0
    /// Begins with `@`.
    var isData = false
    /// Begins with `this` or `.`: members of the current value only.
    var isLocal = false
    var segments: [String] = []
    /// As written, for messages.
    var source = ""
}

/// A bound on what a template may take.
public struct HandlebarsLimits: Sendable {
    /// Of the text that one rendering gives.
    public var outputBytes = 32 << 20
    /// Nodes and helpers of one rendering.
    public var steps = 2_000_000
    /// Blocks and parentheses inside each other.
    public var depth = 100

    public init() {}
}

/// Why a text is no template: where in it, and what.
public struct HandlebarsError: Error, Sendable, Equatable, CustomStringConvertible {
    /// 1-based, in the template.
    public var line: Int
    /// 1-based, counted in Unicode scalars.
    public var column: Int
    /// One sentence without a full stop.
    public var message: String
    /// How to mend it, as an instruction.
    public var fix: String?

    /// `2:7: the block 'if' is not closed`
    public var description: String { "\(line):\(column): \(message)" }
}

/// Why a rendering was given up.
public struct HandlebarsFailure: Error, Sendable, Equatable, CustomStringConvertible {
    public var description: String
    init(_ description: String) { self.description = description }
}
