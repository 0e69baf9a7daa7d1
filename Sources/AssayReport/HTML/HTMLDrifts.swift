import AssayCore

extension HTMLReport {
    /// What departs from contracts, by contract and operation, before the tree of all tests.
    static func drifts(_ tests: [TestResult], _ page: inout HTMLPage) {
        let groups = DriftGroup.groups(tests)
        guard !groups.isEmpty else { return }
        page.raw("<h2 id=\"contracts\">Contracts that were departed from</h2><div class=\"card tree\">")
        var contract: String?
        for group in groups {
            if group.contract != contract {
                if contract != nil { page.raw("</details>") }
                contract = group.contract
                page.raw("<details class=\"level bad\" open><summary>\(driftMark)<span class=\"name\">")
                page.text(group.contract)
                page.raw("</span></summary>")
            }
            operation(group, &page)
        }
        page.raw("</details></div>\n")
    }

    private static func operation(_ group: DriftGroup, _ page: inout HTMLPage) {
        page.raw("<details class=\"bad\" open><summary>\(driftMark)<span class=\"name\">")
        page.text(group.operation.isEmpty ? "no operation of the contract" : group.operation)
        for rule in group.rules { page.element("span", rule, class: "tag") }
        page.raw("</span><span class=\"took\">\(group.findings.count)</span></summary><div class=\"body\">")
        for finding in group.findings.prefix(findingLimit) {
            page.raw("<p><small>")
            page.text("\(finding.test.level) › \(finding.test.title)")
            page.raw("</small></p>")
            mismatch(finding.mismatch, &page)
        }
        if group.findings.count > findingLimit {
            page.element(
                "p", "… and \(group.findings.count - findingLimit) more, with their tests below",
                class: "soft")
        }
        page.raw("</div></details>")
    }

    private static let findingLimit = 20

    static let driftMark = "<span class=\"mark badtext\" aria-label=\"departs from a contract\">≠</span>"

    /// Who departs from what, and where it is agreed.
    static func drift(_ drift: ContractDrift, _ page: inout HTMLPage) {
        page.raw("<p><span class=\"tag\">")
        page.text(drift.rule)
        page.raw("</span> ")
        page.text(drift.sentence)
        if let place = drift.place {
            page.raw("<br><small><code>")
            page.text(place)
            page.raw("</code> ")
            page.text(drift.line.map { String($0.drop { $0 == " " || $0 == "\t" }) } ?? "")
            page.raw("</small>")
        }
        page.raw("</p>")
    }
}
