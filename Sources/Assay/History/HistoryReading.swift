internal import AssayCore
internal import AssayFormats
internal import AssayPolicy
internal import AssayReport

extension RunHistory {
    /// The newest runs, newest first; `nil` when there is no history yet.
    func runs(_ filter: RunFilter = RunFilter(), limit: Int) async -> Result<[PastRun]?, Diagnostics> {
        let project = project
        return await reading { database throws(HistoryFailure) in
            let (condition, values) = filter.condition(project: project)
            return try Self.runs(in: database, condition, values + [.init(limit)])
        }
    }

    /// The newest load runs of one profile, newest first; `nil` when there is no history yet.
    func loads(of profile: String, limit: Int) async -> Result<[PastRun]?, Diagnostics> {
        var filter = RunFilter()
        (filter.kind, filter.profile) = (.load, profile)
        return await runs(filter, limit: limit)
    }

    /// Names of profiles that were run, newest first.
    func loadNames() async -> Result<[String]?, Diagnostics> {
        var filter = RunFilter()
        filter.kind = .load
        let (condition, values) = filter.condition(project: project)
        return await reading { database throws(HistoryFailure) in
            try database.run("select name from runs \(condition) group by name order by max(id) desc", values)
                .compactMap { $0.first?.text }
        }
    }

    /// The thin record that was kept of a load run; `nil` when none was.
    func record(of run: Int64) async -> Result<RunRecord?, Diagnostics> {
        await reading { database throws(HistoryFailure) in
            guard try HistorySchema.hasRecords(database) else { return nil as String? }
            return try database.run("select record from records where run = ?", [.int(run)]).first?.first?.text
        }.map { found in found.flatMap(\.self).flatMap(ThinRecords.unpacked) }
    }

    private static func runs(
        in database: any HistoryDatabase, _ condition: String, _ values: [HistoryValue]
    ) throws(HistoryFailure) -> [PastRun] {
        // A history of an earlier Assay is read as it is; the next run brings it up to date.
        let version = try database.version()
        let rows = try database.run(
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
        let project = project
        return await reading { database throws(HistoryFailure) in
            let ours = project == nil ? "" : "and run in (select id from runs where project = ?)"
            let owner = project.map { [HistoryValue.text($0)] } ?? []
            let names = try database.run(
                #"select level, scenario, "case" from tests where 1 = 1 \#(ours) group by 1, 2, 3 order by 1, 2, 3"#,
                owner)
            var found: [PastTest] = []
            for name in names {
                // The file may have changed over time; the last one counts.
                let last = try database.run(
                    """
                    select file from tests
                    where level = ? and scenario = ? and "case" is not distinct from ? \(ours)
                    order by run desc limit 1
                    """, name + owner)
                var test = PastTest(
                    level: name[0].text ?? "", scenario: name[1].text ?? "", caseName: name[2].text,
                    file: last.first?.first?.text ?? "")
                guard isWanted(test) else { continue }
                let rows = try database.run(
                    """
                    select t.run, r.started, t.status, t.flaky, t.attempts, t.duration, t.reason,
                        case when r.changed <> 0 then null else r."commit" end, r.folder
                    from tests t join runs r on r.id = t.run
                    where t.level = ? and t.scenario = ? and t."case" is not distinct from ?
                        \(project == nil ? "" : "and r.project = ?")
                    order by t.run desc limit ?
                    """, name + owner + [.init(limit)])
                test.results = rows.reversed().compactMap(PastResult.init(row:))
                if !test.results.isEmpty { found.append(test) }
            }
            return found
        }
    }

    /// Tests as they ended in one run.
    func tests(of run: Int64) async -> Result<[PastTest]?, Diagnostics> {
        await reading { database throws(HistoryFailure) in
            try database.run(
                """
                select level, scenario, "case", file, t.run, r.started, t.status, t.flaky, t.attempts, t.duration,
                    t.reason, case when r.changed <> 0 then null else r."commit" end, r.folder
                from tests t join runs r on r.id = t.run
                where t.run = ? order by level, scenario, "case"
                """, [.int(run)]
            ).compactMap { row -> PastTest? in
                guard let result = PastResult(row: Array(row[4...])) else { return nil }
                return PastTest(
                    level: row[0].text ?? "", scenario: row[1].text ?? "", caseName: row[2].text,
                    file: row[3].text ?? "", results: [result])
            }
        }
    }
}

extension PastRun {
    /// A row of the columns in the order of ``RunHistory/runs(limit:)``; `nil` when a newer Assay wrote a word in it.
    fileprivate init?(row: [HistoryValue]) {
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
    fileprivate init?(row: [HistoryValue]) {
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
