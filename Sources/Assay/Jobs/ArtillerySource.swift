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
    public init() {}

    /// Those that are given, as they are written.
    var given: [String] {
        var names: [String] = []
        if environment != nil { names.append("--environment") }
        if variables != nil { names.append("--variables") }
        if overrides != nil { names.append("--overrides") }
        if target != nil { names.append("--target") }
        if isInsecure { names.append("--insecure") }
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
        importer.environment = Dictionary(Host.environment.map { ($0.name, $0.value) }) { first, _ in first }
        importer.environment["PWD"] = Files.current
        importer.options.environment = job.artillery.environment ?? job.script.environment.last
        importer.options.variables = job.artillery.variables
        importer.options.overrides = job.artillery.overrides
        importer.options.target = job.artillery.target
        importer.options.isInsecure = job.artillery.isInsecure
        importer.partNames = workspace.project.standNames.parts.map(\.name)
        return importer.test(path).flatMap { test in
            program(test.processor).flatMap { program in
                job.overridden(test.profile).flatMap(job.scaled).map { profile in
                    ArtillerySource(
                        path: path, importer: importer, job: job, program: program, name: profile.name,
                        location: profile.location)
                }
            }
        }
    }

    func input(_ ground: LoadGround) async -> Result<LoadInput, Diagnostics> {
        var importer = importer
        importer.options.seed = ground.seed
        for name in importer.partNames { importer.parts[name] = ground.running.constants[name] }
        let read = importer.test(path)
        var hooks: HookWork?
        var missing: [Diagnostic] = []
        if let program, let processor = try? read.get().processor {
            switch await ready(program, processor, ground) {
            case .success(let found): (hooks, missing) = found
            case .failure(let diagnostics): return .failure(diagnostics)
            }
        }
        return read.flatMap { test in
            job.overridden(test.profile).flatMap(job.scaled).map { profile in
                var input = LoadInput(profile: profile)
                input.warnings = test.warnings + missing
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
        return end.verdict.exitCode
    }
}
