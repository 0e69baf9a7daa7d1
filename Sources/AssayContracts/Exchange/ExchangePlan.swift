import AssayCore
import AssayFormats

/// An operation as it is judged: made once, so that each exchange costs little.
struct ExchangePlan: Sendable {
    /// What texts are turned into and judged by.
    struct Value: Sendable {
        var schema: JSONSchema?
        var shape: TextShape
        /// The text itself is JSON.
        var isJSON = false
        var location: SourceLocation
    }

    struct Parameter: Sendable {
        var name: String
        var place: APIParameter.Place
        var isRequired: Bool
        var style: APIParameter.Style
        var isExploded: Bool
        var allowsEmpty: Bool
        var value: Value
    }

    struct Header: Sendable {
        var name: String
        var isRequired: Bool
        var isExploded: Bool
        var value: Value
    }

    struct Media: Sendable {
        var type: MediaType
        var written: String
        var encodings: [String: APIEncoding]
        var value: Value
    }

    struct Body: Sendable {
        var isRequired: Bool
        var media: [Media]
        var location: SourceLocation
    }

    struct Response: Sendable {
        var name: String
        var headers: [Header]
        var media: [Media]
        var location: SourceLocation
    }

    var operation: String
    var location: SourceLocation
    var parameters: [Parameter]
    var body: Body?
    var responses: [String: Response]
    /// In the document's order, for messages.
    var statuses: [String]
    var security: [[String: [String]]]

    init(_ operation: APIOperation, schemas: APISchemas, _ reading: APIReading) {
        var shapes = TextShapeReader(reading)
        func value(
            _ pointer: String?, _ direction: APIDocument.Direction, _ location: SourceLocation,
            isText: Bool = true, content: String? = nil
        ) -> Value {
            var value = Value(
                schema: schemas[direction, pointer], shape: isText ? shapes.shape(at: pointer) : .any,
                location: location)
            if let content { value.isJSON = MediaType(content)?.isJSON ?? false }
            return value
        }
        func media(_ media: [APIMedia], _ direction: APIDocument.Direction) -> [Media] {
            media.compactMap { media in
                guard let type = MediaType(media.type) else { return nil }
                return Media(
                    type: type, written: media.type, encodings: media.encodings,
                    value: value(media.schemaPointer, direction, media.location, isText: !type.isJSON))
            }
        }
        self.operation = operation.name
        location = operation.location
        security = operation.security
        parameters = operation.parameters.filter { !Self.isDescribedElsewhere($0) }.map { parameter in
            Parameter(
                name: parameter.name, place: parameter.place, isRequired: parameter.isRequired,
                style: parameter.style, isExploded: parameter.isExploded, allowsEmpty: parameter.allowsEmpty,
                value: value(
                    parameter.schemaPointer, .request, parameter.location, content: parameter.contentType))
        }
        body = operation.body.map {
            Body(isRequired: $0.isRequired, media: media($0.media, .request), location: $0.location)
        }
        statuses = operation.responses.map(\.name)
        responses = [:]
        for response in operation.responses {
            let headers = response.headers.map { header in
                Header(
                    name: header.name, isRequired: header.isRequired, isExploded: header.isExploded,
                    value: value(
                        header.schemaPointer, .response, header.location, content: header.contentType))
            }
            responses[response.name] = Response(
                name: response.name, headers: headers, media: media(response.media, .response),
                location: response.location)
        }
    }

    /// Three headers are described by other parts (OpenAPI 3.1 §4.8.12.1).
    private static func isDescribedElsewhere(_ parameter: APIParameter) -> Bool {
        parameter.place == .header
            && ["accept", "content-type", "authorization"].contains(parameter.name.lowercased())
    }

    func response(for status: Int) -> Response? {
        responses["\(status)"] ?? responses["\(status / 100)XX"] ?? responses["default"]
    }
}
