import AssayCore
import AssayFormats

/// One version of a contract, compiled.
struct ContractEdition: Sendable {
    enum Terms: Sendable {
        case openAPI(APIDocument)
        case routes(RouteTable)
        case none
    }

    let contract: Contract
    /// The version that was asked for, or that of the contract.
    let version: ContractVersion?
    let terms: Terms
    let messages: [String: JSONSchema]

    /// - Parameters:
    ///   - version: `nil` for the one that the manifest says, or the highest.
    ///   - bag: takes what cannot be used; the rest of the contract is judged all the same.
    init(
        _ contract: Contract, version asked: ContractVersion?, in folder: ContractFolder,
        _ shelf: SchemaShelf, _ bag: DiagnosticBag
    ) {
        let version = asked ?? contract.version ?? contract.versions.last
        self.contract = contract
        self.version = version
        func schema(_ path: ContractFilePath, _ use: SchemaUse) -> JSONSchema? {
            // One that is not there is told with the manifest.
            guard let file = folder.resolve(path, version: version) else { return nil }
            return shelf.schema(file, pointer: path.pointer, use: use, at: path)
        }
        switch contract.terms {
        case .openAPI(let path):
            terms = Self.document(path, version, folder, bag).map { .openAPI($0) } ?? .none
        case .routes(let routes):
            terms = .routes(RouteTable(routes, contract, folder, bag, schema: schema))
        case .none: terms = .none
        }
        var messages: [String: JSONSchema] = [:]
        for message in contract.messages { messages[message.name] = schema(message.schema, .plain) }
        self.messages = messages
    }

    private static func document(
        _ path: ContractFilePath, _ version: ContractVersion?, _ folder: ContractFolder, _ bag: DiagnosticBag
    ) -> APIDocument? {
        let files = folder.files
        guard let name = folder.resolve(path, version: version), let bytes = files.bytes(name),
            let yaml = YAMLReading(parsing: bytes, file: files.shown(name), bag: bag)
        else { return nil }
        return APIDocument.read(yaml, documents: files.documents)
    }

    func ignores(_ path: String) -> Bool { contract.ignored.contains { $0.matches(path) } }

    /// Whether it has the operation that a request goes to.
    func knows(_ request: ContractExchange.Request) -> Bool {
        switch terms {
        case .openAPI(let document): document.match(method: request.method, path: request.path) != nil
        case .routes(let table): table.match(request) != nil
        case .none: false
        }
    }

    /// - Parameter name: what findings call the contract, `ui-api@v1`.
    func judge(_ exchange: ContractExchange, as name: String) -> [ContractFinding] {
        switch terms {
        case .openAPI(let document): document.judge(exchange, contract: name)
        case .routes(let table): table.judge(exchange, contract, as: name)
        case .none: []
        }
    }

    func judge(message: JSON, named name: String, as contract: String) -> [ContractFinding]? {
        guard let schema = messages[name] else { return nil }
        return schema.violations(of: message).map {
            ContractFinding(
                .responseBody, .response, contract: contract, operation: name, place: "message",
                violation: $0)
        }
    }
}

extension ContractFinding {
    /// A body or message that its schema does not hold for.
    init(
        _ rule: ContractRule, _ side: Side, contract: String, operation: String, place: String,
        violation: SchemaViolation
    ) {
        self.init(
            rule, side, contract: contract, operation: operation,
            place: "\(place) \(violation.instancePath)", expected: violation.expected,
            actual: violation.actual, schemaPath: violation.schemaPath, location: violation.schemaLocation)
    }
}
