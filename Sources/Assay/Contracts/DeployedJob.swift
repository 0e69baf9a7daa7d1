internal import AssayContracts
public import AssayCore
internal import AssayNet

/// `assay contract deployed`: notes that a version runs in an environment, or that it no longer does.
public struct DeployedJob: Sendable {
    public var project: String?
    public var service = ""
    public var version = ""
    public var environment = ""
    /// It no longer runs there.
    public var isGone = false
    /// Other versions of the service keep running there.
    public var isBeside = false

    public init() {}

    public func run(_ console: Console) -> ExitCode {
        askMatrix(project, console) { store in
            guard let found = console.taking(await store.matrix()) else { return .badInput }
            let running = (found ?? ContractMatrix()).running(service, in: environment)
            let now = WallClock.milliseconds
            if isGone {
                guard running.contains(version) else {
                    console.complain(Diagnostics([notThere(running)]))
                    return .badInput
                }
                if let problem = await store.retire(service, version, from: environment, at: now) {
                    return told(problem, console)
                }
                console.print("\(service) \(version) no longer runs in '\(environment)'")
                return .passed
            }
            let problem = await store.deploy(
                service, version, to: environment, at: now, isBeside: isBeside)
            if let problem { return told(problem, console) }
            let others = running.filter { $0 != version }.joined(separator: ", ")
            let rest = others.isEmpty ? "" : isBeside ? ", beside \(others)" : ", in place of \(others)"
            console.print("\(service) \(version) runs in '\(environment)'\(rest)")
            return .passed
        }
    }

    /// What a run only mentions stands in the way of what this command is for.
    private func told(_ problem: Diagnostic, _ console: Console) -> ExitCode {
        var error = problem
        error.severity = .error
        console.complain(Diagnostics([error]))
        return .badInput
    }

    /// AS492.
    private func notThere(_ running: [String]) -> Diagnostic {
        Diagnostic(
            "AS492", "\(service) \(version) is not noted in environment '\(environment)'",
            fix: running.isEmpty
                ? "`assay contract matrix` shows what runs where"
                : "there runs: " + running.joined(separator: ", "))
    }
}
