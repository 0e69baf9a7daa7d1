internal import AssayFormats
internal import FleetCore

/// An account as workers need it.
struct AccountView: Sendable, Equatable {
    var id: String
    var username: String
    var status: String
    var hasProxy: Bool
}

struct MediaView: Sendable, Equatable {
    var id: String
    var hash: String
}

/// A lock that this worker has.
struct HeldLock: Sendable, Equatable {
    var resource: String
    var token: String
}

/// What workers ask the UI: one function an endpoint.
///
/// Used on its reactor's thread only.
final class UIClient {
    let worker: String
    let version: WireVersion
    private let transport: any UITransport
    private let defect: Defect?

    init(_ transport: any UITransport, worker: String, version: WireVersion, defect: Defect? = nil) {
        self.transport = transport
        self.worker = worker
        self.version = version
        self.defect = defect
    }

    /// `GET /api/v1/aggregates/accounts?ids=…`; accounts that the UI does not have are a misfit.
    func accounts(_ ids: [String]) async throws(UITrouble) -> [AccountView] {
        let query = ids.joined(separator: ",")
        let json = try await ask("GET", "/api/v1/aggregates/accounts?ids=\(query)")
        var found: [String: AccountView] = [:]
        for (place, account) in try list("accounts", of: json).enumerated() {
            let at = "accounts[\(place)]"
            let view = AccountView(
                id: try text("id", of: account, at), username: try text("username", of: account, at),
                status: try text("status", of: account, at),
                hasProxy: account["proxy"].map { $0 != .null } ?? false)
            found[view.id] = view
        }
        return try ids.map { id throws(UITrouble) in
            guard let view = found[id] else { throw .refused(status: 404, error: "no_such_account") }
            return view
        }
    }

    /// `GET /api/v1/media`
    func media() async throws(UITrouble) -> [MediaView] {
        let json = try await ask("GET", "/api/v1/media")
        return try list("media", of: json).enumerated().map { place, media throws(UITrouble) in
            MediaView(
                id: try text("id", of: media, "media[\(place)]"),
                hash: try text("sha256", of: media, "media[\(place)]"))
        }
    }

    /// `GET /api/v1/media/{id}/content`
    func content(of media: String) async throws(UITrouble) -> [UInt8] {
        try await send(UICall(method: "GET", target: "/api/v1/media/\(media)/content", body: nil)).body
    }

    /// `POST /api/v1/tasks/pull`
    func pull(limit: Int, leaseMilliseconds: Int64) async throws(UITrouble) -> [FleetTask] {
        var body: JSONObject = ["worker_id": .string(worker), "limit": .int(Int64(limit))]
        if version >= .v2 { body["lease_ms"] = .int(leaseMilliseconds) }
        let json = try await ask("POST", "/api/v1/tasks/pull", .object(body))
        return try list("tasks", of: json).enumerated().map { place, task throws(UITrouble) in
            do throws(Misfit) { return try FleetTask(task, at: "tasks[\(place)]") } catch {
                throw .misfit("\(error)")
            }
        }
    }

    /// `POST /api/v1/tasks/{id}/status`
    func report(_ task: String, _ update: StatusUpdate) async throws(UITrouble) {
        var body = update.json(in: version)
        if defect == .requestRenamed, case .object(var members) = body {
            members["worker"] = members["worker_id"]
            members["worker_id"] = nil
            body = .object(members)
        }
        let json = try await ask("POST", "/api/v1/tasks/\(task)/status", body)
        let state = try text("status", of: json, "answer")
        guard state == update.state.rawValue else { throw .misfit("answer.status is '\(state)'") }
    }

    /// `POST /api/v1/locks`
    ///
    /// - Returns: `nil` when somebody else has it.
    func lock(_ resource: String, milliseconds: Int64) async throws(UITrouble) -> HeldLock? {
        let body: JSON = [
            "resource": .string(resource), "owner": .string(worker), "ttl_ms": .int(milliseconds),
        ]
        do throws(UITrouble) {
            let json = try await ask("POST", "/api/v1/locks", body)
            return HeldLock(resource: resource, token: try text("token", of: json, "lock"))
        } catch {
            if case .refused(status: 409, error: "locked") = error { return nil }
            throw error
        }
    }

    /// `POST /api/v1/locks/{resource}/renew`
    func renew(_ lock: HeldLock, milliseconds: Int64) async throws(UITrouble) {
        _ = try await ask(
            "POST", "/api/v1/locks/\(lock.resource)/renew",
            ["token": .string(lock.token), "ttl_ms": .int(milliseconds)])
    }

    /// `POST /api/v1/locks/{resource}/release`
    func release(_ lock: HeldLock) async throws(UITrouble) {
        let call = UICall(
            method: "POST", target: "/api/v1/locks/\(lock.resource)/release",
            body: ["token": .string(lock.token)])
        _ = try await send(call)
    }

    // MARK: parts

    private func ask(_ method: String, _ target: String, _ body: JSON? = nil) async throws(UITrouble) -> JSON
    {
        let answer = try await send(UICall(method: method, target: target, body: body))
        do { return try JSON(parsing: answer.body, maxDepth: 32) } catch {
            throw .misfit("\(method) \(target): \(error)")
        }
    }

    private func send(_ call: UICall) async throws(UITrouble) -> UIAnswer {
        let answer = try await transport.send(call).get()
        guard (200..<300).contains(answer.status) else {
            let error = (try? JSON(parsing: answer.body, maxDepth: 32))?["error"]?.stringValue
            throw .refused(status: answer.status, error: error ?? "")
        }
        return answer
    }

    private func list(_ name: String, of json: JSON) throws(UITrouble) -> [JSON] {
        guard let values = json[name]?.arrayValue else { throw .misfit("\(name) is no list") }
        return values
    }

    private func text(_ name: String, of json: JSON, _ place: String) throws(UITrouble) -> String {
        guard let text = json[name]?.stringValue else { throw .misfit("\(place).\(name) is no text") }
        return text
    }
}
