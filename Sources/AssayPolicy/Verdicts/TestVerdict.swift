public import AssayCore

/// Judges a test run: every test must have passed, been skipped with a reason or be in quarantine, and one must have run.
///
/// - Parameters:
///   - interrupted: a person ended the run.
///   - deaths: services that ended while tests ran, in words.
public func judgeTests(_ record: RunRecord, interrupted: Bool, deaths: [String]) -> Verdict {
    let failed = record.tests.count { $0.status == .failed }
    if interrupted {
        return Verdict(.interrupted, reasons: ["stopped by a person"] + deaths)
    }
    var reasons = deaths
    if failed > 0 { reasons.append(failed == 1 ? "1 test failed" : "\(failed) tests failed") }
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
