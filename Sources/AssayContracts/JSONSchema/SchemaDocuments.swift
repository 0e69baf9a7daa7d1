public import AssayFormats

/// Where schemas that refer to other documents find them; this module reads nothing itself.
public struct SchemaDocuments: Sendable {
    let read: @Sendable (String) -> JSON?

    /// - Parameter read: the document at an absolute URI or path without fragment; `nil` when there is none.
    public init(_ read: @escaping @Sendable (String) -> JSON?) { self.read = read }

    /// No other documents: references stay within the schema.
    public static let none = SchemaDocuments { _ in nil }
}

/// Why a schema cannot be used.
public struct SchemaError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The document's URI or path, `#` and a JSON Pointer, like `contracts/item.json#/properties/id`.
    public var place: String
    /// What would have been right.
    public var expected: String
    /// What stands there.
    public var actual: String

    public init(place: String, expected: String, actual: String) {
        self.place = place
        self.expected = expected
        self.actual = actual
    }

    /// One sentence without a full stop.
    public var description: String { "\(place): expected \(expected), found \(actual)" }
}

/// One way in which a value is not what its schema says.
public struct SchemaViolation: Sendable, Equatable, CustomStringConvertible {
    /// Where in the value, as a JSONPath: `$.items[0].id`.
    public var instancePath: String
    /// Where the keyword is written: the document's URI or path, `#` and a JSON Pointer.
    public var schemaPath: String
    /// The keyword that does not hold, like `required`.
    public var keyword: String
    /// What the schema asks for.
    public var expected: String
    /// What the value has there, shortened.
    public var actual: String

    /// One sentence without a full stop.
    public var description: String {
        "\(instancePath): expected \(expected), found \(actual) (\(schemaPath))"
    }
}
