internal import Assay
internal import AssayCore

extension ContractCommands {
    static let export = Verb(
        command: Command(
            name: "contract export",
            summary: "make an OpenAPI document or JSON Schemas of recorded traffic, scenarios, examples",
            operands: "openapi|schema SOURCE…", operandCount: 2...10_000, options: [])
    ) { (arguments, console, words) throws(Diagnostic) in
        throw Diagnostic("AS168", "`assay contract export` comes with a later commit")
    }
}
