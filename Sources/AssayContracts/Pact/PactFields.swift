internal import AssayFormats

/// Compares names with values: query parameters, fields of a form, headers.
struct PactFields {
    let part: PactMismatch.Part
    let rules: PactRuleSet
    let refusesMore: Bool
    /// Stands before names in places.
    var prefix = ""

    func mismatches(_ expected: [PactField], _ actual: [PactField]) -> [PactMismatch] {
        var mismatches: [PactMismatch] = []
        for field in expected {
            if let found = actual.first(where: { $0.name == field.name }) {
                mismatches += compare(field.name, field.values, found.values)
            } else {
                mismatches.append(mismatch(field.name, "'\(field.values.joined(separator: "', '"))'", nil))
            }
        }
        guard refusesMore else { return mismatches }
        for field in actual where !expected.contains(where: { $0.name == field.name }) {
            mismatches.append(mismatch(field.name, "nothing", "'\(field.values.joined(separator: "', '"))'"))
        }
        return mismatches
    }

    private func mismatch(_ name: String, _ expected: String, _ actual: String?) -> PactMismatch {
        PactMismatch(
            part, prefix + name, expected: expected, actual: actual.map(PactValues.bounded) ?? "nothing")
    }

    private func compare(_ name: String, _ expected: [String], _ actual: [String]) -> [PactMismatch] {
        let scope = PactRuleScope(rules).below(name)
        guard let choice = scope.choice else {
            guard expected.count == actual.count else {
                return [
                    mismatch(
                        name, "\(expected.count) value\(expected.count == 1 ? "" : "s")",
                        "\(actual.count): '\(actual.joined(separator: "', '"))'")
                ]
            }
            return zip(expected, actual).enumerated().flatMap { index, pair in
                value(name, pair.0, pair.1, scope.below("\(index)"))
            }
        }
        var found: [[PactMismatch]] = []
        for rule in choice.list.rules {
            found.append(compare(name, expected, actual, by: rule, scope))
        }
        if choice.list.combination == .or, found.contains(where: { $0.isEmpty }) { return [] }
        return Array(found.joined())
    }

    private func compare(
        _ name: String, _ expected: [String], _ actual: [String], by rule: PactRule, _ scope: PactRuleScope
    ) -> [PactMismatch] {
        guard let first = expected.first else { return [] }
        var mismatches: [PactMismatch] = []
        switch rule {
        case .arrayContains:
            return expected.filter { !actual.contains($0) }.map {
                mismatch(name, "a value '\($0)'", "'\(actual.joined(separator: "', '"))'")
            }
        case .type(let min, let max):
            if let problem = PactValues.sizeProblem(actual.count, (min, max)) {
                mismatches.append(mismatch(name, problem.replacingElementByValue, "\(actual.count)"))
            }
        case .eachValue(let rules):
            for value in actual {
                mismatches += rules.compactMap {
                    PactValues.textProblem($0, expected: first, actual: value, isCascaded: false)
                }
                .map { mismatch(name, $0, "'\(value)'") }
            }
            return mismatches
        default: break
        }
        for (index, value) in actual.enumerated() {
            let example = index < expected.count ? expected[index] : first
            if let problem = PactValues.textProblem(rule, expected: example, actual: value, isCascaded: false)
            {
                mismatches.append(mismatch(name, problem, "'\(value)'"))
            }
        }
        return mismatches
    }

    private func value(_ name: String, _ expected: String, _ actual: String, _ scope: PactRuleScope)
        -> [PactMismatch]
    {
        guard let choice = scope.choice else {
            return expected == actual ? [] : [mismatch(name, "'\(expected)'", "'\(actual)'")]
        }
        let problems = choice.list.rules.map {
            PactValues.textProblem($0, expected: expected, actual: actual, isCascaded: choice.isCascaded)
        }
        return choice.list.unmet(problems).map { mismatch(name, $0, "'\(actual)'") }
    }
}

