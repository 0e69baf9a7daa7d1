internal import Assay
internal import AssayCore

extension ContractCommands {
    static let check = Verb(
        command: Command(
            name: "contract check",
            summary: "judge contract folders and OpenAPI documents, and a live provider against one",
            operands: "[PATH…]", operandCount: 0...10_000,
            options: [
                Option("--provider", value: "URL", "ask a live provider whether it keeps the document")
            ] + liveOptions)
    ) { (arguments, console, words) throws(Diagnostic) in
        if let provider = arguments.text("--provider"), let document = arguments.operands.first {
            return try liveJob(arguments, document: document, provider: provider, words: words).run(console)
        }
        throw Diagnostic("AS168", "`assay contract check` comes with a later commit")
    }
}
