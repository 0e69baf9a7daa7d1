internal import AssayFormats

/// What a Dockerfile says about how its program is started.
///
/// Source: the Dockerfile reference; `ONBUILD` and here-documents are not read.
struct Dockerfile: Equatable {
    /// One `CMD` or `ENTRYPOINT`.
    enum Command: Equatable {
        case words([String])
        case shell(String)

        var words: [String] {
            switch self {
            case .words(let words): words
            case .shell(let line): ["/bin/sh", "-c", line]
            }
        }
    }

    struct Stage: Equatable {
        var entrypoint: Command?
        var command: Command?
        /// The command comes from the stage that this one is made of.
        var commandIsInherited = false
        /// Line of whichever of the two came last, from 1.
        var line = 0
        var folder: String?
        var ports: [Int] = []
    }

    private var stages: [(name: String, stage: Stage)] = []

    static func == (left: Dockerfile, right: Dockerfile) -> Bool {
        left.stages.map(\.name) == right.stages.map(\.name)
            && left.stages.map(\.stage) == right.stages.map(\.stage)
    }

    /// Reads what it knows and passes over the rest.
    init(parsing text: String) {
        var instruction = ""
        var begun = 0
        for (index, raw) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let line = Self.trimmed(raw)
            if line.isEmpty || line.hasPrefix("#") { continue }
            if instruction.isEmpty { begun = index + 1 }
            if line.hasSuffix("\\") {
                instruction += line.dropLast() + " "
                continue
            }
            read(instruction + line, line: begun)
            instruction = ""
        }
        if !instruction.isEmpty { read(instruction, line: begun) }
    }

    /// The stage of this name, or the last one; `nil` when there is none.
    func stage(_ name: String?) -> Stage? {
        guard let name else { return stages.last?.stage }
        return stages.last { $0.name == name.lowercased() }?.stage
    }

    private mutating func read(_ instruction: String, line: Int) {
        let keyword = instruction.prefix { $0 != " " && $0 != "\t" }
        let rest = Self.trimmed(instruction.dropFirst(keyword.count))
        if keyword.uppercased() == "FROM" {
            let words = rest.split(whereSeparator: \.isWhitespace).filter { !$0.hasPrefix("--") }
            // A stage made of another begins with what that one says.
            let base = words.first.flatMap { word in stages.last { $0.name == word.lowercased() }?.stage }
            let isNamed = words.count >= 3 && words[1].lowercased() == "as"
            var stage = base ?? Stage()
            stage.commandIsInherited = true
            stages.append((isNamed ? words[2].lowercased() : "", stage))
            return
        }
        guard var stage = stages.popLast() else { return }
        switch keyword.uppercased() {
        case "CMD":
            stage.stage.command = Self.command(rest)
            stage.stage.commandIsInherited = false
            stage.stage.line = line
        case "ENTRYPOINT":
            stage.stage.entrypoint = Self.command(rest)
            // An entry point of its own does not take over the command of the base.
            if stage.stage.commandIsInherited { stage.stage.command = nil }
            stage.stage.line = line
        case "WORKDIR": stage.stage.folder = rest
        case "EXPOSE":
            stage.stage.ports += rest.split(whereSeparator: \.isWhitespace).compactMap { word in
                word.hasSuffix("/udp") ? nil : Int(word.prefix { $0.isNumber })
            }
        default: break
        }
        stages.append(stage)
    }

    private static func command(_ text: String) -> Command {
        if text.hasPrefix("["), let list = try? JSON(parsing: Array(text.utf8)).arrayValue {
            let words = list.compactMap(\.stringValue)
            if words.count == list.count { return .words(words) }
        }
        return .shell(text)
    }

    private static func trimmed(_ text: some StringProtocol) -> String {
        var rest = Substring(text)
        while rest.first?.isWhitespace == true { rest.removeFirst() }
        while rest.last?.isWhitespace == true { rest.removeLast() }
        return String(rest)
    }
}
