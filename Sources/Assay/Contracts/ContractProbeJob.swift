internal import AssayContracts
public import AssayCore
internal import AssayFormats
internal import AssayNet
internal import AssayPolicy
internal import AssayReport
internal import AssayRunner
internal import AssayVerifier

/// `assay contract check DOC --provider URL`: probes a live provider and keeps the run like one of tests.
public struct ContractProbeJob: Sendable {
    public var project: String?
    /// The OpenAPI document.
    public var document: String
    /// `http://host:port`, perhaps with a path.
    public var provider: String
    /// Valid and invalid cases of an operation, each at most so many.
    public var cases = 50
    public var seed: UInt64?
    public var methods: [String] = []
    public var only: [String] = []
    public var skipped: [String] = []
    /// `NAME=VALUE` of parameters.
    public var values: [String] = []
    /// `NAME: VALUE`.
    public var headers: [String] = []
    /// A token, or `env:NAME`.
    public var bearer: String?
    /// `user:password`, or `env:NAME`.
    public var basic: String?
    /// `SCHEME=VALUE` of API keys.
    public var keys: [String] = []
    /// Rules whose findings are not told.
    public var ignored: [String] = []
    public var phases: [String] = []
    public var isStrict = false
    /// Requests at a time.
    public var jobs = 4
    public var timeout: Duration = .seconds(10)
    public var junit: String?
    /// Prints the findings as JSON, and nothing else.
    public var isJSON = false
    public var out: String?
    /// Failing cases are written here too.
    public var save: String?
    /// Sends the cases of this file, and nothing else.
    public var replay: String?
    /// Words of the command line, for the record.
    public var command: [String] = []

    static let level = "contract"

    public init(document: String, provider: String) {
        self.document = document
        self.provider = provider
    }

    /// An option whose file would be written over what is read.
    func overwriting() -> Diagnostic? {
        let written = [("--save", save), ("--junit", junit)]
        let read = [document, replay].compactMap(\.self)
        for case (let option, let path?) in written {
            let place = Files.resolved(path)
            let isSame = read.contains { $0 == path || (place != nil && Files.resolved($0) == place) }
            guard isSame else { continue }
            return Diagnostic(
                "AS166", "\(option) would write over '\(path)'", fix: "name another file for \(option)")
        }
        return nil
    }

    public func run(_ console: Console) -> ExitCode {
        if let problem = overwriting() {
            console.complain(Diagnostics([problem]))
            return .badInput
        }
        guard let workspace = console.taking(Workspace.open(project)) else { return .badInput }
        let seed = self.seed ?? UInt64.random(in: 0...0xFF_FFFF)
        guard let input = console.taking(ProbeInput.read(self, workspace, seed: seed)) else {
            return .badInput
        }
        var saved: [SavedCase] = []
        if let replay {
            guard let read = console.taking(SavedCases.read(replay)) else { return .badInput }
            saved = read
        }
        do {
            let reactor = try Reactor()
            let interruption = try Interruption(on: reactor)
            let bound = ReactorBound(interruption, on: reactor)
            let cases = saved
            return reactor.run {
                defer { bound.value.close() }
                let scope = CancelScope(on: reactor)
                bound.value.watch(console, saying: "ending in order …") { scope.cancel() }
                guard replay == nil else {
                    return await self.replay(cases, input, console, reactor, bound.value, scope)
                }
                return await self.probe(input, workspace, console, reactor, bound.value, scope)
            }
        } catch {
            console.complain("error: \(error)")
            return .internalFault
        }
    }

    // MARK: Probing

    private func probe(
        _ input: ProbeInput, _ workspace: Workspace, _ console: Console, _ reactor: Reactor,
        _ interruption: Interruption, _ scope: CancelScope
    ) async -> ExitCode {
        let started = WallClock.milliseconds
        let hadFolder = out.map { Files.kind(of: $0) != nil } ?? false
        let folder: RunFolder
        do {
            folder = try RunFolder.make(
                chosen: out, project: workspace.project.folder, name: "contract", at: started)
        } catch {
            console.complain("error: the run's folder cannot be made: \(error)")
            return .internalFault
        }
        let masker = Masker(secrets: input.options.credentials.secrets)
        let header = RunHeader.here(
            .test, workspace, name: Self.level, seed: input.options.cases.seed, stand: [],
            command: command.map(masker.mask), at: started, commit: checkedOutCommit(workspace.project.folder)
        )
        let startedAt = Reactor.monotonicNow()
        let live = ReactorBound(Live(console), on: reactor)
        let report = await ContractProbe(
            input.document, contract: input.document.file, at: input.address, options: input.options,
            masked: masker.mask
        ).run(on: reactor, in: scope) { live.value.draw($0) }
        live.value.block.clear()
        if let ended = report.ended, report.answered == 0 {
            folder.discard(wholly: !hadFolder)
            return unanswered(input, ended, console)
        }
        var keeper = RecordKeeper(header: header, folder: folder)
        keeper.withRecord { record in
            record.tests = report.results(level: Self.level)
        }
        for test in keeper.record.tests { keeper.write(.test(test)) }
        for finding in report.warnings {
            keeper.add(.note(Note(atNanoseconds: 0, severity: .warning, text: finding.line)))
        }
        let gone = report.ended.map { ["the provider does not answer any more: \($0)"] } ?? []
        let verdict = judgeTests(keeper.record, interrupted: interruption.happened, deaths: gone)
        keeper.add(
            .end(
                RunEnd(
                    verdict: verdict, durationNanoseconds: Reactor.monotonicNow() - startedAt,
                    cpuNanoseconds: Usage.cpuNanoseconds, peakMemoryBytes: Usage.peakMemoryBytes)))
        let remembered = keeper.record.tests.map { PastTest($0, projectFolder: workspace.project.folder) }
        await RunHistory.of(workspace, console).remember(
            keeper.record, remembered, in: folder, workspace, on: reactor, console)
        return finish(keeper, folder, report, verdict, input, console)
    }

