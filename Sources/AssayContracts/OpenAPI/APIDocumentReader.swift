import AssayCore
import AssayFormats

/// Reads one document: grammar first, then what operations say, then what has to fit together.
struct APIDocumentReader {
    private let yaml: YAMLReading
    private let documents: SchemaDocuments

    init(_ yaml: YAMLReading, documents: SchemaDocuments) {
        self.yaml = yaml
        self.documents = documents
    }

    func read() -> APIDocument? {
        guard let json = yaml.json(yaml.root), let version = version(of: json) else { return nil }
        let document = APISources.Document(
            name: yaml.file, json: json, root: yaml.root, positions: DocumentPositions(yaml))
        let sources = APISources(document, documents: documents)
        let reading = APIReading(yaml, sources, isThreeZero: version.hasPrefix("3.0"))
        var structure = APIStructure(reading)
        structure.check(document.part)
        requirePaths(document.part, reading)

        let reader = APIOperationReader(reading, document.part)
        let operations = reader.operations(in: document.part["paths"])
        let webhooks = reader.webhooks(document.part["webhooks"])
        let schemes = reader.securitySchemes(document.part["components"]?["securitySchemes"])
        let checks = APIChecks(reading, schemes: schemes)
        checks.check(operations, webhooks, document.part)
        var schemas = APISchemas(reading, version: version)
        schemas.compile(operations + webhooks, all: structure.schemas)
        checks.checkExamples(operations + webhooks, schemas)
        guard !reading.hasErrors else { return nil }

        let contents = APIContents(
            sources: sources, schemas: schemas.compiled,
            paths: Self.index(operations, reader.basePaths(of:)),
            plans: operations.map { ExchangePlan($0, schemas: schemas, reading) })
        return APIDocument(
            json: json, file: yaml.file, version: version,
            title: json["info"]?["title"].flatMap(APIOperationReader.scalar) ?? "",
            interfaceVersion: json["info"]?["version"].flatMap(APIOperationReader.scalar),
            operations: operations, webhooks: webhooks, securitySchemes: schemes,
            servers: reader.servers(document.part["servers"]), contents: contents)
    }

    /// AS145 for anything else than 3.0 and 3.1.
    private func version(of json: JSON) -> String? {
        let found = json["openapi"].map { $0.stringValue ?? $0.rendered() }
        if let found, json["openapi"]?.stringValue != nil,
            found == "3.0" || found == "3.1"
                || found.hasPrefix("3.0.") || found.hasPrefix("3.1.")
        {
            return found
        }
        let swagger = json["swagger"].map { "Swagger " + ($0.stringValue ?? $0.rendered()) }
        var fix: String?
        if swagger != nil, found == nil { fix = "convert the document to OpenAPI 3" }
        if let found, json["openapi"]?.stringValue == nil { fix = "write `openapi: \"\(found).0\"`" }
        let place = yaml.root["openapi"] ?? yaml.root["swagger"] ?? yaml.root
        yaml.error(
            "AS145",
            "expected an OpenAPI document of 3.0 or 3.1, found "
                + Shortened.bounded(found.map { "version \($0)" } ?? swagger ?? "no 'openapi'"),
            at: place, fix: fix)
        return nil
    }

    private func requirePaths(_ document: APIPart, _ reading: APIReading) {
        let others = reading.isThreeZero ? [] : ["webhooks", "components"]
        guard (["paths"] + others).allSatisfy({ document[$0] == nil || document[$0]?.value == .null }) else {
            return
        }
        reading.error("AS147", "the document needs 'paths'", at: document, fix: "add `paths: …`")
    }

    private static func index(
        _ operations: [APIOperation], _ basePaths: (APIOperation) -> [String]
    ) -> APIPathIndex {
        var index = APIPathIndex()
        // Paths as servers have them come first: they are what the document says.
        for (place, operation) in operations.enumerated() {
            guard let template = try? APIPathTemplate(operation.path) else { continue }
            for base in basePaths(operation) where !base.isEmpty {
                guard let base = try? APIPathTemplate(base) else { continue }
                index.add(template, below: base, method: operation.method, operation: place)
            }
        }
        for (place, operation) in operations.enumerated() {
            guard let template = try? APIPathTemplate(operation.path) else { continue }
            index.add(template, method: operation.method, operation: place)
        }
        return index
    }
}

/// What a document keeps beside its model; shared by its copies.
final class APIContents: Sendable {
    let sources: APISources
    let schemas: [APIDocument.Direction: [String: JSONSchema]]
    let paths: APIPathIndex
    /// One for each operation.
    let plans: [ExchangePlan]

    init(
        sources: APISources, schemas: [APIDocument.Direction: [String: JSONSchema]], paths: APIPathIndex,
        plans: [ExchangePlan]
    ) {
        self.sources = sources
        self.schemas = schemas
        self.paths = paths
        self.plans = plans
    }
}
