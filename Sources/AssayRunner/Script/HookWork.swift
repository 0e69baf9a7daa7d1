public import AssayFormats
internal import AssayNet
internal import AssayScript

/// Functions of a script's own code that the steps of a load call: a processor made ready.
public struct HookWork: Sendable {
    /// The processor's program, its environment, and where its lines go.
    public var script: ScriptWork
    /// Variables that functions are told and may set.
    public var names: [String]
    /// What functions find among the variables from the start.
    public var constants: JSONObject

    public init(_ script: ScriptWork, names: [String], constants: JSONObject) {
        self.script = script
        self.names = names
        self.constants = constants
    }
}

/// The processors of one reactor: one for each user that has called a function, kept for the next one.
///
/// Belongs to its reactor's thread.
final class HookUsers {
    let work: HookWork
    private let users: ScriptUsers?
    private let reactor: Reactor
    private let scope: CancelScope
    private var made: [ObjectIdentifier: HookUser] = [:]
    /// Functions that were missed; each is told of once.
    private var missed: Set<String> = []

    /// A user's JavaScript, and what calls it.
    struct HookUser {
        var user: ScriptUser
        var processor: ScriptProcessor
    }

    /// - Parameter users: `nil` for steps that run once.
    init(_ work: HookWork, _ users: ScriptUsers?, on reactor: Reactor, within scope: CancelScope) {
        self.work = work
        self.users = users
        self.reactor = reactor
        self.scope = scope
    }

    func take(for session: Session) async -> Result<HookUser, ScriptException> {
        let taken: Result<ScriptUser, ScriptEnd>
        if let users {
            taken = await users.take(for: session)
        } else {
            let host = SessionHost(SessionHost.Shared(work.script), on: reactor, number: 0, series: nil)
            taken = await ScriptUser.make(host, within: scope)
        }
        return taken.mapError(\.exception).flatMap { user in
            user.host.session = session
            user.host.phase = .iteration
            if let known = made[ObjectIdentifier(user)] { return .success(known) }
            do throws(ScriptException) {
                let processor = try ScriptProcessor(
                    user.runtime, constants: .object(work.constants), names: work.names)
                let hookUser = HookUser(user: user, processor: processor)
                made[ObjectIdentifier(user)] = hookUser
                return .success(hookUser)
            } catch {
                return .failure(error)
            }
        }
    }

    func giveBack(_ hookUser: HookUser) {
        if let users { return users.giveBack(hookUser.user) }
        made[ObjectIdentifier(hookUser.user)] = nil
        hookUser.user.end()
    }

    /// Tells of a function that the processor has not.
    func miss(_ name: String) {
        guard missed.insert(name).inserted else { return }
        work.script.log.write(
            ScriptLog.Line(.warning, "WARNING: custom function \(name) could not be found"))
    }

    /// Frees them all; call it when no pass runs.
    func end() {
        made.removeAll()
        users?.end()
    }
}
