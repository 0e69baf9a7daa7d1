internal import AssayCore
internal import AssayFormats
internal import AssayPolicy
internal import AssayReport

extension RunHistory {
    /// The newest runs, newest first; `nil` when there is no history yet.
    func runs(limit: Int) async -> Result<[PastRun]?, Diagnostics> {
        await reading { file throws(HistoryFile.Failure) in try Self.runs(in: file, "", [.init(limit)]) }
    }

    /// The newest load runs of one profile, newest first; `nil` when there is no history yet.
    func loads(of profile: String, limit: Int) async -> Result<[PastRun]?, Diagnostics> {
        await reading { file throws(HistoryFile.Failure) in
            try Self.runs(in: file, "where kind = 'load' and name = ?", [.text(profile), .init(limit)])
        }
    }

    /// Names of profiles that were run, newest first.
    func loadNames() async -> Result<[String]?, Diagnostics> {
        await reading { file throws(HistoryFile.Failure) in
            try file.run("select name from runs where kind = 'load' group by name order by max(id) desc")
                .compactMap { $0.first?.text }
        }
    }

    private static func runs(
        in file: HistoryFile, _ condition: String, _ values: [HistoryFile.Value]
    ) throws(HistoryFile.Failure) -> [PastRun] {
        // A file of an earlier Assay is read as it is; the next run brings it up to date.
        let version = try file.run("pragma user_version").first?.first?.int ?? 0
        let rows = try file.run(
            """
            select id, kind, project, name, started, duration, verdict, reasons, "commit", changed, branch, seed,
                folder, passed, failed, flaky, quarantined, skipped, requests, \(version < 2 ? "null" : "load")
            from runs \(condition) order by id desc limit ?
            """, values)
        return rows.compactMap(PastRun.init(row:))
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
        load = row[19].text.flatMap { try? JSON(parsing: Array($0.utf8)) }.flatMap { PastLoad($0) }
    }
}

extension PastResult {
    fileprivate init?(row: [HistoryFile.Value]) {
        let isDrift = row[2].text == HistorySchema.drifted
        guard let status = isDrift ? .failed : row[2].text.flatMap(TestResult.Status.init(rawValue:)) else {
            return nil
        }
        self.init(
            run: row[0].int ?? 0, startedAtMilliseconds: row[1].int ?? 0, status: status,
            isFlaky: row[3].int ?? 0 != 0, attempts: Int(row[4].int ?? 1),
            durationNanoseconds: row[5].int ?? 0, reason: row[6].text, commit: row[7].text,
            folder: row[8].text ?? "")
        self.isDrift = isDrift
    }
}

extension PastTest {
    /// What a person may call it.
    var identity: TestIdentity {
        TestIdentity(level: level, scenario: scenario, caseName: caseName, file: file)
    }
}
