import AssayCore
import AssayFormats

/// The compiled schemas of a document, by where they are written.
struct APISchemas {
    private let reading: APIReading
    private let version: String
    private(set) var compiled: [APIDocument.Direction: [String: JSONSchema]] = [:]
    private var sets: [APIDocument.Direction: JSONSchemaSet] = [:]

    init(_ reading: APIReading, version: String) {
        self.reading = reading
        self.version = version
        let first = reading.sources.first
        for direction in [APIDocument.Direction.request, .response] {
            do {
                // Places are looked up when they are told, not for each schema.
                sets[direction] = try JSONSchemaSet(
                    compiling: first.json, at: first.name, documents: reading.sources.schemaDocuments,
                    assertsFormats: true, use: direction.use)
            } catch {
                tell(error)
            }
        }
    }

    subscript(direction: APIDocument.Direction, pointer: String?) -> JSONSchema? {
        pointer.flatMap { compiled[direction]?[$0] }
    }

    /// - Parameter all: every schema of the document, used or not; what is wrong with it is told.
    mutating func compile(_ operations: [APIOperation], all: [APIPart]) {
        var wanted: [APIDocument.Direction: [String]] = [:]
        for operation in operations { Self.collect(operation, into: &wanted) }
        let used = Set((wanted[.request] ?? []) + (wanted[.response] ?? []))
        let unused = all.map { $0.document === reading.sources.first ? $0.pointer : $0.place }.filter {
            !used.contains($0)
        }
        for direction in [APIDocument.Direction.request, .response] {
            let places = (wanted[direction] ?? []) + (direction == .response ? unused : [])
            let own = places.filter { reading.sources.split($0)?.document === reading.sources.first }
            let made = sets[direction]?.schemas(at: own) ?? [:]
            var known: [String: JSONSchema] = [:]
            var seen: Set<String> = []
            for place in places where seen.insert(place).inserted {
                switch made[place] ?? outside(place, direction) {
                case .success(let schema)?: known[place] = schema
                case .failure(let error)?: tell(error)
                case nil: break
                }
            }
            compiled[direction] = known
        }
    }

    private static func collect(
        _ operation: APIOperation, into wanted: inout [APIDocument.Direction: [String]]
    ) {
        let sent =
            operation.parameters.map(\.schemaPointer) + (operation.body?.media ?? []).map(\.schemaPointer)
        wanted[.request, default: []] += sent.compactMap(\.self)
        for response in operation.responses {
            let got = response.media.map(\.schemaPointer) + response.headers.map(\.schemaPointer)
            wanted[.response, default: []] += got.compactMap(\.self)
        }
        for callback in operation.callbacks { collect(callback, into: &wanted) }
    }

    /// A schema of another document, which is written in this one's dialect; `nil` for others.
    private func outside(
        _ place: String, _ direction: APIDocument.Direction
    ) -> Result<JSONSchema, SchemaError>? {
        guard let document = reading.sources.split(place)?.document, document !== reading.sources.first
        else { return nil }
        let wrapper: JSON = [
            "openapi": .string(version), "components": ["schemas": ["outside": ["$ref": .string(place)]]],
        ]
        do throws(SchemaError) {
            return .success(
                try JSONSchema(
                    compiling: wrapper, at: "#/components/schemas/outside",
                    documents: reading.sources.schemaDocuments, assertsFormats: true, use: direction.use))
        } catch {
            return .failure(error)
        }
    }

    private func tell(_ error: SchemaError) {
        let place = error.place
        let document = reading.sources.split(place)?.document ?? reading.sources.first
        let location = reading.sources.nearestLocation(of: place)
        var diagnostic = Diagnostic(
            "AS154", "a schema cannot be used: expected \(error.expected), found \(error.actual)",
            at: location)
        if place.hasSuffix("/$ref"), let (document, pointer) = reading.sources.split(place),
            let reference = JSONPointer.find(pointer, in: document.json)?.stringValue
        {
            let cannot = error.actual.hasSuffix("which cannot") ? "'\(reference)' cannot be read" : nil
            diagnostic = Diagnostic("AS148", cannot ?? "there is no '\(reference)'", at: location)
        }
        reading.tell(diagnostic, in: document)
    }
}

extension APIDocument.Direction {
    fileprivate var use: SchemaUse { self == .request ? .request : .response }
}
