public import AssayCore
import AssayFormats

/// What `assay history --json` prints: one JSON value.
public enum HistoryJSON {
    public static func runs(_ runs: [PastRun]) -> String { text(runs.map(\.json)) }
    /// One run with how its tests ended.
    public static func run(_ run: PastRun, tests: [PastTest]) -> String {
        var object = run.json.objectValue ?? JSONObject()
        if !tests.isEmpty { object["tests"] = .array(tests.map { .object($0.object) }) }
        return JSON.object(object).rendered(pretty: true) + "\n"
    }

    public static func tests(_ tests: [PastTest]) -> String { text(tests.map { .object($0.object) }) }

    public static func flaky(_ lines: [FlakinessLine]) -> String {
        text(
            lines.map { line in
                var object = line.test.object
                object["rate"] = .double(line.rate)
                object["runs"] = .int(Int64(line.runs))
                object["retried"] = .int(Int64(line.retried))
                object["flips"] = .int(Int64(line.flips))
                return .object(object)
            })
    }

    private static func text(_ values: [JSON]) -> String { JSON.array(values).rendered(pretty: true) + "\n" }
}

extension PastRun {
    fileprivate var json: JSON {
        let counted: [(String, Int)] =
            kind == .test
            ? [
                ("passed", counts.passed), ("failed", counts.failed), ("flaky", counts.flaky),
                ("quarantined", counts.quarantined), ("skipped", counts.skipped),
            ]
            : [
                ("thresholds-held", counts.passed), ("thresholds-broken", counts.failed),
                ("thresholds-without-data", counts.skipped), ("requests", counts.requests),
            ]
        return .object(
            JSONObject(sparse: [
                ("id", .int(id)), ("kind", .string(kind.rawValue)), ("project", .string(project)),
                ("name", .string(name)), ("started", .int(startedAtMilliseconds)),
                ("duration", .int(durationNanoseconds)), ("verdict", .string(verdict.rawValue)),
                ("reasons", .array(reasons.map(JSON.string))), ("commit", commit.map(JSON.string)),
                ("changed", isChanged ? true : nil), ("branch", branch.map(JSON.string)),
                ("seed", .string(seedText(seed))), ("folder", .string(folder)),
                ("counts", .object(JSONObject(counted.map { ($0, .int(Int64($1))) }))),
                ("load", load?.json),
            ]))
    }
}

extension PastTest {
    fileprivate var object: JSONObject {
        JSONObject(sparse: [
            ("level", .string(level)), ("scenario", .string(scenario)), ("case", caseName.map(JSON.string)),
            ("file", .string(file)), ("results", .array(results.map(\.json))),
        ])
    }
}

extension PastResult {
    fileprivate var json: JSON {
        .object(
            JSONObject(sparse: [
                ("run", .int(run)), ("started", .int(startedAtMilliseconds)),
                ("status", .string(status.rawValue)), ("flaky", isFlaky ? true : nil),
                ("drifted", isDrift ? true : nil), ("attempts", .int(Int64(attempts))),
                ("duration", .int(durationNanoseconds)),
                ("reason", reason.map(JSON.string)), ("commit", commit.map(JSON.string)),
                ("folder", .string(folder)),
            ]))
    }
}
