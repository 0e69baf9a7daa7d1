import AssayCore
import AssayFormats

/// What `assay compare --json` prints: one JSON value.
public enum ComparisonJSON {
    /// - Parameter names: what the person called the runs: the first, then the one of each comparison.
    public static func render(_ comparisons: [RunComparison], names: [String]) -> String {
        let all = comparisons.enumerated().map { index, comparison in
            json(comparison, names.first ?? "", names.indices.contains(index + 1) ? names[index + 1] : "")
        }
        return (all.count == 1 ? all[0] : JSON.array(all)).rendered(pretty: true) + "\n"
    }

    private static func json(_ comparison: RunComparison, _ before: String, _ after: String) -> JSON {
        .object(
            JSONObject(sparse: [
                ("before", run(comparison.before, before)), ("after", run(comparison.after, after)),
                ("verdict", .string(ComparisonTable.verdict(comparison).0.lowercased())),
                ("comparable", .bool(comparison.isComparable)),
                ("regressions", .int(Int64(comparison.regressions.count))),
                ("warnings", .array(comparison.warnings.map(JSON.string))),
                (
                    "differences",
                    .array(
                        comparison.differences.map {
                            [
                                "what": .string($0.what), "before": .string($0.before),
                                "after": .string($0.after), "decisive": .bool($0.isDecisive),
                            ]
                        })
                ),
                ("added-steps", .array(comparison.addedSteps.map(JSON.string))),
                ("removed-steps", .array(comparison.removedSteps.map(JSON.string))),
                ("confidence", JSON(number: comparison.settings.confidence)),
                ("intervals", .string(comparison.usedText)), ("method", .string(comparison.method)),
                ("metrics", .array(comparison.lines.map(line))),
            ]))
    }

    private static func run(_ record: RunRecord, _ name: String) -> JSON {
        .object(
            JSONObject(sparse: [
                ("run", .string(name)), ("project", .string(record.header.project)),
                ("profile", .string(record.header.name)), ("started", .int(record.header.startedAtMilliseconds)),
                ("commit", record.header.commit.map(JSON.string)),
                ("verdict", record.end.map { .string($0.verdict.status.rawValue) }),
            ]))
    }

    private static func line(_ line: RunComparison.Line) -> JSON {
        func number(_ value: Double?) -> JSON? { value.map { JSON(number: $0) } }
        return .object(
            JSONObject(sparse: [
                ("metric", .string(line.metric.metric)), ("step", line.metric.step.map(JSON.string)),
                ("statistic", .string(line.metric.statistic.rawValue)),
                ("better", .string(line.direction.rawValue)),
                ("before", number(line.before)), ("after", number(line.after)),
                ("change", number(line.change)),
                (
                    "interval",
                    line.interval.map { [JSON(number: $0.lowerBound), JSON(number: $0.upperBound)] }
                ),
                ("chance", number(line.chance)), ("adjusted-chance", number(line.adjustedChance)),
                ("permutation-chance", number(line.permutationChance)),
                ("judgement", .string(line.judgement.rawValue)), ("reason", line.reason.map(JSON.string)),
                ("allowed", number(line.allowance)), ("certain-harm", number(line.certainHarm)),
                ("regression", line.isRegression ? true : nil),
            ]))
    }
}
