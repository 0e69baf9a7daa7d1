internal import AssayCore
internal import AssayNet
internal import AssayPolicy
internal import AssayRunner
internal import AssayScenario

/// What a project and a command line say of tests whose result is in doubt: retries, repetitions, quarantine.
struct Doubt: Sendable {
    var flaky: FlakyPolicy
    var repeats: TestRun.Repeats?
    var quarantine: QuarantineList
    let workspace: Workspace
    let today: CalendarDay

    /// How often `--until-failure` repeats when nothing else bounds it.
    static let untilFailureLimit = 1000

    static func read(_ job: TestJob, _ workspace: Workspace, today: CalendarDay) -> Result<Doubt, Diagnostics>
    {
        workspace.quarantine().flatMap { list in
            var flaky = workspace.project.policy.flaky
            let times = job.repetitions ?? (job.untilFailure ? untilFailureLimit : nil)
            if let retries = job.retries, retries > 0, times != nil {
                return .failure(
                    Diagnostics([
                        Diagnostic(
                            "AS269",
                            "--retries \(retries) does not go with repetitions, each of which counts as it ends",
                            fix: "leave one of them out")
                    ]))
            }
            flaky.retries = job.retries ?? flaky.retries
            return .success(
                Doubt(
                    flaky: flaky, repeats: times.map { .init(times: $0, untilFailure: job.untilFailure) },
                    quarantine: list, workspace: workspace, today: today))
        }
    }

    /// How many results there will be.
    func resultCount(of tests: Int) -> Int { tests * (repeats?.times ?? 1) }

    // MARK: judging

    /// Applies the policies of doubt to a run whose tests have ended, after all other policies; warnings become notes.
    ///
    /// - Returns: what the history keeps of the tests.
    func settle(_ keeper: inout RecordKeeper, _ history: RunHistory) async -> [PastTest] {
        let streaks = await streaks(in: history)
        var (warnings, remembered): ([Diagnostic], [PastTest]) = ([], [])
        keeper.withRecord { record in
            warnings = judge(&record, streaks: streaks)
            remembered = record.tests.map { PastTest($0, projectFolder: workspace.project.folder) }
            guard !flaky.isReported else { return }
            for index in record.tests.indices where record.tests[index].isFlaky {
                record.tests[index].attempts = []
            }
        }
        for warning in warnings {
            let place = warning.location.map { "\($0.file):\($0.line)" }
            let second = [place, warning.fix].compactMap(\.self).joined(separator: ": ")
            let text = [warning.message, "  " + second].joined(separator: "\n")
            keeper.add(.note(Note(atNanoseconds: 0, severity: warning.severity, text: text)))
        }
        return remembered
    }

    private func judge(_ record: inout RunRecord, streaks: [TestIdentity: Int]) -> [Diagnostic] {
        if flaky.fails { record.fail(judgeFlakyTests(record)) }
        record.quarantine(quarantine, on: today, identify: identity)
        guard !quarantine.isEmpty else { return [] }
        let released = record.tests.compactMap { test -> Diagnostic? in
            guard test.quarantine != nil, test.status == .passed, !test.isFlaky else { return nil }
            let identity = identity(test)
            return quarantine.release(identity, afterPassing: streaks[identity, default: 0] + 1, on: today)
        }
        return quarantine.expired(on: today) + unknown(record.tests) + released
    }

    private func identity(_ test: TestResult) -> TestIdentity {
        TestIdentity(test, projectFolder: workspace.project.folder)
    }

    /// How often each test in quarantine passed in a row, in the history so far.
    func streaks(in history: RunHistory) async -> [TestIdentity: Int] {
        guard !quarantine.isEmpty else { return [:] }
        let entries = quarantine.entries
        let found = await history.tests(limit: quarantine.releaseAfter) { test in
            entries.contains { test.identity.isNamed($0.test) }
        }
        // A history that cannot be read is told when this run is written into it.
        guard case .success(let tests?) = found else { return [:] }
        return Dictionary(tests.map { ($0.identity, passingStreak($0.results)) }) { first, _ in first }
    }

    // MARK: unknown tests

    /// Warnings about entries that name no test of the project, whatever part of it this run chose.
    func unknown(_ results: [TestResult]) -> [Diagnostic] {
        let ran = results.map(identity)
        let suspects = quarantine.unknown(among: ran)
        guard !suspects.isEmpty else { return [] }
        let seen = Set(results.map(\.level))
        var rest = quarantine
        // The tests of another runner are known only after it has run.
        for level in workspace.project.levels where !level.isOfScenarios && !seen.contains(level.name) {
            rest.entries.removeAll { $0.test.hasPrefix(level.name + " ") || !$0.test.contains(" › ") }
        }
        guard let all = workspace.allTests() else { return [] }
        return rest.unknown(among: ran + all)
    }
}

extension Project.Level {
    fileprivate var isOfScenarios: Bool {
        switch work {
        case .scenarios, .load: true
        default: false
        }
    }
}

extension Workspace {
    /// The project's quarantine list, from where the project says.
    func quarantine() -> Result<QuarantineList, Diagnostics> {
        switch project.policy.quarantine {
        case .none: return .success(QuarantineList())
        case .list(let list): return .success(list)
        case .file(let relative, let location, let releaseAfter):
            let path = path(relative)
            do {
                return FlakinessReading.list(try Files.read(path), file: path).map { list in
                    var list = list
                    list.releaseAfter = releaseAfter ?? list.releaseAfter
                    return list
                }
            } catch {
                return .failure(
                    Diagnostics([
                        Diagnostic(
                            "AS264", "the quarantine list cannot be read: \(error)", at: location,
                            fix: "make the file, with `assay: 1` and `quarantine: []`")
                    ]))
            }
        }
    }

    /// What is wrong with the quarantine list, for a check that runs nothing.
    func quarantineProblems() -> [Diagnostic] {
        switch quarantine() {
        case .failure(let found): return found.all
        case .success(let list):
            let doubt = Doubt(
                flaky: project.policy.flaky, quarantine: list, workspace: self,
                today: CalendarDay(milliseconds: WallClock.milliseconds))
            return list.expired(on: doubt.today) + doubt.unknown([])
        }
    }

    /// Whether a file of a scenario folder is the quarantine list.
    func isQuarantineFile(_ file: String) -> Bool {
        guard case .file(let relative, _, _) = project.policy.quarantine else { return false }
        return Files.resolved(file) == Files.resolved(path(relative))
    }

    /// Every test of the project's scenario levels; `nil` when a file cannot be read.
    fileprivate func allTests() -> [TestIdentity]? {
        var all: [TestIdentity] = []
        for level in project.levels {
            guard case .scenarios(let folder) = level.work else { continue }
            guard case .success(let files) = scenarioFiles(below: path(folder)) else { return nil }
            for file in files {
                guard case .success(let scenario) = reader(forRun: false).scenario(file) else { return nil }
                let cases = scenario.cases.isEmpty ? [nil] : scenario.cases.map { Optional($0.name) }
                all += cases.map {
                    TestIdentity(
                        level: level.name, scenario: scenario.name, caseName: $0, file: file,
                        projectFolder: project.folder)
                }
            }
        }
        return all
    }
}
