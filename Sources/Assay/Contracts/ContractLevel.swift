internal import AssayContracts
internal import AssayCore
internal import AssayFormats
internal import AssayScenario

/// A level that judges contracts themselves: `contract: {contracts: contracts/}`.
///
/// With `pacts:` or `openapi:` it also asks a provider of the stand.
public struct ContractLevel: Sendable {
    /// Folders of contracts, as the project file writes them.
    var folders: [(path: String, location: SourceLocation)] = []
    var pacts: PactCheck?
    var probe: ProbeLevel?

    /// Whether anything must be up for it.
    var needsStand: Bool { pacts != nil || probe != nil }

    /// What is wrong in the folders and files, for `assay check`.
    func problems(_ workspace: Workspace) -> [Diagnostic] {
        let bag = DiagnosticBag()
        _ = ContractBook(read(workspace, bag), bag)
        bag.add(probe?.problems(workspace) ?? [])
        bag.add(pacts?.problems(workspace) ?? [])
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
    func read(_ name: String, _ fields: inout MappingReader, stand: StandNames) -> ContractLevel? {
        guard Self.keys.contains(where: { fields.node[$0] != nil }) else { return nil }
        var level = ContractLevel()
        level.folders = fields.optional("contracts", folders) ?? []
        level.pacts = fields.optional("pacts") { PactCheck.read($0, yaml) }
        if let document = fields.pair("openapi") {
            level.probe = ProbeLevel.read(document, of: name, &fields, yaml, stand: stand)
        }
        return level
    }

    /// A folder, or several.
    func folders(_ node: YAMLNode) -> [(path: String, location: SourceLocation)]? {
        yaml.oneOrMore(node) { node in yaml.string(node).map { ($0, node.location) } }
    }
}
