internal import AssayContracts
internal import AssayCore
internal import AssayFormats

/// One version of one contract file.
enum ContractVersion {
    case openAPI(APIDocument)
    case schema(ComparedDocument)

    var kindText: String {
        switch self {
        case .openAPI: "an OpenAPI document"
        case .schema: "a JSON Schema"
        }
    }
}

/// Reads contract files of one tree, and the documents that they refer to from the same tree.
struct ContractVersionReader: Sendable {
    let tree: ContractTree

    /// Reads a file.
    ///
    /// - Parameter isNamed: a person named the file, so it must be a contract.
    /// - Returns: `nil` when it is none, or not there.
    func read(_ path: String, isNamed: Bool) -> Result<ContractVersion?, Diagnostics> {
        switch tree.read(path) {
        case .failure(let problem): return .failure(Diagnostics([problem]))
        case .success(nil): return .success(nil)
        case .success(let bytes?): return read(bytes, path, isNamed: isNamed)
        }
    }

    private func read(
        _ bytes: [UInt8], _ path: String, isNamed: Bool
    ) -> Result<ContractVersion?, Diagnostics> {
        let shown = tree.prefix + path
        let bag = DiagnosticBag()
        var document: SchemaDocument?
        if Self.isYAML(path) {
            // Of a file that only happens to lie in the folder nothing is wanted.
            guard let yaml = YAMLReading(parsing: bytes, file: shown, bag: bag) else {
                return isNamed ? .failure(Diagnostics(bag.all)) : .success(nil)
            }
            if yaml.root["openapi"] != nil { return openAPI(bytes, path) }
            document = SchemaDocument(yaml)
        } else {
            do throws(JSONError) {
                document = try SchemaDocument(parsingJSON: bytes, file: shown)
            } catch {
                return isNamed || path.hasSuffix(".schema.json")
                    ? .failure(Diagnostics([Self.diagnostic(error, shown)])) : .success(nil)
            }
            if document?.json["openapi"] != nil { return openAPI(bytes, path) }
        }
        guard let document else { return isNamed ? .failure(Diagnostics(bag.all)) : .success(nil) }
        guard Self.isSchema(document.json, path, isNamed: isNamed) else {
            guard isNamed else { return .success(nil) }
            let isOld = document.json["swagger"] != nil
            return .failure(
                Diagnostics([
                    Diagnostic(
                        "AS450",
                        "'\(shown)' is neither an OpenAPI document nor a JSON Schema"
                            + (isOld ? ": it is Swagger 2" : ""),
                        fix: isOld
                            ? "convert it to OpenAPI 3"
                            : "OpenAPI documents have `openapi`, schemas have keywords like `type` or `$ref`")
                ]))
        }
        return .success(.schema(ComparedDocument(document, file: path, documents: documents)))
    }

    /// The document is read under its plain path, since what it refers to is found from there.
    private func openAPI(_ bytes: [UInt8], _ path: String) -> Result<ContractVersion?, Diagnostics> {
        let bag = DiagnosticBag()
        if let yaml = YAMLReading(parsing: bytes, file: path, bag: bag),
            let document = APIDocument.read(yaml, documents: documents)
        {
            return .success(.openAPI(document))
        }
        return .failure(
            Diagnostics(
                bag.errors.map { problem in
                    var problem = problem
                    if let file = problem.location?.file, !file.hasPrefix(tree.prefix) {
                        problem.location?.file = tree.prefix + file
                    }
                    return problem
                }))
    }

    /// Other documents that schemas refer to.
    private var documents: SchemaDocuments {
        let tree = tree
        return SchemaDocuments(reading: { path in
            guard case .success(let bytes?) = tree.read(path) else { return nil }
            let shown = tree.prefix + path
            guard Self.isYAML(path) else { return try? SchemaDocument(parsingJSON: bytes, file: shown) }
            return YAMLReading(parsing: bytes, file: shown, bag: DiagnosticBag()).flatMap {
                SchemaDocument($0)
            }
        })
    }

    // MARK: What is a contract

    static func isYAML(_ path: String) -> Bool { path.hasSuffix(".yml") || path.hasSuffix(".yaml") }

    /// Whether a file of a folder may be a contract by its name.
    static func mayBeContract(_ path: String) -> Bool {
        guard isYAML(path) || path.hasSuffix(".json") else { return false }
        let parts = path.split(separator: "/")
        // Golden examples are values, the manifest and waivers are Assay's own.
        return !parts.dropLast().contains("golden") && !["contracts.yml", "waivers.yml"].contains(parts.last)
    }

    private static let keywords: Set<String> = [
        "$schema", "$ref", "$defs", "definitions", "type", "properties", "items", "allOf", "anyOf", "oneOf",
        "enum", "const", "not", "required", "additionalProperties", "patternProperties", "if", "pattern",
        "format", "minimum", "maximum", "prefixItems", "contains", "$id", "propertyNames",
    ]

    private static func isSchema(_ json: JSON, _ path: String, isNamed: Bool) -> Bool {
        if case .bool = json { return isNamed }
        guard let members = json.objectValue else { return false }
        if members["$schema"] != nil { return true }
        let isCalledSo = [".schema.json", ".schema.yml", ".schema.yaml"].contains { path.hasSuffix($0) }
        return isCalledSo || (isNamed && (members.isEmpty || members.keys.contains(where: keywords.contains)))
    }

    private static func diagnostic(_ error: JSONError, _ file: String) -> Diagnostic {
        Diagnostic(
            "AS463", "the contract is not JSON: expected \(error.expected), found \(error.actual)",
            at: SourceLocation(file: file, line: error.line, column: error.column))
    }
}
