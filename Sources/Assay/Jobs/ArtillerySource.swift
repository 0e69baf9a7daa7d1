internal import AssayCore
internal import AssayFormats
internal import AssayImport
internal import AssayNet
internal import AssayRunner
internal import AssayScenario
internal import AssayScript

/// What the command line says of a script of Artillery.
public struct ArtilleryFlags: Sendable, Equatable {
    /// One of `config.environments`.
    public var environment: String?
    /// JSON objects as text.
    public var variables: String?
    public var overrides: String?
    /// In place of `config.target`.
    public var target: String?
    public var isInsecure = false
    /// A file that is put over the script.
    public var config: String?
    /// The one scenario that runs.
    public var scenario: String?
    /// One user and no more.
    public var isSolo = false
    /// The file of `config.payload`.
    public var payload: String?
    /// A file of variables for the environment.
    public var dotenv: String?
    /// Where Artillery's own report goes: a file, or a folder for one named after the time.
    public var output: String?
    public init() {}

    /// Those that are given, as they are written.
    var given: [String] {
        var names: [String] = []
        if environment != nil { names.append("--environment") }
        if variables != nil { names.append("--variables") }
        if overrides != nil { names.append("--overrides") }
        if target != nil { names.append("--target") }
        if isInsecure { names.append("--insecure") }
        if scenario != nil { names.append("--scenario-name") }
        if isSolo { names.append("--solo") }
        if payload != nil { names.append("--payload") }
        if dotenv != nil { names.append("--dotenv") }
        if output != nil { names.append("--output") }
        return names
    }
}

/// A script of Artillery, driven as a profile.
struct ArtillerySource: LoadSource {
    private let path: String
    private let importer: ArtilleryImport
    private let job: LoadJob
    /// Of its functions; `nil` when it has none.
    private let program: ScriptProgram?
    /// What is told when the run begins.
    private let warnings: [Diagnostic]
    let name: String
    let location: SourceLocation

    static func takes(_ path: String, _ bytes: [UInt8]) -> Bool {
        [".yml", ".yaml", ".json"].contains(where: path.hasSuffix) && ArtilleryImport.takes(bytes)
    }

    /// Everything that is wrong is told before the stand comes up; its addresses are filled in when it is.
    static func read(_ path: String, _ job: LoadJob, _ workspace: Workspace) -> Result<
        any LoadSource, Diagnostics
    > {
        var importer = ArtilleryImport(files: workspace.files)
        var warnings: [Diagnostic] = []
        importer.environment = environment(job.artillery, workspace.files, &warnings)
        importer.environment["PWD"] = Files.current
        importer.options.config = job.artillery.config
        importer.options.scenario = job.artillery.scenario
        importer.options.isSolo = job.artillery.isSolo
        importer.options.payload = job.artillery.payload
        if let fault = job.artillery.outputFault { return .failure(Diagnostics([fault])) }
        importer.options.environment = job.artillery.environment ?? job.script.environment.last
        importer.options.variables = job.artillery.variables
        importer.options.overrides = job.artillery.overrides
        importer.options.target = job.artillery.target
        importer.options.isInsecure = job.artillery.isInsecure
        importer.partNames = workspace.project.standNames.parts.map(\.name)
        return importer.test(path).flatMap { test in
            program(test.processor).flatMap { program in
                job.overridden(test.profile).flatMap(job.shaped).map { profile in
                    ArtillerySource(
                        path: path, importer: importer, job: job, program: program, warnings: warnings,
                        name: profile.name, location: profile.location)
                }
            }
        }
    }

    /// Of the process, and of the file that the command line names where the process has no such variable.
    static func environment(
        _ flags: ArtilleryFlags, _ files: FileReader, _ warnings: inout [Diagnostic]
    ) -> [String: String] {
        var variables = Dictionary(Host.environment.map { ($0.name, $0.value) }) { first, _ in first }
        guard let path = flags.dotenv else { return variables }
        guard case .success(let bytes) = files.bytes(path) else {
            warnings.append(
                Diagnostic("AS693", "--dotenv: the file '\(path)' cannot be read", severity: .warning))
            return variables
        }
        let said = Dictionary(
            DotEnv.parse(String(decoding: bytes, as: UTF8.self)).map { ($0.name, $0.value) }
        ) { _, last in
            last
        }
        variables.merge(said) { own, _ in own }
        return variables
    }

