internal import AssayCore
internal import AssayNet
internal import AssayPolicy

extension RunHistory {
    /// The history of a workspace; the console is told when it is not where the person wants it.
    static func of(_ workspace: Workspace, _ console: Console) async -> RunHistory {
        let wanted = of(
            projectFolder: workspace.project.folder, project: workspace.project.name,
            place: Host.environment("ASSAY_HISTORY"))
        let (history, warnings) = await wanted.reachable(projectFolder: workspace.project.folder)
        if !warnings.isEmpty { console.complain(Diagnostics(warnings)) }
        return history
    }

    /// Adds a run that has its verdict; what goes wrong is told, and changes nothing else.
    func remember(
        _ record: RunRecord, _ tests: [PastTest], in folder: RunFolder, _ workspace: Workspace,
        on reactor: Reactor, _ console: Console
    ) async {
        let project = Files.resolved(workspace.project.folder) ?? workspace.project.folder
        let place = Files.resolved(folder.path) ?? folder.path
        let run = PastRun(
            record,
            folder: place.hasPrefix(project + "/") ? String(place.dropFirst(project.count + 1)) : place,
            checkout: await .here(workspace.project.folder, on: reactor))
        let kept = record.header.kind == .load ? ThinRecords.packed(record) : nil
        if let problem = await add(run, tests, record: kept) { console.complain(Diagnostics([problem])) }
    }
}
