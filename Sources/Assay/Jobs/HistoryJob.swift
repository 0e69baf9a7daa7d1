public import AssayCore
internal import AssayNet
internal import AssayPolicy
internal import AssayReport

/// `assay history`: what is remembered of past runs and of their tests.
public struct HistoryJob: Sendable {
    public enum View: Sendable {
        case runs
        case tests
        /// Tests that were flaky, worst first.
        case flaky
    }

    public var project: String?
    /// A test to show with its results; takes the place of ``view``.
    public var test: String?
    /// A load profile whose runs are shown with what changed; takes the place of ``view`` too.
    public var load: String?
    public var view = View.runs
    /// Number of a run to tell of; takes the place of ``view`` too.
    public var shown: String?
    /// Which runs, as written: by profile, verdict, branch, beginning of the commit, and since when.
    public var profile: String?
    public var verdict: String?
    public var branch: String?
    public var commit: String?
    public var since: String?
    /// How many runs, tests, or results of one test.
    public var limit = 20
    public var isJSON = false

    /// How many results of a test say how flaky it is.
    private static let window = 50

    public init() {}

    public func run(_ console: Console) -> ExitCode {
        guard let workspace = console.taking(Workspace.open(project)) else { return .badInput }
        do {
            let reactor = try Reactor()
            return reactor.run {
                await self.run(await .of(workspace, console), workspace.project.folder, console)
            }
        } catch {
            console.complain("error: \(error)")
            return .internalFault
        }
    }

    /// What the options ask for.
    private var filter: Result<RunFilter, Diagnostics> {
        var filter = RunFilter()
        (filter.profile, filter.branch, filter.commit) = (profile, branch, commit)
        if let verdict {
            guard let known = Verdict.Status(rawValue: verdict) else {
                return .failure(
                    Diagnostics([
                        Diagnostic(
                            "AS598",
                            "--verdict takes passed, failed, inconclusive or interrupted, found '\(verdict)'")
                    ]))
            }
            filter.verdict = known
        }
        if let since {
            guard let moment = RunFilter.moment(since, now: WallClock.milliseconds) else {
                return .failure(
                    Diagnostics([
                        Diagnostic(
                            "AS598", "--since takes an age or a date, found '\(since)'",
                            fix: "write --since 7d, or --since 2026-11-01")
                    ]))
            }
            filter.sinceMilliseconds = moment
        }
        return .success(filter)
    }

    private func run(
        _ history: RunHistory, _ projectFolder: String, _ console: Console
    ) async -> ExitCode {
        guard let filter = console.taking(filter) else { return .badInput }
        if let shown {
            return await tell(
                run: shown, RunReference(history: history, projectFolder: projectFolder), console)
        }
        // What a program reads is not cut off.
        let table = HistoryTable(style: console.style, width: console.isTerminal ? console.width : .max)
        func show<Value>(
            _ read: Result<Value?, Diagnostics>, none: Value, _ text: (Value) -> String,
            _ json: (Value) -> String
        ) -> ExitCode {
            guard case .success(let found) = read else {
                _ = console.taking(read)
                return .badInput
            }
            if found == nil, !isJSON {
                console.print("there is no history yet; \(history.path) is made by the next run")
            } else {
                console.print(isJSON ? json(found ?? none) : text(found ?? none))
            }
            return .passed
        }
        if let load {
            let known = await history.loads(of: load, limit: limit)
            if case .success(let runs?) = known, runs.isEmpty { return await unknown(load, history, console) }
            return show(known, none: [], table.loads, HistoryJSON.runs)
        }
        if let test { return await tell(of: test, history, table, console) }
        switch view {
        case .runs:
            return show(await history.runs(filter, limit: limit), none: [], table.runs, HistoryJSON.runs)
        case .tests:
            let read = await history.tests(limit: Self.window).map { tests in
                tests.map { all in
                    Array(all.sorted { $0.lastSeenMilliseconds > $1.lastSeenMilliseconds }.prefix(limit))
                }
            }
            return show(read, none: [], table.tests, HistoryJSON.tests)
        case .flaky:
            let read = await history.tests(limit: Self.window).map { tests in
                tests.map { rankFlakiness($0, window: Self.window).prefix(limit).map(\.line) }
            }
            return show(read, none: [], table.flaky, HistoryJSON.flaky)
        }
    }

    /// One run: its line, then its report, of its folder or of what the history kept.
    private func tell(run id: String, _ reference: RunReference, _ console: Console) async -> ExitCode {
        let history = reference.history
        var filter = RunFilter()
        filter.id = Int64(id.hasPrefix("#") ? id.dropFirst() : id[...])
        guard let found = console.taking(await history.runs(filter, limit: 1)) else { return .badInput }
        guard filter.id != nil, let run = found?.first else {
            console.complain(
                Diagnostics([
                    Diagnostic(
                        "AS590", "the history knows no run '\(id)'",
                        fix: "`assay history` lists them, with their numbers in front")
                ]))
            return .badInput
        }
        let tests = (try? await history.tests(of: run.id).get()).flatMap { $0 } ?? []
        if isJSON {
            console.print(HistoryJSON.run(run, tests: tests))
            return .passed
        }
        let table = HistoryTable(style: console.style, width: console.isTerminal ? console.width : .max)
        console.print(table.runs([run]) + run.reasons.map { "  \($0)\n" }.joined())
        if case .success(let kept) = await reference.record(of: run), kept.record.header.kind == .load {
            console.print(LoadSummary(style: console.style, width: console.width).render(kept.record))
        } else if !tests.isEmpty {
            console.print(table.results(tests))
        }
        return .passed
    }

    private func unknown(_ profile: String, _ history: RunHistory, _ console: Console) async -> ExitCode {
        let known = (try? await history.loadNames().get()) ?? []
        let near = nearestName(to: profile, among: known)
        let all = known.prefix(8).map { "'\($0)'" }.joined(separator: ", ")
        console.complain(
            Diagnostics([
                Diagnostic(
                    "AS409", "the history knows no load run of '\(profile)'",
                    fix: near.map { "did you mean '\($0)'?" }
                        ?? (known.isEmpty ? "`assay load \(profile)` makes one" : "there are: \(all)"))
            ]))
        return .badInput
    }

    private func tell(
        of name: String, _ history: RunHistory, _ table: HistoryTable, _ console: Console
    ) async -> ExitCode {
        let limit = limit
        guard
            let found = console.taking(
                await history.tests(limit: limit) { $0.identity.isNamed(name) || $0.scenario == name })
        else { return .badInput }
        if let tests = found, !tests.isEmpty {
            console.print(isJSON ? HistoryJSON.tests(tests) : table.results(tests))
            return .passed
        }
        let known = (try? await history.tests(limit: 1).get()) ?? []
        let near = TestIdentity.nearest(to: name, among: known.map(\.identity))
        console.complain(
            Diagnostics([
                Diagnostic(
                    "AS268", "the history knows no test '\(name)'",
                    fix: near.map { "did you mean '\($0)'?" } ?? "`assay history --tests` lists them")
            ]))
        return .badInput
    }
}

extension FlakinessRank {
    /// As reports show it.
    fileprivate var line: FlakinessLine {
        FlakinessLine(test: test, runs: runs, retried: retried, flips: flips, rate: rate)
    }
}
