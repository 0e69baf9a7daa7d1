internal import Assay
internal import AssayCore

extension ContractCommands {
    static let matrix = Verb(
        command: Command(
            name: "contract matrix", summary: "show which versions were verified with each other",
            operands: "[SERVICE]", operandCount: 0...1, options: [])
    ) { (arguments, console, words) throws(Diagnostic) in
        throw Diagnostic("AS168", "`assay contract matrix` comes with a later commit")
    }
}
