internal import AssayFormats
internal import AssayNet
internal import AssayRunner
internal import AssayScript
internal import Synchronization

/// Writes the lines of scripts as k6 writes them, to standard error unless told otherwise, and keeps them out of a block
/// that is drawn over.
///
/// Any thread may write.
final class ScriptOutput: Sendable {
    private let state: Mutex<State>
    private let startedAt = Reactor.monotonicNow()
    private let isTerminal: Bool
    private let isColored: Bool
    private let form: ScriptLogForm
    private let mask: @Sendable (String) -> String
    private struct State {
        /// Lines wait until they are taken.
        var isHeld = false
        var held: [String] = []
        var dropped = 0
        /// Lines of the script's console go here, the others there; `nil` for where the form says.
        var file: AppendingFile?
        var logFile: AppendingFile?
    }

    /// So many lines wait.
    private static let heldLimit = 10_000

    /// - Parameters:
    ///   - form: layout and target of lines.
    ///   - consoleFile: begins empty and is given each line of the script's console as it comes. Where it cannot be written
    ///     that is told once, and lines go to standard error from then on.
    ///   - mask: hides secrets.
    init(
        isTerminal: Bool, isColored: Bool, form: ScriptLogForm = ScriptLogForm(), consoleFile: String? = nil,
        mask: @escaping @Sendable (String) -> String
    ) {
        self.isTerminal = isTerminal
        self.isColored = isColored
        self.form = form
        self.mask = mask
        state = Mutex(State())
        if let consoleFile { open(consoleFile, truncating: true, for: \.file) }
        if case .file(let path) = form.target { open(path, truncating: false, for: \.logFile) }
    }

    private func open(
        _ path: String, truncating: Bool, for place: WritableKeyPath<State, AppendingFile?>
    ) {
        do throws(SystemError) {
            let file = try AppendingFile(path, truncating: truncating)
            state.withLock { $0[keyPath: place] = file }
        } catch {
            show(Self.told(error))
        }
    }

    var log: ScriptLog { ScriptLog { line in self.write(line) } }

    /// Lines wait from now on for ``take()``, or no longer.
    func hold(_ isHeld: Bool) { state.withLock { $0.isHeld = isHeld } }

    /// Lines that have waited, in their order.
    func take() -> [String] {
        state.withLock { state in
            defer {
                state.held.removeAll()
                state.dropped = 0
            }
            guard state.dropped > 0 else { return state.held }
            return state.held + ["(\(state.dropped) further lines are not shown)"]
        }
    }

    private func write(_ line: ScriptLog.Line) {
        guard form.shows(line) else { return }
        let isConsole = line.fields.contains { $0.name == "source" && $0.value == "console" }
        if isConsole, keep(line) { return }
        switch form.target {
        case .nowhere: break
        case .file:
            let text = text(line)
            if !append(text, to: \.logFile) { show(text) }
        case .standardOutput, .standardError: show(text(line))
        }
    }

    private func text(_ line: ScriptLog.Line) -> String {
        guard form.layout == .text, isTerminal, case .standardError = form.target else { return whole(line) }
        let seconds = Int((Reactor.monotonicNow() - startedAt) / 1_000_000_000)
        return mask(ScriptLine.short(line, seconds: seconds, isColored: isColored))
    }

    /// As lines are written where nobody looks on.
    private func whole(_ line: ScriptLog.Line) -> String {
        let now = WallClock.milliseconds
        switch form.layout {
        case .raw: return mask(line.text)
        case .json: return mask(ScriptLine.json(line, at: now))
        case .text: return mask(ScriptLine.plain(line, at: now))
        }
    }

    /// Adds a line to the file of console lines, which are that file's only ones and say so no more.
    ///
    /// - Returns: `false` when there is none, or none any more.
    private func keep(_ line: ScriptLog.Line) -> Bool {
        var line = line
        line.fields.removeAll { $0.name == "source" }
        return append(whole(line), to: \.file)
    }

    private func append(_ text: String, to place: WritableKeyPath<State, AppendingFile?>) -> Bool {
        guard let file = state.withLock({ $0[keyPath: place] }) else { return false }
        do throws(SystemError) {
            try file.append(Array((text + "\n").utf8))
            return true
        } catch {
            // Another thread may have seen it first.
            let isFirst = state.withLock { state in
                defer { state[keyPath: place] = nil }
                return state[keyPath: place] != nil
            }
            if isFirst { show(Self.told(error)) }
            return false
        }
    }

    private static func told(_ error: SystemError) -> String {
        "error: lines of the script cannot be written to their file: \(error)"
    }

    /// Shows a line, now or when it is taken.
    private func show(_ text: String) {
        let isHeld = state.withLock { state in
            guard state.isHeld else { return false }
            if state.held.count < Self.heldLimit { state.held.append(text) } else { state.dropped += 1 }
            return true
        }
        if !isHeld { Host.write(text + "\n", to: form.target == .standardOutput ? 1 : 2) }
    }
}

/// A line of a log as k6 writes it.
enum ScriptLine {
    /// `time="2026-11-22T01:25:03Z" level=info msg="so it is" source=console`
    static func plain(_ line: ScriptLog.Line, at milliseconds: Int64) -> String {
        var text = "time=\"\(timestamp(milliseconds))\" level=\(line.level.rawValue) msg=\(quoted(line.text))"
        for field in sorted(line) { text += " \(field.name)=\(quoted(field.value))" }
        return text
    }

    /// `INFO[0003] so it is                                      source=console`
    static func short(_ line: ScriptLog.Line, seconds: Int, isColored: Bool) -> String {
        let (word, colour) = word(line.level)
        func painted(_ text: String) -> String { isColored ? "\u{1B}[\(colour)m\(text)\u{1B}[0m" : text }
        var number = String(seconds)
        number = String(repeating: "0", count: max(0, 4 - number.count)) + number
        let padding = String(repeating: " ", count: max(0, 44 - line.text.count))
        let fields = sorted(line).map { " \(painted($0.name))=\(quoted($0.value))" }
        return "\(painted(word))[\(number)] \(line.text)\(padding)\(fields.joined())"
    }

    private static func word(_ level: ScriptLogLevel) -> (String, Int) {
        switch level {
        case .debug: ("DEBU", 37)
        case .info: ("INFO", 36)
        case .warning: ("WARN", 33)
        case .error: ("ERRO", 31)
        }
    }

    private static func sorted(_ line: ScriptLog.Line) -> [ScriptTag] {
        line.fields.sorted { $0.name < $1.name }
    }

    /// As Go quotes, where there is anything but letters, digits and a few signs.
    static func quoted(_ text: String) -> String {
        let isPlain =
            !text.isEmpty
            && text.unicodeScalars.allSatisfy { scalar in
                ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || ("0"..."9").contains(scalar)
                    || "-._/@^+".unicodeScalars.contains(scalar)
            }
        if isPlain { return text }
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case "\t": quoted += "\\t"
            case "\r": quoted += "\\r"
            case _ where scalar.value < 0x20 || scalar.value == 0x7F:
                let hex = String(scalar.value, radix: 16)
                quoted += "\\x" + String(repeating: "0", count: 2 - hex.count) + hex
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }

    /// Seconds since 1970 as a date in UTC.
    static func timestamp(_ milliseconds: Int64) -> String {
        // Without parts of a second.
        CivilTime(milliseconds: milliseconds).text.prefix { $0 != "." } + "Z"
    }
}
