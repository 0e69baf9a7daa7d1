internal import AssayContracts
internal import AssayCore
internal import AssayFormats
internal import AssayNet
internal import Synchronization

/// Schemas that `schema:` names, read and compiled once each.
///
/// `orders.schema.json`, `orders.schema.json#/$defs/line`, or a name in an OpenAPI document: `openapi.yaml#addItems`.
final class SchemaFiles: Sendable {
    private typealias Compiled = Result<JSONSchema, Problem>

    /// Why a schema cannot be used, with file, line and column where they are known.
    private struct Problem: Error {
        var text: String
    }

    private let folder: String
    private let compiled = Mutex<[String: Compiled]>([:])
    /// Of a document, everything that was asked of it.
    private let sets = Mutex<[String: Result<JSONSchemaSet, Problem>]>([:])
    private let documents = Mutex<[String: Result<SchemaDocument, Problem>]>([:])

    /// - Parameter folder: what names of files are relative to.
    init(folder: String) { self.folder = folder }

    func judge(_ reference: String, _ value: JSON, subject: String, location: SourceLocation?) -> [Mismatch] {
        switch schema(reference) {
        case .failure(let problem):
            return [
                Mismatch(
                    subject: subject, expected: "the schema \(reference)", actual: problem.text,
                    location: location)
            ]
        case .success(let schema):
            return schema.violations(of: value).map { violation in
                let place = violation.instancePath == "$" ? subject : "\(subject) \(violation.instancePath)"
                let rule = violation.schemaLocation.map { "\($0)" } ?? violation.schemaPath
                return Mismatch(
                    subject: place, expected: "\(violation.expected) (schema \(rule))",
                    actual: violation.actual, location: location)
            }
        }
    }

    private func schema(_ reference: String) -> Compiled {
        if let known = compiled.withLock({ $0[reference] }) { return known }
        let made = compile(reference)
        compiled.withLock { $0[reference] = made }
        return made
    }

    private func compile(_ reference: String) -> Compiled {
        let parts = reference.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false).map(
            String.init)
        let fragment = parts.count > 1 ? parts[1] : ""
        return document(parts[0]).flatMap { document in
            guard document.json["openapi"] != nil, parts.count > 1 else {
                return Result { () throws(SchemaError) in
                    try JSONSchema(compiling: document, at: reference, documents: others)
                }.mapError { Problem(text: "\($0)") }
            }
            // A document with many operations is compiled once for all of them.
            return set(of: parts[0], document).flatMap { set in
                Result { () throws(SchemaError) in
                    try set.schema(at: try OpenAPISchemas.schema(named: fragment, in: document.json))
                }.mapError { Problem(text: "\($0)") }
            }
        }
    }

    private func set(of path: String, _ document: SchemaDocument) -> Result<JSONSchemaSet, Problem> {
        if let known = sets.withLock({ $0[path] }) { return known }
        let made = Result { () throws(SchemaError) in
            try JSONSchemaSet(compiling: document, at: path, documents: others, use: .response)
        }.mapError { Problem(text: "\($0)") }
        sets.withLock { $0[path] = made }
        return made
    }

    private var others: SchemaDocuments {
        SchemaDocuments(reading: { [self] uri in try? document(uri).get() })
    }

    /// A JSON or YAML file, relative to the project's folder.
    private func document(_ path: String) -> Result<SchemaDocument, Problem> {
        if let known = documents.withLock({ $0[path] }) { return known }
        let made = read(path)
        documents.withLock { $0[path] = made }
        return made
    }

    private func read(_ path: String) -> Result<SchemaDocument, Problem> {
        do throws(SystemError) {
            let bytes = try Files.read(path.hasPrefix("/") ? path : folder + "/" + path)
            let bag = DiagnosticBag()
            guard let document = SchemaDocument(reading: bytes, file: path, bag: bag) else {
                let problem = bag.all.first
                let place = problem?.location.map { "\($0): " } ?? ""
                return .failure(Problem(text: place + (problem?.message ?? "\(path) holds no value")))
            }
            return .success(document)
        } catch {
            return .failure(Problem(text: "\(error)"))
        }
    }
}
