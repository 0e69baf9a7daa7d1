public import AssayCore
public import AssayFormats
public import AssayNet

/// Services and dependencies that are up, to be taken down with ``stop()``.
///
/// A stand may have layers on top of it: a scenario's own databases, and the services that use them. Lives on its
/// reactor's thread.
public final class Stand {
    /// What `${name.…}` gives, by name; a layer's own come before those below it.
    public private(set) var bindings: [String: JSON]
    public private(set) var members: [RunHeader.StandMember] = []
    public private(set) var logs: [String: LogBook]
    public private(set) var databases: [String: any Database]
    public private(set) var deaths: [MemberDeath] = []
    /// Members that are not there, with the reason: their programs are not installed, or what they need is not there.
    public private(set) var absent: [String: String]

    let reactor: Reactor
    let spec: StandSpec
    var surroundings: StandSurroundings
    let folder: String
    private(set) var dependencies: [any Dependency] = []
    private var programs: [Program] = []
    /// Members whose log is this layer's, not that of the stand below.
    private var ownLogs: Set<String> = []
    private let changed: Signal
    private var stopping: Task<Void, Never>?
    private var isStopping = false
    private var failure: StandFailure?
    private var progress: (String) -> Void = { _ in }
    private var replaced: [any Database] = []
    var layerCount = 0

    init(
        _ spec: StandSpec, _ surroundings: StandSurroundings, folder: String, above base: Stand?,
        on reactor: Reactor
    ) {
        self.spec = spec
        self.reactor = reactor
        self.surroundings = surroundings
        self.folder = folder
        bindings = base?.bindings ?? surroundings.bindings
        logs = base?.logs ?? [:]
        databases = base?.databases ?? [:]
        absent = base?.absent ?? [:]
        changed = reactor.makeSignal()
    }

    /// Brings everything up, side by side where nothing is waited for; what was started is stopped again on failure.
    ///
    /// - Parameters:
    ///   - leavingOut: services that are not started, because each scenario brings its own.
    ///   - progress: is told what happens, one phrase each.
    public static func start(
        _ spec: StandSpec, on reactor: Reactor, in surroundings: StandSurroundings, scope: CancelScope? = nil,
        leavingOut: Set<String> = [], progress: @escaping (String) -> Void = { _ in }
    ) async throws(StandFailure) -> Stand {
        let stand: Stand
        do throws(SystemError) {
            let folder = try Scratch.makeFolder(in: surroundings.scratchFolder)
            stand = Stand(spec, surroundings, folder: folder, above: nil, on: reactor)
            if let logs = surroundings.logFolder { try Files.makeFolder(logs) }
        } catch {
            throw StandFailure(member: "stand", message: "\(error)")
        }
        stand.progress = progress
        do throws(StandFailure) {
            let services = spec.services.filter { !leavingOut.contains($0.name) }
            try await stand.bringUp(
                spec.dependencies.map { .dependency($0) } + services.map { .service($0) }, scope)
        } catch {
            await stand.stop()
            throw error
        }
        return stand
    }

    /// Suspends until a member has ended by itself; `nil` on cancelling and when the stand is stopped.
    public func nextDeath(in scope: CancelScope? = nil) async -> MemberDeath? {
        let seen = deaths.count
        while deaths.count == seen {
            if isStopping { return nil }
            if await changed.wait(in: scope) == .cancelled { return nil }
        }
        return deaths[seen]
    }

    /// Takes everything down, services first. Again and again is fine: all wait for the one end.
    public func stop() async {
        if let stopping { return await stopping.value }
        let own = ReactorBound(self, on: reactor)
        let task = Task(executorPreference: reactor) { await own.value.takeDown() }
        stopping = task
        await task.value
    }

    private func takeDown() async {
        isStopping = true
        changed.notifyAll()
        for program in programs.reversed() { await program.stop() }
        for dependency in dependencies.reversed() { await dependency.stop() }
        for database in replaced { database.close(on: reactor) }
        databases.removeAll()
        try? Files.remove(folder)
    }

    // MARK: bringing up

    enum Part {
        case dependency(DependencySpec)
        case service(ServiceSpec)
        /// A copy of a dependency of the stand below.
        case own(any Dependency)

        var name: String {
            switch self {
            case .dependency(let spec): spec.name
            case .service(let spec): spec.name
            case .own(let dependency): dependency.name
            }
        }

        var needs: [String] {
            switch self {
            case .service(let spec): spec.needs
            case .dependency(let spec):
                if case .program(let program) = spec.kind { program.needs } else { [] }
            case .own: []
            }
        }
    }

