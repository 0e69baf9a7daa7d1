internal import Assay
internal import AssayCore

extension ContractCommands {
    static let diff = Verb(
        command: Command(
            name: "contract diff", summary: "say what changed between two versions, and what of it breaks",
            operands: "[OLD] NEW", operandCount: 0...2, options: [])
    ) { (arguments, console, words) throws(Diagnostic) in
        throw Diagnostic("AS168", "`assay contract diff` comes with a later commit")
    }
}
