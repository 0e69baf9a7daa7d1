internal import AssayCore
internal import AssayNet
internal import AssayRunner
internal import AssayScenario
internal import AssayStand

/// Which tests a command line means, read from their files.
struct TestSelection: Sendable {
    struct Chosen: Sendable {
        var level: String
        var scenario: Scenario
        /// A scenario's or case's name, when the person named one.
        var only: String?
    }

    /// For the record: the levels, the pipeline, or the paths.
    var name: String
    var chosen: [Chosen] = []
    /// Levels whose tests another runner runs.
    var runners: [Project.Level] = []
    /// Levels that judge contracts themselves.
    var contractLevels: [(level: Project.Level, work: ContractLevel)] = []
    /// What is not run, with its reason: levels that this version cannot run, and what a change does not concern.
    var skipped: [TestResult] = []
    var coverage = CoverageSelection()
    /// Why there is nothing to run although something was chosen.
    var nothing: String?

    /// Of everything that is run.
    var levels: Set<String> { Set(chosen.map(\.level) + runners.map(\.name)) }

    static func read(_ job: TestJob, _ workspace: Workspace) -> Result<TestSelection, Diagnostics> {
        var selection = TestSelection(name: "tests")
        var problems: [Diagnostic] = []
        if job.paths.isEmpty {
            switch chosenLevels(job, workspace) {
            case .failure(let diagnostics): return .failure(diagnostics)
            case .success(let levels):
                selection.name = job.pipeline ?? levels.map(\.name).joined(separator: ", ")
                for level in levels { selection.add(level, workspace, &problems) }
            }
        } else {
            selection.name = job.paths.joined(separator: ", ")
            for path in job.paths {
                let parts = path.split(separator: "::", maxSplits: 1).map(String.init)
                let level = level(of: parts[0], workspace)
                selection.add(
                    folder: parts[0], level: level, only: parts.count > 1 ? parts[1] : nil, workspace,
                    &problems)
            }
        }
        selection.chosen.removeAll { item in
            let tags = item.scenario.tags
            return !job.tags.isEmpty && !tags.contains(where: job.tags.contains)
                || tags.contains(where: job.excludedTags.contains)
        }
        // A tag chooses scenarios; a level by another runner has none, unless it is asked for by name.
        if !job.tags.isEmpty, job.levels.isEmpty {
            selection.runners.removeAll()
            selection.contractLevels.removeAll()
        }
        selection.chooseCoverage(job, workspace)
        guard problems.isEmpty else { return .failure(Diagnostics(unique(problems))) }
        let named = job.paths.contains { $0.contains("::") }
        if selection.chosen.isEmpty && selection.runners.isEmpty && selection.skipped.isEmpty
            && selection.contractLevels.isEmpty
            || (named && selection.count == 0)
        {
            return .failure(
                Diagnostics([
                    Diagnostic(
                        "AS161", "no scenario is chosen",
                        fix: job.tags.isEmpty
                            ? "name a scenario file, or give the project `levels`"
                            : "no scenario has the tag \(job.tags.joined(separator: " or "))")
                ]))
        }
        return .success(selection)
    }

    private static func unique(_ problems: [Diagnostic]) -> [Diagnostic] {
        var seen: Set<String> = []
        return problems.filter { seen.insert($0.rendered()).inserted }
    }

    private static func chosenLevels(_ job: TestJob, _ workspace: Workspace) -> Result<
        [Project.Level], Diagnostics
    > {
        let all = workspace.project.levels
        var names = job.levels
        if let wanted = job.pipeline {
            guard let pipeline = workspace.project.pipelines.first(where: { $0.name == wanted }) else {
                let near = nearestName(to: wanted, among: workspace.project.pipelines.map(\.name))
                return .failure(
                    Diagnostics([
                        Diagnostic(
                            "AS162", "the project has no pipeline '\(wanted)'",
                            fix: near.map { "did you mean '\($0)'?" })
                    ]))
            }
            names += pipeline.levels
        }
        var problems: [Diagnostic] = []
        for name in names where !all.contains(where: { $0.name == name }) {
            let near = nearestName(to: name, among: all.map(\.name))
            problems.append(
                Diagnostic(
                    "AS163", "the project has no level '\(name)'", fix: near.map { "did you mean '\($0)'?" }))
        }
        if !problems.isEmpty { return .failure(Diagnostics(problems)) }
        return .success(
            all.filter { level in
                if case .load = level.work { return false }
                return names.isEmpty || names.contains(level.name)
            })
    }

