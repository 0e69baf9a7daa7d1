internal import AssayCore
internal import AssayFormats
internal import AssayNet
internal import AssayWire
internal import Synchronization

/// Upwork's OAuth 2.0 and GraphQL; see Documentation/api-doubles.md for what it answers.
final class Upwork: DoubleService {
    static let members = [
        "graphql", "authorize", "token", "client_id", "client_secret", "tenant", "access_token",
    ]
    static let tenantHeader = "X-Upwork-API-TenantId"
    static let switches = [
        Switch("rate-limit", .times, "429 with Retry-After"),
        Switch("retry-after", .duration, initial: "1s", "what Retry-After says then"),
        Switch("server-error", .times, "a 5xx answer"),
        Switch("error-status", .number(500...599), "the status of server-error"),
        Switch("expired-token", .times, "401 as for a token that is over"),
        Switch("token-error", .times, "the token endpoint answers `invalid_grant`"),
        Switch("graphql-error", .times, "200 with `errors` and no data"),
        Switch("partial", .times, "the first field is null, with an error beside the data"),
        Switch("missing-scope", .times, "an error about missing permissions"),
        Switch("wrong-tenant", .times, "403 as for a tenant that is not the user's"),
        Switch("silence", .times, "no answer at all, the connection stays open"),
        Switch("delay", .duration, "the wait before an answer"),
    ]

    struct State {
        var random: SeededRandom
        var tokens = UpworkTokens()
        var tenants: [String: UpworkData] = [:]
        var budgets: [String: RateBudget] = [:]
        var url = ""
    }

    let options: UpworkOptions
    let clientID: String?
    let clientSecret: String?
    let state: Mutex<State>
    /// Counts for ever; for tests that are not about logging in.
    private let standingToken: String
    let tenants: [String]
    let names: JSONObject
    let environment: TemplateEnvironment
    private let clock: DoubleClock
    private let board: SwitchBoard
    let random: SeededRandom
    /// Tenants that data is kept of, where any is served; and tokens with a budget of their own.
    static let tenantLimit = 16
    private static let budgetLimit = 1000

    init(_ options: UpworkOptions, clientID: String?, clientSecret: String?, _ start: DoubleStart) {
        self.options = options
        self.clientID = clientID
        self.clientSecret = clientSecret
        names = start.scope.names
        environment = start.scope.environment
        clock = start.clock
        board = SwitchBoard(Self.switches, options: options.switches)
        var random = start.scope.random
        standingToken = OpenAIName.make("oauth2v2_", 32, &random)
        tenants = options.tenants.isEmpty ? [String(random.next() >> 1)] : options.tenants
        self.random = random
        state = Mutex(State(random: random))
    }

    var bindings: JSONObject {
        let url = state.withLock { $0.url }
        return [
            "graphql": .string(url + "/graphql"),
            "authorize": .string(url + "/ab/account-security/oauth2/authorize"),
            "token": .string(url + "/api/v3/oauth2/token"), "client_id": .string(clientID ?? "assay"),
            "client_secret": .string(clientSecret ?? "assay"), "tenant": .string(tenants[0]),
            "access_token": .string(standingToken),
        ]
    }

    var secrets: [String] { [standingToken] + [clientSecret].compactMap { $0 } }

    var detail: String {
        let operations = options.operations.count
        return "Upwork's OAuth and GraphQL, \(options.jobs) jobs"
            + (operations > 0 ? ", \(operations) operation\(operations == 1 ? "" : "s") of its own" : "")
    }

    func begin(url: String) { state.withLock { $0.url = url } }

    func reset() {
        board.reset()
        state.withLock { $0 = State(random: random, url: $0.url) }
    }

    func answer(_ request: HTTPRequest) async -> HTTPResponse {
        if let answer = board.answer(request) { return answer }
        let now = clock.nowMilliseconds
        let readings: SwitchReadings
        do {
            readings = try board.readings(for: request, at: now)
        } catch {
            return failed(
                400, GraphQLError(error.message + (error.fix.map { "; \($0)" } ?? ""), code: "BAD_SWITCH"))
        }
        var response = meet(request, readings, now) ?? route(request, readings, now)
        response.delivery.after = readings.duration("delay")
        if readings.isOn("silence") { response.delivery.fault = .silence }
        return response
    }

