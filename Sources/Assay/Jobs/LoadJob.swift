public import AssayCore
internal import AssayFormats
internal import AssayNet
internal import AssayPolicy
internal import AssayReport
internal import AssayRunner
internal import AssayScenario
internal import AssayStand

/// `assay load`: brings the stand up, drives a profile against it, judges its thresholds, reports.
public struct LoadJob: Sendable {
    public var project: String?
    public var profile = ""
    /// Takes the place of the profile's users; with ``length`` of its schedule.
    public var users: Int?
    public var length: Duration?
    /// Of the profile's own schedule; what is driven and judged stays.
    public var scale: Double?
    /// In place of the profile's own: how late the generator itself may be.
    public var lagBound: Duration?
    public var reactors: Int?
    public var seed: UInt64?
    public var out: String?
    public var junit: String?
    /// Where the Markdown report goes besides the run's folder.
    public var report: String?
    /// A Pushgateway, in place of the project's.
    public var pushGateway: String?
    /// A small JSON file with the figures that scripts ask for.
    public var summaryJSON: String?
    /// What is said to scripts.
    public var script = ScriptFlags()
    /// What is said of a script of Artillery.
    public var artillery = ArtilleryFlags()
    public var command: [String] = []

    public init() {}

    public func run(_ console: Console) -> ExitCode {
        guard let workspace = console.taking(Workspace.open(project)) else { return .badInput }
        if let refusal = workspace.project.loadRefusal(workspace.files) {
            console.complain(refusal)
            return .badInput
        }
        guard let source = console.taking(LoadSources.read(self, workspace)) else {
            return script.usesK6ExitCodes ? ExitCode(.scriptException) : .badInput
        }
        do {
            let descriptors = Host.raiseDescriptorLimit()
            let reactor = try Reactor()
            let interruption = try Interruption(on: reactor)
            let bound = ReactorBound(interruption, on: reactor)
            let input = ReactorBound(source, on: reactor)
            return reactor.run {
                await self.run(
                    workspace, input.value, console, reactor, bound.value, descriptors: descriptors)
            }
        } catch {
            console.complain("error: \(error)")
            return .internalFault
        }
    }

    /// The profile with what the command line says in place of its own users and length.
    func overridden(_ profile: LoadProfile) -> Result<LoadProfile, Diagnostics> {
        guard users != nil || length != nil else { return .success(profile) }
        guard case .users(let start, let stages)? = profile.model else {
            let reason =
                profile.model == nil
                ? "the scenarios of '\(profile.name)' have schedules of their own"
                : "'\(profile.name)' has another model"
            return .failure(
                Diagnostics([
                    Diagnostic(
                        "AS164", "--users and --for go with a profile of `users`, and \(reason)",
                        at: profile.location)
                ]))
        }
        var profile = profile
        let total = stages.reduce(Duration.zero) { $0 + $1.length }
        let count = users ?? profile.model?.maximumUsers ?? start
        profile.model = .users(start: count, stages: [.init(length: length ?? total, target: count)])
        profile.search = nil
        return .success(profile)
    }

    /// The profile with as much of its time, and the bound of the generator's own lag, that the command line says.
    func shaped(_ profile: LoadProfile) -> Result<LoadProfile, Diagnostics> {
        var profile = profile
        profile.lagBound = lagBound ?? profile.lagBound
        guard let scale else { return .success(profile) }
        guard let scaled = profile.scaled(by: scale) else {
            return .failure(
                Diagnostics([
                    Diagnostic(
                        "AS407",
                        "--scale shortens a schedule, and '\(profile.name)' is a fixed amount of work",
                        at: profile.location)
                ]))
        }
        return .success(scaled)
    }

    /// Where this run's metrics are pushed to: what the command line says, else the project.
    private func pushTarget(
        _ project: Project, _ running: RunningStand, _ header: RunHeader
    ) throws(Diagnostic) -> PushTarget? {
        guard pushGateway != nil || project.push != nil else { return nil }
        let nowhere = SourceLocation(file: "", line: 1, column: 1)
        let spec = project.push ?? PushSpec(url: Template(constant: "", at: nowhere))
        if let pushGateway { return try PushTarget(pushGateway, spec, header: header, at: nil) }
        let text: String
        do throws(TemplateError) {
            text = try running.text(of: spec.url)
        } catch {
            throw error.diagnostic
        }
        return try PushTarget(text, spec, header: header, at: spec.url.location)
    }

