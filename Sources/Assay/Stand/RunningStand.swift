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
    let doubles: [StartedDouble]
    let environment: TemplateEnvironment
    let masker: Masker
    /// What `${…}` may name in scenarios.
    let constants: [String: JSON]
    /// `nil` when services may reach everything.
    let outside: OutsideWatch?

    private init(
        stand: Stand, doubles: [StartedDouble], environment: TemplateEnvironment, masker: Masker,
        constants: [String: JSON], outside: OutsideWatch?
    ) {
        self.stand = stand
        self.outside = outside
        self.doubles = doubles
        self.environment = environment
        self.masker = masker
        self.constants = constants
    }

    /// Brings everything up: doubles first, for services are told their addresses.
    static func start(
        _ workspace: Workspace, runFolder: String, on reactor: Reactor, scope: CancelScope, seed: UInt64,
        progress: @escaping @Sendable (String) -> Void
    ) async throws(StandFailure) -> RunningStand {
        let project = workspace.project
        let environment = templateEnvironment(folder: project.folder)
        let secrets = workspace.secretNames.values
        var bindings: [String: JSON] = [
            "env": .object(JSONObject(Host.environment.map { ($0.name, JSON.string($0.value)) })),
            "secret": .object(JSONObject(secrets.map { ($0.name, JSON.string($0.value)) })),
        ]
        var doubles: [StartedDouble] = []
        func stopDoubles() { for double in doubles { double.stop() } }
        for spec in project.doubles {
            do {
                let double = try spec.start(
                    on: reactor, environment: environment, names: bindings, seed: seed)
                bindings[spec.name] = .object(double.bindings)
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
            outside.allow(folder: surroundings.scratchFolder)
        }
        do throws(StandFailure) {
            let stand = try await Stand.start(
                project.stand, on: reactor, in: surroundings, scope: scope, progress: progress)
            return RunningStand(
                stand: stand, doubles: doubles, environment: environment, masker: masker,
                constants: stand.bindings, outside: outside)
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

/// Answers the runner's questions from the stand.
struct StandBridge: StandAccess {
    let stand: Stand
    let reactor: Reactor

    func execute(
        _ statement: String, arguments: [JSON], returningRows: Bool, on database: String
    ) async -> Result<SQLAnswer, StepError> {
        guard let database = stand.databases[database] else {
            return .failure(StepError("the stand has no database '\(database)'"))
        }
        switch await database.execute(statement, arguments: arguments) {
        case .success(let answer):
            return .success(SQLAnswer(rows: answer.rows, changedRows: answer.changedRows))
        case .failure(let error): return .failure(StepError(error.description))
        }
    }

    func run(_ program: ProgramRequest, in scope: CancelScope) async -> Result<ProgramAnswer, StepError> {
        let own = Set(program.environment.map(\.name))
        let inherited = Host.environment.filter { !own.contains($0.name) }
        var spec = ProcessSpec(
            command: program.words, environment: inherited + program.environment, folder: program.folder)
        if let input = program.input { spec.input = .bytes(Array(input.utf8)) }
        do throws(SystemError) {
            try stand.surroundings.prepare(&spec, "run step")
        } catch {
            return .failure(StepError("\(error)"))
        }
        let deadline = Reactor.monotonicNow() &+ program.timeout.nanoseconds
        do {
            let result = try await ChildProcess.runToEnd(spec, on: reactor, until: deadline, in: scope)
            if result.timedOut {
                return .failure(
                    StepError("'\(program.words.last ?? "")' did not end within \(program.timeout.shortText)")
                )
            }
            let exit =
                switch result.status {
                case .exited(let code): Int(code)
                case .signalled(let signal): 128 + Int(signal)
                case .unknown: -1
                }
            return .success(
                ProgramAnswer(
                    exit: exit, output: String(decoding: result.output, as: UTF8.self),
                    errorOutput: String(decoding: result.errors, as: UTF8.self)))
        } catch {
            return .failure(StepError("\(error)"))
        }
    }

    var logPositions: [String: Int] { stand.logs.mapValues(\.position) }

    func logLines(of service: String, from position: Int) -> (lines: [String], next: Int) {
        stand.logs[service]?.lines(from: position) ?? ([], position)
    }
}
