internal import AssayCore
internal import AssayNet
internal import AssayPolicy
internal import AssayScenario

extension TestSelection {
    /// Leaves out what a change does not concern, and tells how many run and who was left out.
    ///
    /// - Returns: `nil`, or how the command ends because git could not answer; the person has been told.
    mutating func narrow(
        since revision: String, _ workspace: Workspace, _ console: Console, namesAll: Bool,
        on reactor: Reactor, scope: CancelScope
    ) async -> ExitCode? {
        let git = GitChanges(folder: workspace.project.folder, reactor: reactor, scope: scope)
        do throws(Diagnostic) {
            let changes = try await git.since(revision)
            let lines = narrow(to: changes, workspace, namesAtMost: namesAll ? nil : 5)
            if !console.isQuiet { for line in lines { console.print("impact   " + line) } }
            return nil
        } catch {
            if !scope.isCancelled { console.complain(Diagnostics([error])) }
            return .badInput
        }
    }

    /// Leaves out what a change does not concern; what is left out is among ``skipped``.
    ///
    /// - Returns: lines for a person.
    mutating func narrow(
        to changes: ChangedFiles, _ workspace: Workspace, namesAtMost limit: Int?
    ) -> [String] {
        let members = members(workspace)
        let impact = judgeImpact(members, changes, foundations: Self.foundations(workspace))
        apply(impact)
        return impact.lines(members, namesAtMost: limit)
    }

    /// The verdict of a run; when a person asked for what a change concerns and that is nothing, it has passed.
    func verdict(_ judged: Verdict) -> Verdict {
        guard let nothing, judged.status == .inconclusive else { return judged }
        return Verdict(.passed, reasons: [nothing])
    }

    /// Scenarios first, then levels by other runners.
    private func members(_ workspace: Workspace) -> [ImpactMember] {
        let levels = workspace.project.levels
        let scenarios = chosen.map { item in
            ImpactMember(
                kind: .scenario, name: item.scenario.name,
                paths: item.scenario.paths ?? levels.first { $0.name == item.level }?.paths,
                files: item.scenario.files.map { Self.inProject($0, workspace) })
        }
        return scenarios
            + runners.map { ImpactMember(kind: .level, name: $0.name, paths: $0.paths, files: []) }
    }

    /// The project file, and what the stand's dependencies and doubles are made from.
    private static func foundations(_ workspace: Workspace) -> [String] {
        let files =
            (workspace.projectFile.map { [$0] } ?? [])
            + (workspace.project.standFiles + workspace.project.contracts.map(\.path)).map(workspace.path)
        return files.filter { Files.kind(of: $0) != nil }.map { inProject($0, workspace) }
    }

    private static func inProject(_ path: String, _ workspace: Workspace) -> String {
        let folder = workspace.project.folder
        return Paths.relative(Files.resolved(path) ?? path, from: Files.resolved(folder) ?? folder)
    }

    private mutating func apply(_ impact: Impact) {
        let scenarios = zip(chosen, impact.choices)
        let levels = zip(runners, impact.choices.dropFirst(chosen.count))
        let levelsLeftOut = levels.filter { !$1.runs }.map(\.0)
        skipped += scenarios.filter { !$1.runs }.map { item, _ in
            TestResult(
                level: item.level, scenario: item.scenario.name, location: item.scenario.location,
                tags: item.scenario.tags, status: .skipped, reason: impact.reasonLeftOut,
                startedAtNanoseconds: 0, durationNanoseconds: 0)
        }
        skipped += levelsLeftOut.map { $0.skipped(because: impact.reasonLeftOut) }
        let unmeasured = levelsLeftOut.filter(\.measuresCoverage).map(\.name)
        coverage.measured.removeAll(where: unmeasured.contains)
        coverage.leftOut += unmeasured
        (chosen, runners) = (scenarios.filter(\.1.runs).map(\.0), levels.filter(\.1.runs).map(\.0))
        if chosen.isEmpty, runners.isEmpty {
            nothing = "nothing that changed since \(impact.revision) concerns this run"
        }
    }
}
