internal import AssayFormats

/// An operation as a document describes it, before its schemas are written.
struct DescribedOperation {
    /// A body of a request or of one status.
    struct Content {
        struct Media {
            var type: String
            var shape: ExampleShape?
            /// In place of a shape: text, or bytes.
            var isText = false
            /// The schema of a form.
            var form: JSON?
            var example: JSON?
        }
        var media: [Media] = []
    }

    struct Field {
        var name: String
        /// `query` or `header`.
        var place: String
        var isRequired: Bool
        var repeats: Bool
        var values: TextValues
    }

    struct Response {
        var status: Int
        var content: Content
        var headers: [Field]
    }

    let method: String
    let template: PathTemplate
    private(set) var notes: [String] = []
    private var pathValues: [TextValues]
    private var fields: [Field]
    private var body: (content: Content, isRequired: Bool)?
    private var responses: [Response]
    /// Alternatives, each a list of schemes.
    private var security: [[String]] = []
    private let options: APIInference.Options

    var path: String { template.text }
    var name: String { "\(method) \(path)" }

    init(
        _ operation: ObservedOperations.Operation, schemes: inout SecuritySchemes,
        options: APIInference.Options
    ) {
        method = operation.method
        template = operation.template
        self.options = options
        let exchanges = operation.exchanges
        pathValues = Self.pathValues(operation)
        fields =
            Self.queryFields(exchanges)
            + Self.headerFields(exchanges.map(\.exchange.request.headers), leastForRequired: 2)
        security = Self.security(exchanges, &schemes)
        responses = []
        var collector = ContentCollector(subject: OperationNames.subject(of: template))
        for one in exchanges {
            collector.add(
                one.exchange.request.body, one.exchange.request.header("Content-Type"),
                one.requestShape,
                isCut: one.isRequestBodyCut)
        }
        if let content = collector.content(of: "the request body", &notes) {
            body = (content, !collector.hasEmpty)
        }
        let answered = exchanges.filter { $0.exchange.response != nil }
        let byStatus = Dictionary(grouping: answered) { $0.exchange.response?.status ?? 0 }
        for (status, group) in byStatus.sorted(by: { $0.key < $1.key }) where (100...599).contains(status) {
            responses.append(response(status, group))
        }
    }

    private mutating func response(_ status: Int, _ group: [ObservedExchange]) -> Response {
        var collector = ContentCollector(
            subject: status < 400 ? OperationNames.subject(of: template) : "error")
        let mayHaveBody = method != "HEAD" && status >= 200 && status != 204 && status != 304
        for one in group where mayHaveBody {
            collector.add(
                one.exchange.response?.body, one.exchange.response?.header("Content-Type"),
                one.responseShape, isCut: one.isResponseBodyCut)
        }
        // A response whose content is described always has it.
        let what = "the body of status \(status)"
        var content = collector.content(of: what, &notes)
        if content != nil, collector.hasEmpty {
            notes.append(
                "\(what) was empty in \(collector.emptyCount) of \(collector.count) responses, so it is not described"
            )
            content = nil
        }
        return Response(
            status: status, content: content ?? Content(),
            headers: Self.headerFields(group.map { $0.exchange.response?.headers ?? [] }, leastForRequired: 1)
        )
    }

    /// Shapes with what they are, for folding.
    var shapes: [(hint: SchemaName.Hint, shape: ExampleShape)] {
        let subject = OperationNames.subject(of: template)
        let isOne = template.parts.last.map { if case .parameter = $0 { true } else { false } } ?? false
        let requests = (body?.content.media ?? []).compactMap(\.shape).map {
            (SchemaName.hint(SchemaName.singular(subject) + "Input"), $0)
        }
        let answers = responses.flatMap { response in
            response.content.media.compactMap(\.shape).map { shape in
                (
                    SchemaName.hint(
                        response.status >= 400 ? "error" : isOne ? SchemaName.singular(subject) : subject),
                    shape
                )
            }
        }
        return requests + answers
    }

    // MARK: writing

    func json(id: String, _ writer: SchemaWriter, masking: SecretMasking?) -> JSONObject {
        var json: JSONObject = ["operationId": .string(id)]
        let parameters = parameters(writer)
        if !parameters.isEmpty { json["parameters"] = .array(parameters) }
        if let body {
            var object = JSONObject()
            if body.isRequired { object["required"] = true }
            object["content"] = .object(self.content(body.content, writer, masking))
            json["requestBody"] = .object(object)
        }
        var answers = JSONObject()
        for response in responses {
            var object: JSONObject = ["description": .string(StatusText.phrase(response.status))]
            if !response.headers.isEmpty {
                object["headers"] = .object(
                    JSONObject(
                        response.headers.map { field in
                            var header = JSONObject()
                            if field.isRequired { header["required"] = true }
                            header["schema"] = .some(field.values.schema(SchemaInference.Options()))
                            return (field.name, .object(header))
                        }))
            }
            if !response.content.media.isEmpty {
                object["content"] = .object(self.content(response.content, writer, masking))
            }
            answers[String(response.status)] = .object(object)
        }
        // Of an operation that was never answered nothing is known, and a document must say something (§4.8.16).
        if answers.isEmpty { answers["default"] = ["description": "not seen yet"] }
        json["responses"] = .object(answers)
        if !security.isEmpty {
            json["security"] = .array(
                security.map { names in .object(JSONObject(names.map { ($0, JSON.array([])) })) })
        }
        return json
    }

