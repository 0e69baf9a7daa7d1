public import AssayCore
public import AssayFormats

/// A change that people agreed on although it breaks: until a day, for a reason.
public struct CompatibilityWaiver: Sendable, Hashable {
    /// Id of a rule.
    public var rule: String
    /// As a finding has it; `*` stands for anything. `nil` is every path.
    public var path: String?
    /// `POST /orders`; `*` stands for anything.
    public var operation: String?
    /// The compared file, as the report names it; `*` stands for anything.
    public var file: String?
    public var reason: String
    /// The last day on which it holds, `2026-12-31`.
    public var until: String
    /// Where it is written.
    public var location: SourceLocation

    public init(
        rule: String, path: String? = nil, operation: String? = nil, file: String? = nil, reason: String,
        until: String, location: SourceLocation
    ) {
        self.rule = rule
        self.path = path
        self.operation = operation
        self.file = file
        self.reason = reason
        self.until = until
        self.location = location
    }

    /// Whether it is about a finding, on whatever day.
    func covers(_ finding: CompatibilityFinding, in file: String) -> Bool {
        finding.rule == rule && Self.fits(path, finding.path)
            && Self.fits(operation, finding.operation ?? "") && Self.fits(self.file, file)
    }

    /// What it is about, for messages: `'request-property-removed' at 'request body $.x'`.
    var subject: String {
        let parts = [operation, path].compactMap(\.self).joined(separator: ", ")
        return "'\(rule)'" + (parts.isEmpty ? "" : " (\(parts))")
    }

    private static func fits(_ pattern: String?, _ text: String) -> Bool {
        guard let pattern else { return true }
        let parts = pattern.split(separator: "*", omittingEmptySubsequences: false)
        guard let first = parts.first, parts.count > 1, let last = parts.last else { return pattern == text }
        guard text.hasPrefix(first) else { return false }
        var rest = text.dropFirst(first.count)
        for part in parts.dropFirst().dropLast() where !part.isEmpty {
            guard let found = rest.firstRange(of: part) else { return false }
            rest = rest[found.upperBound...]
        }
        return rest.hasSuffix(last)
    }
}

/// The waivers of a project, and which of them are used.
public struct CompatibilityWaivers: Sendable {
    public var all: [CompatibilityWaiver]
    /// `2026-11-21`.
    public var today: String
    private var used: Set<CompatibilityWaiver> = []

    public init(_ all: [CompatibilityWaiver], today: String) {
        self.all = all
        self.today = today
    }

    /// Reads a file of waivers: a list of mappings with `rule`, `reason` and `until`, and where they apply.
    ///
    /// - Returns: those that could be read; problems are in the reading's bag.
    public static func read(_ yaml: YAMLReading) -> [CompatibilityWaiver] {
        if yaml.root.isNull { return [] }
        return yaml.list(yaml.root) { read($0, yaml) } ?? []
    }

    private static func read(_ node: YAMLNode, _ yaml: YAMLReading) -> CompatibilityWaiver? {
        yaml.mapping(node, "waiver") { fields -> CompatibilityWaiver? in
            let rule = fields.required("rule") { self.rule($0, yaml) }
            let path = fields.optional("path", yaml.text)
            let operation = fields.optional("operation", yaml.text)
            let file = fields.optional("file", yaml.text)
            let reason = fields.required("reason") { node -> String? in
                guard let text = yaml.string(node) else { return nil }
                if text.allSatisfy(\.isWhitespace) {
                    yaml.error("AS458", "a waiver's reason says why, and is empty", at: node)
                    return nil
                }
                return text
            }
            let until = fields.required("until") { day($0, yaml) }
            guard let rule, let reason, let until else { return nil }
            return CompatibilityWaiver(
                rule: rule, path: path, operation: operation, file: file, reason: reason, until: until,
                location: node.location)
        }
    }

    private static func rule(_ node: YAMLNode, _ yaml: YAMLReading) -> String? {
        guard let id = yaml.string(node) else { return nil }
        if CompatibilityRules.all.contains(where: { $0.id == id }) { return id }
        let near = nearestName(to: id, among: CompatibilityRules.all.map(\.id))
        yaml.error(
            "AS459", "there is no rule '\(id)' that could be waived", at: node,
            fix: near.map { "did you mean '\($0)'?" } ?? "Documentation/breaking-changes.md lists them")
        return nil
    }

    private static func day(_ node: YAMLNode, _ yaml: YAMLReading) -> String? {
        guard let text = yaml.text(node) else { return nil }
        guard CalendarDay.isOne(text) else {
            yaml.error(
                "AS458", "`until` is the last day on which a waiver holds, found '\(text)'", at: node,
                fix: "write it like 2026-12-31")
            return nil
        }
        return text
    }

    // MARK: Using

    /// The waiver that covers a finding today; it counts as used from now on, also when it has expired.
    mutating func waiver(for finding: CompatibilityFinding, in file: String) -> CompatibilityWaiver? {
        var found: CompatibilityWaiver?
        for waiver in all where waiver.covers(finding, in: file) {
            used.insert(waiver)
            if found == nil, waiver.until >= today { found = waiver }
        }
        return found
    }

    /// What is to be said of waivers once everything was compared: an error for each that has expired, a warning for each
    /// that nothing needs.
    func problems() -> [Diagnostic] {
        all.compactMap { waiver in
            if waiver.until < today {
                return Diagnostic(
                    "AS460",
                    "the waiver of \(waiver.subject) expired on \(waiver.until); its reason was: \(waiver.reason)",
                    at: waiver.location, fix: "take the change back, or agree on a new day in `until`")
            }
            if used.contains(waiver) { return nil }
            return Diagnostic(
                "AS461", "the waiver of \(waiver.subject) is about nothing that changed", at: waiver.location,
                fix: "remove it", severity: .warning)
        }
    }
}

/// Days as texts, `2026-12-31`, which sort as they follow each other.
enum CalendarDay {
    static func isOne(_ text: String) -> Bool {
        let parts = text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        guard parts.map(\.count) == [4, 2, 2], parts.allSatisfy({ $0.allSatisfy { (48...57).contains($0) } }),
            let year = Int(Substring(parts[0])), let month = Int(Substring(parts[1])),
            let day = Int(Substring(parts[2])), (1...12).contains(month)
        else { return false }
        let isLeap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0
        let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        return (1...lengths[month - 1]).contains(day)
    }
}
