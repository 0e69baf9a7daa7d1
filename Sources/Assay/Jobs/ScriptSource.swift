internal import AssayCore
internal import AssayFormats
internal import AssayImport
internal import AssayNet
internal import AssayReport
internal import AssayRunner
internal import AssayScenario
internal import AssayScript

/// A script of k6, driven as it is.
///
/// Belongs to the reactor of its run.
final class ScriptSource: LoadSource {
    let name: String
    let location: SourceLocation
    let job: LoadJob
    private let program: ScriptProgram
    /// What the options come to, once the script's own code has run.
    private(set) var options: K6Options?
    private(set) var work: ScriptWork?
    private(set) var output: ScriptOutput?
    private var failure = K6ExitCode.scriptException
    /// The script has functions beside its iterations, and they are called.
    private(set) var runsApart = false

    private init(_ path: String, _ job: LoadJob, _ program: ScriptProgram) {
        let file = path.split(separator: "/").last ?? ""
        name =
            path == Self.standardInput
            ? "stdin" : String(file.prefix(upTo: file.lastIndex(of: ".") ?? file.endIndex))
        location = SourceLocation(file: path, line: 1, column: 1)
        self.job = job
        self.program = program
    }

    private static let endings = [".js", ".mjs", ".cjs", ".ts"]

    /// The script is what this process is given; as to `k6 run`.
    static let standardInput = "-"

    static func takes(_ path: String, _ bytes: [UInt8]) -> Bool {
        path == standardInput || (endings + [".tsx"]).contains { path.hasSuffix($0) }
    }

    static func read(_ path: String, _ job: LoadJob, _ workspace: Workspace) -> Result<
        any LoadSource, Diagnostics
    > {
        let refusal: Diagnostic?
        if path.hasSuffix(".tsx") {
            refusal = Diagnostic(
                "AS671", "'\(path)' is TypeScript with elements, which scripts cannot be",
                fix: "leave the elements out and call it .ts")
        } else if path != standardInput, Files.kind(of: path) != .file {
            refusal = Diagnostic("AS671", "there is no script '\(path)'")
        } else {
            refusal = nil
        }
        if let refusal { return .failure(Diagnostics([refusal])) }
        let absolute = path.hasPrefix("/") ? path : Files.current + "/" + path
        var sources = JslibModule.sources()
        if path == standardInput {
            do throws(SystemError) {
                sources = given(try Files.read("/dev/stdin"), as: absolute, over: sources)
            } catch {
                return .failure(
                    Diagnostics([Diagnostic("AS671", "there is no script on standard input: \(error)")]))
            }
        }
        return ScriptProgram.make(path: absolute, builtIns: BuiltInModules.k6, sources: sources)
            .map { ScriptSource(path, job, $0) as any LoadSource }
            .mapError { Diagnostics([$0]) }
    }

    /// A module with these bytes beside others.
    private static func given(
        _ bytes: [UInt8], as path: String, over others: ScriptProgram.Sources
    ) -> ScriptProgram.Sources {
        ScriptProgram.Sources { name in name == "file://" + path ? .success(bytes) : others.read(name) }
    }

    var failureCode: ExitCode { job.script.usesK6ExitCodes ? ExitCode(failure) : .badInput }

    // MARK: before the load

    func input(_ ground: LoadGround) async -> Result<LoadInput, Diagnostics> {
        let flags = job.script
        let masker = ground.running.masker
        let form: ScriptLogForm
        let file: JSON
        do throws(Diagnostic) {
            form = try ScriptLogForm(flags) { Host.environment($0) }
            file = try configuration(flags)
        } catch {
            failure = .invalidOptions
            return .failure(Diagnostics([error]))
        }
        let output = ScriptOutput(
            isTerminal: Host.isTerminal(2), isColored: ground.console.style.colours, form: form,
            consoleFile: flags.k6Flags[.consoleOutput].last, mask: masker.mask)
        self.output = output
        var work = ScriptWork(program, options: .null, metrics: [], log: output.log)
        work.environment = environment(ground.running)
        work.summaryText = Self.summaryText
        let opening = await ScriptAside.open(work, on: ground.reactor, within: ground.scope)
        // A script that ends its test is broken off there.
        if let ending = work.progress.abort {
            failure = .scriptAborted
            return .failure(Diagnostics([ended(ending.reason)]))
        }
        let aside: ScriptAside
        switch opening {
        case .success(let opened): aside = opened
        case .failure(let exception): return .failure(Diagnostics([told(exception)]))
        }
        let exported: JSON
        switch await aside.options() {
        case .success(let json): exported = json
        case .failure(let exception): return .failure(Diagnostics([told(exception)]))
        }
        let read = K6Options.read(
            exported, under: file, flags: self.flags(flags),
            environment: Dictionary(
                Host.environment.map { ($0.name, $0.value) }, uniquingKeysWith: { _, last in last }),
            functions: functions(exported, aside), at: location)
        let metrics = program.metrics.all.map(Metric.init)
        let profile = read.flatMap { options in
            self.options = options
            runsApart =
                !options.noSetup && aside.exports("setup") || !options.noTeardown && aside.exports("teardown")
            return options.profile(named: name, at: location, metrics: metrics, body: body)
        }
        failure = .invalidOptions
        return profile.flatMap(job.shaped).flatMap { profile in
            if let options {
                warn(options, ground.console)
                settle(&work, options, metrics, ground.workspace)
            }
            if let fault = fault(of: work.http.connect) { return .failure(Diagnostics([fault])) }
            self.work = work
            return .success(LoadInput(profile: profile, script: work, output: output))
        }
    }

