internal import AssayCore
internal import AssayFormats

/// A Handlebars template as WireMock's users write it: read once, rendered for many requests.
///
/// It behaves as handlebars.java does with WireMock's helpers; Documentation/http-double-templates.md has the list.
public struct HandlebarsTemplate: Sendable {
    let nodes: [HandlebarsNode]
    private let limits: HandlebarsLimits

    /// - Throws: where the text is no template and why.
    public init(_ text: String, limits: HandlebarsLimits = HandlebarsLimits()) throws(HandlebarsError) {
        try self.init(text, helpers: .standard, limits: limits)
    }

    init(
        _ text: String, helpers: HandlebarsHelpers, limits: HandlebarsLimits
    ) throws(HandlebarsError) {
        var parser = HandlebarsParser(text, helpers: helpers, limits: limits)
        nodes = try parser.template()
        self.limits = limits
    }

    /// Whether it says the same for every request.
    public var isFixed: Bool {
        nodes.allSatisfy { if case .text = $0 { true } else { false } }
    }

    /// The text for a request.
    ///
    /// What a helper cannot do prints as `[ERROR: …]`.
    /// - Parameters:
    ///   - names: what the template may read, like `request` and `parameters`.
    ///   - random: drawn from by the random helpers.
    /// - Throws: when a limit is reached.
    func render(
        _ names: [String: HandlebarsValue], _ environment: HandlebarsEnvironment,
        random: inout SeededRandom
    ) throws(HandlebarsFailure) -> String {
        var rendering = HandlebarsRendering(names, environment, random, limits)
        try rendering.run(nodes)
        random = rendering.random
        return String(decoding: rendering.output, as: UTF8.self)
    }
}

/// What templates need of the outside.
public struct HandlebarsEnvironment: Sendable {
    /// Wall clock, milliseconds since 1970 UTC.
    public var nowMilliseconds: @Sendable () -> Int64
    public var hostname: String
    /// `{{…}}` is escaped for HTML. Off, as in WireMock's own server, because answers are mostly JSON.
    public var escapesHTML = false
    /// Gives an environment variable to `systemValue`; `nil` refuses it.
    public var systemValue: @Sendable (_ name: String) -> SystemValue = { _ in .refused }

    /// What `systemValue` is told.
    public enum SystemValue: Sendable, Equatable {
        case refused
        case unset
        case value(String)
    }

    public init(hostname: String, nowMilliseconds: @escaping @Sendable () -> Int64) {
        self.hostname = hostname
        self.nowMilliseconds = nowMilliseconds
    }
}

/// What a helper is called with.
struct HandlebarsArguments {
    var values: [HandlebarsValue]
    var options: [String: HandlebarsValue]
    /// `nil` when the helper stands in a plain tag or in parentheses.
    var block: HandlebarsBlock?

    /// The argument at a place; `.missing` when there is none.
    subscript(index: Int) -> HandlebarsValue { index < values.count ? values[index] : .missing }

    subscript(option: String) -> HandlebarsValue { options[option] ?? .missing }

    var count: Int { values.count }
}

/// A named function of templates.
struct HandlebarsHelper: Sendable {
    typealias Apply =
        @Sendable (HandlebarsArguments, inout HandlebarsRendering) throws(HandlebarsFailure) ->
        HandlebarsValue

    let name: String
    let apply: Apply

    init(_ name: String, _ apply: @escaping Apply) {
        self.name = name
        self.apply = apply
    }
}

/// The helpers a template may use.
struct HandlebarsHelpers: Sendable {
    private let byName: [String: HandlebarsHelper]

    init(_ helpers: [HandlebarsHelper]) {
        byName = Dictionary(helpers.map { ($0.name, $0) }) { $1 }
    }

    static let standard = HandlebarsHelpers(
        blockHelpers + conditionHelpers + textHelpers + numberHelpers + listHelpers + jsonHelpers
            + dateHelpers + randomHelpers + encodingHelpers + xmlHelpers)

    var names: [String] { byName.keys.sorted() }

    subscript(name: String) -> HandlebarsHelper? { byName[name] }
}
