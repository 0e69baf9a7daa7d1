internal import AssayContracts
internal import AssayCore
internal import AssayDoubles
internal import AssayFormats
internal import AssayWire

/// A response of a double.
struct OpenAPIResponse: Sendable {
    struct Media: Sendable {
        var type: String
        /// Of the document, in its order; one made of the schema where it has none.
        var examples: [(name: String?, body: [UInt8])]
    }

    /// `200`, `4XX` or `default`.
    var name: String
    var status: Int
    var headers: [(String, String)]
    var media: [Media]

    /// The first type that the client names, else JSON, else the first.
    func media(accepting accept: String?) -> Media? {
        let wanted = (accept ?? "").split(separator: ",").map { Self.essence($0) }
        let named = wanted.lazy.compactMap { type in media.first { Self.essence($0.type) == type } }
        return named.first ?? media.first { Self.isJSON($0.type) } ?? media.first
    }

    /// `application/json` of `Application/JSON; charset=utf-8`.
    private static func essence(_ type: some StringProtocol) -> String {
        type.drop { $0 == " " }.prefix { $0 != ";" && $0 != " " }.lowercased()
    }

    static func isJSON(_ type: String) -> Bool {
        let name = essence(type)
        return name == "application/json" || name.hasSuffix("+json")
    }
}

/// Makes the answers of a document's responses, from their examples and schemas.
struct OpenAPIAnswers {
    private let document: APIDocument
    private let yaml: YAMLReading

    init(_ document: APIDocument, _ yaml: YAMLReading) {
        self.document = document
        self.yaml = yaml
    }

    func response(_ response: APIResponse) -> OpenAPIResponse {
        let headers = response.headers.compactMap { header -> (String, String)? in
            guard isHeaderName(header.name) else { return nil }
            let value = header.examples.first?.value ?? made(of: header.schema, at: header.schemaPointer)
            let text = value.stringValue ?? value.rendered()
            return isHeaderValue(text.utf8) ? (header.name, text) : nil
        }
        return OpenAPIResponse(
            name: response.name, status: response.standardStatus, headers: headers,
            media: response.media.map { .init(type: $0.type, examples: examples(of: $0)) })
    }

    private func examples(of media: APIMedia) -> [(name: String?, body: [UInt8])] {
        let isJSON = OpenAPIResponse.isJSON(media.type)
        guard media.examples.isEmpty else {
            return media.examples.map { example in
                let text = isJSON ? nil : example.value.stringValue
                return (example.name, Array((text ?? example.value.rendered()).utf8))
            }
        }
        guard let pointer = media.schemaPointer else { return [] }
        let value = made(of: media.schema, at: pointer)
        let isText = value.objectValue == nil && value.arrayValue == nil
        guard isJSON || isText else {
            warn("only JSON is made of a schema, and this is \(media.type): the answer is empty", at: pointer)
            return []
        }
        if let problem = document.schema(at: pointer, for: .response)?.violations(of: value, limit: 1).first {
            warn(
                "what is made of the schema is not as it says: \(problem.instancePath): expected "
                    + "\(problem.expected), found \(problem.actual)", at: pointer)
        }
        let text = isJSON ? nil : value.stringValue
        return [(nil, Array((text ?? value.rendered()).utf8))]
    }

    private func made(of schema: JSON?, at pointer: String?) -> JSON {
        SchemaExample.value(of: schema ?? [:], inOpenAPI: document.root(of: pointer ?? ""))
    }

    private func warn(_ message: String, at pointer: String) {
        yaml.add(
            Diagnostic(
                "AS353", message, at: document.location(of: pointer), fix: "add an `example`",
                severity: .warning))
    }
}
