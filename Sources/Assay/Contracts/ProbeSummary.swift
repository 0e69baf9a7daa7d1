internal import AssayContracts
internal import AssayCore
internal import AssayFormats
internal import AssayVerifier

/// What a probe prints: a line for each operation.
struct ProbeSummary {
    let style: Style
    let width: Int

    func render(_ report: ProbeReport) -> String {
        let seed = SeededRandom(seed: report.seed).seedText
        var lines = ["probe   \(report.contract) at \(report.address)   seed \(seed)", ""]
        let names = report.parts.map(\.operation.name)
        let longest = min(names.map(\.count).max() ?? 0, max(16, width - 62))
        for part in report.parts { lines += self.lines(part, longest) }
        lines.append("")
        let warnings = report.warnings.count
        let errors = report.errors.count
        lines.append(
            "\(counted(report.sent, "case")) sent, \(counted(errors, "finding")), \(counted(warnings, "warning"))"
        )
        return lines.joined(separator: "\n") + "\n"
    }

    private func lines(_ part: ProbeReport.Part, _ longest: Int) -> [String] {
        let name = part.operation.name
        let padded = name + String(repeating: " ", count: max(0, longest - name.count))
        if let exclusion = part.exclusion {
            return [style.paint("-", .grey) + " \(padded)  " + style.paint(exclusion, .grey)]
        }
        let (mark, colour): (String, Style.Colour) =
            !part.errors.isEmpty ? ("✗", .red) : part.accepted == 0 ? ("!", .yellow) : ("✓", .green)
        var text =
            "\(part.accepted) of \(part.valid) valid accepted   \(part.refused) of \(part.invalid) invalid refused"
        if !part.errors.isEmpty { text += "   " + style.paint(counted(part.errors.count, "finding"), .red) }
        var lines = [style.paint(mark, colour) + " \(padded)  " + text]
        lines += part.notes.map { "    " + style.paint("note: \($0)", .yellow) }
        return lines
    }

    func render(_ replayed: [ReplayedCase]) -> String {
        var lines: [String] = []
        for one in replayed {
            let about = "\(one.saved.operation)   \(one.saved.rule.rawValue): \(one.saved.what)"
            switch one.end {
            case .fails:
                lines.append(style.paint("✗ still fails", .red, bold: true) + "   " + about)
                if let finding = one.finding?.finding {
                    lines.append("    expected \(finding.place)   \(finding.expected)")
                    lines.append("      actual   \(finding.actual)")
                }
                if let curl = one.exchange?.curl { lines.append("    " + curl) }
            case .holds: lines.append(style.paint("✓ holds now  ", .green) + "   " + about)
            case .unknown:
                lines.append(
                    style.paint("- not asked  ", .grey) + "   " + about
                        + ": the document no longer has the operation")
            case .unanswered(let failure):
                lines.append(style.paint("- no answer  ", .grey) + "   " + about + ": \(failure)")
            }
        }
        let failing = replayed.count { $0.end == .fails }
        let open = replayed.count { $0.end != .fails && $0.end != .holds }
        lines.append("")
        lines.append(
            "\(failing) of \(counted(replayed.count, "saved case")) still \(failing == 1 ? "fails" : "fail")"
                + (open > 0 ? ", \(open) not judged" : ""))
        return lines.joined(separator: "\n") + "\n"
    }

    private func counted(_ count: Int, _ noun: String) -> String {
        "\(count) \(noun)\(count == 1 ? "" : "s")"
    }
}

/// A probe's report for programs.
enum ProbeJSON {
    static func value(_ report: ProbeReport) -> JSON {
        [
            "assay": 1, "kind": "contract-probe", "contract": .string(report.contract),
            "provider": .string(report.address), "seed": .string(SeededRandom(seed: report.seed).seedText),
            "cases": .int(Int64(report.sent)), "ended": report.ended.map { .string("\($0)") } ?? .null,
            "operations": .array(report.parts.map(part)),
        ]
    }

    private static func part(_ part: ProbeReport.Part) -> JSON {
        var members: JSONObject = [
            "operation": .string(part.operation.name), "valid": .int(Int64(part.valid)),
            "accepted": .int(Int64(part.accepted)), "answered": .int(Int64(part.answered)),
            "invalid": .int(Int64(part.invalid)),
            "refused": .int(Int64(part.refused)), "shrinking": .int(Int64(part.shrinking)),
            "durationNanoseconds": .int(part.durationNanoseconds),
            "notes": .array(part.notes.map { .string($0) }), "findings": .array(part.findings.map(finding)),
        ]
        if let exclusion = part.exclusion { members["leftOut"] = .string(exclusion) }
        return .object(members)
    }

    private static func finding(_ found: ProbeFinding) -> JSON {
        var members: JSONObject = [
            "rule": .string(found.finding.rule.rawValue), "level": .string(found.level.rawValue),
            "place": .string(found.finding.place), "expected": .string(found.finding.expected),
            "actual": .string(found.finding.actual), "cases": .int(Int64(found.count)),
            "repeatable": .bool(found.isRepeatable),
        ]
        if let path = found.finding.schemaPath { members["schema"] = .string(path) }
        if let location = found.finding.location {
            members["location"] = .string("\(location.file):\(location.line):\(location.column)")
        }
        if let smallest = found.smallest {
            members["what"] = .string(smallest.what)
            members["phase"] = .string(smallest.phase.rawValue)
            if let reason = smallest.reason {
                members["invalid"] = [
                    "rule": .string(reason.rule.rawValue), "place": .string(reason.place),
                    "because": .string(reason.words),
                ]
            }
        }
        if let exchange = found.exchange {
            members["exchange"] = .string(exchange.summary)
            if let curl = exchange.curl { members["curl"] = .string(curl) }
        }
        return .object(members)
    }
}
