internal import Assay
internal import AssayCore

extension ContractCommands {
    static let check = Verb(
        command: Command(
            name: "contract check",
            summary: "judge contract folders and OpenAPI documents, and a live provider against one",
            operands: "[PATH…]", operandCount: 0...10_000, options: [])
    ) { (arguments, console, words) throws(Diagnostic) in
        throw Diagnostic("AS168", "`assay contract check` comes with a later commit")
    }
}
