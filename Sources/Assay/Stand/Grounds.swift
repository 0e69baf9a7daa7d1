internal import AssayCore
internal import AssayFormats
internal import AssayNet
internal import AssayRunner
internal import AssayScenario
internal import AssayStand

/// Gives each test its stand: the shared one, a layer of its own, or its turn with a look at what it leaves.
struct Grounds: TestGround {
    private let running: ReactorBound<RunningStand>
    private let project: Project
    private let projectFolder: String
    private let updatesGolden: Bool
    private let reactor: Reactor

    init(_ running: RunningStand, _ project: Project, updatesGolden: Bool, on reactor: Reactor) {
        self.running = ReactorBound(running, on: reactor)
        self.project = project
        projectFolder = Files.resolved(project.folder) ?? project.folder
        self.updatesGolden = updatesGolden
        self.reactor = reactor
    }

    func isExclusive(level: String) -> Bool {
        project.isolation(of: level) == .truncate || project.policy.leftovers != nil
    }

    func enter(_ entry: TestEntry, in scope: CancelScope) async -> Result<any GroundVisit, GroundFailure> {
        let running = running.value
        if let missing = running.absence(for: [entry.scenario]) {
            return .failure(GroundFailure(status: .skipped, reason: missing.reason))
        }
        let isolation = project.isolation(of: entry.level)
        var layer: Stand?
        do throws(StandFailure) {
            if isolation == .databasePerScenario || isolation == .transaction {
                layer = try await running.stand.layer(isolation, for: entry.scenario.name, scope: scope)
            }
        } catch {
            let logs = [
                TestResult.LogTail(service: error.member, lines: error.lastLines.map(running.masker.mask))
            ]
            return .failure(
                GroundFailure(
                    reason: "its stand did not come up: \(error.member): \(error.message)",
                    logs: error.lastLines.isEmpty ? [] : logs))
        }
        // A service of the scenario's own may be left out for what it needs.
        if let layer, let missing = running.absence(for: [entry.scenario], on: layer) {
            await layer.stop()
            return .failure(GroundFailure(status: .skipped, reason: missing.reason))
        }
        let visit = Visit(
            context: running.context(
                layer, updatesGolden: updatesGolden, removesRows: isolation == .none), shared: running.stand,
            layer: layer,
            empties: isolation == .truncate, reactor: reactor)
        if let leftovers = project.policy.leftovers {
            var places = LeftoverWatch.Places(folders: leftovers.folders, base: projectFolder)
            if isolation == .none || isolation == .transaction {
                places.databases = running.stand.databases
                places.caches = running.caches
            }
            visit.watch = await LeftoverWatch.begin(places, on: reactor)
        }
        return .success(visit)
    }
}

/// One test's stay.
private final class Visit: GroundVisit {
    let context: RunContext
    private let shared: Stand
    private let layer: Stand?
    private let empties: Bool
    private let reactor: Reactor
    var watch: LeftoverWatch?

    init(context: RunContext, shared: Stand, layer: Stand?, empties: Bool, reactor: Reactor) {
        self.context = context
        self.shared = shared
        self.layer = layer
        self.empties = empties
        self.reactor = reactor
    }

    func leave() async -> [Mismatch] {
        var findings = (layer?.deaths ?? []).map { death in
            Mismatch(subject: death.title, expected: "to run until the end", actual: death.text)
        }
        await layer?.stop()
        if empties, let reason = await shared.reset() {
            findings.append(Mismatch(subject: "isolation", expected: "empty tables", actual: reason))
        }
        findings += await watch?.end(on: reactor) ?? []
        return findings
    }
}
