internal import Assay
internal import AssayCore

extension ContractCommands {
    static let deployed = Verb(
        command: Command(
            name: "contract deployed", summary: "note that a version runs in an environment",
            operands: "SERVICE VERSION", operandCount: 2...2, options: [])
    ) { (arguments, console, words) throws(Diagnostic) in
        throw Diagnostic("AS168", "`assay contract deployed` comes with a later commit")
    }
}