    /// What is wrong with how TLS is to be spoken: every connection would fail by it.
    private func fault(of connect: ConnectOptions.Values) -> Diagnostic? {
        guard case .failure(let error) = ConnectOptions(connect).tlsContext else { return nil }
        return Diagnostic("AS690", "TLS cannot be spoken as the options say: \(error)", at: location)
    }

    /// What the script's own code threw.
    private func told(_ exception: ScriptException) -> Diagnostic {
        var diagnostic = exception.diagnostic("AS670")
        diagnostic.message = "the script cannot be loaded: \(diagnostic.message)"
        return diagnostic
    }

    /// The script's own code called `exec.test.abort()`.
    private func ended(_ reason: String?) -> Diagnostic {
        Diagnostic(
            "AS670", "the script cannot be loaded: test aborted\(reason.map { ": \($0)" } ?? "")",
            at: location)
    }

    /// Options in a file of their own: `--config`.
    private func configuration(_ flags: ScriptFlags) throws(Diagnostic) -> JSON {
        guard let path = flags.said("config") ?? Host.environment("K6_CONFIG"), !path.isEmpty else {
            return .null
        }
        let bytes: [UInt8]
        do throws(SystemError) {
            bytes = try Files.read(path)
        } catch {
            throw Diagnostic("AS644", "the file of options cannot be read: \(error)")
        }
        guard let json = try? JSON(parsing: bytes), json.objectValue != nil else {
            throw Diagnostic("AS644", "'\(path)' is no object in JSON, as files of options are")
        }
        return json
    }

    private func warn(_ options: K6Options, _ console: Console) {
        let unheard = job.script.notFollowed.map {
            Diagnostic("AS642", "\($0) is not supported; it changes nothing", severity: .warning)
        }
        let warnings = options.warnings + unheard + options.unjudged(at: location)
        if !warnings.isEmpty { console.complain(Diagnostics(warnings)) }
    }

    /// What the flags say, with Assay's own words for users and time.
    private func flags(_ said: ScriptFlags) -> K6Flags {
        var flags = said.k6Flags
        if let users = job.users, flags[.vus].isEmpty { flags.add(.vus, String(users)) }
        if let length = job.length, flags[.duration].isEmpty {
            flags.add(.duration, "\(length.nanoseconds / 1_000_000)ms")
        }
        return flags
    }

    /// Functions that the script exports, of those that its scenarios name.
    private func functions(_ options: JSON, _ aside: ScriptAside) -> Set<String> {
        var names: Set<String> = ["default"]
        for scenario in options["scenarios"]?.objectValue?.values ?? [] {
            if let exec = scenario["exec"]?.stringValue { names.insert(exec) }
        }
        return names.filter(aside.exports)
    }

    private func body(_ scenario: K6Scenario) -> Scenario {
        let action = ScriptAction(
            export: scenario.exec, scenario: scenario.name, executor: scenario.executor.word,
            environment: scenario.env.sorted { $0.key < $1.key }.map { .init($0.key, $0.value) },
            tags: scenario.tags.sorted { $0.key < $1.key }.map { .init($0.key, $0.value) })
        return Scenario(
            name: scenario.name, location: location,
            steps: [Step(name: scenario.exec, location: location, action: .script(action))])
    }

    private func settle(
        _ work: inout ScriptWork, _ options: K6Options, _ metrics: [Metric], _ workspace: Workspace
    ) {
        work.options = options.consolidated
        work.metrics = metrics
        work.tags = options.tags.sorted { $0.key < $1.key }.map { ScriptTag($0.key, $0.value) }
        work.wantedTags = options.wantedTags.sorted()
        for one in options.shown {
            let own = metrics.first { $0.name == one.metric }?.name
            guard let metric = own ?? K6Metric.builtIn(one.metric)?.metric else { continue }
            work.shownTags[metric, default: []] += one.tags.map(\.key)
        }
        work.runsSetup = !options.noSetup
        work.runsTeardown = !options.noTeardown
        work.http = ScriptHTTPSettings(options)
        work.http.connect(as: options.httpSettings, folder: workspace.project.folder)
        work.http.takeNames(of: options)
    }

    // MARK: environment

    /// What scripts see as `__ENV`: addresses of the stand's parts, this process's environment, what the command line says.
    private func environment(_ running: RunningStand) -> [String: String] {
        var variables: [String: String] = [:]
        if job.script.includesEnvironment {
            for (name, value) in Host.environment { variables[name] = value }
        }
        for (name, value) in StandVariables.of(running.constants) { variables[name] = value }
        for text in job.script.environment {
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            variables[String(parts[0])] = parts.count > 1 ? String(parts[1]) : ""
        }
        return variables
    }
}

extension ExitCode {
    /// As k6 ends.
    init(_ code: K6ExitCode) { self = ExitCode(rawValue: code.rawValue) ?? .failed }
}
