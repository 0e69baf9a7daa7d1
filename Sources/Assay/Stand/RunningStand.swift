internal import AssayCore
internal import AssayDoubles
internal import AssayFormats
internal import AssayNet
internal import AssayRunner
internal import AssayScenario
internal import AssayStand

/// Doubles, dependencies and services of a project while they are up.
///
/// Lives on one reactor's thread.
final class RunningStand {
    let stand: Stand
    let doubles: [any StartedDouble]
    let environment: TemplateEnvironment
    let masker: Masker
    private let projectFolder: String
    private let http: HTTPSettings
    /// Compiled once for all scenarios.
    private let schemas: SchemaFiles
    let golden: GoldenFolder
    private let cacheNames: [String]
    private let factories: FactorySet
    private let reactor: Reactor
    private let sounds = SoundShelf()
    private let recordings: RecordingShelf
    /// What `${…}` may name in scenarios.
    var constants: [String: JSON] { stand.bindings }
    /// `nil` when services may reach everything.
    let outside: OutsideWatch?
    /// What the parts of the stand are held to; `nil` when the project has no contracts.
    let contracts: StandContracts?
    /// What becomes of the exchanges of doubles; `nil` when nobody wants to keep them.
    let pacts: PactWriters?

    private init(
        stand: Stand, doubles: [any StartedDouble], environment: TemplateEnvironment, masker: Masker,
        project: Project, runFolder: String, forTests: Bool, factories: FactorySet, outside: OutsideWatch?,
        contracts: StandContracts?, pacts: PactWriters?, on reactor: Reactor
    ) {
        recordings = RecordingShelf(
            folder: runFolder + "/calls",
            policy: RecordingShelf.Policy(rawValue: project.policy.recordings.rawValue) ?? .failed,
            limit: forTests ? 200 : 20)
        self.stand = stand
        self.outside = outside
        self.contracts = contracts
        self.pacts = pacts
        self.doubles = doubles
        self.environment = environment
        self.masker = masker
        projectFolder = project.folder
        http = project.http
        schemas = SchemaFiles(folder: project.folder)
        golden = GoldenFolder(project.folder)
        cacheNames = project.stand.dependencies.filter(\.isRedis).map(\.name)
        self.factories = factories
        self.reactor = reactor
    }

    /// What steps reach on this stand, or on a layer on top of it.
    ///
    /// - Parameters:
    ///   - removesRows: whether rows that steps create are to be taken out again.
    ///   - judgesContracts: whether exchanges are held to contracts at all.
    func context(
        _ layer: Stand? = nil, updatesGolden: Bool, removesRows: Bool = true, judgesContracts: Bool = true,
        tell: (@Sendable (_ line: String) -> Void)? = nil
    ) -> RunContext {
        let stand = layer ?? stand
        return RunContext(
            constants: stand.bindings, environment: environment,
            stand: StandBridge(stand, DoubleAccess(doubles, on: reactor), outside),
            external: FileMatchers(schemas: schemas, golden: golden, updatesGolden: updatesGolden),
            contracts: judgesContracts ? contracts?.judge(stand.bindings) : nil, masker: masker,
            projectFolder: projectFolder, factories: factories, removesRows: removesRows, sounds: sounds,
            recordings: recordings, http: http, tell: tell)
    }

