internal import AssayCore
public import AssayFormats

extension CompatibilityReport {
    /// The report for programs: `{summary, holds, failOn, findings: […]}`.
    public var json: JSON {
        var findings: [JSON] = []
        for part in parts {
            for entry in part.entries { findings.append(Self.json(entry, part.name, isFailing(entry))) }
        }
        return [
            "summary": .string(summary), "holds": .bool(holds), "failOn": .string(failingLevel.rawValue),
            "findings": .array(findings),
        ]
    }

    private static func json(_ entry: Entry, _ file: String, _ isFailing: Bool) -> JSON {
        let finding = entry.finding
        var object: JSONObject = [
            "rule": .string(finding.rule), "level": .string(finding.level.rawValue),
            "side": .string(finding.side.rawValue), "file": .string(file), "path": .string(finding.path),
            "message": .string(finding.message), "fails": .bool(isFailing),
        ]
        if let operation = finding.operation { object["operation"] = .string(operation) }
        if let old = finding.old { object["old"] = old.json }
        if let new = finding.new { object["new"] = new.json }
        if let waiver = entry.waiver {
            object["waiver"] = [
                "reason": .string(waiver.reason), "until": .string(waiver.until),
                "place": .string(waiver.location.description),
            ]
        }
        return .object(object)
    }

    /// The report as JUnit XML: a suite for each document, a case for each change; those that fail are failures, waived
    /// ones are skipped.
    public var junit: String {
        var xml = XMLWriter()
        xml.open(
            "testsuites",
            [
                ("name", "contract diff"), ("tests", "\(parts.reduce(0) { $0 + max(1, $1.entries.count) })"),
                ("failures", "\(entries.count(where: isFailing))"),
            ])
        for part in parts {
            let waived = part.entries.count { $0.waiver != nil && $0.finding.level >= failingLevel }
            xml.open(
                "testsuite",
                [
                    ("name", part.name), ("tests", "\(max(1, part.entries.count))"),
                    ("failures", "\(part.entries.count(where: isFailing))"), ("errors", "0"),
                    ("skipped", "\(waived)"),
                ])
            // A suite without cases is taken for one that did not run.
            if part.entries.isEmpty {
                xml.element("testcase", [("name", "no changes"), ("classname", part.name)])
            }
            for entry in part.entries { write(entry, part.name, into: &xml) }
            xml.close()
        }
        return xml.finish()
    }

    private func write(_ entry: Entry, _ file: String, into xml: inout XMLWriter) {
        let finding = entry.finding
        let name = [finding.rule, finding.operation ?? "", finding.path].filter { !$0.isEmpty }
        let attributes = [
            ("name", name.joined(separator: " · ")), ("classname", file),
        ]
        if isFailing(entry) {
            xml.open("testcase", attributes)
            xml.element(
                "failure", [("message", finding.message), ("type", finding.rule)],
                text: [finding.message, finding.places].compactMap(\.self).joined(separator: "\n"))
            xml.close()
        } else if let waiver = entry.waiver, finding.level >= failingLevel {
            xml.open("testcase", attributes)
            xml.element("skipped", [("message", "waived until \(waiver.until): \(waiver.reason)")])
            xml.close()
        } else {
            xml.element("testcase", attributes)
        }
    }
}

extension SourceLocation {
    fileprivate var json: JSON {
        ["file": .string(file), "line": .int(Int64(line)), "column": .int(Int64(column))]
    }
}
