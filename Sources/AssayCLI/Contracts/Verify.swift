internal import Assay
internal import AssayCore
internal import AssayReport

extension ContractCommands {
    static let verify = Verb(
        command: Command(
            name: "contract verify", summary: "ask a live provider for everything that pacts expect of it",
            operands: "PACT…", operandCount: 1...10_000,
            options: [
                Option(
                    "--provider", value: "URL|NAME",
                    "where the provider is, or a part of the project's stand, which is brought up"),
                Option("--state-url", value: "URL", "POST provider states here, as Pact's verifiers do"),
                Option("--state-teardown", "tell the state URL too when an interaction is over"),
                Option("--states", value: "FILE", "YAML with `states`: scenarios that make provider states"),
                Option("--messages", value: "URL", "ask for messages here (default: the provider)"),
                Option("--header", value: "NAME: VALUE", repeats: true, "send it with every request"),
                Option("--description", value: "REGEX", "only interactions with such a description"),
                Option("--state", value: "REGEX", "only interactions with such a provider state"),
                Option("--no-state", "only interactions without a provider state"),
                Option("--provider-version", value: "VERSION", "of the provider, for the matrix"),
                Option("--consumer-version", value: "VERSION", "of the consumer, for the matrix"),
                Option("--timeout", value: "TIME", "bound of one answer (default: 10s)"),
                Option("--seed", value: "SEED", "repeat the random values of a run"),
                Option("--junit", value: "FILE", "write JUnit XML here too"),
                Option("--out", value: "DIR", "where record, reports and logs go"),
                Option("--json", "as JSON, for programs"),
                Option("--verbose", short: "-v", "name each interaction; -vv tells each exchange"),
                Option("--curl", "print the curl command that repeats a failed request"),
            ],
            notes: """
                PACT is a file of version 1 to 4, a folder of such, or a pattern like 'pacts/*.json'.
                Both versions together let `assay contract matrix` and `can-deploy` know of the result.
                """)
    ) { (arguments, console, words) throws(Diagnostic) in
        var job = ContractVerifyJob()
        job.project = arguments.text("--project")
        job.pacts = arguments.operands
        job.provider = arguments.text("--provider")
        job.stateURL = arguments.text("--state-url")
        job.tearsDown = arguments.has("--state-teardown")
        job.states = arguments.text("--states")
        job.messages = arguments.text("--messages")
        job.headers = arguments.whole("--header")
        job.description = arguments.text("--description")
        job.state = arguments.text("--state")
        job.withoutState = arguments.has("--no-state")
        job.providerVersion = arguments.text("--provider-version")
        job.consumerVersion = arguments.text("--consumer-version")
        job.timeout = try arguments.duration("--timeout") ?? job.timeout
        job.seed = try arguments.seed("--seed")
        job.junit = arguments.text("--junit")
        job.out = arguments.text("--out")
        job.isJSON = arguments.has("--json")
        switch arguments.count("--verbose") {
        case 0: break
        case 1: job.detail = .scenarios
        default: job.detail = .exchanges
        }
        job.showsCurl = arguments.has("--curl")
        job.command = words
        return job.run(console)
    }
}
