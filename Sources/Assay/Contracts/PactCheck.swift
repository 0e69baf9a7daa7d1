internal import AssayContracts
internal import AssayCore
internal import AssayFormats
internal import AssayScenario

/// What a file says about verifying pacts: `pacts: {files: pacts/*.json, provider: api, states: {…}}`.
public struct PactCheck: Sendable {
    /// Files, folders and patterns, as written.
    var files: [String] = []
    /// A member of the stand, or a URL; a template of names of the stand.
    var provider: Template?
    /// Where states are asked for.
    var stateURL: Template?
    var tearsDown = false
    /// Where messages are asked for, when that is not the provider.
    var messages: Template?
    /// Sent with every request that has none of the name.
    var headers: [(name: String, value: Template)] = []
    var states: [PactStateUse] = []
    var providerVersion: Template?
    var consumerVersion: Template?
    var location = SourceLocation(file: "", line: 1, column: 1)
    /// Where it is written; `nil` for words of a command line.
    var place: SourceLocation? { location.file.isEmpty ? nil : location }

    /// Reads the value of `pacts:`, and a file of its keys for the command line.
    static func read(_ node: YAMLNode, _ yaml: YAMLReading) -> PactCheck? {
        if node.pairs == nil {
            var check = PactCheck()
            check.location = node.location
            guard let files = yaml.oneOrMore(node, of: yaml.text) else { return nil }
            check.files = files
            return check
        }
        return yaml.mapping(node, "pacts") { fields in
            var check = PactCheck()
            check.location = node.location
            check.files = fields.optional("files") { yaml.oneOrMore($0, of: yaml.text) } ?? []
            check.readKeys(&fields, yaml)
            return check
        }
    }

    /// Reads a file that begins `assay: 1` and has the keys of `pacts:` but `files`.
    static func read(_ bytes: [UInt8], file: String) -> Result<PactCheck, Diagnostics> {
        let bag = DiagnosticBag()
        guard let yaml = YAMLReading(parsing: bytes, file: file, bag: bag) else {
            return .failure(Diagnostics(bag.all))
        }
        let check = yaml.mapping(yaml.root, "file for pacts") { fields -> PactCheck in
            var check = PactCheck()
            if let version = fields.required("assay", { yaml.int($0, in: 1...1) }) { assert(version == 1) }
            check.readKeys(&fields, yaml)
            return check
        }
        guard let check, !bag.hasErrors else { return .failure(Diagnostics(bag.all)) }
        return .success(check)
    }

    private mutating func readKeys(_ fields: inout MappingReader, _ yaml: YAMLReading) {
        provider = fields.optional("provider", yaml.template)
        stateURL = fields.optional("state-url", yaml.template)
        tearsDown = fields.optional("state-teardown", yaml.bool) ?? false
        messages = fields.optional("messages", yaml.template)
        providerVersion = fields.optional("provider-version", yaml.template)
        consumerVersion = fields.optional("consumer-version", yaml.template)
        if let node = fields.value("headers") {
            headers = yaml.entries(node, "headers").compactMap { pair in
                yaml.template(pair.value).map { (pair.name, $0) }
            }
        }
        if let node = fields.value("states") {
            let folder = yaml.file.lastIndex(of: "/").map { String(yaml.file[...$0]) } ?? ""
            states = yaml.entries(node, "states").compactMap { PactStateUse.read($0, yaml, folder: folder) }
        }
    }
}

/// What makes one state of a provider: a scenario that runs before the interaction and is cleaned up after it.
struct PactStateUse: Sendable {
    var name: String
    /// The scenario's file; `nil` for a state that always holds.
    var file: String?
    /// For the scenario's parameters; those of the pact's state come over them.
    var values = JSONObject()
    var location: SourceLocation

    /// `"an order exists": {use: states/order.yml, with: {…}}`, the file alone, or `{}` for what holds anyway.
    fileprivate static func read(_ pair: YAMLNode.Pair, _ yaml: YAMLReading, folder: String) -> PactStateUse?
    {
        func path(_ text: String) -> String { text.hasPrefix("/") ? text : folder + text }
        var use = PactStateUse(name: pair.name, location: pair.key.location)
        if pair.value.isNull { return use }
        guard pair.value.pairs != nil else {
            guard let text = yaml.text(pair.value) else { return nil }
            use.file = path(text)
            return use
        }
        return yaml.mapping(pair.value, "state") { fields in
            use.file = fields.optional("use", yaml.text).map(path)
            use.values = fields.optional("with", yaml.json)?.objectValue ?? JSONObject()
            return use
        }
    }
}
