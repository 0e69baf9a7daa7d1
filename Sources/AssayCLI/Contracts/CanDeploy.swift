internal import Assay
internal import AssayCore

extension ContractCommands {
    static let canDeploy = Verb(
        command: Command(
            name: "contract can-deploy", summary: "say whether a version may go to an environment",
            operands: "SERVICE VERSION", operandCount: 2...2,
            options: [
                Option("--to", value: "ENV", "the environment, as `assay contract deployed` names it"),
                Option(
                    "--ignore", value: "SERVICE[/CONTRACT]", repeats: true,
                    "leave this partner out, or one contract with it"),
                Option("--json", "as JSON, for programs"),
            ],
            notes: "Exits with 0 for yes and 1 for no. What nobody verified is no.")
    ) { (arguments, console, words) throws(Diagnostic) in
        var job = CanDeployJob()
        job.project = arguments.text("--project")
        (job.service, job.version) = (arguments.operands[0], arguments.operands[1])
        job.environment = try arguments.environment(of: "can-deploy")
        job.ignored = arguments.texts("--ignore")
        job.isJSON = arguments.has("--json")
        return job.run(console)
    }
}

extension Arguments {
    /// The value of `--to`, which must be there.
    func environment(of verb: String) throws(Diagnostic) -> String {
        guard let name = text("--to"), !name.isEmpty else {
            throw Diagnostic(
                "AS166", "`assay contract \(verb)` needs an environment", fix: "write --to ENV")
        }
        return name
    }
}