    func input(_ ground: LoadGround) async -> Result<LoadInput, Diagnostics> {
        var importer = importer
        importer.options.seed = ground.seed
        for name in importer.partNames { importer.parts[name] = ground.running.constants[name] }
        for (name, value) in StandVariables.of(ground.running.constants) {
            importer.environment[name] = value
        }
        let read = importer.test(path)
        var hooks: HookWork?
        var missing: [Diagnostic] = []
        if let program, let processor = try? read.get().processor {
            switch await ready(program, processor, importer.environment, ground) {
            case .success(let found): (hooks, missing) = found
            case .failure(let diagnostics): return .failure(diagnostics)
            }
        }
        return read.flatMap { test in
            job.overridden(test.profile).flatMap(job.shaped).map { profile in
                var input = LoadInput(profile: profile)
                input.warnings = warnings + test.warnings + missing
                input.hooks = hooks
                let checks = test.checks
                input.closing = { record in Self.judge(checks, record) }
                return input
            }
        }
    }

    /// What `ensure` demands strictly, as thresholds of the run; the rest is told at its end.
    private static func judge(_ checks: [ArtilleryCheck], _ record: RunRecord) -> [ThresholdResult] {
        let figures = ArtilleryReport(record).figures
        return checks.compactMap { check in
            let outcome = check.judge(figures)
            guard check.isStrict || outcome.holds else { return nil }
            return ThresholdResult(
                text: check.text, status: outcome.holds ? .held : .broken, actual: outcome.value, limit: 0,
                actualText: outcome.actual, limitText: check.text)
        }
    }

    func conclude(_ end: LoadConclusion, _ console: Console) async -> ExitCode {
        let report = ArtilleryReport(end.record)
        console.print("\nSummary in Artillery's names\n\n" + report.render(width: console.width))
        let checks = (try? importer.test(path).get())?.checks ?? []
        if !checks.isEmpty {
            let figures = report.figures
            let lines = checks.map { check in
                let held = check.judge(figures).holds
                let word = held ? console.style.paint("ok", .green) : console.style.paint("fail", .red)
                return "\(word): \(check.text)\(held || check.isStrict ? "" : " (optional)")"
            }
            console.print("\nChecks:\n" + lines.joined(separator: "\n"))
        }
        if let output = job.artillery.output {
            let text = ArtilleryReport.document(of: end.record).rendered(pretty: true) + "\n"
            let file = ArtilleryFlags.file(output, at: end.record.header.startedAtMilliseconds)
            do throws(SystemError) {
                try Files.write(Array(text.utf8), to: file)
                console.print("Log file: \(file)")
            } catch {
                console.complain("error: the report could not be written: \(error)")
            }
        }
        return end.verdict.exitCode
    }
}

extension ArtilleryFlags {
    /// Why nothing can be written where the command line says: it is told before there is a run.
    var outputFault: Diagnostic? {
        guard let output, Files.kind(of: output) != .folder else { return nil }
        if output.isEmpty { return Diagnostic("AS691", "--output needs the name of a file or folder") }
        let folder = output.lastIndex(of: "/").map { String(output[..<$0]) } ?? "."
        if folder.isEmpty || Files.kind(of: folder) == .folder { return nil }
        return Diagnostic("AS691", "--output: there is no folder '\(folder)'", fix: "mkdir -p \(folder)")
    }

    /// The file itself, or one in the folder.
    static func file(_ output: String, at milliseconds: Int64) -> String {
        guard Files.kind(of: output) == .folder else { return output }
        let digits = CivilTime(milliseconds: milliseconds).text.filter(\.isNumber)
        return "\(output)/artillery_report_\(digits.prefix(8))_\(digits.dropFirst(8).prefix(6)).json"
    }
}
