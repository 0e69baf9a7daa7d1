import AssayCore

/// The steps of a rising load as a table, and what they come to in a sentence.
struct SearchTable {
    let head: [String]
    let rows: [[String]]
    /// Whether the step of each row held.
    let holds: [Bool]
    /// `nil` when nothing was looked for.
    let summary: String?
    /// Broken steps that a later one took back; `nil` when there are none.
    let outliers: String?

    /// - Returns: `nil` for a load that does not rise in steps.
    init?(_ record: RunRecord) {
        guard let plan = record.plan, let search = plan.search else { return nil }
        let metric = record.steps.last?.latencyMetric ?? "http.response"
        head = [plan.model == .arrivals ? "Starts" : "Users", "Rate", "p50", "p95", "p99", "Failed", ""]
        holds = record.steps.map(\.holds)
        rows = record.steps.map { step in
            let broken = step.conditions.filter { $0.status != .held }
            let whys = broken.map { "\($0.subject) \($0.actualText)" }.joined(separator: "; ")
            let verdict = search.conditions.isEmpty ? "" : step.holds ? "holds" : "broken: \(whys)"
            return [
                plan.model == .arrivals ? plan.model.loadText(step.load) : grouped(Int(step.load)),
                "\(significant(step.perSecond))/s",
            ] + [0.5, 0.95, 0.99].map { latencyText(step.latency.value(at: $0)) }
                + ["\(percentText(step.failedShare)) (\(grouped(step.failed)))", verdict]
        }
        caption = "\(record.steps.count) of \(search.stepCount) steps; latencies are of \(metric)"
        guard !search.conditions.isEmpty else {
            (summary, outliers) = (nil, nil)
            return
        }
        let found = search.degradation(in: record.steps)
        summary = found.text(plan.model)
        let taken = found.outliers.map { plan.model.loadText($0.load) }.joined(separator: ", ")
        outliers = taken.isEmpty ? nil : "broken at \(taken) too, but a later step held again"
    }

    let caption: String
}

/// What a shortened schedule is called wherever its figures stand; `nil` for the profile's own.
func scaleText(_ plan: LoadPlan?) -> String? {
    guard let scale = plan?.scale, scale != 1 else { return nil }
    return "scale \(scaleNumber(scale))"
}

/// `0.02`, without an exponent and with what a person wrote.
public func scaleNumber(_ scale: Double) -> String {
    let text = fixed(scale, places: 6)
    let short = text.reversed().drop { $0 == "0" }.drop { $0 == "." }
    return String(short.reversed())
}
