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
        guard let json = yaml.json(yaml.root) else { return nil }
        let found = json["openapi"].map { $0.stringValue ?? $0.rendered() }
        guard let version = found, version.hasPrefix("3.0") || version.hasPrefix("3.1") else {
            let swagger = json["swagger"].map { "Swagger " + ($0.stringValue ?? $0.rendered()) }
            yaml.error(
                "AS350", "a double is made of OpenAPI 3.0 or 3.1, found \(found ?? swagger ?? "no version")",
                at: yaml.root["openapi"] ?? yaml.root["swagger"] ?? yaml.root,
                fix: swagger == nil ? nil : "convert the document to OpenAPI 3")
            return nil
        }
        let reader = OpenAPIDoubleReader(yaml, json)
        let operations = reader.operations()
        guard !reader.hasErrors else { return nil }
        let title = json["info"]?["title"]?.stringValue.map { " of " + $0 } ?? ""
        return HTTPStubOptions(
            summary:
                "\(operations.count) operation\(operations.count == 1 ? "" : "s")\(title), OpenAPI \(version)"
        ) {
            (_, _) throws(Diagnostic) in
            try operations.enumerated().map { (place, operation) throws(Diagnostic) in
                try Stub(operation.method, operation.path, place: place, at: operation.location) {
                    operation.answer($0, pathParameters: $1)
                }
            }
        }
    }
}

/// An operation of a document, ready to answer.
struct OpenAPIOperation: Sendable {
    /// Upper case.
    var method: String
    var path: String
    var location: SourceLocation
    var parameters: [OpenAPIParameter]
    var body: OpenAPIBody?
    var responses: [OpenAPIResponse]

    /// The response that the request asks for, or what is wrong with the request.
    func answer(_ request: HTTPRequest, pathParameters: [(name: String, value: String)]) -> HTTPResponse {
        var problems = parameters.flatMap { $0.problems(in: request, pathParameters) }
        if let body {
            switch body.judge(request) {
            case .problems(let found): problems += found
            case .wrongType(let problem): return Self.refusal(415, "unsupported media type", [problem])
            }
        }
        guard problems.isEmpty else { return Self.refusal(400, "the request is not as described", problems) }
        return chosen(by: OpenAPIPreference(request.headers["Prefer"] ?? ""), request.headers["Accept"])
    }

    private func chosen(by wanted: OpenAPIPreference, _ accept: String?) -> HTTPResponse {
        let response: OpenAPIResponse?
        if let code = wanted.code {
            let names = ["\(code)", "\(code / 100)XX", "DEFAULT"]
            response = names.lazy.compactMap { name in responses.first { $0.name == name } }.first
        } else {
            response =
                responses.filter { $0.name.hasPrefix("2") }.min { $0.name < $1.name }
                ?? responses.first { $0.name == "DEFAULT" } ?? responses.first
        }
        guard let response else {
            let has = responses.map { $0.name.lowercased() }.joined(separator: ", ")
            return Self.refusal(
                404, "no such response",
                ["Prefer: code=\(wanted.code ?? 200) is not described; there are \(has)"])
        }
        var answer = HTTPResponse(status: wanted.code ?? response.standardStatus)
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

/// A response of an operation.
struct OpenAPIResponse: Sendable {
    struct Media: Sendable {
        var type: String
        /// Of the document, in its order; one made of the schema where it has none.
        var examples: [(name: String?, body: [UInt8])]
    }

    /// `200`, `4XX` or `DEFAULT`.
    var name: String
    var headers: [(String, String)]
    var media: [Media]

    /// `default` is a success, and a class its first status.
    var standardStatus: Int {
        Int(name) ?? name.first.flatMap { $0.wholeNumberValue }.map { $0 * 100 } ?? 200
    }

    /// The first type that the client names, else JSON, else the first.
    func media(accepting accept: String?) -> Media? {
        let wanted = (accept ?? "").split(separator: ",").map { OpenAPIBody.essence($0) }
        let named = wanted.lazy.compactMap { type in media.first { OpenAPIBody.essence($0.type) == type } }
        return named.first ?? media.first { OpenAPIBody.isJSON($0.type) } ?? media.first
    }
}
