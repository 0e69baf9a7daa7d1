public import AssayFormats

/// Makes an OpenAPI 3.1 document of exchanges.
///
/// Every exchange that it is made of holds against it, save those that ``Note``s tell of. The same exchanges give the same
/// document; secrets are not written. Source: OpenAPI 3.1.1.
public struct APIInference: Sendable {
    public struct Options: Sendable {
        public var title = "API"
        /// `info.version`.
        public var version = "1.0.0"
        /// URLs of servers; the path of one is taken off in front of requests' paths.
        public var servers: [String] = []
        public var schemas = SchemaInference.Options()
        /// Writes the first body of each place as an example, without secrets.
        public var examples = false
        public init() {}
    }

    /// What could not be described.
    public struct Note: Sendable, Hashable {
        /// `POST /jobs`
        public var operation: String
        public var text: String
    }

    public struct Outcome: Sendable {
        public var document: JSON
        /// Sorted by operation.
        public var notes: [Note]
    }

    public var options: Options

    public init(_ options: Options = Options()) { self.options = options }

    /// - Parameters:
    ///   - exchanges: in the order in which they happened, as far as that is known.
    ///   - known: paths of a document that is there already: requests that fit them are theirs.
    public func document(of exchanges: [ObservedExchange], known: [String] = []) -> Outcome {
        let operations = ObservedOperations(exchanges, servers: options.servers, known: known)
        var schemes = SecuritySchemes()
        let described = operations.all.map { DescribedOperation($0, schemes: &schemes, options: options) }
        let folding = SchemaFolding(described.flatMap(\.shapes), rootsCount: true)
        let writer = SchemaWriter(
            options: options.schemas, folding: folding, prefix: "#/components/schemas/")
        let masking = SecretMasking(operations.credentials)

        var document: JSONObject = [
            "openapi": "3.1.0",
            "info": ["title": .string(options.title), "version": .string(options.version)],
        ]
        if !options.servers.isEmpty {
            document["servers"] = .array(options.servers.map { ["url": .string($0)] })
        }
        var names = OperationNames()
        var paths = JSONObject()
        for operation in described {
            var item = paths[operation.path]?.objectValue ?? JSONObject()
            let id = names.next(operation.method, operation.template)
            item[operation.method.lowercased()] = .object(
                operation.json(id: id, writer, masking: options.examples ? masking : nil))
            paths[operation.path] = .object(item)
        }
        document["paths"] = .object(paths)
        var components = JSONObject()
        let definitions = writer.definitions
        if !definitions.isEmpty { components["schemas"] = .object(definitions) }
        if !schemes.isEmpty { components["securitySchemes"] = .object(schemes.json) }
        if !components.isEmpty { document["components"] = .object(components) }
        return Outcome(
            document: .object(document),
            notes: described.flatMap { operation in
                operation.notes.map { Note(operation: operation.name, text: $0) }
            })
    }
}

/// Exchanges by the operation that they went to.
struct ObservedOperations {
    struct Operation {
        var method: String
        var template: PathTemplate
        var exchanges: [ObservedExchange]
        /// For each exchange, the parts of its path.
        var segments: [[String]]
    }

    /// By path, and methods in their usual order.
    private(set) var all: [Operation] = []
    /// Secrets that requests carried.
    private(set) var credentials: Set<String> = []

    private static let methodOrder = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"]

