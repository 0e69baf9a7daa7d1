internal import Assay
internal import AssayCore

extension ContractCommands {
    static let canDeploy = Verb(
        command: Command(
            name: "contract can-deploy", summary: "say whether a version may go to an environment",
            operands: "SERVICE VERSION", operandCount: 2...2, options: [])
    ) { (arguments, console, words) throws(Diagnostic) in
        throw Diagnostic("AS168", "`assay contract can-deploy` comes with a later commit")
    }
}
