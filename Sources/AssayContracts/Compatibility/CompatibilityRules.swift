/// The ids of all changes that a comparison can tell.
public enum CompatibilityRules {
    /// One id with its level.
    public struct Rule: Sendable, Hashable {
        public var id: String
        /// Of what this is: a request's or a response's schema, stored data, or an OpenAPI document.
        public var subject: Subject
        /// Of requests, responses and documents. Of stored data the one where the change breaks: see ``breaks``.
        public var level: CompatibilityLevel
        /// Which modes a change of stored data breaks.
        public var breaks: [CompatibilityMode]
        /// What changed, with `{…}` for what differs from case to case.
        public var says: String
        /// Why that breaks whom; empty when it does not, and of stored data, where the mode says it.
        public var why: String
    }

    public enum Subject: String, Sendable, Hashable, CaseIterable { case document, request, response, stored }

    /// The schemas are too large to be compared whole; what was found until then is told.
    public static let unfinished = "comparison-unfinished"

    /// Every rule, each id once; those of documents first.
    public static let all: [Rule] = {
        var rules: [Rule] = DocumentRule.allCases.map {
            Rule(
                id: $0.rawValue, subject: .document, level: $0.row.level, breaks: [],
                says: $0.row.says, why: $0.row.why)
        }
        rules.append(
            Rule(
                id: unfinished, subject: .document, level: .error, breaks: [],
                says: unfinishedFinding.message, why: ""))
        for subject in [Subject.request, .response, .stored] {
            for kind in ChangeKind.allCases where kind.isTold(of: subject) {
                let rule = rule(kind, subject)
                if !rules.contains(where: { $0.id == rule.id }) { rules.append(rule) }
            }
        }
        return rules
    }()

    private static func rule(_ kind: ChangeKind, _ subject: Subject) -> Rule {
        let row = SchemaRule.of(kind)
        switch subject {
        case .request, .response, .document:
            let view = ChangeView(subject == .request ? .request : .response)
            let (id, level, why) = view.judged(kind)
            return Rule(id: id, subject: subject, level: level, breaks: [], says: row.says, why: why)
        case .stored:
            var breaks: [CompatibilityMode] = []
            if row.stored > .info {
                if row.effect.contains(.narrows) || row.effect == [] { breaks.append(.backward) }
                if row.effect.contains(.widens) || row.effect == [] { breaks.append(.forward) }
            }
            return Rule(
                id: kind.rawValue, subject: subject, level: row.stored, breaks: breaks, says: row.says,
                why: "")
        }
    }

    /// A file that only the old version has.
    public static let removedDocument = wholeFile(.documentRemoved)
    /// A file that only the new version has.
    public static let addedDocument = wholeFile(.documentAdded)

    private static func wholeFile(_ rule: DocumentRule) -> CompatibilityFinding {
        let (level, says, why) = rule.row
        return CompatibilityFinding(
            rule: rule.rawValue, level: level, path: "", message: why.isEmpty ? says : says + ": " + why)
    }

    static let unfinishedFinding = CompatibilityFinding(
        rule: unfinished, level: .error, path: "",
        message: "the schemas are too large, or differ in too many places, to be compared whole")
}

extension ChangeKind {
    /// Read-only and write-only concern one side each, and no stored data.
    fileprivate func isTold(of subject: CompatibilityRules.Subject) -> Bool {
        switch self {
        case .becameReadOnly, .noLongerReadOnly: subject == .request
        case .becameWriteOnly, .noLongerWriteOnly: subject == .response
        default: true
        }
    }
}
