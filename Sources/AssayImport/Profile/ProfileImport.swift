public import AssayCore
internal import AssayFormats
internal import AssayScenario

/// Turns a load profile in plain JSON into one in Assay's own form.
public struct ProfileImport: Sendable {
    /// Leads from the folder of the new file to that of the JSON: `../profiles`, or nothing.
    public var pathPrefix = ""

    public init() {}

    /// - Parameters:
    ///   - bytes: the profile.
    ///   - file: its path as diagnostics show it.
    /// - Throws: AS001–AS019 for what is no JSON object, AS010 and AS400–AS406 for what is no profile; each with its
    ///   place.
    public func profile(from bytes: [UInt8], file: String) throws(Diagnostics) -> ImportedProject {
        let bag = DiagnosticBag()
        guard let yaml = YAMLReading(parsing: bytes, file: file, bag: bag) else { throw Diagnostics(bag.all) }
        if yaml.root["assay"] != nil {
            throw Diagnostics([
                Diagnostic(
                    "AS248", "'\(file)' is a profile of Assay's own already",
                    at: SourceLocation(file: file, line: 1, column: 1), fix: "`assay load \(file)` runs it")
            ])
        }
        let plain = PlainProfile.read(yaml)
        try bag.throwIfErrors()
        guard let plain else { throw Diagnostics(bag.all) }
        return ImportedProject(text: text(plain, of: file), notes: [])
    }

    private func text(_ plain: PlainProfile, of file: String) -> String {
        let name = file.split(separator: "/").last.map(String.init) ?? file
        var lines = ["# Made of \(name) by `assay import profile`."]
        for line in plain.note?.split(whereSeparator: \.isNewline) ?? [] { lines.append("# \(line)") }
        lines += ["assay: 1", "load: \(YAMLText.scalar(plain.name))", "scenarios:"]
        for place in plain.scenarios {
            let path = YAMLText.scalar(Self.path(place.path, behind: pathPrefix))
            lines.append(
                place.weight == 1 ? "  - \(path)" : "  - {use: \(path), weight: \(Self.number(place.weight))}"
            )
        }
        lines += plain.search.map { steps(plain.model, $0) } ?? schedule(plain.model)
        if let search = plain.search, !search.conditions.isEmpty {
            lines += ["degrades:", "  beyond:"]
            lines += search.conditions.map { "    - \(Self.threshold($0.text))" }
            if let least = search.atLeast { lines.append("  at-least: \(Self.number(least))") }
        }
        if !plain.thresholds.isEmpty {
            lines.append("thresholds:")
            lines += plain.thresholds.map { "  - \(Self.threshold($0.text))" }
        }
        if let bound = plain.lagBound { lines.append("lag-bound: \(Self.time(bound))") }
        if let stop = plain.gracefulStop { lines.append("graceful-stop: \(Self.time(stop))") }
        return lines.joined(separator: "\n") + "\n"
    }

    private func schedule(_ model: LoadProfile.Model) -> [String] {
        switch model {
        case .users(let start, let stages):
            let start = start > 0 ? ["  start: \(start)"] : []
            return ["users:"] + start + ["  stages:"]
                + stages.map { "    - {for: \(Self.time($0.length)), to: \($0.target)}" }
        case .arrivals(let arrivals):
            let (start, stages, most) = (arrivals.start, arrivals.stages, arrivals.maximumUsers)
            let first = start.perSecond > 0 ? ["  start: \(Self.number(start.perSecond))/s"] : []
            return ["arrivals:"] + first + ["  stages:"]
                + stages.map {
                    "    - {for: \(Self.time($0.length)), to: \(Self.number($0.target.perSecond))/s}"
                } + ["  max-users: \(most)"]
        case .iterations(let work):
            let amount =
                switch work.work {
                case .each(let each): "each: \(each)"
                case .total(let total): "total: \(total)"
                }
            return ["iterations: {users: \(work.users), \(amount)}"]
        }
    }

    /// A plain profile rises in steps of users only.
    private func steps(_ model: LoadProfile.Model, _ search: LoadProfile.Search) -> [String] {
        guard let first = search.steps.first, let last = search.steps.last else { return schedule(model) }
        let by = search.steps.count > 1 ? search.steps[1].load - first.load : first.load
        let step = [
            "by: \(Self.number(by))", "every: \(Self.time(first.ramp + first.hold))",
            "to: \(Self.number(last.load))", "ramp: \(Self.time(first.ramp))",
        ]
        return [
            "users: {start: \(Self.number(first.load)), step: {\(step.joined(separator: ", "))}}"
        ]
    }

    /// A path as the new file has to write it: `../calls/tire.yml` behind `../profiles` is `../calls/tire.yml`.
    static func path(_ path: String, behind prefix: String) -> String {
        if path.hasPrefix("/") || prefix.isEmpty { return path }
        var parts: [Substring] = []
        for part in "\(prefix)/\(path)".split(separator: "/") where part != "." {
            if part == "..", let last = parts.last, last != ".." {
                parts.removeLast()
            } else {
                parts.append(part)
            }
        }
        return parts.joined(separator: "/")
    }

    /// `p95(x) < 2s` is plain in YAML; with a comma or a brace it is not.
    private static func threshold(_ text: String) -> String {
        let isPlain = text.unicodeScalars.allSatisfy { !",{}[]#:\"'&*!|>%@`\\".unicodeScalars.contains($0) }
        return isPlain ? text : YAMLText.quoted(text)
    }

    /// The shortest text that is the same time: `5m`, `1500ms`.
    private static func time(_ length: Duration) -> String {
        let nanoseconds = length.nanoseconds
        for (unit, size) in [
            ("h", 3_600_000_000_000), ("m", 60_000_000_000), ("s", 1_000_000_000), ("ms", 1_000_000),
        ]
            as [(String, Int64)]
        where nanoseconds % size == 0 { return nanoseconds == 0 ? "0s" : "\(nanoseconds / size)\(unit)" }
        return "\(nanoseconds)ns"
    }

    private static func number(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : "\(value)"
    }
}
