internal import AssayCore
internal import AssayFormats
internal import AssayNet
internal import AssayPolicy
internal import AssayStand

/// The levels by other runners of one run, one after another: each wants the machine for itself.
struct LevelRuns {
    private let levels: [Project.Level]
    private let around: LevelSurroundings
    /// Parts of the stand that this machine cannot have, with the reason.
    private let absent: [String: String]

    struct Outcome {
        var tests: [TestResult] = []
        var coverage = CoverageReport()
    }

    init(
        _ selection: TestSelection, _ workspace: Workspace, _ running: RunningStand, _ folder: RunFolder,
        on reactor: Reactor, scope: CancelScope, startedAt: Int64
    ) {
        levels = selection.runners
        absent = running.stand.absent
        around = LevelSurroundings(
            projectFolder: workspace.project.folder, constants: running.constants,
            environment: running.environment, masker: running.masker, logFolder: folder.path + "/logs",
            reactor: reactor, scope: scope, startedAt: startedAt)
    }

    /// - Parameter progress: is told what runs, one line.
    func run(_ progress: (String) -> Void) async -> Outcome {
        var outcome = Outcome()
        for level in levels {
            guard case .runner(let runner) = level.work else { continue }
            if let reason = runner.templates.flatMap(\.freeNames).lazy.compactMap({ absent[$0.name] }).first {
                outcome.tests.append(level.skipped(because: reason))
                continue
            }
            progress("\(level.name)   running …")
            let own = await LevelRun(level: level, runner: runner, around: around).run { line in
                progress("\(level.name)   \(line)")
            }
            outcome.tests += own.tests
            outcome.coverage.merge(own.coverage)
        }
        return outcome
    }
}

extension Project.Level {
    /// The one result of a level that is not run.
    func skipped(because reason: String) -> TestResult {
        TestResult(
            level: name, scenario: name, location: location, status: .skipped, reason: reason,
            startedAtNanoseconds: 0, durationNanoseconds: 0)
    }
}

/// Which levels measure coverage, and which of them a run has.
struct CoverageSelection: Sendable {
    /// Levels of the run that leave coverage reports.
    var measured: [String] = []
    /// Those that the run leaves out although its gates count them.
    var leftOut: [String] = []

    /// Judges the gates of a project on what a run measured: results and their tests go into the record.
    ///
    /// When the run measures nothing, nothing is judged, and one skipped test says so.
    func judge(
        _ report: CoverageReport, _ policy: CoveragePolicy, into record: inout RunRecord,
        at nanoseconds: Int64
    ) {
        guard !measured.isEmpty else {
            guard let gate = policy.gates.first, !leftOut.isEmpty else { return }
            record.tests.append(
                TestResult(
                    level: "coverage", scenario: "gates", location: gate.location, status: .skipped,
                    reason: "not judged: \(Self.named(leftOut)) not in this run",
                    startedAtNanoseconds: nanoseconds, durationNanoseconds: 0))
            return
        }
        record.coverage = judgeCoverage(
            report, policy,
            missing: leftOut.isEmpty ? nil : "measured in part: \(Self.named(leftOut)) not in this run")
        record.tests += record.coverage.compactMap { $0.asTest(at: nanoseconds) }
    }

    private static func named(_ levels: [String]) -> String {
        (levels.count == 1 ? "level " : "levels ") + levels.map { "'\($0)'" }.joined(separator: ", ")
            + (levels.count == 1 ? " is" : " are")
    }
}
