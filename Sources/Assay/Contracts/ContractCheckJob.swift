internal import AssayContracts
public import AssayCore
internal import AssayFormats
internal import AssayNet

/// `assay contract check`: judges OpenAPI documents and folders of contracts without asking anybody.
public struct ContractCheckJob: Sendable {
    public var project: String?
    /// OpenAPI documents, schemas, folders of contracts; empty takes the folders of the project.
    public var paths: [String] = []
    /// Prints the result as JSON, and nothing else there.
    public var isJSON = false

    public init() {}

    /// - Returns: `failed` when something is wrong with a contract, `badInput` when one cannot be read at all.
    public func run(_ console: Console) -> ExitCode {
        var places = paths
        if places.isEmpty {
            guard let workspace = console.taking(Workspace.open(project)) else { return .badInput }
            places = Self.folders(of: workspace)
            guard !places.isEmpty else {
                console.complain(
                    Diagnostics([
                        Diagnostic(
                            "AS167", "the project has no contracts to check",
                            fix:
                                "name an OpenAPI document or a folder, or add `contracts: contracts/` to assay.yml"
                        )
                    ]))
                return .badInput
            }
        }
        var check = ContractCheck(today: CivilTime(milliseconds: WallClock.milliseconds).dateText)
        for place in places { check.judge(place) }
        if !check.problems.isEmpty { console.complain(Diagnostics(check.problems)) }
        console.print(isJSON ? check.json.rendered(pretty: true) : check.summary)
        return check.isUnreadable ? .badInput : check.errorCount > 0 ? .failed : .passed
    }

    /// Folders of the project and of its contract levels, each once.
    private static func folders(of workspace: Workspace) -> [String] {
        var places = workspace.project.contracts.map { workspace.path($0.path) }
        for level in workspace.project.levels {
            if case .contracts(let work) = level.work {
                places += work.folders.map { workspace.path($0.path) }
            }
        }
        var seen: Set<String> = []
        return places.filter { seen.insert($0).inserted }
    }
}
