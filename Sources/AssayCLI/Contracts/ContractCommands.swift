internal import Assay
internal import AssayCore

/// The verbs of `assay contract`; one row gives a verb its place in parser, help and completion.
enum ContractCommands {
    static let group = "contract"
    static let row = (group, "judge contracts: documents, live providers, versions, pacts, deployments")

    struct Verb: Sendable {
        var command: Command
        /// Arguments, console, the words of the whole command line.
        var run: @Sendable (Arguments, Console, [String]) throws(Diagnostic) -> ExitCode
    }

    static let all: [Verb] = [check, diff, verify, export, record, matrix, canDeploy, deployed]
}