    private func unanswered(_ input: ProbeInput, _ failure: LiveFailure, _ console: Console) -> ExitCode {
        console.complain(
            Diagnostics([
                Diagnostic(
                    "AS446", "the provider at \(input.address) does not answer: \(failure)",
                    fix: "start it, or name another --provider")
            ]))
        return .standNotReady
    }

    /// The one line of a run that goes on.
    private final class Live {
        var block: LiveBlock
        init(_ console: Console) { block = LiveBlock(console) }

        func draw(_ now: ContractProbe.Progress) {
            block.draw([
                "\(now.operation)   \(now.done) of \(now.total)   \(now.sent) requests, \(now.findings) findings"
            ])
        }
    }

    private func finish(
        _ keeper: RecordKeeper, _ folder: RunFolder, _ report: ProbeReport, _ verdict: Verdict,
        _ input: ProbeInput, _ console: Console
    ) -> ExitCode {
        let cases = SavedCases.text(report, named: input.options.cases.values, input.document)
        guard folder.keepReports(of: keeper, junit: junit, console) else { return .internalFault }
        do {
            if !cases.isEmpty { try folder.write(cases, as: "cases.jsonl") }
            if let save { try Files.write(Array(cases.utf8), to: save) }
        } catch {
            console.complain("error: the cases could not be written: \(error)")
            return .internalFault
        }
        if isJSON {
            console.print(ProbeJSON.value(report).rendered(pretty: true))
            return verdict.exitCode
        }
        if !console.isQuiet {
            console.print(ProbeSummary(style: console.style, width: console.width).render(report))
        }
        let summary = TestSummary(style: console.style, width: console.width, showsCurl: true)
        console.print(summary.render(keeper.record, report: folder.path + "/report.html"))
        if !cases.isEmpty {
            console.print(
                "again: assay contract check \(document) --provider \(provider) --replay \(save ?? folder.path + "/cases.jsonl")"
            )
        }
        return verdict.exitCode
    }

    // MARK: Replaying

    private func replay(
        _ cases: [SavedCase], _ input: ProbeInput, _ console: Console, _ reactor: Reactor,
        _ interruption: Interruption, _ scope: CancelScope
    ) async -> ExitCode {
        let masker = Masker(secrets: input.options.credentials.secrets)
        let replayed = await ContractProbe(
            input.document, contract: input.document.file, at: input.address, options: input.options,
            masked: masker.mask
        ).replay(cases, on: reactor, in: scope)
        if interruption.happened { return .interrupted }
        let end = ReplayEnd(replayed.map(\.end))
        if case .nobody(let failure) = end { return unanswered(input, failure, console) }
        console.print(ProbeSummary(style: console.style, width: console.width).render(replayed))
        return end == .failed ? .failed : end == .held ? .passed : .inconclusive
    }
}

/// What replaying came to as a whole.
enum ReplayEnd: Equatable {
    case held
    /// A case still fails, whatever came of the others.
    case failed
    /// No case fails, and not all were judged.
    case open
    /// Nothing at all was answered, and why.
    case nobody(LiveFailure)

    init(_ ends: [ReplayedCase.End]) {
        let failures = ends.compactMap { if case .unanswered(let failure) = $0 { failure } else { nil } }
        if ends.contains(.fails) {
            self = .failed
        } else if let failure = failures.last, !ends.contains(.holds), failure.outcome != .notSent {
            self = .nobody(failure)
        } else {
            self = ends.allSatisfy { $0 == .holds } ? .held : .open
        }
    }
}

extension ProbeFinding {
    /// In one line, for notes.
    var line: String {
        "\(finding.operation): \(finding.rule.rawValue): expected \(finding.expected), found \(finding.actual)"
    }
}

/// Failing cases in files of JSON lines.
enum SavedCases {
    static func text(_ report: ProbeReport, named values: [String: String], _ document: APIDocument) -> String
    {
        var lines = ""
        for part in report.parts {
            let names = part.operation.parameters.filter { $0.place == .path }.map(\.name)
            let isKnown = !names.isEmpty && names.allSatisfy { values[$0] != nil }
            for finding in part.findings where finding.level == .error {
                guard let saved = SavedCase(finding, seed: report.seed, isKnown: isKnown) else { continue }
                lines += saved.json.rendered() + "\n"
            }
        }
        return lines
    }

    static func read(_ path: String) -> Result<[SavedCase], Diagnostics> {
        let bytes: [UInt8]
        do {
            bytes = try Files.read(path)
        } catch {
            return .failure(Diagnostics([Diagnostic("AS445", "the saved cases cannot be read: \(error)")]))
        }
        var cases: [SavedCase] = []
        for (place, line) in bytes.split(separator: 10, omittingEmptySubsequences: false).enumerated() {
            guard !line.isEmpty else { continue }
            func problem(_ text: String) -> Result<[SavedCase], Diagnostics> {
                .failure(
                    Diagnostics([
                        Diagnostic(
                            "AS445", "this line is no saved case: \(text)",
                            at: SourceLocation(file: path, line: place + 1, column: 1),
                            fix: "name a file that `--save` wrote, or cases.jsonl of a run")
                    ]))
            }
            do throws(SavedCaseError) {
                guard let json = try? JSON(parsing: Array(line)) else { return problem("expected JSON") }
                cases.append(try SavedCase(json))
            } catch {
                return problem("\(error)")
            }
        }
        guard !cases.isEmpty else {
            return .failure(Diagnostics([Diagnostic("AS445", "'\(path)' holds no saved cases")]))
        }
        return .success(cases)
    }
}
