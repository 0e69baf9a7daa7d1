internal import AssayContracts
internal import AssayCore
internal import AssayFormats

/// A level that judges contracts themselves: `contract: {contracts: contracts/}`.
///
/// With `pacts:` or `openapi:` it also asks a provider of the stand.
public struct ContractLevel: Sendable {
    /// Folders of contracts, as the project file writes them.
    var folders: [(path: String, location: SourceLocation)] = []
    var pacts: PactCheck?
    var probe: ProviderProbe?

    /// A provider that is asked everything that its document describes.
    struct ProviderProbe: Sendable {
        /// OpenAPI document, from the project's folder.
        var document: String
        /// Name of a service or double, or a URL.
        var provider: String
        /// Valid and invalid requests of an operation, each at most so many.
        var cases = 50
        var location: SourceLocation
    }

    /// Whether anything must be up for it.
    var needsStand: Bool { pacts != nil || probe != nil }

    /// What is wrong in the folders and files, for `assay check`.
    func problems(_ workspace: Workspace) -> [Diagnostic] {
        let bag = DiagnosticBag()
        _ = ContractBook(read(workspace, bag), bag)
        if let probe, case .failure(let found) = OpenAPIFile.read(workspace.path(probe.document)) {
            bag.add(found.all)
        }
        return bag.all
    }

    func read(_ workspace: Workspace, _ bag: DiagnosticBag) -> [ContractFolder] {
        ContractFolderFiles.folders(folders.map { (workspace.path($0.path), $0.location) }, bag)
    }
}

/// Reads the keys of such a level.
struct ContractLevelReader {
    let yaml: YAMLReading

    static let keys = ["contracts", "pacts", "openapi"]

    /// - Returns: `nil` when the level is of another kind.
    func read(_ fields: inout MappingReader) -> ContractLevel? {
        guard Self.keys.contains(where: { fields.node[$0] != nil }) else { return nil }
        var level = ContractLevel()
        level.folders = fields.optional("contracts", folders) ?? []
        level.pacts = fields.optional("pacts") { PactCheck.read($0, yaml) }
        if let document = fields.pair("openapi") {
            let provider = fields.required("provider", yaml.string)
            let cases = fields.optional("cases") { yaml.int($0, in: 1...10_000) }
            if let path = yaml.string(document.value), let provider {
                level.probe = ContractLevel.ProviderProbe(
                    document: path, provider: provider, cases: cases ?? 50,
                    location: document.value.location)
            }
        }
        return level
    }

    /// A folder, or several.
    func folders(_ node: YAMLNode) -> [(path: String, location: SourceLocation)]? {
        yaml.oneOrMore(node) { node in yaml.string(node).map { ($0, node.location) } }
    }
}
