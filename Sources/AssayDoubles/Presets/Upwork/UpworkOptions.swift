public import AssayCore
public import AssayFormats

/// Options of the preset `upwork`, as written in `assay.yml`.
public struct UpworkOptions: Sendable {
    /// Any does when absent.
    public var clientID: Template?
    /// Any does when absent.
    public var clientSecret: Template?
    /// Where codes may go; anywhere when empty.
    public var redirects: [String] = []
    public var tokenLifetime = Duration.seconds(86_400)
    /// Whether tokens that were never given out count too.
    public var acceptsAnyToken = false
    /// Tenants there are; any is served when empty.
    public var tenants: [String] = []
    public var requiresTenant = true
    /// How many jobs each tenant has to begin with.
    public var jobs = 40
    /// Objects of the user's own, for every tenant.
    var data: [UpworkData.Kind: [JSONObject]] = [:]
    /// Answers by the name of an operation, or by its first field.
    public var operations: [String: ValueTemplate] = [:]
    /// Whether selecting a field that an object does not have is an error; it is null otherwise.
    public var refusesUnknown = false
    public var requestsPerMinute: Double?
    public var switches = SwitchOptions()

    public init() {}
}

extension UpworkOptions: Preset {
    public static let name = "upwork"
    public static let summary = "Upwork's OAuth 2.0 and GraphQL: jobs, proposals, contracts, messages"
    public var memberNames: [String] { Upwork.members }

    /// What templates of operations read besides the stand's names.
    private static let names = ["variables", "tenant", "operation"]

    public func service(_ start: inout DoubleStart) throws(Diagnostic) -> any DoubleService {
        let known = Self.names + start.scope.knownNames
        for (operation, template) in operations.sorted(by: { $0.key < $1.key }) {
            for used in template.freeNames where !known.contains(used.name) {
                let near = nearestName(to: used.name, among: known).map { "did you mean '\($0)'?" }
                throw Diagnostic(
                    "AS332",
                    "operation '\(operation)' of double '\(start.name)' reads ${\(used.name)}, but nothing sets it",
                    at: used.location, fix: near ?? "there are: " + known.joined(separator: ", "))
            }
        }
        let id = try Self.text(clientID, "client-id", &start)
        let secret = try Self.text(clientSecret, "client-secret", &start)
        return Upwork(self, clientID: id, clientSecret: secret, start)
    }

    private static func text(
        _ template: Template?, _ key: String, _ start: inout DoubleStart
    ) throws(Diagnostic) -> String? {
        guard let template else { return nil }
        let value: String
        do {
            value = try template.render(in: &start.scope).templateText
        } catch {
            throw error.diagnostic
        }
        guard !value.isEmpty else {
            throw Diagnostic(
                "AS124", "'\(key)' of double '\(start.name)' is empty: \(template.source)",
                at: start.location,
                fix: "leave `\(key)` out, and any counts")
        }
        return value
    }

    public static func read(
        _ node: YAMLNode, _ yaml: YAMLReading, _ readFile: DoubleReader.FileSource
    ) -> UpworkOptions? {
        yaml.mapping(node, "upwork double") { fields in
            fields.allow("preset")
            var options = UpworkOptions()
            options.clientID = fields.optional("client-id", yaml.template)
            options.clientSecret = fields.optional("client-secret", yaml.template)
            options.redirects = fields.optional("redirects") { yaml.oneOrMore($0, of: yaml.string) } ?? []
            if let node = fields.value("ttl"), let ttl = yaml.duration(node) {
                if ttl < .seconds(1) {
                    yaml.error("AS122", "'ttl' is at least 1s, found \(node.scalarText ?? "")", at: node)
                }
                options.tokenLifetime = ttl
            }
            if let word = fields.optional("tokens", { yaml.enumeration($0, of: ["given", "any"]) }) {
                options.acceptsAnyToken = word == "any"
            }
            options.tenants = fields.optional("tenants") { yaml.oneOrMore($0, of: yaml.text) } ?? []
            if let word = fields.optional(
                "tenant-header", { yaml.enumeration($0, of: ["required", "optional"]) })
            {
                options.requiresTenant = word == "required"
            }
            options.jobs = fields.optional("jobs") { yaml.int($0, in: 0...1000) } ?? options.jobs
            if let node = fields.value("data") { options.data = data(node, yaml) }
            if let node = fields.value("operations") {
                for pair in yaml.entries(node, "operations") {
                    options.operations[pair.name] = yaml.valueTemplate(pair.value)
                }
            }
            if let word = fields.optional(
                "unknown-fields", { yaml.enumeration($0, of: ["ignore", "refuse"]) })
            {
                options.refusesUnknown = word == "refuse"
            }
            options.requestsPerMinute = fields.optional("limit") { RateBudget.perMinute($0, yaml) }
            options.switches = SwitchOptions(reading: &fields, yaml, of: Upwork.switches)
            return options
        }
    }

    /// Lists of objects by their kind; each needs an `id`, by which it is found.
    private static func data(_ node: YAMLNode, _ yaml: YAMLReading) -> [UpworkData.Kind: [JSONObject]] {
        yaml.mapping(node, "data") { fields in
            var data: [UpworkData.Kind: [JSONObject]] = [:]
            for kind in UpworkData.Kind.allCases {
                guard let list = fields.value(kind.rawValue) else { continue }
                data[kind] = yaml.list(list) { node -> JSONObject? in
                    guard let object = yaml.json(node)?.objectValue, object["id"]?.stringValue != nil else {
                        yaml.error(
                            "AS334", "an object of '\(kind.rawValue)' has no text 'id' to be found by",
                            at: node,
                            fix: "add `id: \"1\"`")
                        return nil
                    }
                    return object
                }
            }
            return data
        } ?? [:]
    }
}
