import AssayCore

extension ContractDrift {
    /// `service 'ui' departs from contract 'ui-api', POST /tasks/{id}/status`
    var sentence: String {
        "\(culprit) departs from contract '\(contract)'" + (operation.isEmpty ? "" : ", \(operation)")
    }

    /// `response-body: service 'ui' departs from contract 'ui-api', POST /tasks/{id}/status`
    var text: String { "\(rule): \(sentence)" }

    /// `contracts/status/v2/update.schema.json:3`
    var place: String? { location.map { "\($0.file):\($0.line)" } ?? schemaPath }
}

/// What a run departs from, by contract and operation.
struct DriftGroup {
    var contract: String
    /// Empty for requests that the contract has no operation for.
    var operation: String
    /// In the order in which they were found.
    var findings: [(test: TestResult, mismatch: Mismatch, drift: ContractDrift)]

    /// Rule ids, each once.
    var rules: [String] {
        var seen: [String] = []
        for finding in findings where !seen.contains(finding.drift.rule) { seen.append(finding.drift.rule) }
        return seen
    }

    /// Groups of all tests that count, in the order in which contracts and operations were first met.
    static func groups(_ tests: [TestResult]) -> [DriftGroup] {
        var groups: [DriftGroup] = []
        for test in tests where test.status == .failed {
            for mismatch in test.drifts {
                guard let drift = mismatch.contract else { continue }
                let finding = (test, mismatch, drift)
                if let place = groups.firstIndex(where: {
                    $0.contract == drift.contract && $0.operation == drift.operation
                }) {
                    groups[place].findings.append(finding)
                } else {
                    groups.append(
                        DriftGroup(
                            contract: drift.contract, operation: drift.operation, findings: [finding]))
                }
            }
        }
        var names: [String] = []
        for group in groups where !names.contains(group.contract) { names.append(group.contract) }
        return names.flatMap { name in groups.filter { $0.contract == name } }
    }
}
