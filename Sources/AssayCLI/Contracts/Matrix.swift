internal import Assay
internal import AssayCore

extension ContractCommands {
    static let matrix = Verb(
        command: Command(
            name: "contract matrix", summary: "show which versions were verified with each other",
            operands: "[SERVICE]", operandCount: 0...1,
            options: [
                Option("--limit", value: "N", "how many rows, newest first (default: 50)"),
                Option("--json", "as JSON, for programs"),
            ],
            notes:
                "A row: holds or failed, consumer, contract and its content, provider, when. Behind a version stand\n"
                + "the environments in which it runs.")
    ) { (arguments, console, words) throws(Diagnostic) in
        var job = ContractMatrixJob()
        job.project = arguments.text("--project")
        job.service = arguments.operands.first
        job.limit = try arguments.number("--limit", in: 1...100_000) ?? job.limit
        job.isJSON = arguments.has("--json")
        return job.run(console)
    }
}
