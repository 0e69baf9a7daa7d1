import AssayContracts
import AssayCore
import Testing

@Suite("Changes of contracts as people read them")
struct ChangeGoldenTests {
    private static let views: [(name: String, direction: SchemaDirection)] = [
        ("as a request", .request), ("as a response", .response), ("BACKWARD", .stored(.backward)),
        ("FORWARD", .stored(.forward)),
    ]

    /// What is said of a change, and the ids of all rules that were raised.
    private func judge(
        _ golden: ChangeCase, _ new: String
    ) throws -> (text: String, rules: Set<String>) {
        var text = ""
        var rules: Set<String> = []
        func add(_ name: String, _ findings: [CompatibilityFinding]) {
            var report = CompatibilityReport(waivers: CompatibilityWaivers([], today: "2026-11-21"))
            report.add(findings, of: name)
            text += findings.isEmpty ? name + "\n    nothing\n" : report.text()
            rules.formUnion(findings.map(\.rule))
        }
        if golden.isDocument {
            add("old.yml → new.yml", try Compared.documentFindings(golden.old, new))
        } else {
            for (name, direction) in Self.views {
                add(name, try Compared.findings(golden.old, new, as: direction))
            }
        }
        return (text, rules)
    }

    @Test("is told with rule, place and reason", arguments: ChangeCase.all)
    func change(golden: ChangeCase) throws {
        let judged = try judge(golden, golden.new)
        if ChangeCase.isUpdating { golden.update(to: judged.text) }
        #expect(judged.text == golden.expected || ChangeCase.isUpdating)
        #expect(Set(golden.rules).subtracting(judged.rules).isEmpty)
    }

    @Test("is not told where it nearly happens", arguments: ChangeCase.all)
    func nearMiss(golden: ChangeCase) throws {
        let judged = try judge(golden, golden.near)
        #expect(judged.rules.isDisjoint(with: golden.rules), "\(judged.text)")
    }

    @Test("every rule has a case, and every case is of known rules")
    func coverage() {
        let shown = Set(ChangeCase.all.flatMap(\.rules))
        let all = Set(CompatibilityRules.all.map(\.id))
        // Whole files and documents without end have no two versions to show.
        let others = [
            CompatibilityRules.unfinished, CompatibilityRules.removedDocument.rule,
            CompatibilityRules.addedDocument.rule,
        ]
        #expect(all.subtracting(shown) == Set(others))
        #expect(shown.subtracting(all).isEmpty)
    }
}
