internal import AssayContracts
internal import AssayCore
internal import AssayDoubles
internal import AssayFormats
internal import AssayNet
internal import AssayWire

/// Doubles made of OpenAPI documents (3.0 and 3.1): one route for each operation.
enum OpenAPIDoubles {
    /// For the files that are read from now on; once more does no harm.
    static func connect() { DescribedDoubles.connect(DescribedDoubles { options(of: $0) }) }

    /// The double of a document; what is wrong with it goes into the reading's bag.
    ///
    /// - Returns: `nil` when there are errors.
    static func options(of yaml: YAMLReading) -> HTTPStubOptions? {
        guard let document = APIDocument.read(yaml, documents: DocumentFiles.documents) else { return nil }
        let answers = OpenAPIAnswers(document, yaml)
        var operations: [OpenAPIOperation] = []
        var isWhole = true
        for operation in document.operations {
            do {
                _ = try RoutePath(operation.path)
                operations.append(
                    OpenAPIOperation(
                        operation: operation, responses: operation.responses.map(answers.response),
                        document: document))
            } catch {
                isWhole = false
                yaml.error(
                    "AS351", "'\(operation.path)' is no path of a route: \(error.message)",
                    at: operation.location)
            }
        }
        guard isWhole else { return nil }
        let sorted = inOrder(operations)
        let title = document.title.isEmpty ? "" : " of " + document.title
        return HTTPStubOptions(
            summary:
                "\(sorted.count) operation\(sorted.count == 1 ? "" : "s")\(title), OpenAPI \(document.version)"
        ) {
            (_, _) throws(Diagnostic) in
            try sorted.enumerated().map { (place, operation) throws(Diagnostic) in
                let described = operation.operation
                return try Stub(described.method, described.path, place: place, at: described.location) {
                    request, _ in operation.answer(request)
                }
            }
        }
    }

    /// Constant paths before those with parameters, which would answer in their place.
    private static func inOrder(_ operations: [OpenAPIOperation]) -> [OpenAPIOperation] {
        let keyed = operations.enumerated().map { place, operation in
            let segments = operation.operation.path.split(separator: "/", omittingEmptySubsequences: false)
            return (segments.map { $0.hasPrefix("{") ? "1" : "0" }.joined(), place, operation)
        }
        return keyed.sorted { ($0.0, $0.1) < ($1.0, $1.1) }.map(\.2)
    }
}

/// An operation of a document, ready to answer.
struct OpenAPIOperation: Sendable {
    var operation: APIOperation
    var responses: [OpenAPIResponse]
    var document: APIDocument

    /// The response that the request asks for, or what is wrong with the request.
    func answer(_ request: HTTPRequest) -> HTTPResponse {
        let exchange = ContractExchange(
            request: .init(
                method: request.method, path: String(request.path),
                query: request.target.contains("?") ? String(request.query) : nil,
                headers: request.headers.fields.map { .init($0.name, $0.value) },
                body: request.body.isEmpty ? nil : request.body))
        let findings = document.judge(exchange, contract: document.file)
        guard findings.isEmpty else {
            let problems = findings.map { "\($0.place): expected \($0.expected), found \($0.actual)" }
            if findings.contains(where: { $0.rule == .requestMediaType }) {
                return Self.refusal(415, "unsupported media type", problems)
            }
            return Self.refusal(400, "the request is not as described", problems)
        }
        return chosen(by: OpenAPIPreference(request.headers["Prefer"] ?? ""), request.headers["Accept"])
    }

    private func chosen(by wanted: OpenAPIPreference, _ accept: String?) -> HTTPResponse {
        let response: OpenAPIResponse?
        if let code = wanted.code {
            let name = operation.response(for: code)?.name
            response = responses.first { $0.name == name }
        } else {
            response =
                responses.filter { $0.name.hasPrefix("2") }.min { $0.name < $1.name }
                ?? responses.first { $0.name == "default" } ?? responses.first
        }
        guard let response else {
            let has = responses.map { $0.name.lowercased() }.joined(separator: ", ")
            return Self.refusal(
                404, "no such response",
                ["Prefer: code=\(wanted.code ?? 200) is not described; there are \(has)"])
        }
        var answer = HTTPResponse(status: wanted.code ?? response.status)
        for (name, value) in response.headers { answer.headers[name] = value }
        guard let media = response.media(accepting: accept) else { return answer }
        var body = media.examples.first?.body
        if let name = wanted.example {
            guard let named = media.examples.first(where: { $0.name == name }) else {
                let has = media.examples.compactMap(\.name).joined(separator: ", ")
                return Self.refusal(
                    404, "no such example",
                    ["Prefer: example=\(name) is not described; there are \(has.isEmpty ? "none" : has)"])
            }
            body = named.body
        }
        guard let body, answer.status != 204, answer.status != 304 else { return answer }
        answer.headers["Content-Type"] = media.type
        answer.body = body
        return answer
    }

    private static func refusal(_ status: Int, _ error: String, _ problems: [String]) -> HTTPResponse {
        let body: JSON = ["error": .string(error), "problems": .array(problems.map { .string($0) })]
        return HTTPResponse(status: status, text: body.rendered(), type: "application/json")
    }
}

/// `Prefer: code=404, example=gone` (RFC 7240), as Prism reads it.
struct OpenAPIPreference: Equatable {
    var code: Int?
    var example: String?

    init(_ header: String) {
        for word in header.split(whereSeparator: { $0 == "," || $0 == ";" || $0 == " " }) {
            let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2 else { continue }
            let value = parts[1].hasPrefix("\"") ? String(parts[1].dropFirst().dropLast()) : parts[1]
            switch parts[0].lowercased() {
            case "code": code = Int(value).flatMap { (200...599).contains($0) ? $0 : nil }
            case "example": example = value
            default: break
            }
        }
    }
}
