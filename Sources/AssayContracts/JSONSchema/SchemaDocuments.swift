public import AssayCore
public import AssayFormats

/// A schema document and, when it is of a file, where its parts stand there.
public struct SchemaDocument: Sendable {
    public var json: JSON
    public var positions: DocumentPositions?

    public init(_ json: JSON, positions: DocumentPositions? = nil) {
        self.json = json
        self.positions = positions
    }

    /// Reads a JSON file.
    ///
    /// - Parameter file: what the file is called in messages.
    /// - Throws: where the text stops being JSON.
    public init(parsingJSON bytes: [UInt8], file: String) throws(JSONError) {
        json = try JSON(parsing: bytes)
        positions = try DocumentPositions(parsingJSON: bytes, file: file)
    }

    /// Reads a file: YAML when its name ends in `.yml` or `.yaml`, else JSON.
    ///
    /// - Parameters:
    ///   - file: its path as people know it.
    ///   - bag: is told what is wrong, each with line and column: AS141 for JSON, AS001–AS019 for YAML.
    /// - Returns: `nil` when the file holds no value.
    public init?(reading bytes: [UInt8], file: String, bag: DiagnosticBag) {
        if file.hasSuffix(".yml") || file.hasSuffix(".yaml") {
            guard let yaml = YAMLReading(parsing: bytes, file: file, bag: bag) else { return nil }
            self.init(yaml)
            return
        }
        do {
            try self.init(parsingJSON: bytes, file: file)
        } catch {
            let place = SourceLocation(file: file, line: error.line, column: error.column)
            let text = SourceText(String(decoding: bytes, as: UTF8.self), file: file)
            bag.add(
                Diagnostic(
                    "AS141", "this is not JSON: expected \(error.expected), found \(error.actual)", at: place,
                    line: text.line(error.line)))
            return nil
        }
    }

    /// A YAML file that was read; `nil`, and recorded in its bag, when it holds what JSON has not.
    public init?(_ yaml: YAMLReading) {
        guard let json = yaml.json(yaml.root) else { return nil }
        self.json = json
        positions = DocumentPositions(yaml)
    }
}

/// Where schemas that refer to other documents find them; this module reads nothing itself.
public struct SchemaDocuments: Sendable {
    let read: @Sendable (String) -> SchemaDocument?

    /// - Parameter read: the document at an absolute URI or path without fragment; `nil` when there is none.
    public init(_ read: @escaping @Sendable (String) -> JSON?) {
        self.read = { uri in read(uri).map { SchemaDocument($0) } }
    }

    /// - Parameter read: the document at an absolute URI or path without fragment, with its places; `nil` when there
    ///   is none.
    public init(reading read: @escaping @Sendable (String) -> SchemaDocument?) { self.read = read }

    /// No other documents: references stay within the schema.
    public static let none = SchemaDocuments { _ in Optional<JSON>.none }
}

/// Why a schema cannot be used.
public struct SchemaError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The document's URI or path, `#` and a JSON Pointer, like `contracts/item.json#/properties/id`.
    public var place: String
    /// What would have been right.
    public var expected: String
    /// What stands there.
    public var actual: String
    /// The same place in its file, when the document came with positions.
    public var location: SourceLocation?

    public init(place: String, expected: String, actual: String, location: SourceLocation? = nil) {
        self.place = place
        self.expected = expected
        self.actual = actual
        self.location = location
    }

    /// One sentence without a full stop; begins with file, line and column when they are known, else with the place.
    public var description: String {
        "\(location.map { "\($0)" } ?? place): expected \(expected), found \(actual)"
    }

    /// The error as a person sees it: AS140, at its line when that is known.
    public func diagnostic(code: DiagnosticCode = "AS140") -> Diagnostic {
        let name = location == nil ? "\(place): " : ""
        return Diagnostic(
            code, "\(name)this schema cannot be used: expected \(expected), found \(actual)", at: location)
    }
}

/// One way in which a value is not what its schema says.
public struct SchemaViolation: Sendable, Equatable, CustomStringConvertible {
    /// Where in the value, as a JSONPath: `$.items[0].id`.
    public var instancePath: String
    /// The same as a JSON Pointer: `/items/0/id`; empty for the whole value.
    public var instancePointer: String
    /// Where the keyword is written: the document's URI or path, `#` and a JSON Pointer.
    public var schemaPath: String
    /// The keyword that does not hold, like `required`.
    public var keyword: String
    /// What the schema asks for.
    public var expected: String
    /// What the value has there, shortened.
    public var actual: String
    /// Where the keyword stands in its file; `nil` when the schema did not come with positions.
    public var schemaLocation: SourceLocation?
    /// Where the value stands in its file; `nil` when the value did not come with positions.
    public var instanceLocation: SourceLocation?

    /// The violation as a person sees it, for values that are of files: AS142, at its line when that is known.
    public func diagnostic(code: DiagnosticCode = "AS142") -> Diagnostic {
        Diagnostic(code, "not as its schema says: \(description)", at: instanceLocation)
    }

    /// One sentence without a full stop.
    public var description: String {
        "\(instancePath): expected \(expected), found \(actual) (\(schemaLocation.map { "\($0)" } ?? schemaPath))"
    }
}
