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
            ] + liveOptions,
            notes: """
                A PATH is an OpenAPI document, a JSON Schema, a folder of contracts, or a folder with documents; without one \
                the project's contracts are judged.
                Exits with 0 when all is in order (warnings are told), 1 when something is wrong with a contract, 2 when one \
                cannot be read.
                With --provider there is one PATH, the document; the other options but --json go with it.
                """)
    ) { (arguments, console, words) throws(Diagnostic) in
        if let provider = arguments.text("--provider") {
            guard arguments.operands.count == 1 else {
                throw Diagnostic(
                    "AS167",
                    "`assay contract check --provider` takes one document, found \(arguments.operands.count)",
                    fix: "assay contract check openapi.yaml --provider URL")
            }
            return try liveJob(
                arguments, document: arguments.operands[0], provider: provider, words: words
            ).run(console)
        }
        for option in liveOptions where option.name != "--json" && arguments.has(option.name) {
            throw Diagnostic(
                "AS166", "\(option.name) goes with --provider", fix: "add `--provider URL`, or leave it out")
        }
        var job = ContractCheckJob()
        job.project = arguments.text("--project")
        job.paths = arguments.operands
        job.isJSON = arguments.has("--json")
        return job.run(console)
    }
}
