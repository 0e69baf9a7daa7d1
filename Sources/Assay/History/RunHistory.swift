internal import AssayCore
internal import AssayFormats
internal import AssayNet
internal import AssayPolicy
internal import AssayReport

/// The history of a project's runs: an SQLite file that several processes may write.
///
/// Nothing here fails a run: what goes wrong is a warning.
struct RunHistory: Sendable {
    let path: String
    /// Runs before the newest so many are forgotten.
    var retainedRuns = 5000
    /// How long another process that writes is waited for.
    var patience = Duration.seconds(5)
    /// A reason is a line of a list, not a report.
    private static let reasonLimit = 500

    /// The project's history, where `ASSAY_HISTORY` says or in `.assay/history.db`.
    ///
    /// - Parameter place: value of `ASSAY_HISTORY`.
    static func of(projectFolder: String, place: String?) -> (history: RunHistory, warnings: [Diagnostic]) {
        let own = RunHistory(path: (projectFolder == "." ? "" : projectFolder + "/") + ".assay/history.db")
        guard let place, !place.isEmpty else { return (own, []) }
        guard place.hasPrefix("postgres://") || place.hasPrefix("postgresql://") else {
            return (RunHistory(path: place), [])
        }
        return (
            own,
            [
                Diagnostic(
                    "AS267", "ASSAY_HISTORY names a PostgreSQL database, which is not supported yet",
                    fix: "\(own.path) is used; name a file, or unset ASSAY_HISTORY", severity: .warning)
            ]
        )
    }

    // MARK: writing

    /// Remembers a run; all of it or nothing.
    ///
    /// - Returns: why it could not be remembered.
    func add(_ run: PastRun, _ tests: [PastTest]) async -> Diagnostic? {
        await writing { file throws(HistoryFile.Failure) in
            try insert(run, tests, into: file)
            try prune(file)
        }
    }

    /// Writes to the file in one transaction, and brings it up to this version first.
    ///
    /// - Returns: why nothing could be written.
    func writing(
        _ write: @escaping @Sendable (HistoryFile) throws(HistoryFile.Failure) -> Void
    ) async -> Diagnostic? {
        await Blocking.run {
            do {
                try makeFolder()
                let file = try HistoryFile(path: path, forWriting: true, patience: patience)
                if case .newer(let version) = try HistorySchema.fit(of: file) { return newer(version) }
                try useWriteAheadLog(file)
                try file.run("begin immediate")
                try HistorySchema.complete(file)
                try write(file)
                try file.run("commit")
                return nil
            } catch let failure as HistoryFile.Failure {
                return problem(failure)
            } catch {
                return unusable("\(error)")
            }
        }
    }

    private func makeFolder() throws(SystemError) {
        guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { return }
        try Files.makeFolder(String(path[..<slash]))
    }

    /// Readers and a writer do not wait for each other. When another process is making the same change, it is made.
    private func useWriteAheadLog(_ file: HistoryFile) throws(HistoryFile.Failure) {
        do throws(HistoryFile.Failure) {
            try file.run("pragma journal_mode = wal")
        } catch {
            if !error.isBusy { throw error }
        }
    }

    private func insert(_ run: PastRun, _ tests: [PastTest], into file: HistoryFile) throws(HistoryFile
        .Failure)
    {
        try file.run(
            """
            insert into runs (kind, project, name, started, duration, verdict, reasons, "commit", changed, branch,
                seed, folder, passed, failed, flaky, quarantined, skipped, requests, load)
            values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
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
        let id = HistoryFile.Value.int(file.lastRow)
        try file.run(
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
    }

    private func prune(_ file: HistoryFile) throws(HistoryFile.Failure) {
        let oldest = try file.run(
            "select id from runs order by id desc limit 1 offset ?", [.init(retainedRuns)])
        guard let id = oldest.first?.first else { return }
        try file.run("delete from tests where run <= ?", [id])
        try file.run("delete from runs where id <= ?", [id])
    }

    // MARK: reading

    /// Reads from the file.
    ///
    /// - Returns: `nil` when there is no history yet.
    func reading<Value: Sendable>(
        _ read: @escaping @Sendable (HistoryFile) throws(HistoryFile.Failure) -> Value
    ) async -> Result<Value?, Diagnostics> {
        guard Files.kind(of: path) != nil else { return .success(nil) }
        return await Blocking.run {
            do throws(HistoryFile.Failure) {
                let file = try HistoryFile(path: path, forWriting: false)
                switch try HistorySchema.fit(of: file) {
                case .newer(let version): return .failure(asked(newer(version)))
                case .empty: return .success(nil)
                case .good: return .success(try read(file))
                }
            } catch {
                return .failure(asked(problem(error)))
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

    private func problem(_ failure: HistoryFile.Failure) -> Diagnostic {
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
