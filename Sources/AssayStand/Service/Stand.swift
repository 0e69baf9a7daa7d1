public import AssayCore
public import AssayFormats
public import AssayNet

/// Why a stand did not come up: for exit status 3.
public struct StandFailure: Error, Sendable {
    public var member: String
    /// What was wanted and last seen.
    public var message: String
    public var location: SourceLocation?
    /// The end of the service's log.
    public var lastLines: [String] = []

    public init(
        member: String, message: String, location: SourceLocation? = nil, lastLines: [String] = []
    ) {
        self.member = member
        self.message = message
        self.location = location
        self.lastLines = lastLines
    }
}

/// A service that ended while the stand was up.
public struct ServiceDeath: Sendable {
    public var name: String
    public var status: ExitStatus
    public var lastLines: [String]
}

/// What a stand needs from outside.
public struct StandSurroundings: Sendable {
    /// What paths in the project file start from.
    public var projectFolder: String
    /// Where private folders of stands are made.
    public var scratchFolder: String
    /// Where services' logs go; `nil` for none.
    public var logFolder: String?
    public var environment: TemplateEnvironment
    /// What `${name.…}` gives besides the stand's own members, like doubles.
    public var bindings: [String: JSON]
    /// Hides secrets on the way to files.
    public var mask: @Sendable (String) -> String
    /// Has the last word on how a service is started; is given its name.
    public var prepare:
        @Sendable (_ program: inout ProcessSpec, _ service: String) throws(SystemError) -> Void =
            { (_, _) throws(SystemError) in }

    public init(
        projectFolder: String, scratchFolder: String, logFolder: String?, environment: TemplateEnvironment,
        bindings: [String: JSON] = [:], mask: @escaping @Sendable (String) -> String = { $0 }
    ) {
        self.projectFolder = projectFolder
        self.scratchFolder = scratchFolder
        self.logFolder = logFolder
        self.environment = environment
        self.bindings = bindings
        self.mask = mask
    }
}

/// Services and dependencies that are up, to be taken down with ``stop()``.
///
/// `@unchecked Sendable`: touched on its reactor's thread only; ``LogBook`` and ``Database`` may be used anywhere.
public final class Stand: @unchecked Sendable {
    /// What `${name.…}` gives, by name.
    public private(set) var bindings: [String: JSON]
    public private(set) var members: [RunHeader.StandMember] = []
    public private(set) var logs: [String: LogBook] = [:]
    public private(set) var databases: [String: Database] = [:]
    public private(set) var deaths: [ServiceDeath] = []

    let reactor: Reactor
    public let surroundings: StandSurroundings
    let folder: String
    private var running: [Service] = []
    private let died: Signal
    private var stopping: Task<Void, Never>?
    private var isStopping = false

    private init(_ surroundings: StandSurroundings, on reactor: Reactor) throws(SystemError) {
        self.reactor = reactor
        self.surroundings = surroundings
        bindings = surroundings.bindings
        died = reactor.makeSignal()
        folder = try Scratch.makeFolder(in: surroundings.scratchFolder)
    }

    /// Brings everything up, independent services side by side; what was started is stopped again on failure.
    ///
    /// - Parameter progress: is told what happens, one phrase each.
    public static func start(
        _ spec: StandSpec, on reactor: Reactor, in surroundings: StandSurroundings, scope: CancelScope? = nil,
        progress: @escaping @Sendable (String) -> Void = { _ in }
    ) async throws(StandFailure) -> Stand {
        let stand: Stand
        do throws(SystemError) {
            stand = try Stand(surroundings, on: reactor)
            if let logs = surroundings.logFolder { try Files.makeFolder(logs) }
        } catch {
            throw StandFailure(member: "stand", message: "\(error)")
        }
        do throws(StandFailure) {
            for service in spec.reached { try stand.bind(service) }
            for dependency in spec.dependencies { try await stand.open(dependency, progress) }
            try await stand.startServices(spec.services, scope, progress)
        } catch {
            await stand.stop()
            throw error
        }
        return stand
    }

    /// Suspends until a service has ended by itself; `nil` on cancelling and when the stand is stopped.
    public func nextDeath(in scope: CancelScope? = nil) async -> ServiceDeath? {
        let seen = deaths.count
        while deaths.count == seen {
            if isStopping { return nil }
            if await died.wait(in: scope) != .ready { return nil }
        }
        return deaths[seen]
    }

    /// Takes everything down in reverse order. Again and again is fine: all wait for the one end.
    public func stop() async {
        if let stopping { return await stopping.value }
        let task = Task(executorPreference: reactor) { [self] in
            isStopping = true
            died.notifyAll()
            for service in running.reversed() { await service.stop() }
            databases.removeAll()
            try? Files.remove(folder)
        }
        stopping = task
        await task.value
    }

