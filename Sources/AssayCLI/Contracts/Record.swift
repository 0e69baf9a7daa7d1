internal import Assay
internal import AssayCore

extension ContractCommands {
    static let record = Verb(
        command: Command(
            name: "contract record",
            summary: "stand in front of a provider and write its traffic until Ctrl-C",
            operands: "", operandCount: 0...0,
            options: [
                Option("--to", value: "URL", "the provider, like http://127.0.0.1:8000"),
                Option("--out", value: "FILE", "the HAR file; credentials and secrets are masked in it"),
                Option("--port", value: "N", "listen here (default: a free port)"),
                Option("--listen", value: "ADDRESS", "for more than this machine, like 0.0.0.0"),
                Option("--force", "write over a file that is there"),
            ])
    ) { (arguments, console, words) throws(Diagnostic) in
        var job = ContractRecordJob()
        for name in ["--to", "--out"] where arguments.text(name) == nil {
            throw Diagnostic(
                "AS166", "`assay contract record` needs \(name)", fix: "`assay contract record --help`")
        }
        job.target = arguments.text("--to") ?? ""
        job.out = arguments.text("--out") ?? ""
        job.port = try arguments.number("--port", in: 0...65535) ?? 0
        job.listen = arguments.text("--listen") ?? job.listen
        job.force = arguments.has("--force")
        return job.run(console)
    }
}
