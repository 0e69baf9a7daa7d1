internal import Assay
public import AssayCore
internal import AssayReport

/// The command line: words in, exit status out.
public enum AssayCommandLine {
    /// What the process ends with after these words.
    public static func exitStatus(_ words: [String]) -> Int32 { run(words).rawValue }

    /// - Parameter words: without the program's own name.
    public static func run(_ words: [String]) -> ExitCode {
        guard let first = words.first else {
            Console().print(Help.overview(version: AssayVersion.text))
            return .badInput
        }
        switch first {
        case "--version", "-V", "version":
            Console().print("assay \(AssayVersion.text)")
            return .passed
        case ContractCommands.group: return contracts(words)
        case "--help", "-h", "help":
            if words.dropFirst().first == ContractCommands.group {
                return contracts(Array(words.dropFirst()))
            }
            let command = words.dropFirst().first.flatMap { name in Commands.all.first { $0.name == name } }
            Console().print(command.map(Help.text) ?? Help.overview(version: AssayVersion.text))
            return .passed
        case "completion":
            Console().print(Help.bashCompletion)
            return .passed
        default: break
        }
        do throws(Diagnostic) {
            guard var command = Commands.all.first(where: { $0.name == first }) else {
                let near = nearestName(to: first, among: Commands.all.map(\.name))
                throw Diagnostic(
                    "AS168", "there is no command '\(first)'",
                    fix: near.map { "did you mean `assay \($0)`?" } ?? "`assay --help` lists them")
            }
            if command.name == Commands.load.name { command = Commands.ofLoad(for: words.dropFirst()) }
            let arguments = try Arguments(words.dropFirst(), for: command)
            if arguments.has("--help") {
                Console().print(Help.text(for: command))
                return .passed
            }
            return try run(command, arguments, console: console(arguments), words: ["assay"] + words)
        } catch {
            Console().complain(Diagnostics([error]))
            return .badInput
        }
    }

    /// `assay contract VERB …`.
    private static func contracts(_ words: [String]) -> ExitCode {
        guard let name = words.dropFirst().first, !["--help", "-h", "help"].contains(name) else {
            Console().print(Help.verbs(of: ContractCommands.group, ContractCommands.all.map(\.command)))
            return words.count == 1 ? .badInput : .passed
        }
        do throws(Diagnostic) {
            let full = ContractCommands.group + " " + name
            guard let verb = ContractCommands.all.first(where: { $0.command.name == full }) else {
                let near = nearestName(to: full, among: ContractCommands.all.map(\.command.name))
                throw Diagnostic(
                    "AS168", "there is no command '\(full)'",
                    fix: near.map { "did you mean `assay \($0)`?" } ?? "`assay contract --help` lists them")
            }
            let arguments = try Arguments(words.dropFirst(2), for: verb.command)
            if arguments.has("--help") {
                Console().print(Help.text(for: verb.command))
                return .passed
            }
            return try verb.run(arguments, console(arguments), ["assay"] + words)
        } catch {
            Console().complain(Diagnostics([error]))
            return .badInput
        }
    }

    private static func console(_ arguments: Arguments) throws(Diagnostic) -> Console {
        let colours: Bool?
        switch arguments.text("--color") {
        // As `k6 run` calls it.
        case nil where arguments.text("--no-color").map { $0 != "false" } == true: colours = false
        case nil, "auto"?: colours = nil
        case "always"?: colours = true
        case "never"?: colours = false
        case let other?: throw Diagnostic("AS166", "--color takes auto, always or never, found '\(other)'")
        }
        return Console(colours: colours, isQuiet: arguments.has("--quiet"))
    }

    private static func run(
        _ command: Command, _ arguments: Arguments, console: Console, words: [String]
    ) throws(Diagnostic) -> ExitCode {
        switch command.name {
        case Commands.check.name:
            var job = CheckJob()
            job.project = arguments.text("--project")
            job.paths = arguments.operands
            return job.run(console)
        case Commands.test.name: return try testJob(arguments, words).run(console)
        case Commands.load.name: return try loadJob(arguments, words).run(console)
        case Commands.history.name: return try historyJob(arguments).run(console)
        case Commands.compare.name: return try compareJob(arguments).run(console)
        case Commands.schema.name: return SchemaJob(kind: arguments.operands[0]).run(console)
        case Commands.up.name:
            var job = UpJob()
            job.project = arguments.text("--project")
            return job.run(console)
        case Commands.double.name: return try doubleJob(arguments).run(console)
        case Commands.imports.name: return importJob(arguments).run(console)
        case Commands.ci.name: return ciJob(arguments).run(console)
        case Commands.doctor.name:
            var job = DoctorJob()
            job.project = arguments.text("--project")
            return job.run(console)
        default:
            var job = ReportJob()
            job.run = arguments.operands[0]
            job.project = arguments.text("--project")
            job.html = arguments.text("--html")
            job.junit = arguments.text("--junit")
            job.markdown = arguments.text("--markdown")
            return job.run(console)
        }
    }

    private static func doubleJob(_ arguments: Arguments) throws(Diagnostic) -> DoubleJob {
        var job = DoubleJob()
        job.what = arguments.operands[0]
        job.port = try arguments.number("--port", in: 0...65535) ?? 0
        job.listen = arguments.text("--listen") ?? job.listen
        job.seed = try arguments.seed("--seed")
        job.isVerbose = arguments.has("--verbose")
        job.options = try arguments.texts("--set").map { (text) throws(Diagnostic) in
            guard let sign = text.firstIndex(of: "="), sign > text.startIndex else {
                throw Diagnostic("AS131", "--set takes KEY=VALUE, found '\(text)'")
            }
            return "\(text[..<sign]): \(text[text.index(after: sign)...])"
        }
        return job
    }

