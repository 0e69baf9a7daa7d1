public import AssayCore
internal import AssayNet
internal import AssayReport

/// `assay compare`: says per metric whether load runs differ, with their noise taken into account.
public struct CompareJob: Sendable {
    public var project: String?
    /// Two runs or more; one, or none, with ``isBaseline``.
    public var runs: [String] = []
    /// The first run is the newest earlier one of the profile that passed.
    public var isBaseline = false
    /// Of the baseline.
    public var branch: String?
    /// What `last` is of.
    public var profile: String?
    /// `5%`, `p95=10%`, as written.
    public var allowances: [String] = []
    /// `queue.depth=lower`, as written.
    public var directions: [String] = []
    public var minimum: String?
    public var judgesUnlike = false
    public var showsAll = false
    public var isJSON = false
    public var markdown: String?
    public var html: String?
    public var seed: UInt64?

    public init() {}

    public func run(_ console: Console) -> ExitCode {
        guard let settings = console.taking(settings) else { return .badInput }
        guard isBaseline || runs.count >= 2 else {
            console.complain(
                Diagnostics([
                    Diagnostic(
                        "AS593", "`assay compare` needs two runs, found \(runs.count == 1 ? "one" : "none")",
                        fix: "name both, or add --baseline; " + RunReference.ways)
                ]))
            return .badInput
        }
        // Files can be compared where there is no project.
        let needsProject = isBaseline || runs.contains { Files.kind(of: $0) == nil }
        var workspace: Workspace?
        if needsProject {
            guard let opened = console.taking(Workspace.open(project)) else { return .badInput }
            workspace = opened
        }
        do {
            let reactor = try Reactor()
            let opened = workspace
            return reactor.run { await self.run(opened, settings, console) }
        } catch {
            console.complain("error: \(error)")
            return .internalFault
        }
    }

    private func run(
        _ workspace: Workspace?, _ settings: ComparisonSettings, _ console: Console
    ) async -> ExitCode {
        let history =
            if let workspace { await RunHistory.of(workspace, console) } else { RunHistory(path: "") }
        let reference = RunReference(
            history: history, projectFolder: workspace?.project.folder ?? ".", profile: profile)
        guard let found = await found(reference, console) else { return .badInput }
        if let other = found.first(where: { $0.record.header.kind != .load }) {
            console.complain(
                Diagnostics([
                    Diagnostic(
                        "AS594", "'\(other.name)' is a run of tests, and load runs are compared",
                        fix: "`assay history --flaky` says what changed in tests")
                ]))
            return .badInput
        }
        let comparisons = await Blocking.run { [found] in
            found.dropFirst().map { RunComparison(found[0].record, $0.record, settings) }
        }
        return tell(comparisons, found.map(\.name), console)
    }

    private func found(_ reference: RunReference, _ console: Console) async -> [RunReference.Found]? {
        var found: [RunReference.Found] = []
        for name in runs.isEmpty ? ["last"] : runs {
            let kind = RunReference.kind(comparedBy: name)
            guard let run = console.taking(await reference.find(name, kind: kind)) else { return nil }
            found.append(run)
        }
        guard isBaseline else { return found }
        guard let baseline = console.taking(await reference.baseline(of: found[0], branch: branch)) else {
            return nil
        }
        return [baseline] + found
    }

    private func tell(_ comparisons: [RunComparison], _ names: [String], _ console: Console) -> ExitCode {
        let trend = TrendTable(comparisons)
        do {
            if let markdown {
                let text =
                    comparisons.count == 1 ? ComparisonMarkdown.render(comparisons[0]) : trend.markdown
                try Files.write(Array(text.utf8), to: markdown)
            }
            if let html { try Files.write(Array(ComparisonHTML.render(comparisons).utf8), to: html) }
        } catch {
            console.complain("error: \(error)")
            return .badInput
        }
        let width = console.isTerminal ? console.width : Int.max
        if isJSON {
            console.print(ComparisonJSON.render(comparisons, names: names))
        } else if comparisons.count == 1 {
            var table = ComparisonTable(style: console.style, width: width)
            table.showsAll = showsAll
            console.print(table.render(comparisons[0]))
        } else {
            console.print(trend.render(style: console.style, width: width))
        }
        // The last run is the one in question; those between show the way there.
        return comparisons.last?.exitCode ?? .inconclusive
    }

    // MARK: settings

    private var settings: Result<ComparisonSettings, Diagnostics> {
        var settings = ComparisonSettings()
        settings.judgesUnlike = judgesUnlike
        if let seed { settings.seed = seed }
        for text in allowances {
            guard let allowance = ComparisonSettings.Allowance(text) else {
                return Self.refusal(
                    "--allow takes a part, or METRIC=PART, found '\(text)'",
                    "write --allow 5%, or --allow p95=10%,failed=0.1%")
            }
            settings.allowances.append(allowance)
        }
        if let minimum {
            guard let share = ComparisonSettings.Allowance.share(minimum), share < 1 else {
                return Self.refusal("--minimum takes a part, found '\(minimum)'", "write --minimum 5%")
            }
            settings.minimum = share
        }
        for text in directions {
            let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2, let way = MetricDirection(rawValue: parts[1]),
                [.lower, .higher].contains(way)
            else {
                return Self.refusal(
                    "--better takes METRIC=lower or METRIC=higher, found '\(text)'",
                    "write --better queue.depth=lower")
            }
            settings.directions[parts[0]] = way
        }
        return .success(settings)
    }

    private static func refusal(_ message: String, _ fix: String) -> Result<ComparisonSettings, Diagnostics> {
        .failure(Diagnostics([Diagnostic("AS592", message, fix: fix)]))
    }
}
