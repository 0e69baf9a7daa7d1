internal import AssayFormats

/// A level whose tests another runner runs: `go test`, pytest, `swift test`, Maven, …
public struct RunnerLevel: Sendable {
    enum Command: Sendable {
        /// Run by `sh -c`.
        case shell(Template)
        /// Run as they are, without a shell.
        case words([Template])

        var templates: [Template] {
            switch self {
            case .shell(let line): [line]
            case .words(let words): words
            }
        }
    }

    var command: Command
    /// Where the runner leaves its JUnit XML, from ``folder``; empty when it writes none.
    var junit: [GlobPattern] = []
    /// Where it leaves coverage reports, from ``folder``.
    var coverage: [GlobPattern] = []
    /// Where it runs, from the project's folder.
    var folder: String?
    var environment: [(name: String, value: Template)] = []
    /// Bound of the whole level.
    var within = Duration.seconds(600)
    /// Whether the stand must be up, so that templates may name its parts.
    var needsStand = true

    var templates: [Template] { command.templates + environment.map(\.value) }
}