extension String {
    fileprivate var replacingElementByValue: String {
        split(separator: " ").map { $0 == "element" ? "value" : $0 == "elements" ? "values" : $0 }
            .joined(separator: " ")
    }
}

/// Compares headers: names in any case, media types with their parameters in any order.
struct PactHeaders {
    let rules: PactRuleSet

    init(_ rules: PactRuleSet) {
        // The names in paths are headers' names.
        self.rules = PactRuleSet(
            rules.entries.map { entry in
                let tokens = entry.path.tokens.map { token -> PactPath.Token in
                    if case .name(let name) = token { .name(name.lowercased()) } else { token }
                }
                return PactRuleSet.Entry(PactPath(tokens: tokens), entry.list)
            })
    }

    func mismatches(_ expected: [PactField], _ actual: [PactField]) -> [PactMismatch] {
        expected.flatMap { field -> [PactMismatch] in
            let name = field.name.lowercased()
            guard let found = actual.first(where: { $0.name.lowercased() == name }) else {
                return [
                    PactMismatch(
                        .header, field.name, expected: "'\(field.values.joined(separator: ", "))'",
                        actual: "nothing")
                ]
            }
            return compare(field.name, field.values, found.values)
        }
    }

    /// Rules of the header itself.
    func scope(of name: String) -> PactRuleScope { PactRuleScope(rules).below(name.lowercased()) }

    private func compare(_ name: String, _ expected: [String], _ actual: [String]) -> [PactMismatch] {
        let scope = scope(of: name)
        if expected.count > 1 || actual.count > 1, scope.hasRules {
            let fields = PactFields(
                part: .header, rules: rules, refusesMore: false)
            return fields.mismatches(
                [PactField(name.lowercased(), expected)], [PactField(name.lowercased(), actual)]
            ).map { PactMismatch(.header, name, expected: $0.expected, actual: $0.actual) }
        }
        var mismatches: [PactMismatch] = []
        for (index, value) in expected.enumerated() {
            guard index < actual.count else {
                mismatches.append(PactMismatch(.header, name, expected: "'\(value)'", actual: "nothing"))
                continue
            }
            for problem in problems(name, value, actual[index], scope, index) {
                mismatches.append(
                    PactMismatch(
                        .header, name, expected: problem, actual: "'\(PactValues.bounded(actual[index]))'"))
            }
        }
        if actual.count > expected.count {
            let rest = actual.dropFirst(expected.count).joined(separator: ", ")
            mismatches.append(PactMismatch(.header, name, expected: "no more values", actual: "'\(rest)'"))
        }
        return mismatches
    }

    private func problems(
        _ name: String, _ expected: String, _ actual: String, _ scope: PactRuleScope, _ index: Int
    ) -> [String] {
        if let choice = scope.choice ?? scope.below("\(index)").choice {
            return choice.list.unmet(
                choice.list.rules.map {
                    PactValues.textProblem(
                        $0, expected: expected, actual: actual, isCascaded: choice.isCascaded)
                })
        }
        let isSame =
            ["accept", "content-type"].contains(name.lowercased())
            ? Self.isSameType(expected, actual) : Self.spaced(expected) == Self.spaced(actual)
        return isSame ? [] : ["'\(expected)'"]
    }

    /// The same type, with at least the parameters that are expected.
    private static func isSameType(_ expected: String, _ actual: String) -> Bool {
        let (wanted, found) = (parts(expected), parts(actual))
        guard wanted.first == found.first else { return false }
        let parameters = found.dropFirst().map { $0.lowercased() }
        return wanted.dropFirst().allSatisfy { parameters.contains($0.lowercased()) }
    }

    private static func parts(_ text: String) -> [String] {
        text.split(separator: ";").map { part in
            let pair = part.split(separator: "=", maxSplits: 1).map { String($0).pactTrimmed }
            return pair.joined(separator: "=")
        }.filter { !$0.isEmpty }
    }

    private static func spaced(_ text: String) -> String {
        text.split(separator: ",", omittingEmptySubsequences: false).map { String($0).pactTrimmed }
            .joined(separator: ",")
    }
}
