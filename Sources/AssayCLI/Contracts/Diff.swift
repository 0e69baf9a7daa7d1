internal import Assay
internal import AssayCore

extension ContractCommands {
    static let diff = Verb(
        command: Command(
            name: "contract diff", summary: "say what changed between two versions, and what of it breaks",
            operands: "[OLD] [NEW]", operandCount: 0...2,
            options: [
                Option("--since", value: "REVISION", "the old version is that of this branch, tag or commit"),
                Option(
                    "--mode", value: "MODE",
                    "how schemas are judged: BACKWARD, FORWARD, FULL, each also _TRANSITIVE, NONE, request, response (default: BACKWARD)"
                ),
                Option(
                    "--waivers", value: "FILE",
                    "changes that were agreed on (default: contracts/waivers.yml of the project)"),
                Option("--fail-on", value: "LEVEL", "error or warning: what makes it fail (default: error)"),
                Option("--json", "as JSON, for programs"),
                Option("--markdown", value: "FILE", "write a changelog"),
                Option("--junit", value: "FILE", "write JUnit XML"),
            ],
            notes:
                "OLD and NEW are OpenAPI documents, JSON Schemas, or folders whose files are paired by name.\n"
                + "With --since, name one file or folder, or nothing for all contracts of the project.\n"
                + "A folder alone is one with versions v1, v2, …, each compared with the one before it.\n"
                + "Exits with 1 when something breaks that is not waived.")
    ) { (arguments, console, words) throws(Diagnostic) in
        var job = ContractDiffJob()
        job.project = arguments.text("--project")
        job.operands = arguments.operands
        job.since = arguments.text("--since")
        job.mode = arguments.text("--mode")
        job.waivers = arguments.text("--waivers")
        job.failOn = arguments.text("--fail-on")
        job.isJSON = arguments.has("--json")
        job.markdown = arguments.text("--markdown")
        job.junit = arguments.text("--junit")
        return job.run(console)
    }
}
