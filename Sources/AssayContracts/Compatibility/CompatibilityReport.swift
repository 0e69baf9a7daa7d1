public import AssayCore

/// What changed between two versions of a project's contracts, and what of it is agreed on.
public struct CompatibilityReport: Sendable {
    /// One finding, and the waiver that covers it.
    public struct Entry: Sendable, Hashable {
        public var finding: CompatibilityFinding
        public var waiver: CompatibilityWaiver?
    }

    /// One pair of documents.
    public struct Part: Sendable {
        /// The file's name in both versions, or that of the new one.
        public var name: String
        public var entries: [Entry]
    }

    /// In the order in which they were compared.
    public private(set) var parts: [Part] = []
    /// The level from which a change fails.
    public var failingLevel: CompatibilityLevel
    private var waivers: CompatibilityWaivers

    public init(waivers: CompatibilityWaivers, failingLevel: CompatibilityLevel = .error) {
        self.waivers = waivers
        self.failingLevel = failingLevel
    }

    /// Takes the findings of a pair in.
    public mutating func add(_ findings: [CompatibilityFinding], of name: String) {
        let entries = findings.map { finding in
            // What breaks nobody needs no waiver, but one that names it is used.
            Entry(finding: finding, waiver: waivers.waiver(for: finding, in: name))
        }
        parts.append(Part(name: name, entries: entries))
    }

    /// What is wrong with the waivers; to be asked when all pairs are in.
    public var waiverProblems: [Diagnostic] { waivers.problems() }

    public var entries: [Entry] { parts.flatMap(\.entries) }

    public func isFailing(_ entry: Entry) -> Bool {
        entry.waiver == nil && entry.finding.level >= failingLevel
    }

    /// Whether nothing that fails is left, and no waiver has expired.
    public var holds: Bool {
        !entries.contains(where: isFailing) && !waiverProblems.contains { $0.severity == .error }
    }

    /// `2 errors, 1 warning, 4 other changes, 1 waived`.
    public var summary: String {
        let open = entries.filter { $0.waiver == nil }
        func count(_ level: CompatibilityLevel) -> Int { open.count { $0.finding.level == level } }
        let waived = entries.count { $0.waiver != nil }
        var words: [String] = []
        func say(_ number: Int, _ one: String, _ many: String) {
            if number > 0 { words.append("\(number) \(number == 1 ? one : many)") }
        }
        say(count(.error), "error", "errors")
        say(count(.warning), "warning", "warnings")
        say(count(.info), "change that breaks nobody", "changes that break nobody")
        say(waived, "waived", "waived")
        return words.isEmpty ? "no changes" : words.joined(separator: ", ")
    }

    /// Findings by operation, those of whole documents first, in the order of their first finding.
    static func grouped(_ entries: [Entry]) -> [(operation: String?, entries: [Entry])] {
        var order: [String?] = []
        var groups: [String?: [Entry]] = [:]
        for entry in entries {
            if groups[entry.finding.operation] == nil { order.append(entry.finding.operation) }
            groups[entry.finding.operation, default: []].append(entry)
        }
        if let place = order.firstIndex(of: nil) { order.insert(order.remove(at: place), at: 0) }
        return order.map { ($0, groups[$0] ?? []) }
    }
}
