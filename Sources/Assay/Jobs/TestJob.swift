public import AssayCore
internal import AssayFormats
internal import AssayNet
internal import AssayPolicy
public import AssayReport
internal import AssayRunner
internal import AssayScenario
internal import AssayStand

/// `assay test`: brings the stand up, runs scenarios as tests, judges, reports.
public struct TestJob: Sendable {
    public var project: String?
    /// Scenario files or folders, `FILE::NAME` for one scenario or case; empty takes the project's levels.
    public var paths: [String] = []
    public var levels: [String] = []
    public var pipeline: String?
    /// A test must have one of these tags, and none of ``excludedTags``.
    public var tags: [String] = []
    public var excludedTags: [String] = []
    public var jobs: Int?
    public var seed: UInt64?
    public var junit: String?
    public var out: String?
    /// Only what changes since this git revision concern.
    public var changed: String?
    public var updatesGolden = false
    /// Keeps what doubles answered as pacts in this folder; `nil` for those doubles only that say so.
    public var writePacts: String?
    /// In place of the project's `flaky: {retries: …}`; 0 tries nothing again, ``retryLimit`` is the most.
    public var retries: Int?
    /// How often every test runs; `nil` for once.
    public var repetitions: Int?
    /// Repeats the tests until one fails.
    public var untilFailure = false
    public var detail = TestSummary.Detail.levels
    public var showsCurl = false
    /// What is tested, for the matrix of contracts; `nil` takes the commit.
    public var version: String?
    /// Of the contracts' consumers; `nil` for ``version``.
    public var consumerVersion: String?
    /// Words of the command line, for the record.
    public var command: [String] = []

    public static var retryLimit: Int { FlakyPolicy.retryLimit }

    public init() {}

    public func run(_ console: Console) -> ExitCode {
        guard let workspace = console.taking(Workspace.open(project)) else { return .badInput }
        let today = CalendarDay(milliseconds: WallClock.milliseconds)
        guard let doubt = console.taking(Doubt.read(self, workspace, today: today)),
            let selection = console.taking(TestSelection.read(self, workspace))
        else { return .badInput }
        if let refusals = workspace.project.writeRefusals(selection.scenarios, workspace.files) {
            console.complain(refusals)
            return .badInput
        }
        if updatesGolden, Host.environment("CI") != nil {
            console.complain(
                Diagnostics([
                    Diagnostic(
                        "AS160",
                        "--update-golden is refused where CI is set: CI judges golden files, people change them"
                    )
                ]))
            return .badInput
        }
        do {
            Host.raiseDescriptorLimit()
            let reactor = try Reactor()
            let interruption = try Interruption(on: reactor)
            let bound = ReactorBound(interruption, on: reactor)
            return reactor.run { await self.run(workspace, selection, doubt, console, reactor, bound.value) }
        } catch {
            console.complain("error: \(error)")
            return .internalFault
        }
    }

    private func run(
        _ workspace: Workspace, _ selection: TestSelection, _ doubt: Doubt, _ console: Console,
        _ reactor: Reactor, _ interruption: Interruption
    ) async -> ExitCode {
        defer { interruption.close() }
        let scope = CancelScope(on: reactor)
        interruption.watch(console) { scope.cancel() }
        var (workspace, selection) = (workspace, selection)
        if let changed {
            let problem = await selection.narrow(
                since: changed, workspace, console, namesAll: detail != .levels, on: reactor, scope: scope)
            if let problem { return interruption.happened ? .interrupted : problem }
        }
        let whole = workspace
        if !selection.needsStand { workspace = workspace.withoutStand }
        let started = WallClock.milliseconds
        let seed = self.seed ?? UInt64.random(in: 0...0xFF_FFFF)
        let folder: RunFolder
        do {
            folder = try RunFolder.make(
                chosen: out, project: workspace.project.folder, name: "test", at: started)
        } catch {
            console.complain("error: the run's folder cannot be made: \(error)")
            return .internalFault
        }
        var live = LiveBlock(console)
        live.draw(["stand   starting …"])
        let running: RunningStand
        do throws(StandFailure) {
            running = try await RunningStand.start(
                workspace, runFolder: folder.path, on: reactor, scope: scope, seed: seed,
                leavingOut: selection.isolatesAll(workspace.project)
                    ? workspace.project.stand.servicesOfScenarios : [],
                levels: selection.levels, forTests: true,
                pacts: PactWriters(workspace.project, folder: writePacts), progress: { _ in })
        } catch {
            live.clear()
            if interruption.happened { return .interrupted }
            console.complain(error)
            return .standNotReady
        }
        live.clear()
        let header = RunHeader.here(
            .test, workspace, name: selection.name, seed: seed, stand: running.members,
            command: command.map(running.masker.mask), at: started,
            commit: checkedOutCommit(workspace.project.folder))
        var keeper = RecordKeeper(header: header, folder: folder)
        let startedAt = Reactor.monotonicNow()
        let levels = await LevelRuns(
            selection, workspace, running, folder, on: reactor, scope: scope, startedAt: startedAt
        ).run { live.draw([$0]) }
        let results = await runTests(
            selection, workspace, doubt, running, seed, reactor, scope, startedAt, console, &live)
        let contracts = await contractResults(
            selection, whole, running, seed, startedAt, reactor, scope)
        var troubles = running.stand.deaths.map(\.text)
        await running.stop()
        let calls = running.outside?.calls(since: startedAt) ?? []
        live.clear()
        keeper.withRecord { record in
            record.tests = workspace.inLevelOrder(selection.skipped + contracts + levels.tests + results)
            if let limit = workspace.project.policy.slowTest {
                record.fail(judgeSlowTests(record, limit: limit))
            }
            guard !interruption.happened else { return }
            let now = Reactor.monotonicNow() - startedAt
            selection.coverage.judge(levels.coverage, workspace.project.coverage, into: &record, at: now)
        }
        if running.outside?.policy == .deny {
            let findings = judgeExternalCalls(keeper.record, calls)
            keeper.withRecord { $0.fail(findings.tests) }
            troubles += findings.outside
        } else {
            for call in calls { keeper.add(.note(call.note(.warning))) }
        }
        if let drifts = running.contracts?.doubles.all, !interruption.happened {
            let found = drifts.found.map { $0.masked(by: running.masker) }
            keeper.withRecord { judgeDoubleDrifts(&$0, found, since: startedAt) }
            if drifts.omitted > 0 {
                troubles.append(
                    "\(drifts.omitted) more departures of doubles are not told: they were too many")
            }
        }
        if let overflow = running.outside?.overflow { troubles.append(overflow) }
        let kept = keepPacts(running, keeper.record, isWhole: !interruption.happened, &troubles)
        let history = await RunHistory.of(workspace, console)
        let remembered = await doubt.settle(&keeper, history)
        for test in keeper.record.tests { keeper.write(.test(test)) }
        for result in keeper.record.coverage { keeper.write(.coverage(result)) }
        let verdict = selection.verdict(
            judgeTests(keeper.record, interrupted: interruption.happened, deaths: troubles))
        keeper.add(
            .end(
                RunEnd(
                    verdict: verdict, durationNanoseconds: Reactor.monotonicNow() - startedAt,
                    cpuNanoseconds: Usage.cpuNanoseconds, peakMemoryBytes: Usage.peakMemoryBytes)))
        await history.remember(keeper.record, remembered, in: folder, workspace, on: reactor, console)
        if let contracts = running.contracts, !interruption.happened {
            let problem = await contracts.remember(
                keeper.record, version: version, consumerVersion: consumerVersion, in: folder.path, workspace,
                history, on: reactor)
            if let problem { console.complain(Diagnostics([problem])) }
        }
        let code = finish(keeper, folder, verdict, console)
        for line in kept { console.print(line) }
        if updatesGolden { console.print(running.golden.summary) }
        return code
    }