    init(_ exchanges: [ObservedExchange], servers: [String], known: [String]) {
        let bases = servers.map(Self.basePath).filter { !$0.isEmpty }.sorted { $0.count > $1.count }
        // A preflight is the browser's, not the interface's.
        let exchanges = exchanges.filter {
            Self.methodOrder.contains($0.exchange.request.method) && !Self.isPreflight($0.exchange.request)
        }
        let paths = exchanges.map { one -> PathTemplating.Path in
            let path = Self.path(one.exchange.request.path, without: bases)
            let dropped =
                PathTemplate.segments(one.exchange.request.path).count - PathTemplate.segments(path).count
            return PathTemplating.Path(
                method: one.exchange.request.method, segments: PathTemplate.segments(path),
                named: Dictionary(
                    one.pathParameters.map { ($0.key - dropped, $0.value) },
                    uniquingKeysWith: { first, _ in first }))
        }
        var templating = PathTemplating()
        templating.known = known.map(PathTemplate.init(parsing:))
        templating.captured = Self.identifiers(in: exchanges)
        let templates = templating.templates(of: paths)
        struct Key: Hashable {
            var method: String
            var template: PathTemplate
        }
        var places: [Key: Int] = [:]
        for (index, one) in exchanges.enumerated() {
            credentials.formUnion(Credential.all(of: one.exchange.request).flatMap(\.secrets))
            credentials.formUnion(Self.secrets(in: one))
            let key = Key(method: one.exchange.request.method, template: templates[index])
            if let place = places[key] {
                all[place].exchanges.append(one)
                all[place].segments.append(paths[index].segments)
            } else {
                places[key] = all.count
                all.append(
                    Operation(
                        method: key.method, template: key.template, exchanges: [one],
                        segments: [paths[index].segments]))
            }
        }
        all.sort {
            let left = ($0.template.text, Self.methodOrder.firstIndex(of: $0.method) ?? 9)
            return left < ($1.template.text, Self.methodOrder.firstIndex(of: $1.method) ?? 9)
        }
    }

    private static func isPreflight(_ request: ContractExchange.Request) -> Bool {
        request.method == "OPTIONS" && request.header("Access-Control-Request-Method") != nil
    }

    /// The path of a server's URL, without a slash at its end.
    static func basePath(_ server: String) -> String {
        var rest = server[...]
        if let scheme = rest.firstRange(of: "://") {
            rest = rest[scheme.upperBound...]
            guard let slash = rest.firstIndex(of: "/") else { return "" }
            rest = rest[slash...]
        }
        while rest.hasSuffix("/") { rest.removeLast() }
        return rest.contains("{") || !rest.hasPrefix("/") ? "" : String(rest)
    }

    private static func path(_ path: String, without bases: [String]) -> String {
        for base in bases where path.hasPrefix(base + "/") { return String(path.dropFirst(base.count)) }
        return path.hasPrefix("/") ? path : "/" + path
    }

    /// Texts of members that are secrets.
    private static func secrets(in one: ObservedExchange) -> Set<String> {
        var found: Set<String> = []
        func collect(_ value: JSON, _ isSecret: Bool, _ depth: Int) {
            guard depth < ExampleShape.depthLimit else { return }
            switch value {
            case .string(let text): if isSecret { found.insert(text) }
            case .array(let elements): for element in elements { collect(element, isSecret, depth + 1) }
            case .object(let object):
                for (name, value) in object {
                    collect(value, isSecret || SecretWords.isSecret(name), depth + 1)
                }
            default: break
            }
        }
        for body in [one.exchange.request.body ?? [], one.exchange.response?.body ?? []] where !body.isEmpty {
            if let value = try? JSON(parsing: body) { collect(value, false, 0) }
        }
        return found
    }

    private static let identifierLimit = 100_000

    /// Texts and numbers that answers gave, with the names of the members that had them.
    private static func identifiers(in exchanges: [ObservedExchange]) -> [String: Set<String>] {
        var found: [String: Set<String>] = [:]
        func collect(_ value: JSON, _ name: String, _ depth: Int) {
            guard depth < ExampleShape.depthLimit, found.count < identifierLimit else { return }
            switch value {
            case .string(let text)
            where PathTemplating.namesID(name) && !text.isEmpty && text.utf8.count <= 128:
                found[text, default: []].insert(name)
            case .array(let elements): for element in elements { collect(element, name, depth + 1) }
            case .object(let object): for (name, value) in object { collect(value, name, depth + 1) }
            default: break
            }
        }
        for one in exchanges where !one.isResponseBodyCut {
            guard let response = one.exchange.response, (200..<300).contains(response.status),
                let body = try? JSON(parsing: response.body)
            else { continue }
            collect(body, "", 0)
        }
        return found
    }
}
