internal import AssayCore
internal import AssayFormats
internal import AssayNet
internal import AssayWire
internal import Synchronization

/// Answers the requests of one route: fills in templates, remembers, and goes through the answers.
final class RouteAnswering: Sendable {
    /// What the routes of one double share.
    struct Surroundings: Sendable {
        var name: String
        var folder: String
        /// `env` and `secret`.
        var names: JSONObject
        var environment: TemplateEnvironment
        var random: SeededRandom
        var memory: RouteMemory
        var stateKey: Template?

        /// Whose state a request belongs to; the same for all where that cannot be told.
        func key(of request: StubRequest) -> String {
            var names = names
            names["request"] = request.bindings
            var scope = TemplateScope(names: names, environment: environment, random: random)
            return (try? stateKey?.text(in: &scope)) ?? ""
        }
    }

    private let route: Route
    private let surroundings: Surroundings
    private let count = Mutex(0)
    /// The double's own address, once it listens.
    private let url: @Sendable () -> String
    /// The whole response, when nothing in it is computed.
    private let constant: HTTPResponse?

    init(_ route: Route, _ surroundings: Surroundings, url: @escaping @Sendable () -> String) {
        self.route = route
        self.surroundings = surroundings
        self.url = url
        constant = route.answers.count == 1 ? route.answers[0].constant : nil
    }

    func reset() { count.withLock { $0 = 0 } }

    func answer(_ request: StubRequest) -> HTTPResponse {
        if let constant { return constant }
        let number = count.withLock { count in
            defer { count += 1 }
            return count
        }
        let answers = route.answers
        let answer = answers[route.cycles ? number % answers.count : min(number, answers.count - 1)]
        do {
            return try fill(answer, request, number)
        } catch {
            let place = (error.location ?? answer.location).description
            return HTTPResponse(
                status: 500,
                text: "double '\(surroundings.name)', route \(route.name): \(error.message) (\(place))\n")
        }
    }

    private func fill(
        _ answer: RouteAnswer, _ request: StubRequest, _ number: Int
    ) throws(TemplateError) -> HTTPResponse {
        var names = surroundings.names
        names["request"] = request.bindings
        names["double"] = ["url": .string(url()), "name": .string(surroundings.name)]
        var scope = TemplateScope(
            names: names, environment: surroundings.environment,
            random: surroundings.random.split(UInt64(number)))
        let key = try surroundings.stateKey?.text(in: &scope) ?? ""
        scope.names["state"] = .object(surroundings.memory.values(of: key))
        for (name, value) in answer.remembered {
            let value = try value.evaluate(in: &scope)
            guard surroundings.memory.remember(value, as: name, of: key) else {
                return HTTPResponse(
                    status: 503,
                    text: "double '\(surroundings.name)' remembers \(RouteMemory.keyLimit) keys already\n")
            }
            scope.names["state"] = .object(surroundings.memory.values(of: key))
        }
        var response = try body(answer, request, &scope)
        if let status = answer.status {
            let value = try status.evaluate(in: &scope)
            guard let code = value.intValue, (200...599).contains(code) else {
                throw TemplateError(
                    "AS058", "a status is a number from 200 to 599, found \(value.templateText)")
            }
            response.status = Int(code)
        }
        for (name, value) in answer.headers { response.headers[name] = try value.text(in: &scope) }
        return response
    }

    private func body(
        _ answer: RouteAnswer, _ request: StubRequest, _ scope: inout TemplateScope<SeededRandom>
    ) throws(TemplateError) -> HTTPResponse {
        switch answer.body {
        case .empty: return HTTPResponse()
        case .json(let value):
            return HTTPResponse(text: try value.evaluate(in: &scope).rendered(), type: "application/json")
        case .text(let template): return HTTPResponse(text: try template.text(in: &scope))
        case .file(let template):
            let path = try template.text(in: &scope)
            let bytes = try surroundings.environment.readFile(
                path.hasPrefix("/") ? path : surroundings.folder + path)
            return HTTPResponse(
                headers: HTTPHeaders([("Content-Type", mediaType(ofFile: path))]), body: bytes)
        case .events(let events, let end):
            var steps: [EventStream.Step] = []
            for event in events {
                let id = try event.id?.text(in: &scope)
                let name = try event.name?.text(in: &scope)
                let data = try event.data.evaluate(in: &scope).templateText
                steps.append(.init(ServerSentEvent(event: name, id: id, data: data), after: event.after))
            }
            return EventStream(steps, end: end).response(after: request.http.headers["Last-Event-ID"])
        }
    }
}

extension RouteAnswer {
    /// The response, when nothing in it is computed.
    fileprivate var constant: HTTPResponse? {
        guard remembered.isEmpty, status == nil || status?.asConstant != nil else { return nil }
        var response: HTTPResponse
        switch body {
        case .empty: response = HTTPResponse()
        case .json(let value):
            guard let constant = value.asConstant else { return nil }
            response = HTTPResponse(text: constant.rendered(), type: "application/json")
        case .text(let template):
            guard let constant = template.constantText else { return nil }
            response = HTTPResponse(text: constant)
        case .file, .events: return nil
        }
        response.status = status?.asConstant?.intValue.map { Int($0) } ?? 200
        for (name, value) in headers {
            guard let constant = value.constantText else { return nil }
            response.headers[name] = constant
        }
        return response
    }
}

extension StubRequest {
    /// What templates read as `${request.…}`.
    var bindings: JSON {
        let facts = RequestFacts(
            method: method, target: url, path: segments, query: query,
            header: { [http] in http.headers[$0] }, body: http.body, form: { self.form })
        return facts.bindings(
            headers: http.headers.fields.map { ($0.name.lowercased(), $0.value) },
            parameters: pathParameters)
    }
}

/// The media type that a file's name says.
private func mediaType(ofFile path: String) -> String {
    switch path.split(separator: ".").last?.lowercased() {
    case "json": "application/json"
    case "html", "htm": "text/html; charset=utf-8"
    case "xml": "application/xml"
    case "txt", "md", "csv": "text/plain; charset=utf-8"
    case "png": "image/png"
    case "jpg", "jpeg": "image/jpeg"
    case "pdf": "application/pdf"
    default: "application/octet-stream"
    }
}