    private func open(_ spec: DependencySpec, _ progress: @Sendable (String) -> Void)
        async throws(StandFailure)
    {
        let begin = Reactor.monotonicNow()
        func failed(_ message: String) -> StandFailure {
            StandFailure(member: spec.name, message: message, location: spec.location)
        }
        var path = "\(folder)/\(spec.name).sqlite"
        if let file = spec.file { path = inProject(try render(file, for: spec.name, [:])) }
        do {
            let database = try Database(path: path)
            if let schema = spec.schema {
                let bytes = try Files.read(inProject(schema))
                let script = String(decoding: bytes, as: UTF8.self)
                if let error = await database.apply(script: script) {
                    throw failed("\(schema): \(error.message)")
                }
            }
            databases[spec.name] = database
        } catch let failure as StandFailure {
            throw failure
        } catch {
            throw failed("\(error)")
        }
        // An absolute path gives `sqlite:////…`: scheme, no host, the path.
        bindings[spec.name] = ["url": .string("sqlite:///\(path)"), "path": .string(path)]
        record(spec.name, .dependency, spec.note ?? "SQLite", since: begin)
        progress("\(spec.name) is ready" + (spec.note.map { ": \($0)" } ?? ""))
    }

    private func startServices(
        _ specs: [ServiceSpec], _ scope: CancelScope?, _ progress: @escaping @Sendable (String) -> Void
    ) async throws(StandFailure) {
        var waiting = specs
        while !waiting.isEmpty {
            let wave = waiting.filter { $0.needs.allSatisfy { bindings[$0] != nil } }
            guard !wave.isEmpty else {
                let names = waiting.map(\.name).joined(separator: ", ")
                throw StandFailure(member: waiting[0].name, message: "nothing gives what \(names) need")
            }
            waiting.removeAll { later in wave.contains { $0.name == later.name } }
            let tasks = wave.map { spec in
                let branch = CancelScope(on: reactor, within: scope)
                let task = Task(executorPreference: reactor) { [self] in
                    await bring(up: spec, branch, progress)
                }
                return (branch, task)
            }
            var failure: StandFailure?
            for (branch, task) in tasks {
                if failure != nil { branch.cancel() }
                if let found = await task.value, failure == nil { failure = found }
                branch.leave()
            }
            if let failure { throw failure }
        }
    }

    /// A port that was free may be taken before the service binds it: then all is tried again with others.
    private func bring(
        up spec: ServiceSpec, _ scope: CancelScope, _ progress: @Sendable (String) -> Void
    ) async -> StandFailure? {
        let begin = Reactor.monotonicNow()
        let path = surroundings.logFolder.map { "\($0)/\(spec.name).log" }
        let log = logs[spec.name] ?? LogBook(path: path, mask: surroundings.mask)
        logs[spec.name] = log
        for attempt in 1...3 {
            do throws(StandFailure) {
                let service = try await Service.launch(spec, in: self, log: log)
                running.append(service)
                try await service.awaitReadiness(in: scope)
                bindings[spec.name] = service.binding
                record(spec.name, .service, service.detail, since: begin)
                progress("\(spec.name) is ready at \(service.url)")
                Task(executorPreference: reactor) { [self] in await watch(service) }
                return nil
            } catch {
                let collided = error.lastLines.contains { line in
                    let line = line.lowercased()
                    return line.contains("in use") || line.contains("eaddrinuse")
                }
                let service = running.last { $0.spec.name == spec.name }
                if attempt == 3 || !collided || service?.process.status == nil { return error }
                await service?.stop()
                running.removeAll { $0 === service }
            }
        }
        return nil
    }

    private func watch(_ service: Service) async {
        guard let status = await service.process.ended(), !isStopping else { return }
        // What it wrote last may still be in the pipe.
        _ = await service.process.gone(until: Reactor.monotonicNow() &+ 200_000_000)
        deaths.append(ServiceDeath(name: service.spec.name, status: status, lastLines: service.log.last(20)))
        died.notifyAll()
    }

    /// Names a service that runs elsewhere.
    private func bind(_ spec: ReachedService) throws(StandFailure) {
        let url = try render(spec.url, for: spec.name, [:])
        bindings[spec.name] = try spec.binding(url)
        members.append(
            .init(
                name: spec.name, kind: .service, detail: "\(surroundings.mask(url)), not started here",
                readyAfterNanoseconds: 0))
    }

    private func record(
        _ name: String, _ kind: RunHeader.StandMember.Kind, _ detail: String, since begin: Int64
    ) {
        members.append(
            .init(
                name: name, kind: kind, detail: detail,
                readyAfterNanoseconds: Reactor.monotonicNow() - begin))
    }

    func inProject(_ path: String) -> String {
        path.hasPrefix("/") ? path : "\(surroundings.projectFolder)/\(path)"
    }

    func render(_ template: Template, for member: String, _ own: [String: JSON]) throws(StandFailure)
        -> String
    {
        var names = JSONObject(bindings.map { ($0.key, $0.value) })
        names["env"] = .object(JSONObject(Host.environment.map { ($0.name, JSON.string($0.value)) }))
        names["folder"] = .string(folder)
        for (name, value) in own { names[name] = value }
        var context = TemplateScope(
            names: names, environment: surroundings.environment, random: SystemRandomNumberGenerator())
        do throws(TemplateError) {
            return try template.text(in: &context)
        } catch {
            throw StandFailure(
                member: member, message: error.message, location: error.location ?? template.location)
        }
    }
}
