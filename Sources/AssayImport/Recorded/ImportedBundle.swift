internal import AssayCore
internal import AssayFormats
internal import AssayScenario

/// The files that an import writes: scenarios, feeds, and a profile that drives them.
struct ImportedBundle {
    /// The file that is imported, and the word after `assay import`.
    var source: String
    var verb: String
    var notes: [ImportNote] = []
    var summary: [String] = []

    private var header: [String] {
        let name = source.split(separator: "/").last.map(String.init) ?? source
        return ["Made of \(name) by `assay import \(verb)`; it is yours from now on."]
    }

    /// Scenarios and a small profile: each of them once, by one user.
    func files(of scenarios: [Scenario], named name: String) -> ImportedFiles {
        let start = SourceLocation(file: source, line: 1, column: 1)
        var profile = LoadProfile(
            name: name, location: start, scenarios: scenarios.map { .init(scenario: $0, weight: 1) },
            model: .iterations(.init(users: 1, work: .total(max(1, scenarios.count)))))
        profile.thresholds = [.init(text: "rate(checks) >= 100%", location: start)]
        return files(of: profile)
    }

    /// A profile with its scenarios, those that they use, and its feeds.
    func files(of profile: LoadProfile) -> ImportedFiles {
        var paths = ScenarioPaths()
        for own in profile.scenarios { paths.add(own.scenario) }
        let all = paths
        var files: [ImportedFiles.File] = []
        var leftOut: [Diagnostic] = []
        var writer = ScenarioWriter()
        writer.header = header
        writer.path = { all.path(of: $0) }
        for (scenario, path) in all.scenarios {
            let written = writer.whatCanBeWritten(scenario)
            files.append(.init(path: "scenarios/" + path, text: written.text))
            leftOut += written.leftOut
        }
        var feeds = ImportedNames()
        var feedPaths: [String: String] = [:]
        for feed in profile.feeds {
            let path = "feeds/" + feeds.unique(ImportedNames.slug(feed.name, or: "feed")) + ".jsonl"
            feedPaths[feed.name] = path
            files.append(
                .init(path: path, text: feed.rows.map { JSON.object($0).rendered() + "\n" }.joined()))
        }
        let feedFiles = feedPaths
        writer.path = { "../scenarios/" + all.path(of: $0) }
        writer.feedPath = { "../" + (feedFiles[$0.name] ?? $0.path) }
        let name = ImportedNames.slug(profile.name, or: "load")
        let written = writer.whatCanBeWritten(profile)
        files.append(.init(path: "load/\(name).yml", text: written.text))
        let more = (leftOut + written.leftOut).map { problem in
            ImportNote(location: problem.location ?? profile.location, subject: "", message: problem.message)
        }
        return ImportedFiles(files: files, notes: (notes + more).inOrder(), summary: summary)
    }
}

/// Which file each scenario of an import goes to.
private struct ScenarioPaths: Sendable {
    private(set) var scenarios: [(scenario: Scenario, path: String)] = []
    private var paths: [Key: String] = [:]
    private var names = ImportedNames()

    /// Scenarios are values: the same name at the same place is the same one.
    private struct Key: Hashable {
        var name: String
        var location: SourceLocation
        init(_ scenario: Scenario) {
            name = scenario.name
            location = scenario.location
        }
    }

    func path(of scenario: Scenario) -> String { paths[Key(scenario)] ?? "\(scenario.name).yml" }

    mutating func add(_ scenario: Scenario) {
        guard paths[Key(scenario)] == nil else { return }
        let path = names.unique(ImportedNames.slug(scenario.name, or: "scenario")) + ".yml"
        paths[Key(scenario)] = path
        scenarios.append((scenario, path))
        for step in scenario.steps { addUsed(step) }
    }

    private mutating func addUsed(_ step: Step) {
        if case .use(let use) = step.action { add(use.scenario) }
        for inner in step.inner + step.cleanup { addUsed(inner) }
    }
}
