internal import AssayFormats
internal import AssayNet
internal import AssayWire

/// One request on its way to a route.
struct Call {
    let request: HTTPRequest
    private let sender: Caller?

    init(_ request: HTTPRequest, _ sender: Caller?) {
        self.request = request
        self.sender = sender
    }

    /// Who sent it; only asked on routes that need somebody.
    var caller: Caller { sender ?? Caller(user: "", role: "") }

    /// Members of the JSON body; the reply to give when there are none.
    func body() throws(Refused) -> JSONObject {
        do {
            guard let members = try JSON(parsing: request.body, maxDepth: 16).objectValue else {
                throw Refused(.error(400, "bad_json", [("reason", "the body is no JSON object")]))
            }
            return members
        } catch let error as JSONError {
            throw Refused(.error(400, "bad_json", [("reason", .string("\(error)"))]))
        } catch {
            throw Refused(.error(400, "bad_json"))
        }
    }

    func query(_ name: String) -> String? { queryPairs(request.query).first { $0.name == name }?.value }
}

/// An answer other than success.
struct Refused: Error {
    var reply: Reply
    init(_ reply: Reply) { self.reply = reply }
}

struct Route: Sendable {
    enum Need { case nobody, user, admin }
    var needs: Need
    var run: @Sendable (Service, Call) async -> Reply

    /// - Parameter answer: may throw the reply instead of returning it.
    init(_ needs: Need, _ answer: @escaping @Sendable (Service, Call) async throws(Refused) -> Reply) {
        self.needs = needs
        run = { service, call in
            do throws(Refused) { return try await answer(service, call) } catch { return error.reply }
        }
    }
}

extension Service {
    /// Path → method → what to do.
    static let routes: [String: [String: Route]] = [
        "/health": ["GET": Route(.nobody) { _, _ in Reply(body: ["status": "ok"]) }],
        "/health/live": ["GET": Route(.nobody) { _, _ in Reply(body: ["status": "alive"]) }],
        "/health/ready": ["GET": Route(.nobody) { service, _ in await service.readiness() }],
        "/metrics": [
            "GET": Route(.nobody) { service, _ in
                Reply(text: service.renderedMetrics)
            }
        ],
        "/inventory": ["GET": Route(.user) { service, call throws(Refused) in try await service.list(call) }],
        "/inventory/catalog": [
            "GET": Route(.user) { service, _ throws(Refused) in try await service.catalog() }
        ],
        "/inventory/add-items": [
            "POST": Route(.user) { service, call throws(Refused) in try await service.addItems(call) }
        ],
        "/inventory/reserve": [
            "POST": Route(.user) { service, call throws(Refused) in try await service.reserve(call) }
        ],
        "/inventory/return-reserve": [
            "POST": Route(.user) { service, call throws(Refused) in
                try await service.end(call, consuming: false)
            }
        ],
        "/inventory/consume-reserve": [
            "POST": Route(.user) { service, call throws(Refused) in
                try await service.end(call, consuming: true)
            }
        ],
        "/inventory/balance/daily": [
            "GET": Route(.user) { service, call throws(Refused) in try await service.dailyBalance(call) }
        ],
        "/admin/adjust": [
            "POST": Route(.admin) { service, call throws(Refused) in try await service.adjust(call) }
        ],
        "/admin/audit": [
            "GET": Route(.admin) { service, call throws(Refused) in try await service.audit(call) }
        ],
    ]

    /// Ready when the database answers and has the tables. A cache that does not answer is told but no reason: the
    /// service works without.
    private func readiness() async -> Reply {
        let cache: JSON =
            switch await inventory.cache.health() {
            case .absent: "none"
            case .ok: "ok"
            case .failing(let reason): .string(reason)
            }
        do throws(InventoryError) {
            try await inventory.check()
            return Reply(body: ["status": "ready", "database": "ok", "cache": cache])
        } catch {
            var reply = Reply.error(
                503, "not_ready", [("database", .string(error.reason)), ("cache", cache)])
            reply.reason = error.reason
            return reply
        }
    }

    private var renderedMetrics: String {
        metrics.rendered(underWay: requestsUnderWay, cache: inventory.cache.counts)
    }

    static var today: String { CivilTime(milliseconds: WallClock.milliseconds).dateText }

    // MARK: A user's own inventory

