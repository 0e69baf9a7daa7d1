internal import AssayCore
internal import AssayFormats
internal import AssayNet
internal import AssayWire
internal import Synchronization

// POST /graphql
extension Upwork {
    func graphQL(_ request: HTTPRequest, _ readings: SwitchReadings, _ now: Int64) -> HTTPResponse {
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
}