    /// Brings everything up: doubles first, for services are told their addresses.
    ///
    /// - Parameters:
    ///   - levels: those whose tests are run; services of others are left out. `nil` for everything.
    ///   - inherited: the environment of services; `nil` for this process's own.
    static func start(
        _ workspace: Workspace, runFolder: String, on reactor: Reactor, scope: CancelScope, seed: UInt64,
        leavingOut: Set<String> = [], levels: Set<String>? = nil, forTests: Bool = false,
        inherited: [(name: String, value: String)]? = nil, pacts: PactWriters? = nil,
        progress: @escaping (String) -> Void
    ) async throws(StandFailure) -> RunningStand {
        let project = workspace.project
        let environment = templateEnvironment(folder: project.folder)
        let secrets = workspace.secretNames.values
        var bindings: [String: JSON] = [
            "env": .object(JSONObject(Host.environment.map { ($0.name, JSON.string($0.value)) })),
            "secret": .object(JSONObject(secrets.map { ($0.name, JSON.string($0.value)) })),
        ]
        let contracts = StandContracts(workspace)
        var doubles: [any StartedDouble] = []
        func stopDoubles() { for double in doubles { double.stop() } }
        for var spec in project.doubles {
            // In load the answers of doubles are not to cost more than they do.
            let watches = [contracts?.watch(spec.name), pacts?.watch(spec.name)].compactMap(\.self)
            if forTests, !watches.isEmpty { spec.watch = DoubleWatch(watches) }
            do {
                let double = try spec.start(
                    on: reactor, environment: environment, names: bindings, seed: seed)
                // A proxy is bound when what it stands in front of is up.
                if (double as? StartedProxy)?.isSettled != false {
                    bindings[spec.name] = .object(double.bindings)
                }
                doubles.append(double)
            } catch {
                stopDoubles()
                throw StandFailure(member: spec.name, message: "\(error)", location: spec.location)
            }
        }
        let masker = Masker(secrets: secrets.map(\.value) + doubles.flatMap(\.secrets))
        let outside: OutsideWatch?
        do throws(StandFailure) {
            outside = try OutsideWatch.begin(project.policy.externalCalls, on: reactor)
        } catch {
            stopDoubles()
            throw error
        }
        var surroundings = StandSurroundings(
            projectFolder: Files.resolved(project.folder) ?? project.folder,
            scratchFolder: (Host.environment("TMPDIR") ?? "/tmp"), logFolder: runFolder + "/logs",
            environment: environment, bindings: bindings, mask: { masker.mask($0) })
        if let outside {
            surroundings.prepare = outside.prepare
            surroundings.published = { outside.allow(port: $0) }
            outside.allow(folder: surroundings.scratchFolder)
            outside.allow(folder: StandSurroundings.memoryFolder)
        }
        // Who says where temporary files go means databases too.
        surroundings.prefersMemory = forTests && Host.environment("TMPDIR") == nil
        let proxies = ReactorBound(
            StandProxies(doubles, names: bindings, environment: environment), on: reactor)
        surroundings.settled = { proxies.value.settle($0, $1) }
        surroundings.redisDouble = RedisStandIn.maker(environment, seed: seed)
        if let inherited { surroundings.inherited = inherited }
        do throws(StandFailure) {
            let stand = try await Stand.start(
                project.stand, on: reactor, in: surroundings, scope: scope, leavingOut: leavingOut,
                absent: levels.map(project.stand.services(notOf:)) ?? [:],
                progress: progress)
            return RunningStand(
                stand: stand, doubles: doubles, environment: environment, masker: masker,
                project: project, runFolder: runFolder, forTests: forTests, factories: workspace.factories,
                outside: outside, contracts: contracts, pacts: pacts, on: reactor)
        } catch {
            outside?.close()
            stopDoubles()
            throw error
        }
    }

    /// What templates reach of the outside; relative files start from the project's folder.
    static func templateEnvironment(folder: String) -> TemplateEnvironment {
        TemplateEnvironment(
            nowMilliseconds: { WallClock.milliseconds },
            sha256: { Crypto.sha256($0) },
            hmacSHA256: { Crypto.hmacSHA256(key: $0, $1) },
            readFile: { path throws(TemplateError) in
                do {
                    return try Files.read(path.hasPrefix("/") ? path : folder + "/" + path)
                } catch {
                    throw TemplateError("AS059", "\(error)")
                }
            })
    }

    /// URLs of the Redis servers that are up.
    var caches: [String: String] {
        Dictionary(
            uniqueKeysWithValues: cacheNames.filter { stand.absent[$0] == nil }.map {
                ($0, stand.bindings[$0]?["url"]?.stringValue ?? "")
            })
    }

    /// Why something that runs these scenarios cannot: a part that one of them names is not there.
    ///
    /// - Parameter layer: what they run on, when that is not this stand; it may lack more than what is below it.
    func absence(for scenarios: [Scenario], on layer: Stand? = nil) -> (name: String, reason: String)? {
        let used = scenarios.reduce(into: Set<String>()) { $0.formUnion($1.usedParts(factories)) }
        return (layer ?? stand).absent.sorted { $0.key < $1.key }.first { used.contains($0.key) }
            .map { ($0.key, $0.value) }
    }

    /// A text that may name parts of the stand and the environment.
    func text(of template: Template) throws(TemplateError) -> String {
        let variables = JSON.object(JSONObject(Host.environment.map { ($0.name, JSON.string($0.value)) }))
        var names = JSONObject(constants.map { ($0.key, $0.value) })
        (names["env"], names["secret"]) = (variables, variables)
        var scope = TemplateScope(
            names: names, environment: environment, random: SystemRandomNumberGenerator())
        return try template.text(in: &scope)
    }

    /// For the run's header: everything that is up.
    var members: [RunHeader.StandMember] {
        doubles.map {
            RunHeader.StandMember(name: $0.name, kind: .double, detail: $0.detail, readyAfterNanoseconds: 0)
        } + stand.members + (outside.map { [$0.member] } ?? [])
    }

    func stop() async {
        await stand.stop()
        outside?.close()
        for double in doubles { double.stop() }
    }
}
