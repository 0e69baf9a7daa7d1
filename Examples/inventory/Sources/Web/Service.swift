internal import AssayFormats
internal import AssayNet
internal import AssayWire

/// An answer, and what the log says besides.
struct Reply {
    var status = 200
    var body: JSON = .null
    /// In place of `body`.
    var text: String?
    var operation: String?
    var reason: String?

    static func error(_ status: Int, _ error: String, _ more: [(String, JSON)] = []) -> Reply {
        Reply(status: status, body: .object(JSONObject([("error", .string(error))] + more)), reason: error)
    }

    /// 401: the token is missing or does not count.
    static func unauthorized(_ refusal: TokenCheck.Refusal) -> Reply {
        var reply = error(401, "unauthorized", [("reason", .string(refusal.rawValue))])
        reply.reason = refusal.rawValue
        return reply
    }

    static func validation(_ faults: JSONObject) -> Reply {
        error(422, "validation", [("fields", .object(faults))])
    }
}

/// The service's addresses, and what is the same for all of them: tokens, the log, counts.
///
/// Used on its reactor's thread only.
final class Service {
    let log: Log
    let inventory: Inventory
    private let tokens: TokenCheck
    private(set) var requestsUnderWay = 0
    var metrics = Metrics()

    init(_ settings: Settings, _ inventory: Inventory) {
        log = Log(least: settings.logLevel)
        tokens = settings.tokens
        self.inventory = inventory
    }

    func answer(_ request: HTTPRequest) async -> HTTPResponse {
        requestsUnderWay += 1
        defer { requestsUnderWay -= 1 }
        let start = Reactor.monotonicNow()
        let path = String(request.path)
        let method = request.method == "HEAD" ? "GET" : request.method
        let routes = Self.routes[path]
        var reply: Reply
        var user: String?
        if let route = routes?[method] {
            (reply, user) = await self.reply(route, to: request)
        } else if let routes {
            reply = .error(
                405, "method_not_allowed", [("allowed", .array(routes.keys.sorted().map { .string($0) }))])
        } else {
            reply = .error(404, "not_found", [("path", .string(path))])
        }
        let milliseconds = Double(Reactor.monotonicNow() - start) / 1e6
        metrics.count(
            method: routes?[method] == nil ? "other" : method, route: routes == nil ? "other" : path,
            status: reply.status, milliseconds: milliseconds)
        log.write(
            reply.status >= 500 ? .error : Self.quietPaths.contains(path) ? .debug : .info, "request",
            [
                ("method", .string(request.method)), ("path", .string(path)),
                ("status", .int(Int64(reply.status))),
                ("duration_ms", .double((milliseconds * 1000).rounded() / 1000)),
                ("user", user.map { .string($0) } ?? .null),
                ("operation_id", reply.operation.map { .string($0) } ?? .null),
                ("reason", reply.reason.map { .string($0) } ?? .null),
            ])
        return response(reply)
    }

    /// What the port for metrics answers: `/metrics` and nothing else.
    func answerMetrics(_ request: HTTPRequest) async -> HTTPResponse {
        guard request.path == "/metrics" else {
            return HTTPResponse(status: 404, text: "only /metrics is here\n")
        }
        return await answer(request)
    }

    private func reply(_ route: Route, to request: HTTPRequest) async -> (Reply, user: String?) {
        guard route.needs != .nobody else { return (await route.run(self, Call(request, nil)), nil) }
        let caller: Caller
        do {
            caller = try tokens.caller(
                authorization: request.headers["authorization"], now: Double(WallClock.milliseconds) / 1000)
        } catch {
            return (.unauthorized(error), nil)
        }
        guard route.needs != .admin || caller.isAdmin else { return (.error(403, "forbidden"), caller.user) }
        return (await route.run(self, Call(request, caller)), caller.user)
    }

    private func response(_ reply: Reply) -> HTTPResponse {
        if let text = reply.text {
            return HTTPResponse(
                status: reply.status, text: text, type: "text/plain; version=0.0.4; charset=utf-8")
        }
        var bytes: [UInt8] = []
        reply.body.write(into: &bytes)
        var headers = HTTPHeaders([("Content-Type", "application/json")])
        if reply.status == 401 { headers.add("WWW-Authenticate", "Bearer error=\"invalid_token\"") }
        if reply.status == 405, let allowed = reply.body["allowed"]?.arrayValue {
            headers.add("Allow", allowed.compactMap(\.stringValue).joined(separator: ", "))
        }
        return HTTPResponse(status: reply.status, headers: headers, body: bytes)
    }

    /// Asked for every few moments by those who watch; not worth a line each.
    private static let quietPaths: Set<String> = ["/health", "/health/live", "/health/ready", "/metrics"]
}
