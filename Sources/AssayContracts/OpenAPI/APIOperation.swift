public import AssayCore
public import AssayFormats

/// One operation of an OpenAPI document: a method on a path.
///
/// `$ref`s of path items, parameters, bodies, responses and headers are resolved; what a path's operations share is part
/// of each of them.
public struct APIOperation: Sendable {
    /// Upper case.
    public var method: String
    /// As written, without the servers' base paths: `/jobs/{id}`. Of a webhook, its name.
    public var path: String
    /// `operationId`.
    public var id: String?
    public var summary: String?
    public var tags: [String] = []
    /// Where it is written, as a JSON Pointer: `/paths/~1jobs~1{id}/post`.
    public var pointer: String
    public var location: SourceLocation
    /// Those of the path first; an operation's own replaces the path's of the same name and place.
    public var parameters: [APIParameter] = []
    public var body: APIBody?
    /// In the document's order.
    public var responses: [APIResponse] = []
    /// One of these is enough, each with all of its schemes and their scopes; empty when nothing is asked for. An empty
    /// dictionary among them makes authentication optional.
    public var security: [[String: [String]]] = []
    public var isDeprecated = false
    /// Requests that the provider sends in answer, by `NAME EXPRESSION`; their paths are runtime expressions.
    public var callbacks: [APIOperation] = []
    /// What is written with names that begin with `x-`, like `x-sunset`.
    public var extensions = JSONObject()

    /// `POST /jobs/{id}`.
    public var name: String { method + " " + path }

    /// The response that describes a status: its own, else that of its class, else `default`.
    public func response(for status: Int) -> APIResponse? {
        let names = ["\(status)", "\(status / 100)XX", "default"]
        return names.lazy.compactMap { name in responses.first { $0.name == name } }.first
    }
}

/// A parameter of an operation.
public struct APIParameter: Sendable {
    public enum Place: String, Sendable, CaseIterable { case path, query, header, cookie }

    /// How a value is written as text. Source: OpenAPI 3.1 §4.8.12, RFC 6570.
    public enum Style: String, Sendable, CaseIterable {
        case matrix, label, simple, form, spaceDelimited, pipeDelimited, deepObject
    }

    public var name: String
    public var place: Place
    /// Always of a path's.
    public var isRequired: Bool
    public var style: Style
    /// Whether each element or member stands by itself.
    public var isExploded: Bool
    /// `allowEmptyValue`.
    public var allowsEmpty = false
    public var isDeprecated = false
    /// Of the value; with ``contentType``, of what the text holds.
    public var schema: JSON?
    /// Where the schema is written, for ``APIDocument/schema(at:for:)``; see ``APIMedia/schemaPointer``.
    public var schemaPointer: String?
    /// The parameter is a text of this media type (`content`), not one of a style.
    public var contentType: String?
    public var examples: [APIExample] = []
    public var pointer: String
    public var location: SourceLocation
}

/// The body that an operation takes.
public struct APIBody: Sendable {
    public var isRequired: Bool
    /// In the document's order.
    public var media: [APIMedia]
    public var pointer: String
    public var location: SourceLocation
}

/// One media type of a body or a response.
public struct APIMedia: Sendable {
    /// As written: `application/json; charset=utf-8`, `text/*`.
    public var type: String
    public var schema: JSON?
    /// Where the schema is written: a JSON Pointer of the document, or `FILE#POINTER` when that is another one.
    public var schemaPointer: String?
    /// Without those that are only named by a URL (`externalValue`).
    public var examples: [APIExample] = []
    /// How fields of a form are written, by their names.
    public var encodings: [String: APIEncoding] = [:]
    public var pointer: String
    public var location: SourceLocation
}

/// How one field of a form is written.
public struct APIEncoding: Sendable {
    public var contentType: String?
    public var style: APIParameter.Style = .form
    public var isExploded = true
}

/// An example of a document.
public struct APIExample: Sendable {
    /// `nil` for the only one (`example`).
    public var name: String?
    public var value: JSON
    public var pointer: String
    public var location: SourceLocation
}

/// A response of an operation.
public struct APIResponse: Sendable {
    /// `200`, `4XX` or `default`.
    public var name: String
    public var description: String?
    public var headers: [APIHeader] = []
    /// In the document's order; empty when no content is described.
    public var media: [APIMedia] = []
    public var pointer: String
    public var location: SourceLocation

    /// A status that it describes: its own, the first of its class, 200 for `default`.
    public var standardStatus: Int {
        Int(name) ?? name.first.flatMap(\.wholeNumberValue).map { $0 * 100 } ?? 200
    }
}

/// A header of a response; its style is always `simple`.
public struct APIHeader: Sendable {
    public var name: String
    public var isRequired: Bool
    public var isExploded = false
    public var isDeprecated = false
    public var schema: JSON?
    /// See ``APIMedia/schemaPointer``.
    public var schemaPointer: String?
    /// See ``APIParameter/contentType``.
    public var contentType: String?
    public var examples: [APIExample] = []
    public var pointer: String
    public var location: SourceLocation
}

/// A way to authenticate that a document names.
public struct APISecurityScheme: Sendable, Hashable {
    public enum Kind: Sendable, Hashable {
        case apiKey(in: APIParameter.Place, name: String)
        case httpBasic
        case httpBearer
        /// Another scheme of the `Authorization` header, in lower case.
        case http(String)
        case oauth2
        case openIdConnect
        case mutualTLS
    }

    /// As requirements name it.
    public var name: String
    public var kind: Kind
    public var pointer: String
    public var location: SourceLocation
}

/// Where a document's provider can be reached.
public struct APIServer: Sendable, Hashable {
    /// As written, with `{variables}`.
    public var url: String
    /// The paths in front of the operations': without a slash at the end, empty for none. One for each combination of the
    /// values that variables may have; `{name}` stays where a variable may have any.
    public var basePaths: [String]
    public var pointer: String
}