    private static func importJob(_ arguments: Arguments) -> ImportJob {
        var job = ImportJob()
        job.kind = arguments.operands[0]
        job.file = arguments.operands[1]
        job.out = arguments.text("--out")
        job.force = arguments.has("--force")
        job.includesImages = arguments.has("--images")
        job.profiles = arguments.texts("--profile")
        job.fixesPorts = arguments.has("--fixed-ports")
        job.hosts = arguments.texts("--host")
        job.includesAssets = arguments.has("--assets")
        job.dropsThinkTimes = arguments.has("--no-think")
        job.dropsParallel = arguments.has("--no-parallel")
        job.grouping = arguments.text("--each")
        job.environment = arguments.text("--environment")
        job.scriptEnvironment = arguments.texts("--env")
        return job
    }

    private static func ciJob(_ arguments: Arguments) -> CIJob {
        var job = CIJob()
        job.system = arguments.operands[0]
        job.project = arguments.text("--project")
        job.out = arguments.text("--out")
        job.force = arguments.has("--force")
        job.pipeline = arguments.text("--pipeline")
        job.mainBranch = arguments.text("--main") ?? job.mainBranch
        job.stagingBranch = arguments.text("--staging") ?? job.stagingBranch
        job.paths = arguments.texts("--paths")
        job.withoutImage = arguments.has("--no-image")
        job.registry = arguments.text("--registry")
        job.image = arguments.text("--image")
        job.dockerfile = arguments.text("--dockerfile")
        job.deploy = arguments.text("--deploy")
        job.assayURL = arguments.text("--assay")
        return job
    }

    private static func testJob(_ arguments: Arguments, _ words: [String]) throws(Diagnostic) -> TestJob {
        var job = TestJob()
        job.project = arguments.text("--project")
        job.paths = arguments.operands
        job.levels = arguments.texts("--level")
        job.pipeline = arguments.text("--pipeline")
        job.tags = arguments.texts("--tag")
        job.excludedTags = arguments.texts("--not-tag")
        job.changed = arguments.text("--changed")
        job.jobs = try arguments.number("--jobs", in: 1...1000)
        job.seed = try arguments.seed("--seed")
        job.junit = arguments.text("--junit")
        job.out = arguments.text("--out")
        job.updatesGolden = arguments.has("--update-golden")
        job.writePacts = arguments.text("--write-pacts")
        job.retries = try arguments.number("--retries", in: 0...TestJob.retryLimit)
        job.repetitions = try arguments.number("--repeat", in: 1...1_000_000)
        job.untilFailure = arguments.has("--until-failure")
        job.detail =
            switch arguments.count("--verbose") {
            case 0: .levels
            case 1: .scenarios
            default: .exchanges
            }
        job.showsCurl = arguments.has("--curl")
        job.version = arguments.text("--version")
        job.consumerVersion = arguments.text("--consumer-version")
        job.command = words
        return job
    }

    private static func scriptFlags(_ arguments: Arguments) -> ScriptFlags {
        var flags = ScriptFlags()
        flags.environment = arguments.whole("--env")
        flags.usesK6ExitCodes = arguments.has("--k6-exit-codes")
        flags.showsK6Summary = arguments.has("--k6-summary")
        flags.includesEnvironment = arguments.text("--include-system-env-vars") != "false"
        flags.outputs = arguments.whole("--out").filter { isOutput($0, arguments) }
        if let config = arguments.text("--config") { flags.k6.append(("config", config)) }
        for row in ScriptFlags.rows {
            for value in arguments.whole("--\(row.name)") { flags.k6.append((row.name, value)) }
        }
        return flags
    }

    /// Whether a value of `--out` is one of k6's outputs; of other files it is a folder, whatever it is called.
    private static func isOutput(_ value: String, _ arguments: Arguments) -> Bool {
        arguments.operands.first.map(ScriptFlags.isScript) == true && ScriptFlags.isOutput(value)
    }

    private static func loadJob(_ arguments: Arguments, _ words: [String]) throws(Diagnostic) -> LoadJob {
        var job = LoadJob()
        job.project = arguments.text("--project")
        job.profile = arguments.operands[0]
        job.users = try arguments.number("--users", in: 1...1_000_000)
        job.length = try arguments.duration("--for")
        job.lagBound = try arguments.duration("--lag-bound")
        job.reactors = try arguments.number("--reactors", in: 1...256)
        job.seed = try arguments.seed("--seed")
        job.junit = arguments.text("--junit")
        job.out = arguments.whole("--out").last { !isOutput($0, arguments) }
        job.summaryJSON = arguments.text("--summary-json")
        job.scale = try arguments.factor("--scale")
        job.report = arguments.text("--report")
        job.pushGateway = arguments.text("--push-gateway")
        job.script = scriptFlags(arguments)
        job.artillery.environment = arguments.text("--environment")
        job.artillery.variables = arguments.text("--variables")
        job.artillery.overrides = arguments.text("--overrides")
        job.artillery.target = arguments.text("--target")
        job.artillery.isInsecure = arguments.has("--insecure")
        job.artillery.config = arguments.text("--config")
        job.artillery.payload = arguments.text("--payload")
        job.artillery.scenario = arguments.text("--scenario-name")
        job.artillery.isSolo = arguments.has("--solo")
        job.artillery.dotenv = arguments.text("--dotenv") ?? arguments.text("--env-file")
        job.artillery.output = arguments.text("--output")
        job.command = words
        return job
    }
}
