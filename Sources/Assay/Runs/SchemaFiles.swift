internal import AssayContracts
internal import AssayCore
internal import AssayFormats
internal import AssayNet
internal import Synchronization

/// Schemas that `schema:` names, read and compiled once each.
///
/// `orders.schema.json`, `orders.schema.json#/$defs/line`, or a name in an OpenAPI document: `openapi.yaml#addItems`.
final class SchemaFiles: Sendable {
    private let folder: String
    private let compiled = Mutex<[String: Result<JSONSchema, StepProblem>]>([:])

    private struct StepProblem: Error {
        var text: String
    }

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
                return Mismatch(
                    subject: place, expected: "\(violation.expected) (schema \(violation.schemaPath))",
                    actual: violation.actual, location: location)
            }
        }
    }

    private func schema(_ reference: String) -> Result<JSONSchema, StepProblem> {
        if let known = compiled.withLock({ $0[reference] }) { return known }
        let made = compile(reference)
        compiled.withLock { $0[reference] = made }
        return made
    }

    private func compile(_ reference: String) -> Result<JSONSchema, StepProblem> {
        let parts = reference.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false).map(
            String.init)
        let folder = folder
        let documents = SchemaDocuments { uri in
            guard let document = try? Self.document(uri, in: folder) else { return nil }
            return document
        }
        do {
            let document = try Self.document(parts[0], in: folder)
            var place = reference
            if document["openapi"] != nil, parts.count > 1 {
                place = parts[0] + "#" + (try OpenAPISchemas.schema(named: parts[1], in: document))
            }
            return .success(try JSONSchema(compiling: document, at: place, documents: documents))
        } catch {
            return .failure(StepProblem(text: "\(error)"))
        }
    }

    /// A JSON or YAML file, relative to the project's folder.
    private static func document(_ path: String, in folder: String) throws -> JSON {
        let place = path.hasPrefix("/") ? path : folder + "/" + path
        let bytes = try Files.read(place)
        guard path.hasSuffix(".yml") || path.hasSuffix(".yaml") else { return try JSON(parsing: bytes) }
        let bag = DiagnosticBag()
        guard let yaml = YAMLReading(parsing: bytes, file: place, bag: bag), let json = yaml.json(yaml.root)
        else {
            throw bag.all.first ?? Diagnostic("AS009", "\(place) holds no value")
        }
        return json
    }
}
