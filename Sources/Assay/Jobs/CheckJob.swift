public import AssayCore
internal import AssayScenario

/// `assay check`: reads everything and runs nothing.
public struct CheckJob {
    public var project: String?
    /// Scenario or profile files; empty takes all that the project's levels name.
    public var paths: [String] = []

    public init() {}

    public func run(_ console: Console) -> ExitCode {
        guard let workspace = console.taking(Workspace.open(project)) else { return .badInput }
        var problems: [Diagnostic] = []
        var scenarios = 0
        var profiles = 0
        func read(_ path: String, profile: Bool) {
            switch profile
                ? LoadSources.check(path, workspace)
                : workspace.reader(forRun: false).scenario(path).map({ _ in })
            {
            case .success where profile: profiles += 1
            case .success: scenarios += 1
            case .failure(let found): problems += found.all
            }
        }
        func readAll(_ path: String) {
            switch workspace.scenarioFiles(below: path) {
            case .failure(let diagnostic): problems.append(diagnostic)
            case .success(let files): for file in files { read(file, profile: isProfile(file, workspace)) }
            }
        }
        if paths.isEmpty {
            for level in workspace.project.levels {
                switch level.work {
                case .scenarios(let folder): readAll(workspace.path(folder))
                case .load(let profile): read(workspace.path(profile), profile: true)
                case .contracts(let work): problems += work.problems(workspace)
                case .skipped, .runner: break
                }
            }
        } else {
            for path in paths { readAll(path) }
        }
        problems += workspace.quarantineProblems()
        var seen: Set<String> = []
        problems = problems.filter { seen.insert($0.rendered()).inserted }
        if !problems.isEmpty { console.complain(Diagnostics(problems)) }
        let errors = problems.count { $0.severity == .error }
        guard errors == 0 else { return .badInput }
        console.print("\(scenarios) scenarios and \(profiles) load profiles are in order")
        return .passed
    }

    /// A profile names itself with `load:`; scripts of other tools are driven like one.
    private func isProfile(_ path: String, _ workspace: Workspace) -> Bool {
        if LoadSources.kind(of: path, workspace) != ProfileSource.self { return true }
        guard case .success(let bytes) = workspace.files.bytes(path) else { return false }
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").contains {
            $0.hasPrefix("load:")
        }
    }
}