    private func list(_ call: Call) async throws(Refused) -> Reply {
        let balances = try await answered { () async throws(InventoryError) in
            try await inventory.balances(of: call.caller.user)
        }
        return Reply(body: [
            "user_id": .string(call.caller.user), "items": .array(balances.map(Self.json)),
        ])
    }

    private func addItems(_ call: Call) async throws(Refused) -> Reply {
        var input = Input(try call.body())
        let operation = input.name("operation_id", standard: newID())
        let type = input.name("operation_type", standard: "add")
        let items = input.items(section: input.name("section", standard: "main"))
        // A return would otherwise find a reservation that never was one.
        if type == "reserve" { return .validation(JSONObject([("operation_type", "is not 'reserve' here")])) }
        guard input.faults.isEmpty else { return .validation(input.faults) }
        let result = try await answered { () async throws(InventoryError) in
            try await inventory.add(items, to: call.caller.user, operation: operation, type: type)
        }
        return done(result, "add", call.caller.user)
    }

    private func reserve(_ call: Call) async throws(Refused) -> Reply {
        var input = Input(try call.body())
        let operation = input.name("operation_id", standard: newID())
        let items = input.items(section: input.name("section", standard: "main"))
        guard input.faults.isEmpty else { return .validation(input.faults) }
        let result = try await answered { () async throws(InventoryError) in
            try await inventory.reserve(items, of: call.caller.user, operation: operation)
        }
        return done(result, "reserve", call.caller.user)
    }

    private func end(_ call: Call, consuming: Bool) async throws(Refused) -> Reply {
        var input = Input(try call.body())
        let operation = input.name("operation_id")
        guard input.faults.isEmpty else { return .validation(input.faults) }
        let result = try await answered { () async throws(InventoryError) in
            try await inventory.end(reservation: operation, of: call.caller.user, consuming: consuming)
        }
        return done(result, consuming ? "consume" : "return", call.caller.user)
    }

    private func dailyBalance(_ call: Call) async throws(Refused) -> Reply {
        let day = call.query("date") ?? Self.today
        guard isCalendarDay(day), day <= Self.today else {
            return .validation(JSONObject([("date", "is a day like 2026-01-31, today at the latest")]))
        }
        let balance = try await answered { () async throws(InventoryError) in
            try await inventory.dailyBalance(of: call.caller.user, day: day, today: Self.today)
        }
        return Reply(body: [
            "user_id": .string(call.caller.user), "date": .string(day), "created": .bool(balance.isCreated),
            "items": .array(balance.items.map(Self.json)),
        ])
    }

    // MARK: Parts of answers

    private func done(_ result: OperationResult, _ kind: String, _ user: String) -> Reply {
        if !result.isRepeated { metrics.count(operation: kind) }
        return Reply(
            body: [
                "operation_id": .string(result.operation), "state": .string(result.state),
                "repeated": .bool(result.isRepeated), "user_id": .string(user),
            ], operation: result.operation)
    }

    func answered<Value>(
        _ work: () async throws(InventoryError) -> Value
    ) async throws(Refused) -> Value {
        do throws(InventoryError) { return try await work() } catch { throw Refused(Self.reply(to: error)) }
    }

    private static func reply(to error: InventoryError) -> Reply {
        switch error {
        case .insufficient(let item, let requested, let available):
            .error(
                409, "insufficient_items",
                [("item_id", .string(item)), ("requested", .int(requested)), ("available", .int(available))])
        case .unknownReservation(let operation):
            .error(404, "reservation_not_found", [("operation_id", .string(operation))])
        case .closed(let operation, let state):
            .error(
                409, "reservation_closed", [("operation_id", .string(operation)), ("state", .string(state))])
        case .otherOperation(let operation):
            .error(409, "operation_id_reused", [("operation_id", .string(operation))])
        case .database(let error) where error.isPassing:
            Reply(status: 503, body: ["error": "database_unavailable"], reason: error.description)
        case .database(let error):
            Reply(status: 500, body: ["error": "database"], reason: error.description)
        }
    }

    private static func json(_ balance: Balance) -> JSON {
        [
            "item_id": .string(balance.item), "section": .string(balance.section),
            "quantity": .int(balance.available), "reserved": .int(balance.reserved),
        ]
    }

    private func newID() -> String {
        var random = SystemRandomNumberGenerator()
        return randomUUID(using: &random)
    }
}
