public import AssayCore
public import AssayFormats

/// An OpenAPI document, 3.0 or 3.1, read once and able to judge any number of exchanges, from any thread.
///
/// What generators write that is not quite as the specification says is accepted where its meaning is clear; what is wrong
/// is told with its place. Sources: OpenAPI 3.0.4 and 3.1.1.
public struct APIDocument: Sendable {
    /// The document as it stands.
    public let json: JSON
    /// Its path as the person gave it.
    public let file: String
    /// Of OpenAPI, like `3.1.0`.
    public let version: String
    /// `info.title`; empty when there is none.
    public let title: String
    /// `info.version`: that of the interface.
    public let interfaceVersion: String?
    /// In the document's order.
    public let operations: [APIOperation]
    /// Requests that the provider sends on its own; they take no part in ``match(method:path:)``.
    public let webhooks: [APIOperation]
    /// `components.securitySchemes`.
    public let securitySchemes: [APISecurityScheme]
    /// Of the whole document; operations and paths may have others.
    public let servers: [APIServer]
    let contents: APIContents

    /// Which way values of a schema go: requests need not have what is `readOnly`, responses what is `writeOnly`.
    public enum Direction: Sendable, Hashable { case request, response }

    /// Reads a document.
    ///
    /// - Parameters:
    ///   - yaml: the document, YAML or JSON.
    ///   - documents: where `$ref`s into other documents are read; paths are as the reading's own, those of its folder.
    /// - Returns: `nil` when there are errors; they and warnings (AS145–159) are in the reading's bag.
    public static func read(_ yaml: YAMLReading, documents: SchemaDocuments = .none) -> APIDocument? {
        APIDocumentReader(yaml, documents: documents).read()
    }

    /// Where a value is written; `nil` when there is none.
    ///
    /// - Parameter pointer: a JSON Pointer of this document, or `FILE#POINTER` of one that it refers to.
    public func location(of pointer: String) -> SourceLocation? { contents.sources.location(of: pointer) }

    /// The whole document that a place is in: what references there lead into.
    ///
    /// - Parameter pointer: as ``location(of:)`` takes it.
    public func root(of pointer: String) -> JSON { contents.sources.split(pointer)?.document.json ?? json }

    /// The compiled schema at a place; formats are asserted.
    ///
    /// - Parameter pointer: the `schemaPointer` of a parameter, header or media type.
    /// - Returns: `nil` when no part of the document has its schema there.
    public func schema(at pointer: String, for direction: Direction) -> JSONSchema? {
        contents.schemas[direction]?[pointer]
    }

    /// The operation that a request goes to.
    ///
    /// Base paths of servers count, and may also be left out, since a stand is none of them. Constant segments come before
    /// those with parameters; of paths that fit, one with the method is preferred. HEAD is that of GET where it is not
    /// described itself.
    ///
    /// - Parameters:
    ///   - method: upper case.
    ///   - path: as sent, percent-encoded, without the query.
    /// - Returns: `nil` when no operation fits.
    public func match(method: String, path: String) -> APIMatch? {
        guard let found = contents.paths.match(method: method, path: path) else { return nil }
        return APIMatch(operation: operations[found.operation], index: found.operation, values: found.values)
    }
}

/// An operation and what a request's path says.
public struct APIMatch: Sendable {
    /// What stands in a path for a parameter.
    public struct Value: Sendable, Hashable {
        public var name: String
        /// As sent, percent-encoded.
        public var text: String
        public init(name: String, text: String) {
            self.name = name
            self.text = text
        }
    }

    public var operation: APIOperation
    /// Of the operation in ``APIDocument/operations``.
    public var index: Int
    /// In the path's order.
    public var values: [Value]
}
