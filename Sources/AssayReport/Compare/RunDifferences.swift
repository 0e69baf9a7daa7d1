import AssayCore

extension RunComparison {
    /// What is not the same in both runs; first what makes their figures mean different things.
    static func differences(_ before: RunRecord, _ after: RunRecord) -> [Difference] {
        var found: [Difference] = []
        func compare(_ what: String, _ old: String, _ new: String, isDecisive: Bool = false) {
            guard old != new else { return }
            found.append(Difference(what: what, before: old, after: new, isDecisive: isDecisive))
        }
        let (old, new) = (before.header, after.header)
        compare("profile", old.name, new.name, isDecisive: true)
        if let first = before.plan, let second = after.plan {
            compare("scale", scaleNumber(first.scale), scaleNumber(second.scale), isDecisive: true)
            compare("model", first.model.rawValue, second.model.rawValue, isDecisive: true)
            if first.scale == second.scale {
                compare("schedule", schedule(first), schedule(second), isDecisive: true)
            }
            compare("scenarios", scenarios(first), scenarios(second), isDecisive: true)
            if first.scenarios == second.scenarios {
                compare("steps", steps(first), steps(second), isDecisive: true)
            }
            compare("reactors", "\(first.reactors)", "\(second.reactors)")
        }
        compare("project", old.project, new.project)
        compare("machine", machine(old.host), machine(new.host))
        compare("commit", old.commit ?? "–", new.commit ?? "–")
        compare("stand", stand(old), stand(new))
        compare("Assay", old.assayVersion, new.assayVersion)
        compare("seed", seedText(old.seed), seedText(new.seed))
        return found
    }

    private static func schedule(_ plan: LoadPlan) -> String {
        plan.corners.map { "\(clockText(nanoseconds: $0.atNanoseconds)) → \(significant($0.value))" }
            .joined(separator: ", ")
    }

    private static func scenarios(_ plan: LoadPlan) -> String {
        plan.scenarios.map { "\($0.name) × \(significant($0.weight))" }.joined(separator: ", ")
    }

    private static func steps(_ plan: LoadPlan) -> String {
        plan.steps.map(\.name).joined(separator: ", ")
    }

    private static func machine(_ host: RunHeader.Host) -> String {
        "\(host.name), \(host.cores) cores, \(ByteCount(host.memoryBytes).shortText)"
    }

    /// Without ports, which are others in every run.
    private static func stand(_ header: RunHeader) -> String {
        header.stand.filter { $0.kind != .service }.map { "\($0.name) (\($0.detail))" }.joined(separator: ", ")
    }

    /// Why figures of these runs are not to be believed; `nil` when they are.
    static func unusable(_ before: RunRecord, _ after: RunRecord) -> String? {
        for (record, name) in [(before, "before"), (after, "after")] {
            if let lag = saturation(record) {
                return "\(name) was saturated: the generator itself was late by \(lag)"
            }
        }
        return nil
    }

    /// How late the generator was, when that was more than the profile allows.
    private static func saturation(_ record: RunRecord) -> String? {
        guard let plan = record.plan else { return nil }
        let bounds = [
            ("schedule.lag", plan.lagBoundNanoseconds),
            ("call.lateness", plan.calls?.latenessBoundNanoseconds ?? .max),
        ]
        for (metric, bound) in bounds {
            var merged = HistogramSnapshot()
            let indices = Set(record.series.indices.filter { record.series[$0].metric == metric })
            for point in record.intervals.lazy.flatMap(\.points) where indices.contains(point.series) {
                if case .trend(let histogram) = point.value { merged.merge(histogram) }
            }
            if let lag = merged.value(at: 0.99), lag > UInt64(clamping: bound) {
                return
                    "\(shortText(nanoseconds: Double(lag))) (p99, bound \(shortText(nanoseconds: Double(bound))))"
            }
        }
        return nil
    }

    static func warnings(_ record: RunRecord, _ name: String) -> [String] {
        guard let end = record.end else { return ["\(name) has no end: it was killed, or still runs"] }
        switch end.verdict.status {
        case .passed, .failed: return []
        case .inconclusive, .interrupted:
            let why = end.verdict.reasons.first.map { ": \($0)" } ?? ""
            return ["\(name) was \(end.verdict.status.rawValue)\(why)"]
        }
    }
}