    private func parameters(_ writer: SchemaWriter) -> [JSON] {
        var written: [JSON] = zip(template.parameters, pathValues).map { name, values in
            [
                "name": .string(name), "in": "path", "required": true,
                "schema": values.schema(SchemaInference.Options()),
            ]
        }
        for field in fields {
            var parameter: JSONObject = ["name": .string(field.name), "in": .string(field.place)]
            if field.isRequired { parameter["required"] = true }
            let value = field.values.schema(
                field.place == "query" ? options.schemas : SchemaInference.Options())
            parameter["schema"] = field.repeats ? ["type": "array", "items": value] : .some(value)
            written.append(.object(parameter))
        }
        return written
    }

    private func content(_ content: Content, _ writer: SchemaWriter, _ masking: SecretMasking?) -> JSONObject
    {
        JSONObject(
            content.media.map { media in
                var object = JSONObject()
                if let shape = media.shape {
                    object["schema"] = .some(writer.schema(of: shape))
                } else if let form = media.form {
                    object["schema"] = .some(form)
                } else if media.isText {
                    object["schema"] = ["type": "string"]
                }
                if let masking, let example = media.example {
                    object["example"] = .some(masking.masked(example))
                }
                return (media.type, .object(object))
            })
    }
}

// MARK: parameters

extension DescribedOperation {
    private static func pathValues(_ operation: ObservedOperations.Operation) -> [TextValues] {
        operation.template.parts.enumerated().compactMap { place, part in
            guard case .parameter = part else { return nil }
            var values = TextValues()
            for (segments, one) in zip(operation.segments, operation.exchanges) {
                let dropped =
                    PathTemplate.segments(one.exchange.request.path).count - segments.count
                // A scenario's parameter has no value yet.
                if segments.indices.contains(place), one.pathParameters[place + dropped] == nil {
                    values.add(URLText.decoded(segments[place]))
                }
            }
            return values
        }
    }

    private static func queryFields(_ exchanges: [ObservedExchange]) -> [Field] {
        var fields: [String: (values: TextValues, requests: Int, repeats: Bool)] = [:]
        for one in exchanges {
            let sent = URLText.fields(one.exchange.request.query ?? "")
            let grouped = Dictionary(grouping: sent, by: \.name)
            for (name, all) in grouped where !SecretWords.isSecret(name) {
                var field = fields[name] ?? (TextValues(), 0, false)
                field.requests += 1
                if all.count > 1 { field.repeats = true }
                if !one.openQueryParameters.contains(name) {
                    for value in all { field.values.add(value.value) }
                }
                fields[name] = field
            }
        }
        return fields.sorted { $0.key < $1.key }.map { name, field in
            // One request cannot say that a parameter may be left out.
            Field(
                name: name, place: "query",
                isRequired: exchanges.count > 1 && field.requests == exchanges.count,
                repeats: field.repeats, values: field.values)
        }
    }

    private static func headerFields(
        _ messages: [[ContractExchange.Header]], leastForRequired least: Int
    ) -> [Field] {
        var fields: [String: (name: String, values: TextValues, messages: Int)] = [:]
        for headers in messages {
            let sent = Dictionary(grouping: headers) { $0.name.lowercased() }
            for (key, all) in sent where !Headers.isNoise(key) && !SecretWords.isSecret(key) {
                var field = fields[key] ?? (all[0].name, TextValues(), 0)
                field.name = min(field.name, all[0].name)
                field.messages += 1
                for header in all { field.values.add(header.value) }
                fields[key] = field
            }
        }
        return fields.sorted { $0.key < $1.key }.map { _, field in
            Field(
                name: field.name, place: "header",
                isRequired: messages.count >= least && field.messages == messages.count, repeats: false,
                values: field.values)
        }
    }

    /// What requests that were let in carried; with one that carried nothing, that is enough too.
    private static func security(
        _ exchanges: [ObservedExchange], _ schemes: inout SecuritySchemes
    ) -> [[String]] {
        let all = exchanges.map { one in
            (
                Credential.all(of: one.exchange.request).map(\.kind),
                (one.exchange.response?.status).map { $0 < 400 } ?? false
            )
        }
        let accepted = all.filter { !$0.0.isEmpty && $0.1 }
        let carried = accepted.isEmpty ? all.filter { !$0.0.isEmpty } : accepted
        guard !carried.isEmpty else { return [] }
        var alternatives: Set<[String]> = []
        for (kinds, _) in carried { alternatives.insert(Set(kinds.map { schemes.name(of: $0) }).sorted()) }
        if all.contains(where: { $0.0.isEmpty && $0.1 }) { alternatives.insert([]) }
        return alternatives.sorted { ($0.isEmpty ? 1 : 0, $0.joined()) < ($1.isEmpty ? 1 : 0, $1.joined()) }
    }
}
