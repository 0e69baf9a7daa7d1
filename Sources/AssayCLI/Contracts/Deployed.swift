internal import Assay
internal import AssayCore

extension ContractCommands {
    static let deployed = Verb(
        command: Command(
            name: "contract deployed", summary: "note that a version runs in an environment",
            operands: "SERVICE VERSION", operandCount: 2...2,
            options: [
                Option("--to", value: "ENV", "the environment, by a name of your own"),
                Option("--beside", "other versions of the service keep running there"),
                Option("--gone", "it no longer runs there"),
            ])
    ) { (arguments, console, words) throws(Diagnostic) in
        var job = DeployedJob()
        job.project = arguments.text("--project")
        (job.service, job.version) = (arguments.operands[0], arguments.operands[1])
        job.environment = try arguments.environment(of: "deployed")
        job.isGone = arguments.has("--gone")
        job.isBeside = arguments.has("--beside")
        return job.run(console)
    }
}
