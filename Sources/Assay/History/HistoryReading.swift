internal import AssayCore
internal import AssayPolicy

extension RunHistory {
    /// The newest runs, newest first; `nil` when there is no history yet.
    func runs(limit: Int) async -> Result<[PastRun]?, Diagnostics> {
        await reading { file throws(HistoryFile.Failure) in
            let rows = try file.run(
                """
                select id, kind, project, name, started, duration, verdict, reasons, "commit", changed, branch, seed,
                    folder, passed, failed, flaky, quarantined, skipped, requests
                from runs order by id desc limit ?
                """, [.init(limit)])
            return rows.compactMap(PastRun.init(row:))
        }
    }

    /// Tests with their last results, by name; `nil` when there is no history yet.
    ///
    /// - Parameters:
    ///   - limit: how many results of each.
    ///   - isWanted: which tests.
    func tests(
        limit: Int, _ isWanted: @escaping @Sendable (PastTest) -> Bool = { _ in true }
    ) async -> Result<[PastTest]?, Diagnostics> {
        await reading { file throws(HistoryFile.Failure) in
            let names = try file.run(#"select level, scenario, "case" from tests group by 1, 2, 3"#)
            var found: [PastTest] = []
            for name in names {
                // The file may have changed over time; the last one counts.
                let last = try file.run(
                    """
                    select file from tests where level = ? and scenario = ? and "case" is ?
                    order by run desc limit 1
                    """, name)
                var test = PastTest(
                    level: name[0].text ?? "", scenario: name[1].text ?? "", caseName: name[2].text,
                    file: last.first?.first?.text ?? "")
                guard isWanted(test) else { continue }
                let rows = try file.run(
                    """
                    select t.run, r.started, t.status, t.flaky, t.attempts, t.duration, t.reason,
                        case when r.changed then null else r."commit" end, r.folder
                    from tests t join runs r on r.id = t.run
                    where t.level = ? and t.scenario = ? and t."case" is ? order by t.run desc limit ?
                    """, name + [.init(limit)])
                test.results = rows.reversed().compactMap(PastResult.init(row:))
                if !test.results.isEmpty { found.append(test) }
            }
            return found
        }
    }
}

extension PastRun {
    /// A row of the columns in the order of ``RunHistory/runs(limit:)``; `nil` when a newer Assay wrote a word in it.
    fileprivate init?(row: [HistoryFile.Value]) {
        func number(_ column: Int) -> Int { Int(row[column].int ?? 0) }
        guard let kind = row[1].text.flatMap(RunHeader.Kind.init(rawValue:)),
            let verdict = row[6].text.flatMap(Verdict.Status.init(rawValue:))
        else { return nil }
        self.init(
            id: row[0].int ?? 0, kind: kind, project: row[2].text ?? "", name: row[3].text ?? "",
            startedAtMilliseconds: row[4].int ?? 0, durationNanoseconds: row[5].int ?? 0, verdict: verdict,
            reasons: (row[7].text ?? "").split(separator: "\n").map(String.init), commit: row[8].text,
            isChanged: number(9) != 0, branch: row[10].text,
            seed: row[11].text.flatMap { UInt64($0, radix: 16) } ?? 0, folder: row[12].text ?? "")
        (counts.passed, counts.failed, counts.flaky) = (number(13), number(14), number(15))
        (counts.quarantined, counts.skipped, counts.requests) = (number(16), number(17), number(18))
    }
}

extension PastResult {
    fileprivate init?(row: [HistoryFile.Value]) {
        guard let status = row[2].text.flatMap(TestResult.Status.init(rawValue:)) else { return nil }
        self.init(
            run: row[0].int ?? 0, startedAtMilliseconds: row[1].int ?? 0, status: status,
            isFlaky: row[3].int ?? 0 != 0, attempts: Int(row[4].int ?? 1),
            durationNanoseconds: row[5].int ?? 0, reason: row[6].text, commit: row[7].text,
            folder: row[8].text ?? "")
    }
}

extension PastTest {
    /// What a person may call it.
    var identity: TestIdentity {
        TestIdentity(level: level, scenario: scenario, caseName: caseName, file: file)
    }
}
