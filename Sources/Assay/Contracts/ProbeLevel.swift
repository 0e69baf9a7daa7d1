internal import AssayContracts
internal import AssayCore
internal import AssayFormats
internal import AssayNet
internal import AssayRunner
internal import AssayScenario
internal import AssayVerifier

/// A level that probes a provider of the stand: `api: {openapi: openapi.yaml, provider: api, cases: 50}`.
public struct ProbeLevel: Sendable {
    /// As the project file writes it.
    var document: String
    var location: SourceLocation
    /// A part of the stand by its name, or a URL.
    var provider: Template
    var cases = 50
    var bearer: Template?
    var methods: [String] = []
    var skipped: [String] = []
    var ignored: [String] = []

    static let casesRange = 1...10_000

    /// What is wrong with the document, for `assay check`.
    func problems(_ workspace: Workspace) -> [Diagnostic] {
        if case .failure(let problems) = OpenAPIFile.read(workspace.path(document)) { return problems.all }
        return []
    }

    /// Reads a level that names an `openapi` document.
    ///
    /// - Parameter fields: the level's mapping, of which all keys of a probe are asked for.
    static func read(
        _ openapi: YAMLNode.Pair, of level: String, _ fields: inout MappingReader, _ yaml: YAMLReading,
        stand: StandNames
    ) -> ProbeLevel? {
        let document = yaml.string(openapi.value)
        let provider = fields.required("provider", yaml.template)
        let cases = fields.optional("cases", { yaml.int($0, in: casesRange) })
        let bearer = fields.optional("bearer", yaml.template)
        let methods = fields.optional("methods", yaml.strings)
        let skipped = fields.optional("skip", yaml.strings)
        let ignored = fields.optional("ignore", yaml.strings)
        guard let document, let provider else { return nil }
        if let name = provider.constantText, !name.contains("://"),
            !stand.parts.contains(where: { $0.name == name })
        {
            let known = stand.parts.map(\.name)
            yaml.error(
                "AS447", "level '\(level)' probes '\(name)', which the stand does not have",
                at: provider.location,
                fix: nearestName(to: name, among: known).map { "did you mean '\($0)'?" }
                    ?? "name a part of the stand, or write a URL")
        }
        var read = ProbeLevel(document: document, location: openapi.value.location, provider: provider)
        read.cases = cases ?? read.cases
        read.bearer = bearer
        read.methods = methods ?? []
        read.skipped = skipped ?? []
        read.ignored = ignored ?? []
        return read
    }
}

/// One run of such a level.
struct ProbeLevelRun {
    let level: Project.Level
    let work: ProbeLevel
    let workspace: Workspace
    let running: RunningStand
    let seed: UInt64

    /// A result for each operation; one that says why there are none.
    ///
    /// - Parameter startedAt: of the run, CLOCK_MONOTONIC nanoseconds.
    func results(since startedAt: Int64, on reactor: Reactor, in scope: CancelScope) async -> [TestResult] {
        let begin = Reactor.monotonicNow() - startedAt
        func failed(_ reason: String) -> [TestResult] {
            [
                TestResult(
                    level: level.name, scenario: "probe of \(work.document)", location: work.location,
                    status: .failed,
                    reason: running.masker.mask(reason), startedAtNanoseconds: begin, durationNanoseconds: 0)
            ]
        }
        let (provider, bearer): (String, String?)
        do throws(TemplateError) {
            (provider, bearer) = try (
                address(), work.bearer.map { (text) throws(TemplateError) in try filled(text) }
            )
        } catch {
            return failed(error.message)
        }
        var job = ContractProbeJob(document: workspace.path(work.document), provider: provider)
        job.cases = work.cases
        job.bearer = bearer
        job.methods = work.methods
        job.skipped = work.skipped
        job.ignored = work.ignored
        switch ProbeInput.read(job, workspace, seed: seed) {
        case .failure(let problems): return failed(problems.all.map { $0.rendered() }.joined(separator: "\n"))
        case .success(let input):
            let (masker, own) = (running.masker, Masker(secrets: input.options.credentials.secrets))
            return await ContractProbe.results(
                of: input.document, contract: input.document.file, provider: input.address.description,
                level: level.name, options: input.options, startedAt: startedAt, on: reactor, in: scope,
                masked: { own.mask(masker.mask($0)) })
        }
    }

    /// That of a part of the stand, or the URL itself.
    private func address() throws(TemplateError) -> String {
        let text = try filled(work.provider)
        return running.constants[text]?["url"]?.stringValue ?? text
    }

    private func filled(_ template: Template) throws(TemplateError) -> String {
        var names = JSONObject(running.constants.map { ($0.key, $0.value) })
        if names["env"] == nil {
            names["env"] = .object(JSONObject(Host.environment.map { ($0.name, JSON.string($0.value)) }))
        }
        var context = TemplateScope(
            names: names, environment: running.environment, random: SystemRandomNumberGenerator())
        return try template.text(in: &context)
    }
}
