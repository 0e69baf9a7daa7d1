internal import Assay
internal import AssayCore

/// `assay contract check DOC --provider URL`: the part that asks a live provider.
extension ContractCommands {
    /// What stands beside `--provider`.
    static let liveOptions: [Option] = [
        Option(
            "--cases", value: "N", "valid and invalid cases of an operation, each at most N (default: 50)"),
        Option("--seed", value: "SEED", "send the same cases again"),
        Option(
            "--bearer", value: "TOKEN",
            "credentials for every request; env:NAME takes them of the environment"),
        Option("--basic", value: "USER:PASSWORD", "the same for HTTP Basic"),
        Option(
            "--auth", value: "SCHEME=VALUE", repeats: true, "an API key, by the name of its security scheme"),
        Option("--header", value: "'NAME: VALUE'", repeats: true, "a header of every request"),
        Option(
            "--set", value: "NAME=VALUE", repeats: true, "a parameter's value, in place of generated ones"),
        Option("--methods", value: "METHOD", repeats: true, "only these methods: GET,HEAD"),
        Option("--only", value: "OPERATION", repeats: true, "only these: an id, a path, or 'POST /jobs'"),
        Option("--skip", value: "OPERATION", repeats: true, "not these"),
        Option(
            "--phases", value: "PHASE", repeats: true, "of examples, coverage, random, negative, security"),
        Option("--ignore", value: "RULE", repeats: true, "do not tell findings of this rule"),
        Option("--strict-types", "also send \"1\" for a number and 1 for true, which must be refused too"),
        Option("--timeout", value: "TIME", "for one answer (default: 10s)"),
        Option("--jobs", short: "-j", value: "N", "requests at a time (default: 4)"),
        Option("--save", value: "FILE", "write failing cases here too"),
        Option("--replay", value: "FILE", "send saved cases again, and nothing else"),
        Option("--junit", value: "FILE", "write JUnit XML here too"),
        Option("--json", "as JSON, for programs"),
        Option("--out", value: "DIR", "where record, reports and failing cases go"),
    ]

    /// The job of `--provider`.
    ///
    /// - Parameter words: of the whole command line.
    static func liveJob(
        _ arguments: Arguments, document: String, provider: String, words: [String]
    ) throws(Diagnostic) -> ContractProbeJob {
        if arguments.has("--replay") {
            for option in ["--save", "--junit", "--json", "--out"] where arguments.has(option) {
                throw Diagnostic(
                    "AS166", "\(option) does not go with --replay",
                    fix: "leave it out: replaying only prints, and ends with status 0 or not")
            }
        }
        var job = ContractProbeJob(document: document, provider: provider)
        job.project = arguments.text("--project")
        job.cases = try arguments.number("--cases", in: 1...10_000) ?? job.cases
        job.seed = try arguments.seed("--seed")
        job.bearer = arguments.text("--bearer")
        job.basic = arguments.text("--basic")
        job.keys = arguments.whole("--auth")
        job.headers = arguments.whole("--header")
        job.values = arguments.whole("--set")
        job.methods = arguments.texts("--methods")
        job.only = arguments.whole("--only")
        job.skipped = arguments.whole("--skip")
        job.phases = arguments.texts("--phases")
        job.ignored = arguments.texts("--ignore")
        job.isStrict = arguments.has("--strict-types")
        job.timeout = try arguments.duration("--timeout") ?? job.timeout
        job.jobs = try arguments.number("--jobs", in: 1...256) ?? job.jobs
        job.save = arguments.text("--save")
        job.replay = arguments.text("--replay")
        job.junit = arguments.text("--junit")
        job.isJSON = arguments.has("--json")
        job.out = arguments.text("--out")
        job.command = words
        return job
    }
}
