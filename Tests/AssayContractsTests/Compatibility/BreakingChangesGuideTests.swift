import AssayContracts
import Testing

@Suite("The guide of breaking changes")
struct BreakingChangesGuideTests {
    private static let path =
        #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(4).joined(separator: "/")
        + "/Documentation/breaking-changes.md"

    /// All rules as tables of Markdown.
    private var tables: String {
        func row(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |\n" }
        func table(_ title: String, _ head: [String], _ rows: [[String]]) -> String {
            "\n### \(title)\n\n" + row(head) + "|" + String(repeating: "---|", count: head.count) + "\n"
                + rows.map(row).joined()
        }
        func text(_ rule: CompatibilityRules.Rule) -> String {
            (rule.why.isEmpty || rule.level == .info ? rule.says : rule.says + ": " + rule.why)
                .split(separator: "|").joined(separator: "\\|")
        }
        var result = ""
        let subjects: [(CompatibilityRules.Subject, String)] = [
            (.document, "Operations, parameters, statuses"),
            (.request, "Schemas of requests: consumers write, the provider reads"),
            (.response, "Schemas of responses: the provider writes, consumers read"),
        ]
        for (subject, title) in subjects {
            let rules = CompatibilityRules.all.filter { $0.subject == subject }
            result += table(
                title, ["rule", "level", "what, and why"],
                rules.map { ["`\($0.id)`", $0.level.rawValue.uppercased(), text($0)] })
        }
        let stored = CompatibilityRules.all.filter { $0.subject == .stored }
        result += table(
            "Schemas alone: events and data at rest", ["rule", "breaks", "level there", "what"],
            stored.map { rule in
                let breaks = rule.breaks.map(\.rawValue).joined(separator: ", ")
                return [
                    "`\(rule.id)`", breaks.isEmpty ? "–" : breaks, rule.level.rawValue.uppercased(),
                    text(rule),
                ]
            })
        return result + "\n"
    }

    @Test("lists every rule with its level")
    func rules() throws {
        let guide = TextFile.contents(of: Self.path)
        let start = try #require(guide.firstRange(of: "ASSAY_UPDATE_GOLDEN=1 -->\n"))
        let end = try #require(guide.firstRange(of: "<!-- end of rules -->"))
        if ChangeCase.isUpdating {
            TextFile.write(guide[..<start.upperBound] + tables + guide[end.lowerBound...], to: Self.path)
        } else {
            #expect(guide[start.upperBound..<end.lowerBound] == tables)
        }
    }
}
