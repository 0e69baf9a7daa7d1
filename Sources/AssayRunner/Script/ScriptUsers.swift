internal import AssayCore
internal import AssayNet
internal import AssayScenario
internal import AssayScript

/// A virtual user of a script: its JavaScript and its world.
///
/// Belongs to its reactor's thread. It is kept when its user leaves, with everything the script remembers, for the next one
/// that comes.
final class ScriptUser {
    let runtime: ScriptRuntime
    let host: SessionHost
    private var functions: [String: ScriptReference] = [:]
    /// What `setup()` returned, as this user sees it.
    private var data: ScriptReference?

    private init(_ runtime: ScriptRuntime, _ host: SessionHost) {
        self.runtime = runtime
        self.host = host
    }

    /// Makes a user and runs the script's code outside of functions.
    ///
    /// - Parameter scope: ends it all.
    static func make(_ host: SessionHost, within scope: CancelScope) async -> Result<ScriptUser, ScriptEnd> {
        let runtime: ScriptRuntime
        do throws(ScriptFailure) {
            runtime = try ScriptRuntime(host.work.program, host.work.limits)
        } catch {
            return .failure(
                .exception(
                    ScriptException(name: "", message: "there is no memory for another user of the script")))
        }
        runtime.host = host
        runtime.isCancelled = { [unowned host] in
            scope.isCancelled || host.session?.scope.isCancelled == true
        }
        if let end = await runtime.initialize() {
            runtime.host = nil
            return .failure(end)
        }
        return .success(ScriptUser(runtime, host))
    }

    /// A function that the script exports; `nil` when it does not.
    func function(_ name: String) -> ScriptReference? {
        if let known = functions[name] { return known }
        let found = runtime.exported(name)
        functions[name] = found
        return found
    }

    /// Calls an exported function with what `setup()` returned.
    ///
    /// - Parameter data: JSON as text; `nil` for `undefined`. Read once a user, as k6 does: what a pass changes in it stays.
    func call(_ name: String, _ data: [UInt8]?) async -> ScriptOutcome {
        guard let function = function(name) else {
            return .exception(
                ScriptException(name: "", message: "the script exports no function '\(name)'"))
        }
        return await runtime.run(function) { [self] runtime in
            guard let data else { return [] }
            if let known = self.data { return [known] }
            guard let value = try? runtime.parse(json: data) else { return [] }
            let made = runtime.retain(owned: value)
            self.data = made
            return [made]
        }
    }

    /// Gives back what refers to its JavaScript; it cannot be used any more.
    func end() {
        functions.removeAll()
        data = nil
        host.session = nil
        runtime.host = nil
    }
}

/// The virtual users of a script on one reactor: those that are made before the load begins, and those that it needs later.
///
/// Belongs to its reactor's thread.
final class ScriptUsers {
    let series: ScriptSeries
    private let shared: SessionHost.Shared
    private let reactor: Reactor
    private let scope: CancelScope
    /// In the order in which they are taken, from ``firstFree`` on: as in k6, one that comes back is taken last.
    private var free: [ScriptUser] = []
    private var firstFree = 0
    private var made = 0
    /// What `setup()` returned, as JSON; set before the first pass.
    var data: [UInt8]?

    init(_ work: ScriptWork, series: ScriptSeries, on reactor: Reactor, scope: CancelScope) {
        shared = SessionHost.Shared(work)
        self.series = series
        self.reactor = reactor
        self.scope = scope
    }

    /// Makes users before the load begins, letting others of the thread go on between them.
    ///
    /// - Returns: why there is no such user; `nil` as well when it was told to end.
    func prepare(_ count: Int) async -> ScriptException? {
        while made < count, !scope.isCancelled {
            switch await make() {
            case .success(let user): free.append(user)
            case .failure(.exception(let exception)): return exception
            case .failure(.interrupted): return nil
            }
            await Task.yield()
        }
        return nil
    }

    private func make() async -> Result<ScriptUser, ScriptEnd> {
        let number = shared.work.progress.nextUser()
        made += 1
        let host = SessionHost(shared, on: reactor, number: number, series: series)
        let user = await ScriptUser.make(host, within: scope)
        if case .success = user { shared.work.progress.userMade() }
        return user
    }

    /// A user for a session: one that is free, or another one.
    func take(for session: Session) async -> Result<ScriptUser, ScriptEnd> {
        if let user = nextFree() {
            user.host.session = session
            return .success(user)
        }
        let user = await make()
        if case .success(let user) = user { user.host.session = session }
        return user
    }

    private func nextFree() -> ScriptUser? {
        guard firstFree < free.count else { return nil }
        let user = free[firstFree]
        firstFree += 1
        // Those that were taken are let go of now and then, so that each costs little.
        if firstFree * 2 >= free.count {
            free.removeFirst(firstFree)
            firstFree = 0
        }
        return user
    }

    func giveBack(_ user: ScriptUser) {
        user.host.session = nil
        free.append(user)
    }

    /// Frees them all; call it when no pass runs.
    func end() {
        for user in free[firstFree...] { user.end() }
        free.removeAll()
        firstFree = 0
    }
}
