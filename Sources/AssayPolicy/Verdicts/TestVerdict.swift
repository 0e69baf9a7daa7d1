public import AssayCore

/// Judges a test run: every test must have passed, been skipped with a reason or be in quarantine, and one must have run.
///
/// - Parameters:
///   - interrupted: a person ended the run.
///   - deaths: services that ended while tests ran, in words.
public func judgeTests(_ record: RunRecord, interrupted: Bool, deaths: [String]) -> Verdict {
    let failed = record.tests.count { $0.status == .failed && !$0.isDrift }
    if interrupted {
        return Verdict(.interrupted, reasons: ["stopped by a person"] + deaths)
    }
    var reasons = deaths
    if failed > 0 { reasons.append(failed == 1 ? "1 test failed" : "\(failed) tests failed") }
    reasons += departures(record.tests)
    for gate in record.coverage where gate.status == .broken || gate.status == .noData {
        reasons.append(
            "coverage of \(gate.component): \(gate.shareText), at least \(gate.minimumText ?? "") wanted")
    }
    if !reasons.isEmpty { return Verdict(.failed, reasons: reasons) }
    guard record.tests.contains(where: { $0.status == .passed || $0.status == .quarantined }) else {
        return Verdict(.inconclusive, reasons: ["no test ran"])
    }
    return Verdict(.passed)
}

/// `2 tests depart from contract 'ui-api': POST /tasks/{id}/status response-body`, one sentence a contract.
private func departures(_ tests: [TestResult]) -> [String] {
    var order: [String] = []
    var found: [String: (tests: Int, whats: [String])] = [:]
    for test in tests where test.status == .failed {
        let drifts = test.drifts.compactMap(\.contract)
        for contract in Set(drifts.map(\.contract)).sorted() {
            if found[contract] == nil { order.append(contract) }
            found[contract, default: (0, [])].tests += 1
            for drift in drifts where drift.contract == contract {
                if found[contract]?.whats.contains(drift.what) == false {
                    found[contract]?.whats.append(drift.what)
                }
            }
        }
    }
    let shown = 3
    return order.map { contract in
        let (count, whats) = found[contract] ?? (0, [])
        let more = whats.count > shown ? " and \(whats.count - shown) more" : ""
        return (count == 1 ? "1 test departs" : "\(count) tests depart") + " from contract '\(contract)': "
            + whats.prefix(shown).joined(separator: ", ") + more
    }
}
