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
    private let tenants: [String]
    private let names: JSONObject
    private let environment: TemplateEnvironment
    private let clock: DoubleClock
    private let board: SwitchBoard
    private let random: SeededRandom
    /// Tenants that data is kept of, where any is served; and tokens with a budget of their own.
    private static let tenantLimit = 16
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

    // MARK: GraphQL

    private func graphQL(_ request: HTTPRequest, _ readings: SwitchReadings, _ now: Int64) -> HTTPResponse {
        if let refusal = unauthorized(request, readings, now) { return refusal }
        if let wait = spent(request, now) { return limited(.milliseconds(wait)) }
        guard let body = (try? JSON(parsing: request.body, maxDepth: 64))?.objectValue,
            let text = body["query"]?.stringValue
        else {
            return failed(400, GraphQLError("expected a JSON body with 'query'", code: "BAD_REQUEST"))
        }
        do throws(GraphQLError) {
            guard text.utf8.count <= 1 << 18 else {
                throw GraphQLError("the document is larger than 256 KiB")
            }
            let document = try GraphQLDocument(parsing: text)
            let operation = try document.operation(named: body["operationName"]?.stringValue)
            let variables = try Self.variables(body["variables"] ?? [:], of: operation)
            var projection = GraphQLProjection(
                fragments: document.fragments, variables: variables, refusesUnknown: options.refusesUnknown)
            let fields = try projection.fields(operation.selections, of: nil)
            let asked = UpworkRequest(
                document: document, operation: operation, variables: variables, fields: fields, now: now)
            return try answer(asked, request, readings)
        } catch {
            return json(200, ["errors": [error.json]])
        }
    }

    /// What one GraphQL request asks.
    struct UpworkRequest {
        var document: GraphQLDocument
        var operation: GraphQLDocument.Operation
        var variables: JSONObject
        /// At the top, fragments put in their places.
        var fields: [GraphQLDocument.Field]
        var now: Int64

        /// The operation's name, or its first field.
        var name: String { operation.name ?? fields.first?.name ?? "" }
    }

    private static func variables(
        _ given: JSON, of operation: GraphQLDocument.Operation
    ) throws(GraphQLError) -> JSONObject {
        let given = given.objectValue ?? JSONObject()
        var variables = JSONObject()
        for variable in operation.variables {
            if let value = given[variable.name] ?? variable.standard { variables[variable.name] = value }
            guard variable.isRequired, (variables[variable.name] ?? .null) == .null else { continue }
            throw GraphQLError("Variable '\(variable.name)' has an invalid value: it must not be null")
        }
        return variables
    }

    private func answer(
        _ asked: UpworkRequest, _ request: HTTPRequest, _ readings: SwitchReadings
    ) throws(GraphQLError) -> HTTPResponse {
        let tenant = request.headers[Self.tenantHeader] ?? ""
        if tenant.isEmpty, options.requiresTenant,
            asked.fields.contains(where: { !UpworkFields.withoutTenant.contains($0.name) })
        {
            return failed(
                400,
                GraphQLError(
                    "the header \(Self.tenantHeader) is missing", code: "TENANT_REQUIRED",
                    classification: "BadRequest"))
        }
        let isServed = tenant.isEmpty || options.tenants.isEmpty || options.tenants.contains(tenant)
        if readings.isOn("wrong-tenant") || !isServed {
            return failed(
                403,
                GraphQLError(
                    "the user has no access to the tenant '\(tenant.prefix(60))'", code: "FORBIDDEN",
                    classification: "Forbidden"))
        }
        if readings.isOn("graphql-error") {
            throw GraphQLError(
                "Exception while fetching data", code: "INTERNAL_SERVER_ERROR",
                classification: "DataFetchingException")
        }
        if readings.isOn("missing-scope") {
            throw GraphQLError(
                "The client or authentication token doesn't have enough oauth2 permissions/scopes to access: "
                    + "[\(asked.fields.map(\.name).joined(separator: ", "))]",
                code: "FORBIDDEN", classification: "ExecutionAborted")
        }
        let own = tenant.isEmpty ? tenants[0] : tenant
        if let scripted = options.operations[asked.name] { return scriptedAnswer(scripted, asked, own) }
        return execute(asked, tenant: own, isPartial: readings.isOn("partial"))
    }

    private func execute(_ asked: UpworkRequest, tenant: String, isPartial: Bool) -> HTTPResponse {
        var errors: [JSON] = []
        var data = JSONObject()
        state.withLock { state in
            var fields = UpworkFields(
                tenant: tenant, tenants: tenants, now: asked.now, data: tenantData(tenant, &state, asked.now))
            var projection = GraphQLProjection(
                fragments: asked.document.fragments, variables: asked.variables,
                refusesUnknown: options.refusesUnknown)
            for (place, field) in asked.fields.enumerated() {
                if data[field.key] == nil { data[field.key] = .null }
                do throws(GraphQLError) {
                    guard !isPartial || place > 0 else {
                        throw GraphQLError(
                            "Exception while fetching data (/\(field.key))", at: field.place,
                            path: [.string(field.key)], code: "INTERNAL_SERVER_ERROR",
                            classification: "DataFetchingException")
                    }
                    let arguments = JSONObject(
                        field.arguments.compactMap { member in
                            member.value.value(asked.variables).map { (member.name, $0) }
                        })
                    let value = try fields.value(
                        field, arguments, isMutation: asked.operation.kind == .mutation)
                    data.merge(try projection.project(value, field), at: field.key)
                } catch {
                    errors.append(error.json)
                }
            }
            state.tenants[tenant] = fields.data
        }
        var answer = JSONObject()
        // A document that does not fit the schema has no data at all.
        let isInvalid = errors.contains { $0["extensions"]?["classification"] == "ValidationError" }
        if !errors.isEmpty { answer["errors"] = .array(errors) }
        if !isInvalid { answer["data"] = .object(data) }
        return json(200, .object(answer))
    }

    private func tenantData(_ tenant: String, _ state: inout State, _ now: Int64) -> UpworkData {
        if let data = state.tenants[tenant] { return data }
        // It is made again, without what mutations changed, when it is asked for again.
        if state.tenants.count >= Self.tenantLimit, let dropped = state.tenants.keys.min() {
            state.tenants[dropped] = nil
        }
        let stream = Crypto.sha256(Array(tenant.utf8)).prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return UpworkData(
            tenant: tenant, jobs: options.jobs, more: options.data, random: random.split(stream), now: now)
    }

    private func scriptedAnswer(
        _ template: ValueTemplate, _ asked: UpworkRequest, _ tenant: String
    ) -> HTTPResponse {
        let drawn = state.withLock { $0.random.next() }
        var scope = TemplateScope(names: names, environment: environment, random: SeededRandom(seed: drawn))
        scope.names["variables"] = .object(asked.variables)
        scope.names["tenant"] = .string(tenant)
        scope.names["operation"] = .string(asked.name)
        do {
            var answer = try template.evaluate(in: &scope)
            // Data alone may be written without the word.
            if answer["data"] == nil, answer["errors"] == nil { answer = ["data": answer] }
            let status = Int(clamping: answer["status"]?.intValue ?? 200)
            var object = answer.objectValue ?? JSONObject()
            object["status"] = nil
            return json((200...599).contains(status) ? status : 200, .object(object))
        } catch {
            return failed(
                500, GraphQLError("the double's answer cannot be made: \(error.message)", code: "BAD_SCRIPT"))
        }
    }

    // MARK: Before the answer

    private func unauthorized(
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
    private func spent(_ request: HTTPRequest, _ now: Int64) -> Int64? {
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

    private func limited(_ wait: Duration) -> HTTPResponse {
        var response = failed(
            429, GraphQLError("Too many requests", code: "RATE_LIMITED", classification: "RateLimited"))
        response.headers["Retry-After"] = String((wait.nanoseconds + 999_999_999) / 1_000_000_000)
        return response
    }

    // MARK: Answers

    func json(_ status: Int, _ body: JSON) -> HTTPResponse {
        HTTPResponse(status: status, text: body.rendered(), type: "application/json")
    }

    private func failed(_ status: Int, _ error: GraphQLError) -> HTTPResponse {
        json(status, ["errors": [error.json]])
    }

    private func notAllowed(_ method: String) -> HTTPResponse {
        var response = json(405, ["message": .string("only \(method) is answered here")])
        response.headers["Allow"] = method
        return response
    }
}
