public import AssayCore
public import AssayFormats
public import AssayNet

/// Services and dependencies that are up, to be taken down with ``stop()``.
///
/// A stand may have layers on top of it: a scenario's own databases, and the services that use them. Lives on its
/// reactor's thread.
public final class Stand {
    /// What `${name.…}` gives, by name; a layer's own come before those below it.
    public internal(set) var bindings: [String: JSON]
    public internal(set) var members: [RunHeader.StandMember] = []
    public internal(set) var logs: [String: LogBook]
    public internal(set) var databases: [String: any Database]
    public internal(set) var deaths: [MemberDeath] = []
    /// Members that are not there, with the reason: their programs are not installed, or what they need is not there.
    public internal(set) var absent: [String: String]

    let reactor: Reactor
    let spec: StandSpec
    var surroundings: StandSurroundings
    let folder: String
    /// Where databases lie, when that is not below ``folder``.
    private var memoryFolder: String?
    var dependencies: [any Dependency] = []
    var programs: [Program] = []
    /// Members whose log is this layer's, not that of the stand below.
    var ownLogs: Set<String> = []
    let changed: Signal
    private var stopping: Task<Void, Never>?
    private(set) var isStopping = false
    var failure: StandFailure?
    var progress: (String) -> Void = { _ in }
    var replaced: [any Database] = []
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
    ///   - leavingOut: services that are not started, because each scenario brings its own; those that a dependency by
    ///     `run:` needs are started all the same, for it is shared.
    ///   - absent: services that are not there at all, with the reason; what needs them is not there either.
    ///   - progress: is told what happens, one phrase each.
    public static func start(
        _ spec: StandSpec, on reactor: Reactor, in surroundings: StandSurroundings, scope: CancelScope? = nil,
        leavingOut: Set<String> = [], absent: [String: String] = [:],
        progress: @escaping (String) -> Void = { _ in }
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
        stand.absent = absent
        do throws(StandFailure) {
            for service in spec.reached { try stand.bind(service) }
            let kept = spec.neededByDependencies
            let services = spec.services.filter {
                absent[$0.name] == nil && (!leavingOut.contains($0.name) || kept.contains($0.name))
            }
            try await stand.bringUp(
                spec.dependencies.map { .dependency($0) } + services.map { .service($0) }, scope)
        } catch {
            await stand.stop()
            throw error
        }
        return stand
    }

    /// A folder's path for a database server's files.
    func dataFolder(of name: String) -> String {
        if memoryFolder == nil, surroundings.prefersMemory { memoryFolder = Scratch.makeFolderInMemory() }
        return "\(memoryFolder ?? folder)/\(name)"
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
        Scratch.remove(folder)
        if let memoryFolder { Scratch.remove(memoryFolder) }
    }
}
