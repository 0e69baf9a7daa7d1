import AssayCore
import AssayFormats

/// A kind of step: how it is read, and what it answers. A new kind is a file in `Steps/` and a line in ``all``.
struct StepKind: Sendable {
    /// What a step's own keys gave: its action, and a name for a step without one.
    typealias Reading = (action: Action, name: String)

    /// The word users write.
    var keyword: String
    /// Keys that stand beside it in the step.
    var companions: [String] = []
    /// Keys that `expect` may have.
    var expectations: [String] = []
    /// Forms that `capture` may have.
    var captures: [CaptureForm] = []
    /// - Parameters:
    ///   - pair: the keyword and its value.
    ///   - fields: the step, for companions.
    var read: @Sendable (_ pair: YAMLNode.Pair, _ fields: inout MappingReader, ScenarioFile) -> Reading?

    /// Ways to capture, as messages name them.
    enum CaptureForm: String, Sendable {
        case path = "$.path", header, cookie, status, body, matches, variable
    }

    static let all: [StepKind] = [
        http, sql, redis, call, ws, sse, tcp, create, build, fixture, truncate, run, log, double, think,
        `repeat`,
        parallel, `if`, group, use, metric,
    ]

    /// What a step is told it needs one of: `metric` alone is a step, and beside another kind a part of it.
    static let keywords = all.map(\.keyword).filter { $0 != "metric" }

    static func named(_ keyword: String) -> StepKind? { all.first { $0.keyword == keyword } }
}
