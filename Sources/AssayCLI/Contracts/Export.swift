internal import Assay
internal import AssayCore

extension ContractCommands {
    static let export = Verb(
        command: Command(
            name: "contract export",
            summary: "make an OpenAPI document or JSON Schemas of recorded traffic, scenarios, examples",
            operands: "openapi|schema SOURCE…", operandCount: 2...10_000,
            options: [
                Option("--out", value: "FILE", "where it goes (default: standard output)"),
                Option("--force", "write over a file that is there"),
                Option("--enums", "few different texts in many examples become an enum"),
                Option("--title", value: "TEXT", "openapi: its title (default: the project's name)"),
                Option("--api-version", value: "TEXT", "openapi: its version (default: 1.0.0)"),
                Option("--server", value: "URL", repeats: true, "openapi: a server; its path is taken off"),
                Option(
                    "--origin", value: "HOST", repeats: true, "openapi: only requests to this host or service"
                ),
                Option("--merge", value: "FILE", "openapi: keep this document and add what is new"),
                Option("--examples", "openapi: write a body of each place as an example, without secrets"),
                Option("--name", value: "NAME", "schema: what an example is (default: of its file)"),
                Option("--strict", "schema: no other members than those of the examples"),
                Option("--counts", "schema: say how often an optional member was there"),
            ],
            notes:
                "A SOURCE of openapi is a run's folder or record.jsonl, a HAR file, a folder with mappings/ or a mapping file,\n"
                + "a scenario or a folder of them. A SOURCE of schema is a JSON file, a .jsonl file or a folder of them."
        )
    ) { (arguments, console, words) throws(Diagnostic) in
        guard let kind = ContractExportJob.Kind(rawValue: arguments.operands[0]) else {
            let kinds = ContractExportJob.Kind.allCases.map(\.rawValue)
            throw Diagnostic(
                "AS167", "`assay contract export` makes openapi or schema, found '\(arguments.operands[0])'",
                fix: nearestName(to: arguments.operands[0], among: kinds).map {
                    "did you mean `assay contract export \($0)`?"
                } ?? "write `assay contract export openapi SOURCE`")
        }
        var job = ContractExportJob()
        job.project = arguments.text("--project")
        job.kind = kind
        job.sources = Array(arguments.operands.dropFirst())
        job.out = arguments.text("--out").flatMap { $0 == "-" ? nil : $0 }
        job.force = arguments.has("--force")
        job.enums = arguments.has("--enums")
        job.title = arguments.text("--title")
        job.apiVersion = arguments.text("--api-version")
        job.servers = arguments.texts("--server")
        job.origins = arguments.texts("--origin")
        job.merge = arguments.text("--merge")
        job.examples = arguments.has("--examples")
        job.name = arguments.text("--name")
        job.isStrict = arguments.has("--strict")
        job.counts = arguments.has("--counts")
        let strange =
            (kind == .openapi
            ? ["--name", "--strict", "--counts"]
            : ["--title", "--api-version", "--server", "--origin", "--merge", "--examples"])
            .first(where: arguments.has)
        if let strange {
            throw Diagnostic("AS166", "\(strange) does not go with `assay contract export \(kind.rawValue)`")
        }
        return job.run(console)
    }
}
