internal import AssayCore
internal import AssayFormats
internal import AssayRunner
internal import AssayScript

/// How lines of a script's log are written, and where to: `--log-format`, `--log-output` and `--verbose`.
struct ScriptLogForm: Sendable {
    enum Layout: String, Sendable, CaseIterable {
        /// As k6: short on a terminal, fields with names elsewhere.
        case text
        /// An object a line, its members sorted.
        case json
        /// The message alone.
        case raw
    }

    enum Target: Sendable, Equatable {
        case standardError, standardOutput, nowhere
        case file(String)
    }

    var layout = Layout.text
    var target = Target.standardError
    /// The least that is shown.
    var level = ScriptLogLevel.info

    init() {}

    /// - Parameters:
    ///   - flags: what the command line says.
    ///   - variable: a variable of the environment, for what it does not.
    init(_ flags: ScriptFlags, variable: (String) -> String?) throws(Diagnostic) {
        if flags.said("verbose").map({ $0 != "false" }) ?? false { level = .debug }
        if let word = flags.said("log-format") ?? variable("K6_LOG_FORMAT"), !word.isEmpty {
            guard let layout = Layout(rawValue: word) else {
                throw Diagnostic("AS644", "--log-format is text, json or raw, found '\(word)'")
            }
            self.layout = layout
        }
        if let words = flags.said("log-output") ?? variable("K6_LOG_OUTPUT"), !words.isEmpty {
            try read(words)
        }
    }

    /// `stderr`, `stdout`, `none`, `file=./run.log,level=warning`.
    private mutating func read(_ words: String) throws(Diagnostic) {
        switch words {
        case "stderr": target = .standardError
        case "stdout": target = .standardOutput
        case "none": target = .nowhere
        case _ where words.hasPrefix("file="):
            let parts = words.dropFirst("file=".count).split(separator: ",").map(String.init)
            guard let path = parts.first else {
                throw Diagnostic("AS644", "--log-output=file needs a path: file=run.log")
            }
            target = .file(path)
            for part in parts.dropFirst() {
                guard part.hasPrefix("level="), let level = Self.level(String(part.dropFirst(6))) else {
                    throw Diagnostic(
                        "AS644",
                        "--log-output=file takes level=debug, info, warning or error, found '\(part)'")
                }
                self.level = level
            }
        default:
            throw Diagnostic(
                "AS644", "--log-output is stderr, stdout, none or file=PATH, found '\(words)'",
                fix: words.hasPrefix("loki") ? "Assay sends its log nowhere; let file=PATH be read from" : nil
            )
        }
    }

    private static func level(_ word: String) -> ScriptLogLevel? {
        switch word {
        case "trace", "debug": .debug
        case "info": .info
        case "warn", "warning": .warning
        case "error", "fatal", "panic": .error
        default: nil
        }
    }

    func shows(_ line: ScriptLog.Line) -> Bool { line.level.weight >= level.weight }
}

extension ScriptLogLevel {
    fileprivate var weight: Int {
        switch self {
        case .debug: 0
        case .info: 1
        case .warning: 2
        case .error: 3
        }
    }
}

extension ScriptLine {
    /// `{"level":"info","msg":"so it is","source":"console","time":"2026-11-22T01:25:03Z"}`
    static func json(_ line: ScriptLog.Line, at milliseconds: Int64) -> String {
        var members = line.fields.map { ($0.name, JSON.string($0.value)) }
        members += [
            ("level", .string(line.level.rawValue)), ("msg", .string(line.text)),
            ("time", .string(timestamp(milliseconds))),
        ]
        return JSON.object(JSONObject(members.sorted { $0.0 < $1.0 })).rendered()
    }
}
