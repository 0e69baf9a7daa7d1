public import AssayCore
internal import AssayNet
internal import AssayReport

/// `assay report`: makes reports of a record that was kept, by a folder or by the history.
public struct ReportJob: Sendable {
    public var project: String?
    /// A run's folder or its record.jsonl, or a run of the history: its number, `last`, a profile.
    public var run = ""
    public var html: String?
    public var junit: String?
    public var markdown: String?

    public init() {}

    public func run(_ console: Console) -> ExitCode {
        if Files.kind(of: run) != nil || run.contains("/") { return report(console) }
        guard let workspace = console.taking(Workspace.open(project)) else { return .badInput }
        do {
            let reactor = try Reactor()
            return reactor.run {
                let history = await RunHistory.of(workspace, console)
                let reference = RunReference(history: history, projectFolder: workspace.project.folder)
                guard let found = console.taking(await reference.find(run, kind: nil)) else {
                    return .badInput
                }
                return write(found.record, before: await found.previous(in: reference), console)
            }
        } catch {
            console.complain("error: \(error)")
            return .internalFault
        }
    }

    /// Of a folder or a file; the run before is asked of the project's history when there is a project around.
    private func report(_ console: Console) -> ExitCode {
        let file = Files.kind(of: run) == .folder ? run + "/record.jsonl" : run
        do {
            let reading = try RecordReader.read(try Files.read(file), file: file)
            if !reading.warnings.isEmpty { console.complain(Diagnostics(reading.warnings)) }
            var before: RunRecord?
            if markdown != nil, reading.record.header.kind == .load,
                case .success(let workspace) = Workspace.open(project)
            {
                let reactor = try Reactor()
                let found = RunReference.Found(record: reading.record, name: run)
                before = reactor.run {
                    let history = await RunHistory.of(workspace, console)
                    return await found.previous(
                        in: RunReference(history: history, projectFolder: workspace.project.folder))
                }
            }
            return write(reading.record, before: before, console)
        } catch let diagnostic as Diagnostic {
            console.complain(Diagnostics([diagnostic]))
            return .badInput
        } catch {
            console.complain("error: \(error)")
            return .badInput
        }
    }

    private func write(_ record: RunRecord, before: RunRecord?, _ console: Console) -> ExitCode {
        do {
            if let html { try Files.write(Array(HTMLReport.render(record).utf8), to: html) }
            if let junit { try Files.write(Array(JUnitReport.render(record).utf8), to: junit) }
            if let markdown {
                let text =
                    record.header.kind == .load
                    ? LoadMarkdown.render(record, before: before) : TestMarkdown.render(record)
                try Files.write(Array(text.utf8), to: markdown)
            }
            if html == nil, junit == nil, markdown == nil {
                console.print(
                    record.header.kind == .load
                        ? LoadSummary(style: console.style, width: console.width).render(record)
                        : TestSummary(style: console.style, width: console.width).render(record))
            }
            return .passed
        } catch {
            console.complain("error: \(error)")
            return .badInput
        }
    }
}

extension RunReference.Found {
    /// The newest earlier run of the same project and profile; `nil` of a run of tests.
    func previous(in reference: RunReference) async -> RunRecord? {
        guard record.header.kind == .load else { return nil }
        var filter = RunFilter()
        (filter.kind, filter.profile, filter.before) = (.load, record.header.name, id)
        let runs = (try? await reference.history.runs(filter, limit: 20).get()).flatMap { $0 } ?? []
        for run in runs where run.startedAtMilliseconds < record.header.startedAtMilliseconds {
            if let scale = run.load?.scale, scale != record.plan?.scale ?? 1 { continue }
            if case .success(let found) = await reference.record(of: run) { return found.record }
        }
        return nil
    }
}
