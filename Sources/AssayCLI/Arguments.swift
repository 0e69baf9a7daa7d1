internal import AssayCore

/// A command line taken apart by its command's table.
struct Arguments {
    let command: Command
    private(set) var operands: [String] = []
    private var values: [String: [String]] = [:]

    /// Reads the words behind the command's name.
    ///
    /// Accepts `--name value`, `--name=value`, `-j4`, `-j 4`, `-vv`, and `--` before operands that begin with a dash.
    init(_ words: some Sequence<String>, for command: Command) throws(Diagnostic) {
        self.command = command
        var rest = Array(words)[...]
        while let word = rest.popFirst() {
            if word == "--" {
                operands += rest
                break
            }
            guard word.hasPrefix("-"), word != "-" else {
                operands.append(word)
                continue
            }
            try read(word, &rest)
        }
        try checkOperands()
    }

    private mutating func read(_ word: String, _ rest: inout ArraySlice<String>) throws(Diagnostic) {
        var name = word
        var attached: String?
        if word.hasPrefix("--"), let equals = word.firstIndex(of: "=") {
            name = String(word[..<equals])
            attached = String(word[word.index(after: equals)...])
        } else if !word.hasPrefix("--"), word.count > 2 {
            name = String(word.prefix(2))
            let behind = String(word.dropFirst(2))
            if let option = option(name), option.value == nil {
                // `-vv` is `-v -v`.
                values[option.name, default: []].append("")
                return try read("-" + behind, &rest)
            }
            attached = behind
        }
        guard let option = option(name) else {
            if let fix = command.foreign[name] {
                throw Diagnostic("AS692", "`assay \(command.name)` has no option \(name)", fix: fix)
            }
            let near = nearestName(to: name, among: command.allOptions.map(\.name))
            throw Diagnostic(
                "AS165", "`assay \(command.name)` has no option \(name)",
                fix: near.map { "did you mean \($0)?" } ?? "`assay \(command.name) --help` lists them")
        }
        guard let placeholder = option.value else {
            if attached != nil { throw Diagnostic("AS166", "\(option.name) takes no value") }
            values[option.name, default: []].append("")
            return
        }
        guard let value = attached ?? option.bareValue ?? rest.popFirst() else {
            throw Diagnostic("AS166", "\(option.name) needs a value: \(option.name) \(placeholder)")
        }
        if values[option.name] != nil, !option.repeats {
            throw Diagnostic("AS166", "\(option.name) is given twice")
        }
        values[option.name, default: []].append(value)
    }

    private func option(_ name: String) -> Option? {
        command.allOptions.first { $0.name == name || $0.short == name }
    }

    private func checkOperands() throws(Diagnostic) {
        if has("--help") { return }
        if operands.count < command.operandCount.lowerBound {
            throw Diagnostic(
                "AS167", "`assay \(command.name)` needs \(command.operands)",
                fix: "`assay \(command.name) --help`")
        }
        if operands.count > command.operandCount.upperBound {
            throw Diagnostic(
                "AS167",
                "`assay \(command.name)` does not take '\(operands[command.operandCount.upperBound])'",
                fix: "`assay \(command.name) --help`")
        }
    }

    // MARK: values

    func has(_ name: String) -> Bool { values[name] != nil }
    func count(_ name: String) -> Int { values[name]?.count ?? 0 }
    func text(_ name: String) -> String? { values[name]?.last }

    /// All values of an option that repeats; commas separate too.
    func texts(_ name: String) -> [String] {
        (values[name] ?? []).flatMap { $0.split(separator: ",").map(String.init) }
    }

    /// All values of an option that repeats, as they are: a comma is part of them.
    func whole(_ name: String) -> [String] { values[name] ?? [] }

    func number(_ name: String, in range: ClosedRange<Int>) throws(Diagnostic) -> Int? {
        guard let text = text(name) else { return nil }
        guard let number = Int(text), range.contains(number) else {
            throw Diagnostic(
                "AS166",
                "\(name) needs a whole number from \(range.lowerBound) to \(range.upperBound), found '\(text)'"
            )
        }
        return number
    }

    func duration(_ name: String) throws(Diagnostic) -> Duration? {
        guard let text = text(name) else { return nil }
        guard let duration = Duration(unitText: text), duration > .zero else {
            throw Diagnostic(
                "AS166", "\(name) needs a time with its unit, found '\(text)'", fix: "write \(name) 30s")
        }
        return duration
    }

    /// A factor as a number or in percent; at most a hundred times.
    func factor(_ name: String) throws(Diagnostic) -> Double? {
        guard let text = text(name) else { return nil }
        let isPercent = text.hasSuffix("%")
        guard let number = Double(isPercent ? text.dropLast() : text[...]),
            case let factor = isPercent ? number / 100 : number, factor >= 0.000_001, factor <= 100
        else {
            throw Diagnostic(
                "AS166", "\(name) needs a factor from 0.000001 to 100, found '\(text)'",
                fix: "write \(name) 0.02, or \(name) 2%")
        }
        return factor
    }

    func seed(_ name: String) throws(Diagnostic) -> UInt64? {
        guard let text = text(name) else { return nil }
        guard let seed = SeededRandom.seed(parsing: text) else {
            throw Diagnostic("AS166", "\(name) needs a seed as a run prints it, like 8F2C61, found '\(text)'")
        }
        return seed
    }
}