    /// Starts parts, each as soon as what it needs is there.
    func bringUp(_ parts: [Part], _ scope: CancelScope?) async throws(StandFailure) {
        for part in parts {
            bindings[part.name] = nil
            databases[part.name] = nil
        }
        let branch = CancelScope(on: reactor, within: scope)
        let own = ReactorBound((self, parts, branch), on: reactor)
        let tasks = parts.indices.map { index in
            Task(executorPreference: reactor) {
                let (stand, parts, branch) = own.value
                do throws(StandFailure) {
                    try await stand.bringUp(parts[index], branch)
                } catch {
                    if stand.failure == nil { stand.failure = error }
                    branch.cancel()
                }
                stand.changed.notifyAll()
            }
        }
        for task in tasks { await task.value }
        branch.leave()
        if let failure { throw failure }
    }

    private func bringUp(_ part: Part, _ scope: CancelScope) async throws(StandFailure) {
        while let missing = part.needs.first(where: { bindings[$0] == nil }) {
            if let reason = absent[missing] {
                absent[part.name] = "'\(part.name)' needs '\(missing)': \(reason)"
                return
            }
            guard await changed.wait(in: scope) != .cancelled else { return }
        }
        let begin = Reactor.monotonicNow()
        switch part {
        case .service(let spec): try await bringUp(spec, .service, scope, since: begin)
        case .own(let dependency):
            if let copy = try await dependency.own(in: self, scope) { add(copy, since: begin) }
        case .dependency(let spec): try await bringUp(spec, scope, since: begin)
        }
    }

    private func bringUp(
        _ spec: ServiceSpec, _ kind: RunHeader.StandMember.Kind, _ scope: CancelScope, since begin: Int64
    ) async throws(StandFailure) {
        let service = try await Service.start(spec, in: self, scope)
        bindings[spec.name] = service.binding
        record(spec.name, kind, service.detail, since: begin)
        progress("\(spec.name) is ready at \(service.url)")
    }

    private func bringUp(_ spec: DependencySpec, _ scope: CancelScope, since begin: Int64)
        async throws(StandFailure)
    {
        do throws(StandFailure) {
            switch spec.kind {
            case .program(let program): try await bringUp(program, .dependency, scope, since: begin)
            case .sqlite(let sqlite): try await open(sqlite, of: spec, detail: "SQLite", scope, since: begin)
            case .postgres(let postgres):
                guard !surroundings.installed.postgres.isEmpty else {
                    throw Self.absence(of: "PostgreSQL", package: "postgresql", spec)
                }
                add(
                    try await PostgresDependency.start(spec.name, spec.location, postgres, in: self, scope),
                    since: begin)
            case .server(let server):
                guard let path = surroundings.installed.path(of: server.recipe.program) else {
                    throw Self.absence(of: server.recipe.title, package: server.recipe.package, spec)
                }
                add(
                    try await ServerDependency.start(
                        spec.name, spec.location, server, path: path, in: self, scope),
                    since: begin)
            }
        } catch {
            guard error.isAbsent else { throw error }
            try await fallBack(spec, error, scope, since: begin)
        }
    }

    private static func absence(of title: String, package: String, _ spec: DependencySpec) -> StandFailure {
        StandFailure(
            member: spec.name,
            message:
                "\(title) is not installed (`apt install \(package)`), and '\(spec.name)' has no `fallback`",
            location: spec.location, isAbsent: true)
    }

    private func fallBack(
        _ spec: DependencySpec, _ failure: StandFailure, _ scope: CancelScope, since begin: Int64
    )
        async throws(StandFailure)
    {
        let reason = failure.message.split(separator: ", and '").first.map(String.init) ?? failure.message
        switch spec.fallback {
        case .none: throw failure
        case .sqlite(let sqlite):
            try await open(sqlite, of: spec, detail: "SQLite, for \(reason)", scope, since: begin)
        case .skip:
            absent[spec.name] = reason
            progress("\(spec.name) is left out: \(reason)")
        case .without:
            absent[spec.name] = reason
            bindings[spec.name] = .object(
                JSONObject(["url", "host", "port", "address", "socket"].map { ($0, JSON.string("")) }))
            progress("\(spec.name) is done without: \(reason)")
        }
    }

    private func open(
        _ sqlite: SQLiteSpec, of spec: DependencySpec, detail: String, _ scope: CancelScope,
        since begin: Int64
    ) async throws(StandFailure) {
        add(
            try await SQLiteDependency.open(
                spec.name, spec.location, sqlite, detail: detail, in: self, scope),
            since: begin)
    }

