public import AssayCore

extension HistoryTable {
    /// A line a run of one profile, newest first; behind a figure is its change since the run before.
    ///
    /// Runs are compared only when they ran at one scale and measured the same.
    public func loads(_ runs: [PastRun]) -> String {
        guard !runs.isEmpty else { return "no load run is in the history\n" }
        let head = [
            "when", "verdict", "scale", "p50", "p95", "p99", "failed", "a minute", "holds", "commit", "",
        ]
        let rows = runs.enumerated().map { index, run -> [Cell] in
            let before = runs[(index + 1)...].lazy.compactMap(\.load).first { earlier in
                run.load.map { $0.isComparable(with: earlier) } ?? false
            }
            let commit = run.commit.map { $0.prefix(8) + (run.isChanged ? "+" : "") } ?? "–"
            let figures =
                run.load.map { Self.figures($0, before) } ?? Array(repeating: "–", count: 7)
            return [
                .init(time(run.startedAtMilliseconds), .grey),
                .init(run.verdict.rawValue, Self.colour(run.verdict)),
            ] + figures.map { .init($0, isRight: true) }
                + [
                    .init(String(commit) + (run.branch.map { " \($0)" } ?? ""), .grey),
                    .init(run.folder, .grey),
                ]
        }
        let metric = runs.lazy.compactMap(\.load).first?.latencyMetric ?? "http.response"
        return aligned([head.map { Cell($0, .grey) }] + rows)
            + "\nlatencies are of \(metric); in brackets: the change since the last run like it\n"
    }

    private static func figures(_ load: PastLoad, _ before: PastLoad?) -> [String] {
        func latency(_ path: KeyPath<PastLoad, UInt64?>) -> String {
            latencyText(load[keyPath: path])
                + change(load[keyPath: path].map(Double.init), before?[keyPath: path].map(Double.init))
        }
        let minutes: KeyPath<PastLoad, Double> =
            load.iterations > 0 ? \.iterationsPerMinute : \.requestsPerMinute
        var failed = percentText(load.failedShare)
        if let before, before.failedShare != load.failedShare {
            let points = (load.failedShare - before.failedShare) * 100
            failed += " (\(points > 0 ? "+" : "−")\(significant(abs(points))))"
        }
        return [
            scaleNumber(load.scale), latency(\.p50), latency(\.p95), latency(\.p99), failed,
            significant(load[keyPath: minutes])
                + change(load[keyPath: minutes], before?[keyPath: minutes]),
            load.goodLoad.map { significant($0) + change($0, before?.goodLoad) } ?? "",
        ]
    }

    /// ` (+12 %)`; nothing where there is nothing to compare with.
    static func change(_ now: Double?, _ before: Double?) -> String {
        guard let now, let before, before > 0 else { return "" }
        let percent = ((now / before - 1) * 100).rounded()
        if percent == 0 { return " (=)" }
        return " (\(percent > 0 ? "+" : "−")\(grouped(Int(min(abs(percent), 1e9)))) %)"
    }
}