    private func run(
        _ workspace: Workspace, _ source: any LoadSource, _ console: Console, _ reactor: Reactor,
        _ interruption: Interruption, descriptors: Int
    ) async -> ExitCode {
        defer { interruption.close() }
        let scope = CancelScope(on: reactor)
        let stop = LoadStop(on: reactor)
        interruption.watch(console, again: { stop.cutOff() }) {
            scope.cancel()
            stop.stop(gracefully: true, interrupted: true)
            // What does not end soon is cut off, and not counted.
            Task(executorPreference: reactor) {
                await reactor.sleep(for: .seconds(2))
                stop.stop(gracefully: false, interrupted: true)
            }
        }
        let started = WallClock.milliseconds
        let seed = self.seed ?? UInt64.random(in: 0...0xFF_FFFF)
        let folder: RunFolder
        do {
            folder = try RunFolder.make(
                chosen: out, project: workspace.project.folder, name: source.name, at: started)
        } catch {
            console.complain("error: the run's folder cannot be made: \(error)")
            return .internalFault
        }
        let running: RunningStand
        do throws(StandFailure) {
            running = try await RunningStand.start(
                workspace, runFolder: folder.path, on: reactor, scope: scope, seed: seed, progress: { _ in })
        } catch {
            if interruption.happened { return .interrupted }
            console.complain(error)
            return .standNotReady
        }
        let read = await source.input(
            LoadGround(
                workspace: workspace, running: running, reactor: reactor, seed: seed, scope: scope,
                console: console))
        let input: LoadInput
        switch read {
        case .success(let made): input = made
        case .failure(let diagnostics):
            await running.stop()
            console.complain(diagnostics)
            return interruption.happened ? .interrupted : source.failureCode
        }
        let profile = input.profile
        if !input.warnings.isEmpty { console.complain(Diagnostics(input.warnings)) }
        if let missing = running.absence(for: profile.scenarios.map(\.scenario)) {
            await running.stop()
            console.complain(
                StandFailure(member: missing.name, message: missing.reason, location: profile.location))
            return .standNotReady
        }
        let header = RunHeader.here(
            .load, workspace, name: profile.name, seed: seed, stand: running.members,
            command: command.map(running.masker.mask), at: started,
            commit: checkedOutCommit(workspace.project.folder))
        let target: PushTarget?
        do throws(Diagnostic) {
            target = try pushTarget(workspace.project, running, header)
        } catch {
            await running.stop()
            console.complain(Diagnostics([error]))
            return .badInput
        }
        let context = running.context(
            updatesGolden: false, judgesContracts: profile.contractSample != nil,
            tell: { console.print($0) })
        let work = LoadWork(
            profile, constants: running.constants, http: workspace.project.http,
            projectFolder: workspace.project.folder, script: input.script, hooks: input.hooks,
            seed: seed)
        guard work.faults.isEmpty else {
            await running.stop()
            console.complain(Diagnostics(work.faults))
            return .badInput
        }
        let drive = LoadDrive(
            work: work, profile: profile, context: context, stop: stop, console: console,
            keeper: RecordKeeper(header: header, folder: folder), output: input.output)
        drive.warn(descriptors: descriptors)
        let fleet: ReactorFleet
        do {
            fleet = try ReactorFleet(first: reactor, count: reactors ?? Self.reactorCount(work.maximumUsers))
        } catch {
            await running.stop()
            console.complain("error: \(error)")
            return .internalFault
        }
        await drive.push(to: target)
        let watcher = drive.watchDeaths(of: running.stand, on: reactor)
        await drive.run(on: fleet.reactors)
        for result in input.closing?(drive.keeper.record) ?? [] { drive.add(result) }
        watcher.cancel()
        await fleet.stop()
        await drive.tell(interrupted: interruption.happened)
        await running.stop()
        if let outside = running.outside { drive.take(outside) }
        let verdict = await drive.judge(interrupted: interruption.happened)
        let history = await RunHistory.of(workspace, console)
        let before = await RunReference.Found(record: drive.keeper.record, name: profile.name).previous(
            in: RunReference(history: history, projectFolder: workspace.project.folder))
        await history.remember(drive.keeper.record, [], in: folder, workspace, on: reactor, console)
        guard finish(drive.keeper, folder, before: before, console) else { return .internalFault }
        return await source.conclude(
            LoadConclusion(
                record: drive.keeper.record, verdict: verdict, isInterrupted: interruption.happened,
                stop: stop, reactor: reactor, context: context, ending: drive.ending), console)
    }

    /// One reactor drives a thousand users with ease and leaves the other cores to the service under test.
    private static func reactorCount(_ users: Int) -> Int { users < 1000 ? 1 : Host.cores }

    /// Writes and prints the reports.
    ///
    /// - Returns: whether they could be written.
    private func finish(
        _ keeper: RecordKeeper, _ folder: RunFolder, before: RunRecord?, _ console: Console
    ) -> Bool {
        var paths: [(label: String, path: String)] = [("record", folder.path + "/record.jsonl")]
        do {
            try folder.write(HTMLReport.render(keeper.record), as: "report.html")
            let markdown = LoadMarkdown.render(keeper.record, before: before)
            try folder.write(markdown, as: "report.md")
            if let report { try Files.write(Array(markdown.utf8), to: report) }
            let junitText = JUnitReport.render(keeper.record)
            try folder.write(junitText, as: "junit.xml")
            if let junit { try Files.write(Array(junitText.utf8), to: junit) }
            if let summaryJSON {
                try Files.write(
                    Array((loadFigures(keeper.record).rendered(pretty: true) + "\n").utf8), to: summaryJSON)
            }
            if let failure = keeper.writeFailure { throw failure }
        } catch {
            console.complain("error: a report could not be written: \(error)")
            return false
        }
        paths.append(("report", folder.path + "/report.html"))
        console.print(
            LoadSummary(style: console.style, width: console.width).render(keeper.record, paths: paths))
        return true
    }
}