    private static func level(of path: String, _ workspace: Workspace) -> String {
        workspace.project.levels.first { level in
            if case .scenarios(let folder) = level.work { return path.hasPrefix(workspace.path(folder)) }
            return false
        }?.name ?? "tests"
    }

    private mutating func add(_ level: Project.Level, _ workspace: Workspace, _ problems: inout [Diagnostic])
    {
        switch level.work {
        case .scenarios(let folder):
            add(folder: workspace.path(folder), level: level.name, only: nil, workspace, &problems)
        case .skipped(let reason):
            skipped.append(level.skipped(because: reason))
        case .runner: runners.append(level)
        case .contracts(let work): contractLevels.append((level, work))
        case .load: break
        }
    }

    private mutating func add(
        folder: String, level: String, only: String?, _ workspace: Workspace, _ problems: inout [Diagnostic]
    ) {
        switch workspace.scenarioFiles(below: folder) {
        case .failure(let diagnostic): problems.append(diagnostic)
        case .success(let files):
            for file in files {
                switch workspace.reader(forRun: true).scenario(file) {
                case .failure(let found): problems += found.all
                case .success(let scenario):
                    // A scenario that others must give values to is no test by itself.
                    if only == nil, scenario.parameters.contains(where: { $0.standard == nil }) { continue }
                    chosen.append(Chosen(level: level, scenario: scenario, only: only))
                }
            }
        }
    }

    /// All that were chosen, those of which only a case runs too.
    var scenarios: [Scenario] { chosen.map(\.scenario) }

    private var count: Int {
        chosen.count { item in
            guard let only = item.only else { return true }
            return item.scenario.name == only || item.scenario.cases.contains { $0.name == only }
        }
    }

    /// Whether every chosen test has services of its own, so that nobody would use shared ones.
    func isolatesAll(_ project: Project) -> Bool {
        let levels = Set(chosen.map(\.level))
        return !runnersNeedStand && !contractsNeedStand && !levels.isEmpty
            && levels.allSatisfy { project.isolation(of: $0) == .databasePerScenario }
    }

    /// Which of the levels that coverage gates count are in the run: those of the pipeline, or else of the project.
    private mutating func chooseCoverage(_ job: TestJob, _ workspace: Workspace) {
        let pipeline = workspace.project.pipelines.first { $0.name == job.pipeline && job.levels.isEmpty }
        let counted = workspace.project.levels.filter {
            $0.measuresCoverage && (pipeline?.levels.contains($0.name) ?? true)
        }
        coverage.measured = runners.filter(\.measuresCoverage).map(\.name)
        coverage.leftOut = counted.map(\.name).filter { !coverage.measured.contains($0) }
    }

    /// Whether anything that runs may talk to the stand.
    var needsStand: Bool { !chosen.isEmpty || runnersNeedStand || contractsNeedStand }

    private var contractsNeedStand: Bool { contractLevels.contains(where: \.work.needsStand) }

    private var runnersNeedStand: Bool {
        runners.contains { if case .runner(let runner) = $0.work { runner.needsStand } else { false } }
    }

    /// The tests.
    func entries() -> [TestEntry] {
        chosen.flatMap { item -> [TestEntry] in
            let all = TestEntry.entries(item.scenario, level: item.level)
            guard let only = item.only, item.scenario.name != only else { return all }
            return all.filter { $0.caseName == only }
        }
    }
}
