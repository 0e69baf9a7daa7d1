import AssayCore

/// Judges a search for the load at which a service degrades.
///
/// To be broken in the end is what such a run is for, so it fails only when less held than was asked for, when a
/// threshold on the whole run broke, or when checks failed in steps that count as good without a condition on them.
///
/// - Parameter reasons: thresholds on the whole run that broke.
func judgeSearch(
    _ record: RunRecord, _ plan: LoadPlan, _ search: LoadSearch, _ reasons: [String]
) -> Verdict {
    let found = search.degradation(in: record.steps)
    let summary = found.text(plan.model)
    guard !record.steps.isEmpty else { return Verdict(.inconclusive, reasons: reasons + [summary]) }
    if !found.silent.isEmpty {
        return Verdict(.inconclusive, reasons: reasons + found.silent.map { "\($0) had no data in any step" })
    }
    var reasons = reasons
    let reached = found.lastGood?.load ?? 0
    if let wanted = search.atLeast, reached < wanted {
        let held = found.lastGood.map { "\(plan.model.loadText($0.load)) held" } ?? "no step held"
        reasons.append("\(held), at least \(plan.model.loadText(wanted)) were wanted")
    } else if search.atLeast == nil, found.lastGood == nil {
        reasons.append("the first step was too much already")
    }
    if !search.conditions.contains(where: { $0.contains("(checks") }) {
        let failed = record.steps.filter { $0.holds }.reduce(0) { $0 + $1.failedChecks }
        if failed > 0 {
            reasons.append("\(grouped(failed)) checks failed in steps that held, and no condition is on them")
        }
    }
    if !search.conditions.contains(where: { $0.contains("(call.failed") }) {
        let good = record.steps.filter { $0.holds && $0.latencyMetric.hasPrefix("call.") }
        let failed = good.reduce(0) { $0 + $1.failed }
        if failed > 0 {
            reasons.append("\(grouped(failed)) calls failed in steps that held, and no condition is on them")
        }
    }
    let silent = record.thresholds.filter { $0.status == .noData }.map { "\($0.text) had no data" }
    if !reasons.isEmpty { return Verdict(.failed, reasons: reasons + [summary]) }
    return silent.isEmpty
        ? Verdict(.passed, reasons: [summary]) : Verdict(.inconclusive, reasons: silent + [summary])
}
