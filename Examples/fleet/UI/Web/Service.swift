internal import AssayFormats
internal import AssayNet
internal import AssayWire
internal import FleetCore

/// The UI's addresses, and what stands before all of them: who may ask, and in which version they are answered.
///
/// Used on its reactor's thread only.
final class Service {
    let settings: Settings
    let log: Log
    let clock: Clock
    let locks: any LockStore
    var roster: Roster
    var board: TaskBoard
    var journal = LockJournal()
    var metrics = Metrics(prefix: "fleet_ui")
    private let newID: () -> String

    static let router = routes()

    /// - Parameter newID: gives texts that no two tasks or locks have alike.
    init(
        _ settings: Settings, locks: any LockStore, clock: Clock, log: Log? = nil,
        newID: @escaping () -> String = Service.randomID
    ) {
        self.newID = newID
        self.settings = settings
        self.locks = locks
        self.clock = clock
        self.log = log ?? Log(least: settings.logLevel)
        roster = Roster(accounts: settings.accounts, media: settings.media)
        board = TaskBoard(defect: settings.defect)
    }

    func answer(_ request: HTTPRequest) async -> HTTPResponse {
        let begin = clock.now
        let match = Self.router.match(request.method, request.path)
        var reply: Reply
        do throws(Refused) { reply = try await self.reply(to: request, match) } catch { reply = error.reply }
        var route = "other"
        if case .found(let found, _) = match { route = found.path }
        metrics.count(
            "requests_total",
            [("method", request.method), ("route", route), ("status", String(reply.status))])
        log.write(
            reply.status >= 500 ? .error : .debug, "request",
            [
                ("method", .string(request.method)), ("path", .string(String(request.path))),
                ("status", .int(Int64(reply.status))), ("ms", .int(clock.now - begin)),
                ("error", reply.body["error"] ?? .null),
            ])
        return reply.response
    }

    /// Looked at in this order: address, token, path, version. Whoever may not ask learns nothing about paths.
    private func reply(
        to request: HTTPRequest, _ match: Router<Service>.Match
    ) async throws(Refused) -> Reply {
        if case .found(let route, let parameters) = match, route.isOpen {
            return try await route.answer(
                self, Call(request: request, parameters: parameters, version: settings.version))
        }
        guard
            settings.allowList.allows(
                peer: request.peer, forwarded: request.headers["x-forwarded-for"])
        else {
            throw Refused(.error(403, "address_not_allowed"))
        }
        guard settings.token.accepts(request.headers["authorization"]) else {
            var refusal = Reply.error(401, "unauthorized")
            refusal.headers.append(("WWW-Authenticate", "Bearer"))
            throw Refused(refusal)
        }
        switch match {
        case .none: throw Refused(.error(404, "not_found"))
        case .methods(let methods):
            var refusal = Reply.error(405, "method_not_allowed")
            refusal.headers.append(("Allow", methods.joined(separator: ", ")))
            throw Refused(refusal)
        case .found(let route, let parameters):
            let version = try version(of: request)
            var reply = try await route.answer(
                self, Call(request: request, parameters: parameters, version: version))
            reply.headers.append((WireVersion.header, version.rawValue))
            return reply
        }
    }

    private func version(of request: HTTPRequest) throws(Refused) -> WireVersion {
        guard let text = request.headers[WireVersion.header] else { return .v1 }
        guard let version = WireVersion(rawValue: text) else {
            let known = WireVersion.allCases.map { JSON.string($0.rawValue) }
            throw Refused(.error(400, "unknown_contract_version", [("known", .array(known))]))
        }
        return version.spoken(with: settings.version)
    }

    func newTaskID() -> String { "task-" + newID() }

    func newToken() -> String { newID() }

    static func randomID() -> String {
        var random = SystemRandomNumberGenerator()
        return randomUUID(using: &random)
    }
}