    /// Results of the levels that judge contracts.
    private func contractResults(
        _ selection: TestSelection, _ workspace: Workspace, _ running: RunningStand, _ seed: UInt64,
        _ startedAt: Int64, _ reactor: Reactor, _ scope: CancelScope
    ) async -> [TestResult] {
        var results: [TestResult] = []
        for (level, work) in selection.contractLevels where !scope.isCancelled {
            let run = ContractLevelRun(
                level: level, work: work, workspace: workspace, startedAt: startedAt, seed: seed)
            results += await run.results(running, on: reactor, scope: scope)
        }
        return results
    }

    /// Writes what doubles answered as pacts, when every test agreed with it.
    ///
    /// - Returns: what to tell about the files.
    private func keepPacts(
        _ running: RunningStand, _ record: RunRecord, isWhole: Bool, _ troubles: inout [String]
    ) -> [String] {
        guard let pacts = running.pacts, !pacts.isEmpty else { return [] }
        guard isWhole, !record.tests.contains(where: { $0.status == .failed }) else {
            return ["pacts are not written: they are what passing tests expect"]
        }
        let masker = running.masker
        let written = pacts.write { masker.mask($0) }
        troubles += written.problems.filter { $0.severity == .error }.map { $0.message }
        return written.lines
            + written.problems.filter { $0.severity == .warning }.map { "warning: " + $0.message }
    }

    private func runTests(
        _ selection: TestSelection, _ workspace: Workspace, _ doubt: Doubt, _ running: RunningStand,
        _ seed: UInt64, _ reactor: Reactor, _ scope: CancelScope, _ startedAt: Int64, _ console: Console,
        _ live: inout LiveBlock
    ) async -> [TestResult] {
        let ground = Grounds(running, workspace.project, updatesGolden: updatesGolden, on: reactor)
        let entries = selection.entries()
        let policy = workspace.project.policy
        var options = TestRun.Options(
            seed: seed, shuffled: policy.randomOrder, jobs: jobs ?? max(4, Host.cores * 2),
            timeout: policy.timeout)
        let stand = ReactorBound(running.stand, on: reactor)
        options.retries = .init(limit: doubt.flaky.retries) { stand.value.deaths.isEmpty }
        options.repeats = doubt.repeats
        let run = TestRun(ground, options: options, on: reactor, scope: scope)
        var done = 0
        var failed = 0
        return await run.run(entries, startedAt: startedAt) { result in
            done += 1
            if result.status == .failed { failed += 1 }
            live.draw([
                "\(done) of \(doubt.resultCount(of: entries.count)) done, \(failed) failed   last: \(result.title)"
            ])
        }
    }

    private func finish(
        _ keeper: RecordKeeper, _ folder: RunFolder, _ verdict: Verdict, _ console: Console
    ) -> ExitCode {
        guard folder.keepReports(of: keeper, junit: junit, console) else { return .internalFault }
        let summary = TestSummary(
            style: console.style, width: console.width, detail: detail, showsCurl: showsCurl)
        console.print(summary.render(keeper.record, report: folder.path + "/report.html"))
        return verdict.exitCode
    }
}
