internal import AssayContracts
public import AssayCore

/// `assay contract can-deploy`: whether a version may go to an environment.
public struct CanDeployJob: Sendable {
    public var project: String?
    public var service = ""
    public var version = ""
    public var environment = ""
    /// Partners that are left out, and contracts with one of them: `PARTNER` or `PARTNER/CONTRACT`.
    public var ignored: [String] = []
    public var isJSON = false

    public init() {}

    /// - Returns: ``ExitCode/passed`` for yes, ``ExitCode/failed`` for no.
    public func run(_ console: Console) -> ExitCode {
        askMatrix(project, console) { store in
            guard let found = console.taking(await store.matrix()) else { return .badInput }
            let matrix = found ?? ContractMatrix()
            guard matrix.services.contains(service) else {
                console.complain(Diagnostics([unknownService(service, in: matrix)]))
                return .failed
            }
            if let warning = unknownEnvironment(in: matrix) { console.complain(Diagnostics([warning])) }
            let judgement = matrix.judge(service, version: version, to: environment, ignoring: Set(ignored))
            if isJSON {
                console.print(MatrixJSON.text(judgement))
            } else {
                let width = console.isTerminal ? console.width : Int.max
                console.print(
                    MatrixTable(style: console.style, width: width).answer(judgement, style: console.style))
            }
            return judgement.isDeployable ? .passed : .failed
        }
    }

    /// AS491: a name that was never written before may be a slip, and then nothing there would be judged.
    private func unknownEnvironment(in matrix: ContractMatrix) -> Diagnostic? {
        let known = matrix.environments
        guard !known.contains(environment) else { return nil }
        return Diagnostic(
            "AS491", "nothing was ever noted in environment '\(environment)'",
            fix: nearestName(to: environment, among: known).map { "did you mean '\($0)'?" }
                ?? "`assay contract deployed SERVICE VERSION --to \(environment)` notes what runs there",
            severity: .warning)
    }
}