    private func add(_ dependency: any Dependency, since begin: Int64) {
        dependencies.append(dependency)
        bindings[dependency.name] = .object(dependency.binding)
        if let database = dependency.database { databases[dependency.name] = database }
        record(dependency.name, .dependency, dependency.detail, since: begin)
        progress("\(dependency.name) is ready: \(dependency.detail)")
    }

    /// Lets `sql` steps use another connection to a database, which is closed with this layer.
    func replace(_ database: any Database, of name: String) {
        databases[name] = database
        replaced.append(database)
    }

    private func record(
        _ name: String, _ kind: RunHeader.StandMember.Kind, _ detail: String, since begin: Int64
    ) {
        members.append(
            .init(
                name: name, kind: kind, detail: detail, readyAfterNanoseconds: Reactor.monotonicNow() - begin)
        )
    }

    // MARK: programs

    /// Starts a program on free ports until it is ready. A port that was free may be taken before it is bound: then all
    /// is tried again with others.
    ///
    /// - Parameters:
    ///   - fixed: the first port, when the project file names it.
    ///   - make: gives the launch for the ports.
    func start(
        _ name: String, ports count: Int, fixed: UInt16? = nil, at location: SourceLocation,
        _ scope: CancelScope,
        _ make: ([UInt16]) async throws(StandFailure) -> Launch
    ) async throws(StandFailure) -> Program {
        let log = log(of: name)
        var attempt = 1
        while true {
            var ports: [UInt16]
            do throws(SystemError) {
                ports = try Ports.free(count, on: reactor)
            } catch {
                throw StandFailure(member: name, message: "\(error)", location: location)
            }
            if let fixed { ports[0] = fixed }
            let program = try await Program.start(try await make(ports), log: log, on: reactor)
            programs.append(program)
            do throws(StandFailure) {
                try await program.awaitReadiness(in: scope)
                watch(program)
                return program
            } catch {
                guard program.lostItsPort else { throw error }
                if let fixed {
                    var told = error
                    told.message += "; port \(fixed) is taken: leave `port` out and a free one is chosen"
                    throw told
                }
                attempt += 1
                if attempt > 3 { throw error }
                await program.stop()
                programs.removeAll { $0 === program }
            }
        }
    }

    /// The log of a member; a layer's members have logs of their own.
    private func log(of name: String) -> LogBook {
        let path = surroundings.logFolder.map { "\($0)/\(name).log" }
        if ownLogs.contains(name), let known = logs[name] { return known }
        ownLogs.insert(name)
        let fresh = LogBook(path: path, mask: surroundings.mask)
        logs[name] = fresh
        return fresh
    }

    private func watch(_ program: Program) {
        let own = ReactorBound((self, program), on: reactor)
        Task(executorPreference: reactor) {
            let (stand, program) = own.value
            guard let status = await program.process.ended(), !stand.isStopping, !program.isStopping else {
                return
            }
            // What it wrote last may still be in the pipe.
            _ = await program.process.gone(until: Reactor.monotonicNow() &+ 200_000_000)
            stand.deaths.append(
                MemberDeath(
                    name: program.launch.name, title: program.launch.title, status: status,
                    lastLines: program.log.last(20)))
            stand.changed.notifyAll()
        }
    }

    /// Runs a project's own migration tool against a database that is up.
    func migrate(
        _ name: String, with template: Template, environment: [(String, String)], at location: SourceLocation,
        _ scope: CancelScope
    ) async throws(StandFailure) {
        let line = try render(template, for: name, [:])
        let own = Set(environment.map(\.0))
        let inherited = Host.environment.filter { !own.contains($0.name) }
        var lines: [String] = []
        do throws(SystemError) {
            let result = try await ChildProcess.runToEnd(
                ProcessSpec(
                    command: ["sh", "-c", line], environment: inherited + environment,
                    folder: surroundings.projectFolder),
                on: reactor, until: Reactor.monotonicNow() &+ 300_000_000_000, in: scope)
            lines = String(decoding: result.output + result.errors, as: UTF8.self).split(separator: "\n").map(
                String.init)
            if result.status.isSuccess { return }
            throw SystemError(call: "the migration `\(line)` \(result.status)", errno: 0)
        } catch {
            throw StandFailure(
                member: name, message: error.errno == 0 ? error.call : "\(error)", location: location,
                lastLines: lines.suffix(20))
        }
    }

    // MARK: texts

    /// Says what happens, to whoever wants to know.
    func tell(_ phrase: String) { progress(phrase) }

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
