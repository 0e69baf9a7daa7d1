internal import AssayFormats
internal import AssayNet
internal import AssayWire
internal import FleetCore

extension Service {
    static func routes() -> Router<Service> {
        var router = Router<Service>()
        router.on("GET", "/api/v1/health", open: true) { service, _ in
            Reply(200, ["status": "ok", "contract": .string(service.settings.version.rawValue)])
        }
        router.on("GET", "/api/v1/metrics", open: true) { service, _ in
            Reply(bytes: Array(service.renderedMetrics.utf8), type: Metrics.type)
        }
        router.on("POST", "/test/clock", open: true) { service, call throws(Refused) in
            try service.moveClock(call)
        }
        addAggregates(to: &router)
        addTasks(to: &router)
        addLocks(to: &router)
        return router
    }

    private var renderedMetrics: String {
        board.expire(now: clock.now)
        let counts = board.counts { _ in true }
        var gauges = TaskState.allCases.map {
            (name: "tasks", labels: [("status", $0.rawValue)], value: counts[$0] ?? 0)
        }
        gauges.append((name: "accounts", labels: [], value: roster.accounts.count))
        gauges.append((name: "lock_overlaps", labels: [], value: journal.overlaps))
        return metrics.rendered(gauges: gauges)
    }

    /// Only there where a token for it is set.
    private func moveClock(_ call: Call) throws(Refused) -> Reply {
        guard let token = settings.clockToken else { throw Refused(.error(404, "not_found")) }
        guard token.accepts(call.request.headers["authorization"]) else {
            throw Refused(.error(401, "unauthorized"))
        }
        guard let milliseconds = try call.body()["travel_ms"]?.intValue,
            (0...86_400_000).contains(milliseconds)
        else { throw Refused(.faults(["travel_ms": "is a whole number from 0 to 86400000"])) }
        clock.travel(milliseconds)
        return Reply(200, ["now_ms": .int(clock.now)])
    }

    // MARK: Accounts and their aggregates

    private static func addAggregates(to router: inout Router<Service>) {
        router.on("GET", "/api/v1/aggregates/accounts") { service, call in
            let ids = call.query("ids").map { Set($0.split(separator: ",").map(String.init)) }
            return Reply(200, service.aggregates(call).accounts(ids))
        }
        router.on("GET", "/api/v1/aggregates/accounts/{id}") { service, call throws(Refused) in
            guard let account = service.roster[call["id"]] else {
                throw Refused(.error(404, "no_such_account"))
            }
            return Reply(200, service.aggregates(call).account(account))
        }
        router.on("GET", "/api/v1/aggregates/summary") { service, call in
            Reply(200, service.aggregates(call).summary())
        }
        router.on("POST", "/api/v1/accounts") { service, call throws(Refused) in
            try service.addAccount(call)
        }
        router.on("DELETE", "/api/v1/accounts/{id}") { service, call throws(Refused) in
            guard service.roster.remove(call["id"]) else { throw Refused(.error(404, "no_such_account")) }
            service.board.remove { $0.task.account == call["id"] }
            return Reply(204, .null)
        }
        router.on("GET", "/api/v1/media") { service, call in Reply(200, service.aggregates(call).media()) }
        router.on("GET", "/api/v1/media/{id}/content") { service, call throws(Refused) in
            guard let media = service.roster.media.first(where: { $0.id == call["id"] }) else {
                throw Refused(.error(404, "no_such_media"))
            }
            return Reply(bytes: media.content, type: "application/octet-stream")
        }
    }

    private func aggregates(_ call: Call) -> Aggregates {
        board.expire(now: clock.now)
        return Aggregates(roster: roster, board: board, version: call.version, defect: settings.defect)
    }

    private func addAccount(_ call: Call) throws(Refused) -> Reply {
        let body = try call.body()
        var faults = JSONObject()
        func name(_ member: String) -> String {
            let text = body[member]?.stringValue ?? ""
            if !JobType.isName(text) { faults[member] = "is 1 to 64 letters, digits, '-', '_', '.' or ':'" }
            return text
        }
        let state = body["status"].map { $0.stringValue.flatMap(Account.State.init) } ?? .active
        if state == nil {
            let known = Account.State.allCases.map(\.rawValue).joined(separator: ", ")
            faults["status"] = .string("is one of \(known)")
        }
        let (id, username) = (name("id"), name("username"))
        guard faults.isEmpty, let state else { throw Refused(.faults(faults)) }
        guard !roster.isFull else { throw Refused(.error(429, "too_many_accounts")) }
        let proxy = Proxy(id: "proxy-\(id)", host: "10.30.0.1", port: 8000)
        guard roster.add(Account(id: id, username: username, state: state, proxy: proxy)) else {
            throw Refused(.error(409, "account_exists"))
        }
        return Reply(
            201, ["id": .string(id), "username": .string(username), "status": .string(state.rawValue)])
    }
}
