internal import AssayCore
internal import AssayFormats
internal import AssayNet
internal import AssayScenario
internal import AssayScript

/// The functions that one user's steps call, shared by its branches: one call at a time.
///
/// Belongs to its reactor's thread. Its JavaScript is taken at the first call of a pass.
final class SessionHooks {
    /// Of the pass, counted over the run; -1 of steps that run once.
    var scenario = -1
    /// Its name, which functions see.
    var scenarioName = ""
    private let users: HookUsers
    private var current: HookUsers.HookUser?
    /// Variables as the functions know them.
    private var told: [String: JSON] = [:]
    private var isBusy = false
    private let freed: Signal
    private var lastKey: Int64 = 0

    init(_ users: HookUsers, on reactor: Reactor) {
        self.users = users
        freed = reactor.makeSignal()
    }

    /// How a call ended.
    enum End {
        case done(JSON)
        case failed(ScriptProcessor.Failure)
        /// The processor has no such function.
        case missing
        case cancelled
    }

    /// Gives the user's JavaScript back.
    func endPass() {
        if let current { users.giveBack(current) }
        current = nil
        told = [:]
    }

    /// For what belongs to one request.
    func nextKey() -> JSON {
        lastKey += 1
        return .int(lastKey)
    }

    /// Calls functions one after another; what they set is in the session's variables afterwards.
    ///
    /// - Parameter input: what the operation takes besides variables.
    func call(
        _ operation: ScriptProcessor.Operation, _ functions: [String], _ input: [(String, JSON)] = [],
        of session: Session, _ names: NameTable
    ) async -> End {
        while isBusy {
            guard await freed.wait(in: session.scope) == .ready else { return .cancelled }
        }
        isBusy = true
        defer {
            isBusy = false
            freed.notifyAll()
        }
        let hookUser: HookUsers.HookUser
        switch await ready(session) {
        case .success(let found): hookUser = found
        case .failure(let exception):
            if session.scope.isCancelled { return .cancelled }
            return .failed(.init(code: exception.message, exception: exception))
        }
        let missing = functions.filter { !hookUser.processor.has($0) }
        switch operation {
        case .step, .goesOn, .connect: if !missing.isEmpty { return .missing }
        case .before, .after, .failed: for name in missing { users.miss(name) }
        case .holds, .begin: break
        }
        let answer = await hookUser.processor.call(
            operation, functions, JSONObject(changes(of: session, names) + input))
        switch answer {
        case .interrupted: return .cancelled
        case .done(let value):
            take(value, session, names)
            return .done(value)
        case .failed(let failure, let value):
            if session.scope.isCancelled { return .cancelled }
            take(value, session, names)
            return .failed(failure)
        }
    }

    private func ready(_ session: Session) async -> Result<HookUsers.HookUser, ScriptException> {
        if let current { return .success(current) }
        switch await users.take(for: session) {
        case .failure(let exception): return .failure(exception)
        case .success(let hookUser):
            current = hookUser
            told = [:]
            hookUser.user.host.pass.scenario = scenario
            hookUser.user.host.iteration += 1
            let answer = await hookUser.processor.call(
                .begin, [], ["set": [:], "drop": [], "scenario": .string(scenarioName)])
            if case .failed(let failure, _) = answer { return .failure(failure.exception) }
            return .success(hookUser)
        }
    }

    // MARK: variables

    private func changes(of session: Session, _ names: NameTable) -> [(String, JSON)] {
        var set: [(String, JSON)] = []
        var drop: [JSON] = []
        for name in users.work.names {
            guard let slot = names[name] else { continue }
            let value = session.variables[slot]
            guard told[name] != value else { continue }
            told[name] = value
            if let value { set.append((name, value)) } else { drop.append(.string(name)) }
        }
        return [("set", .object(JSONObject(set))), ("drop", .array(drop))]
    }

    private func take(_ answer: JSON, _ session: Session, _ names: NameTable) {
        for (name, value) in answer["set"]?.objectValue ?? [:] {
            told[name] = value
            if let slot = names[name] { session.variables[slot] = value }
        }
        for name in (answer["drop"]?.arrayValue ?? []).compactMap(\.stringValue) {
            told[name] = nil
            if let slot = names[name] { session.variables[slot] = nil }
        }
    }
}
