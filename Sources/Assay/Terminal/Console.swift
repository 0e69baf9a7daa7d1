public import AssayCore
internal import AssayNet

/// Where a command's words go, and what that place can show.
public struct Console: Sendable {
    public let style: Style
    public let isTerminal: Bool
    public let width: Int
    /// No progress at all.
    public let isQuiet: Bool

    /// - Parameter colours: `nil` decides by the terminal, `NO_COLOR` and `TERM`.
    public init(colours: Bool? = nil, isQuiet: Bool = false) {
        isTerminal = Host.isTerminal(1) && Host.environment("CI") == nil
        let wanted =
            isTerminal && (Host.environment("NO_COLOR") ?? "").isEmpty && Host.environment("TERM") != "dumb"
        style = Style(colours: colours ?? wanted)
        width = Host.terminalSize(1)?.columns ?? Host.environment("COLUMNS").flatMap { Int($0) } ?? 100
        self.isQuiet = isQuiet
    }

    public func print(_ text: String) { Host.write(text.hasSuffix("\n") ? text : text + "\n", to: 1) }
    public func complain(_ text: String) { Host.write(text.hasSuffix("\n") ? text : text + "\n", to: 2) }

    /// The value, or `nil` when there is none and the person has been told why.
    func taking<Value>(_ result: Result<Value, Diagnostics>) -> Value? {
        switch result {
        case .success(let value): return value
        case .failure(let diagnostics):
            complain(diagnostics)
            return nil
        }
    }

    /// Does a piece of work that only bad input can stop.
    func doing(_ work: () throws(Diagnostics) -> Void) -> ExitCode {
        do throws(Diagnostics) {
            try work()
            return .passed
        } catch {
            complain(error)
            return .badInput
        }
    }

    /// Prints diagnostics to standard error, with a count when there are several.
    public func complain(_ diagnostics: Diagnostics) {
        let style = Style(colours: style.colours && Host.isTerminal(2))
        for diagnostic in diagnostics.all { complain(diagnostic.rendered(style: style) + "\n") }
        let errors = diagnostics.all.count { $0.severity == .error }
        if errors > 1 { complain("\(errors) errors") }
    }
}

/// Lines on a terminal that are drawn over again.
struct LiveBlock {
    private let console: Console
    private var drawn = 0

    init(_ console: Console) { self.console = console }

    /// Draws the lines in place of those drawn before; does nothing where nothing can be drawn over.
    mutating func draw(_ lines: [String]) {
        guard console.isTerminal, !console.isQuiet else { return }
        Host.write(erasing + lines.map { $0 + "\u{1B}[K\n" }.joined(), to: 1)
        drawn = lines.count
    }

    /// Takes the lines away again.
    mutating func clear() {
        guard drawn > 0 else { return }
        Host.write(erasing + "\u{1B}[J", to: 1)
        drawn = 0
    }

    private var erasing: String { drawn > 0 ? "\u{1B}[\(drawn)A\r" : "" }
}
