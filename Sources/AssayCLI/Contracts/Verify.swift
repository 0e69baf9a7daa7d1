internal import Assay
internal import AssayCore

extension ContractCommands {
    static let verify = Verb(
        command: Command(
            name: "contract verify", summary: "ask a live provider for everything that pacts expect of it",
            operands: "PACT…", operandCount: 1...10_000, options: [])
    ) { (arguments, console, words) throws(Diagnostic) in
        throw Diagnostic("AS168", "`assay contract verify` comes with a later commit")
    }
}
