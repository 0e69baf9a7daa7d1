/// One option of a command: the same row makes parser, help and completion.
struct Option: Sendable {
    /// With its dashes: `--seed`.
    var name: String
    /// One letter with its dash, if it has one.
    var short: String?
    /// What stands behind it in help; `nil` for a switch.
    var value: String?
    var help: String
    /// May be given several times.
    var repeats = false
    /// What it says when nothing follows its name at once: `--no-setup` is `--no-setup=true`; `nil` of options whose value
    /// may be the next word.
    var bareValue: String?

    init(
        _ name: String, short: String? = nil, value: String? = nil, repeats: Bool = false,
        bareValue: String? = nil, _ help: String
    ) {
        self.name = name
        self.short = short
        self.value = value
        self.help = help
        self.repeats = repeats
        self.bareValue = bareValue
    }

    /// Behind the name in help: ` N`, `[=BOOL]`.
    var valueText: String {
        guard let value else { return "" }
        return bareValue == nil ? " \(value)" : "[=\(value)]"
    }

    static let shared: [Option] = [
        Option(
            "--project", value: "PATH", "the project file or its folder (default: assay.yml here or above)"),
        Option("--color", value: "WHEN", "auto, always or never (default: auto, and NO_COLOR is honoured)"),
        Option("--quiet", short: "-q", "no progress, only the result"),
        Option("--help", short: "-h", "say what the command does and what it takes"),
    ]
}

/// One command: its row of the table.
struct Command: Sendable {
    var name: String
    var summary: String
    /// What stands behind the options: `[PATH…]`.
    var operands: String
    /// How many operands there may be.
    var operandCount: ClosedRange<Int>
    var options: [Option]
    /// More lines for `--help`.
    var notes: String = ""
    /// Options of other tools that are asked for by habit, and what does it here.
    var foreign: [String: String] = [:]

    var allOptions: [Option] { options + Option.shared }
}