    /// What the switches say to any request.
    private func meet(_ request: HTTPRequest, _ readings: SwitchReadings, _ now: Int64) -> HTTPResponse? {
        if readings.isOn("rate-limit") { return limited(readings.duration("retry-after")) }
        guard readings.isOn("server-error") else { return nil }
        let status = readings.number("error-status")
        return failed(
            status,
            GraphQLError("Internal server error", code: "INTERNAL_SERVER_ERROR", classification: "INTERNAL"))
    }

    private func route(_ request: HTTPRequest, _ readings: SwitchReadings, _ now: Int64) -> HTTPResponse {
        switch (request.method, String(request.path)) {
        case ("GET", "/ab/account-security/oauth2/authorize"): return authorize(request, at: now)
        case ("POST", "/api/v3/oauth2/token"): return token(request, readings, at: now)
        case ("POST", "/graphql"), ("POST", "/api/v3/graphql"):
            return graphQL(request, readings, now)
        case (_, "/ab/account-security/oauth2/authorize"): return notAllowed("GET")
        case (_, "/api/v3/oauth2/token"), (_, "/graphql"), (_, "/api/v3/graphql"): return notAllowed("POST")
        default: return json(404, ["message": .string("no such path: \(request.path)")])
        }
    }

    // MARK: Before the answer

    func unauthorized(
        _ request: HTTPRequest, _ readings: SwitchReadings, _ now: Int64
    ) -> HTTPResponse? {
        let words = (request.headers["authorization"] ?? "").split(separator: " ")
        let token = words.count == 2 && words[0].lowercased() == "bearer" ? String(words[1]) : ""
        let standing =
            token == standingToken ? .good : state.withLock { $0.tokens.standing(of: token, at: now) }
        let reason: String
        switch standing {
        case _ where readings.isOn("expired-token"): reason = "the access token has expired"
        case .good: return nil
        case .expired: reason = "the access token has expired"
        case .unknown:
            if options.acceptsAnyToken, !token.isEmpty { return nil }
            reason = token.isEmpty ? "the access token is missing" : "the access token is unknown"
        }
        var response = failed(
            401, GraphQLError(reason, code: "UNAUTHENTICATED", classification: "Unauthorized"))
        response.headers["WWW-Authenticate"] =
            "Bearer error=\"invalid_token\", error_description=\"\(reason)\""
        return response
    }

    /// - Returns: milliseconds to wait, when the token's budget is used up.
    func spent(_ request: HTTPRequest, _ now: Int64) -> Int64? {
        guard let perMinute = options.requestsPerMinute else { return nil }
        let token = request.headers["authorization"] ?? ""
        return state.withLock { state in
            let key = state.budgets[token] != nil || state.budgets.count < Self.budgetLimit ? token : ""
            var budget = state.budgets[key] ?? RateBudget(perMinute: perMinute)
            let wait = budget.wait(for: 1, at: now)
            if wait == 0 { budget.take(1) }
            state.budgets[key] = budget
            return wait > 0 ? wait : nil
        }
    }

    func limited(_ wait: Duration) -> HTTPResponse {
        var response = failed(
            429, GraphQLError("Too many requests", code: "RATE_LIMITED", classification: "RateLimited"))
        response.headers["Retry-After"] = String((wait.nanoseconds + 999_999_999) / 1_000_000_000)
        return response
    }

    // MARK: Answers

    func json(_ status: Int, _ body: JSON) -> HTTPResponse {
        HTTPResponse(status: status, text: body.rendered(), type: "application/json")
    }

    func failed(_ status: Int, _ error: GraphQLError) -> HTTPResponse {
        json(status, ["errors": [error.json]])
    }

    private func notAllowed(_ method: String) -> HTTPResponse {
        var response = json(405, ["message": .string("only \(method) is answered here")])
        response.headers["Allow"] = method
        return response
    }
}
