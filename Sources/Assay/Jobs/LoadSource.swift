internal import AssayCore
internal import AssayNet
internal import AssayRunner
internal import AssayScenario

/// A file that `assay load` was given, read as far as it can be without a stand.
///
/// Profiles of Assay's own are one kind; files of other tools are others, each a conforming type and a line in
/// ``LoadSources/kinds``.
protocol LoadSource {
    /// Whether a file is of this kind, by its name or by how it begins.
    ///
    /// - Parameter bytes: of the file; empty when it cannot be read.
    static func takes(_ path: String, _ bytes: [UInt8]) -> Bool

    /// Reads a file of this kind.
    ///
    /// - Parameter job: the command line.
    static func read(_ path: String, _ job: LoadJob, _ workspace: Workspace) -> Result<
        any LoadSource, Diagnostics
    >

    /// Of the run: its folder and its line in the history.
    var name: String { get }
    /// The file, for messages.
    var location: SourceLocation { get }

    /// What is driven, now that the stand is up and the addresses of its parts are known.
    func input(_ ground: LoadGround) async -> Result<LoadInput, Diagnostics>

    /// What the process ends with when there is no ``input(_:)``.
    var failureCode: ExitCode { get }

    /// Writes and prints what this kind of file has besides Assay's reports, and says what the process ends with.
    ///
    /// Called on the reactor, after the stand is down and Assay's own reports are written and printed.
    func conclude(_ end: LoadConclusion, _ console: Console) async -> ExitCode
}

extension LoadSource {
    var failureCode: ExitCode { .badInput }

    func conclude(_ end: LoadConclusion, _ console: Console) async -> ExitCode { end.verdict.exitCode }
}

/// What a load runs on.
struct LoadGround {
    var workspace: Workspace
    var running: RunningStand
    var reactor: Reactor
    var seed: UInt64
    /// Ended when a person wants the run to end.
    var scope: CancelScope
    var console: Console
}

/// What a file comes to on a stand.
struct LoadInput {
    var profile: LoadProfile
    /// What its scenarios are passes of, when they are.
    var script: ScriptWork?
    /// Functions that its steps call.
    var hooks: HookWork?
    /// Lines that are not to be drawn over.
    var output: ScriptOutput?
    /// What a person should know of the file before it is driven.
    var warnings: [Diagnostic] = []
    /// Judges the whole run by what the file demands in words of its own.
    var closing: (@Sendable (RunRecord) -> [ThresholdResult])?
}

/// How a load ended.
struct LoadConclusion {
    var record: RunRecord
    var verdict: Verdict
    /// A person ended it.
    var isInterrupted: Bool
    /// Of what runs after the load as well.
    var stop: LoadStop
    var reactor: Reactor
    /// Of its passes; the stand of it is down.
    var context: RunContext
    /// What the load came to besides its record; `nil` when it did not begin.
    var ending: LoadRun.Ending?
}

/// The kinds of files that `assay load` drives.
enum LoadSources {
    /// Asked in this order; the first that takes a file reads it.
    static var kinds: [any LoadSource.Type] {
        [ScriptSource.self, ArtillerySource.self, ProfileSource.self]
    }

    static func kind(of path: String, _ workspace: Workspace) -> any LoadSource.Type {
        let bytes = (try? workspace.files.bytes(path).get()) ?? []
        return kinds.first { $0.takes(path, bytes) } ?? ProfileSource.self
    }

    /// Reads a file as far as it can be without a run.
    static func check(_ path: String, _ workspace: Workspace) -> Result<Void, Diagnostics> {
        let kind = kind(of: path, workspace)
        guard kind != ProfileSource.self else {
            return workspace.reader(forRun: false).profile(path).map { _ in }
        }
        return kind.read(path, LoadJob(), workspace).map { _ in }
    }

    /// Reads what the command line names.
    static func read(_ job: LoadJob, _ workspace: Workspace) -> Result<any LoadSource, Diagnostics> {
        workspace.profilePath(job.profile).flatMap { path in
            let kind = kind(of: path, workspace)
            var misplaced: Diagnostic?
            if kind != ArtillerySource.self, let flag = job.artillery.given.first {
                misplaced = Diagnostic(
                    "AS618", "\(flag) goes with a script of Artillery, and '\(path)' is none",
                    fix: kind == ScriptSource.self ? ScriptFlags.instead(of: flag) : nil)
            } else if kind != ScriptSource.self, let flag = job.script.given(to: kind).first {
                misplaced = Diagnostic(
                    "AS672", "\(flag) goes with a script of k6, and '\(path)' is none")
            }
            if let misplaced { return .failure(Diagnostics([misplaced])) }
            return kind.read(path, job, workspace)
        }
    }
}

/// A load profile of Assay's own, in YAML or JSON.
struct ProfileSource: LoadSource {
    private let profile: LoadProfile

    static func takes(_ path: String, _ bytes: [UInt8]) -> Bool { true }

    static func read(_ path: String, _ job: LoadJob, _ workspace: Workspace) -> Result<
        any LoadSource, Diagnostics
    > {
        workspace.reader(forRun: true).profile(path).flatMap(job.overridden).flatMap(job.shaped)
            .map { ProfileSource(profile: $0) }
    }

    var name: String { profile.name }
    var location: SourceLocation { profile.location }

    func input(_ ground: LoadGround) async -> Result<LoadInput, Diagnostics> {
        .success(LoadInput(profile: profile))
    }
}
