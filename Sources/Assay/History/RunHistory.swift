internal import AssayCore
internal import AssayFormats
internal import AssayNet
internal import AssayPolicy
internal import AssayReport

/// The history of a project's runs: an SQLite file, or a PostgreSQL database of many projects, that several processes
/// may write.
///
/// Nothing here fails a run: what goes wrong is a warning.
struct RunHistory: Sendable {
    /// Of the file; of a server, its address without the password.
    let path: String
    /// Where it is not a file.
    private(set) var server: HistoryAddress?
    /// A server keeps several projects; only this one's runs are seen. `nil` sees all.
    var project: String?
    /// Runs before the newest so many are forgotten.
    var retainedRuns = 5000
    /// How long another process that writes is waited for.
    var patience = Duration.seconds(5)
    /// A reason is a line of a list, not a report.
    private static let reasonLimit = 500

    /// Thin records of load runs before the newest so many are forgotten.
    var retainedRecords = 300

    init(path: String) { self.path = path }

    /// The history of one project on a server.
    init(_ server: HistoryAddress, project: String?) {
        path = server.shown
        self.server = server
        self.project = project
    }

    /// The project's history, where `ASSAY_HISTORY` says or in `.assay/history.db`.
    ///
    /// - Parameter place: value of `ASSAY_HISTORY`.
    static func of(projectFolder: String, project: String? = nil, place: String?) -> RunHistory {
        guard let place, !place.isEmpty else {
            return RunHistory(path: (projectFolder == "." ? "" : projectFolder + "/") + ".assay/history.db")
        }
        return HistoryAddress(place).map { RunHistory($0, project: project) } ?? RunHistory(path: place)
    }

    /// This history if it can be reached, else the project's own file and a warning.
    func reachable(projectFolder: String) async -> (history: RunHistory, warnings: [Diagnostic]) {
        guard let server else { return (self, []) }
        let patience = patience
        let problem = await Blocking.run { () -> HistoryFailure? in
            do throws(HistoryFailure) {
                _ = try HistoryServer(server, patience: patience)
                return nil
            } catch { return error }
        }
        guard let problem else { return (self, []) }
        let own = Self.of(projectFolder: projectFolder, place: nil)
        return (
            own,
            [
                Diagnostic(
                    "AS267", "the run history \(path) cannot be reached: \(problem.message)",
                    fix: "\(own.path) is used; start the server, or correct ASSAY_HISTORY", severity: .warning)
            ]
        )
    }

    // MARK: writing

    /// Remembers a run; all of it or nothing.
    ///
    /// - Returns: why it could not be remembered.
    ///
    /// - Parameter record: of a load run, as ``ThinRecords`` packs it.
    func add(_ run: PastRun, _ tests: [PastTest], record: String? = nil) async -> Diagnostic? {
        await writing { database throws(HistoryFailure) in
            try insert(run, tests, record, into: database)
            try prune(database, project: run.project)
        }
    }

    /// Writes in one transaction, and brings the tables up to this version first.
    ///
    /// - Returns: why nothing could be written.
    func writing(
        _ write: @escaping @Sendable (any HistoryDatabase) throws(HistoryFailure) -> Void
    ) async -> Diagnostic? {
        await Blocking.run {
            do {
                let database = try open(forWriting: true)
                if case .newer(let version) = try HistorySchema.fit(of: database) { return newer(version) }
                try database.begin()
                try HistorySchema.complete(database)
                try write(database)
                try database.run("commit")
                return nil
            } catch let failure as HistoryFailure {
                return problem(failure)
            } catch {
                return unusable("\(error)")
            }
        }
    }

    private func open(forWriting: Bool) throws -> any HistoryDatabase {
        if let server { return try HistoryServer(server, patience: patience) }
        if forWriting { try makeFolder() }
        return try HistoryFile(path: path, forWriting: forWriting, patience: patience)
    }

    private func makeFolder() throws(SystemError) {
        guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { return }
        try Files.makeFolder(String(path[..<slash]))
    }

