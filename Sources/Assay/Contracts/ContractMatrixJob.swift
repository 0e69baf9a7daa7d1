internal import AssayContracts
public import AssayCore
internal import AssayNet

/// `assay contract matrix`: which versions were verified with each other.
public struct ContractMatrixJob: Sendable {
    public var project: String?
    /// Only rows in which this service is consumer or provider.
    public var service: String?
    /// How many rows, newest first.
    public var limit = 50
    public var isJSON = false

    public init() {}

    public func run(_ console: Console) -> ExitCode {
        askMatrix(project, console) { store in
            guard let found = console.taking(await store.matrix()) else { return .badInput }
            let matrix = found ?? ContractMatrix()
            if let service, !matrix.services.contains(service) {
                console.complain(Diagnostics([unknownService(service, in: matrix)]))
                return .badInput
            }
            let rows = Array(matrix.latest(of: service).prefix(limit))
            if isJSON {
                console.print(MatrixJSON.text(rows, matrix))
            } else if rows.isEmpty {
                console.print(
                    "no verification of a contract is in the history; `assay contract verify` and `assay test` add them"
                )
            } else {
                let width = console.isTerminal ? console.width : Int.max
                console.print(MatrixTable(style: console.style, width: width).matrix(rows, matrix))
            }
            return .passed
        }
    }
}

/// Opens the project's matrix and does something with it on a reactor of its own.
func askMatrix(
    _ project: String?, _ console: Console, _ work: @escaping @Sendable (MatrixStore) async -> ExitCode
) -> ExitCode {
    guard let workspace = console.taking(Workspace.open(project)) else { return .badInput }
    do {
        let reactor = try Reactor()
        return reactor.run { await work(MatrixStore(await .of(workspace, console))) }
    } catch {
        console.complain("error: \(error)")
        return .internalFault
    }
}

/// AS490.
func unknownService(_ name: String, in matrix: ContractMatrix) -> Diagnostic {
    let known = matrix.services
    let near = nearestName(to: name, among: known)
    return Diagnostic(
        "AS490", "the matrix knows no service '\(name)'",
        fix: near.map { "did you mean '\($0)'?" }
            ?? (known.isEmpty
                ? "`assay contract verify` and `assay test` with bound contracts record what was verified"
                : "there are: " + known.prefix(8).map { "'\($0)'" }.joined(separator: ", ")))
}