    private func insert(
        _ run: PastRun, _ tests: [PastTest], _ record: String?, into database: any HistoryDatabase
    ) throws(HistoryFailure) {
        let rows = try database.run(
            """
            insert into runs (kind, project, name, started, duration, verdict, reasons, "commit", changed, branch,
                seed, folder, passed, failed, flaky, quarantined, skipped, requests, load)
            values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) returning id
            """,
            [
                .text(run.kind.rawValue), .text(run.project), .text(run.name),
                .int(run.startedAtMilliseconds),
                .int(run.durationNanoseconds), .text(run.verdict.rawValue),
                .text(run.reasons.joined(separator: "\n")), .init(run.commit), .init(run.isChanged),
                .init(run.branch), .text(String(run.seed, radix: 16, uppercase: true)), .text(run.folder),
                .init(run.counts.passed), .init(run.counts.failed), .init(run.counts.flaky),
                .init(run.counts.quarantined), .init(run.counts.skipped), .init(run.counts.requests),
                .init(run.load?.json.rendered()),
            ])
        guard let id = rows.first?.first else { throw HistoryFailure(server: "the run has no number") }
        try database.run(
            """
            insert into tests (run, level, scenario, "case", file, status, flaky, attempts, duration, reason)
            values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            each: tests.flatMap { test in
                test.results.map { result in
                    [
                        id, .text(test.level), .text(test.scenario), .init(test.caseName), .text(test.file),
                        .text(result.isDrift ? HistorySchema.drifted : result.status.rawValue),
                        .init(result.isFlaky), .init(result.attempts),
                        .int(result.durationNanoseconds),
                        .init(result.reason.map { String($0.prefix(Self.reasonLimit)) }),
                    ]
                }
            })
        guard let record else { return }
        try database.run("insert into records (run, record) values (?, ?)", [id, .text(record)])
    }

    /// Each project has its own newest runs.
    private func prune(_ database: any HistoryDatabase, project: String) throws(HistoryFailure) {
        let (condition, values): (String, [HistoryValue]) =
            server == nil ? ("", []) : ("where project = ?", [.text(project)])
        let oldest = try database.run(
            "select id from runs \(condition) order by id desc limit 1 offset ?",
            values + [.init(retainedRuns)])
        let ours = server == nil ? "" : "and run in (select id from runs where project = ?)"
        let kept = try database.run(
            """
            select run from records where 1 = 1 \(ours) order by run desc limit 1 offset ?
            """, values + [.init(retainedRecords)])
        if let id = kept.first?.first {
            try database.run("delete from records where run <= ? \(ours)", [id] + values)
        }
        guard let id = oldest.first?.first else { return }
        try database.run("delete from tests where run <= ? \(ours)", [id] + values)
        try database.run("delete from records where run <= ? \(ours)", [id] + values)
        try database.run(
            "delete from runs where id <= ? \(server == nil ? "" : "and project = ?")", [id] + values)
    }

    // MARK: reading

    /// Reads from the history.
    ///
    /// - Returns: `nil` when there is no history yet.
    func reading<Value: Sendable>(
        _ read: @escaping @Sendable (any HistoryDatabase) throws(HistoryFailure) -> Value
    ) async -> Result<Value?, Diagnostics> {
        guard server != nil || Files.kind(of: path) != nil else { return .success(nil) }
        return await Blocking.run {
            do {
                let database = try open(forWriting: false)
                switch try HistorySchema.fit(of: database) {
                case .newer(let version): return .failure(asked(newer(version)))
                case .empty: return .success(nil)
                case .good: return .success(try read(database))
                }
            } catch let failure as HistoryFailure {
                return .failure(asked(problem(failure)))
            } catch {
                return .failure(asked(unusable("\(error)")))
            }
        }
    }

    // MARK: problems

    /// A problem that stands in the way of what the person asked for is an error.
    private func asked(_ warning: Diagnostic) -> Diagnostics {
        var error = warning
        error.severity = .error
        return Diagnostics([error])
    }

    private func problem(_ failure: HistoryFailure) -> Diagnostic {
        unusable(
            failure.message,
            fix: failure.isDamage ? "move the file away; the next run makes a new one" : nil)
    }

    private func unusable(_ why: String, fix: String? = nil) -> Diagnostic {
        Diagnostic(
            "AS265", "the run history \(path) cannot be used: \(why)", fix: fix, severity: .warning)
    }

    private func newer(_ version: Int64) -> Diagnostic {
        Diagnostic(
            "AS266",
            "the run history \(path) has version \(version), and this Assay knows up to \(HistorySchema.version)",
            fix: "use the newer Assay, or name another file with ASSAY_HISTORY", severity: .warning)
    }
}
