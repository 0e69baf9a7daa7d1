internal import AssayCore
internal import AssayDoubles
internal import AssayFormats
internal import AssayScenario
internal import AssayStand

/// Reads `assay.yml`; all of its problems come out at once.
struct ProjectReader {
    private let yaml: YAMLReading
    private var notes: [Diagnostic] = []

    /// Keys of a level that other issues' capabilities will read.
    private static let laterLevelKeys = ["run", "junit", "coverage", "contracts", "paths"]

    private init(_ yaml: YAMLReading) { self.yaml = yaml }

    /// - Parameters:
    ///   - bytes: contents of the file.
    ///   - file: its path as diagnostics show it.
    ///   - folder: where its relative paths start.
    static func read(_ bytes: [UInt8], file: String, folder: String) -> Result<Project, Diagnostics> {
        let bag = DiagnosticBag()
        guard let yaml = YAMLReading(parsing: bytes, file: file, bag: bag) else {
            return .failure(Diagnostics(bag.all))
        }
        var reader = ProjectReader(yaml)
        let project = reader.project(folder: folder)
        guard let project, !bag.hasErrors else { return .failure(Diagnostics(bag.all)) }
        return .success(project)
    }

    private mutating func project(folder: String) -> Project? {
        var fields = MappingReader(yaml.root, what: "project", yaml)
        guard fields.isMapping else { return nil }
        if let version = fields.required("assay", { yaml.int($0, in: 1...1) }) { assert(version == 1) }
        var project = Project(name: fields.required("project", yaml.string) ?? "", folder: folder)
        if let node = fields.value("stand") { readStand(node, &project) }
        project.factories = fields.optional("factories") { yaml.oneOrMore($0, of: yaml.string) } ?? []
        if let node = fields.value("levels") {
            project.levels = yaml.entries(node, "levels").compactMap { level($0) }
        }
        if let node = fields.value("pipelines") {
            project.pipelines = yaml.entries(node, "pipelines").compactMap { pipeline($0, project.levels) }
        }
        if let node = fields.value("policy") { readPolicy(node, &project.policy) }
        fields.finish()
        project.notes = notes
        return project
    }

    private mutating func readStand(_ node: YAMLNode, _ project: inout Project) {
        if let doubles = node["doubles"] { project.doubles = DoubleReader(yaml).read(doubles) }
        if let stand = StandReader(yaml).read(node, doubles: project.doubles.map(\.name)) {
            project.stand = stand
        }
    }

    private mutating func level(_ pair: YAMLNode.Pair) -> Project.Level? {
        var later: String?
        var isolation = Isolation.none
        let work = yaml.mapping(pair.value, "level") { fields -> Project.Level.Work? in
            if let word = fields.optional(
                "isolation",
                {
                    yaml.enumeration($0, of: Isolation.allCases.map(\.rawValue))
                })
            {
                isolation = Isolation(rawValue: word) ?? .none
            }
            let scenarios = fields.optional("scenarios", yaml.string)
            let profile = fields.optional("profile", yaml.string)
            later = Self.laterLevelKeys.first { fields.value($0) != nil }
            if let scenarios { return .scenarios(scenarios) }
            if let profile { return .load(profile: profile) }
            if let later { return .skipped("`\(later)` levels are not run by this version of Assay") }
            yaml.error(
                "AS070", "level '\(pair.name)' says nothing to run", at: pair.key,
                fix: "give it `scenarios: tests/\(pair.name)` or `profile: load/\(pair.name).yml`")
            return nil
        }
        return work.flatMap { $0 }.map {
            Project.Level(name: pair.name, work: $0, location: pair.key.location, isolation: isolation)
        }
    }

    private func pipeline(_ pair: YAMLNode.Pair, _ levels: [Project.Level]) -> Project.Pipeline? {
        let names = yaml.list(pair.value) { node -> String? in
            guard let name = yaml.string(node) else { return nil }
            guard levels.contains(where: { $0.name == name }) else {
                let near = nearestName(to: name, among: levels.map(\.name))
                yaml.error(
                    "AS071", "pipeline '\(pair.name)' names level '\(name)', which is not among `levels`",
                    at: node,
                    fix: near.map { "did you mean '\($0)'?" })
                return nil
            }
            return name
        }
        return names.map { Project.Pipeline(name: pair.name, levels: $0) }
    }

    private mutating func readPolicy(_ node: YAMLNode, _ policy: inout Project.PolicySpec) {
        var later: [YAMLNode] = []
        var read = policy
        _ = yaml.mapping(node, "policy") { fields in
            if let limit = fields.value("slow-test") {
                read.slowTest = limit.stringValue == "off" ? nil : yaml.duration(limit) ?? read.slowTest
            }
            if let order = fields.optional("order", { yaml.enumeration($0, of: ["random", "declared"]) }) {
                read.randomOrder = order == "random"
            }
            if let bound = fields.optional("timeout", yaml.duration) { read.timeout = bound }
            if let node = fields.value("leftovers") { read.leftovers = leftovers(node) }
            for key in ["external-calls", "flaky", "coverage"] {
                if let pair = fields.pair(key) { later.append(pair.key) }
            }
            return true
        }
        policy = read
        for key in later {
            note("policy '\(key.scalarText ?? "")' is read but not enforced by this version", at: key)
        }
    }

    private func leftovers(_ node: YAMLNode) -> Project.Leftovers? {
        guard node.pairs != nil else {
            return yaml.enumeration(node, of: ["deny", "allow"]) == "deny" ? Project.Leftovers() : nil
        }
        return yaml.mapping(node, "leftovers") { fields in
            var read = Project.Leftovers()
            if let folders = fields.optional("files", { yaml.oneOrMore($0, of: yaml.string) }) {
                read.folders = folders
            }
            return read
        }
    }

    private mutating func note(_ message: String, at node: YAMLNode) {
        notes.append(
            yaml.document.source.completed(
                Diagnostic("AS072", message, at: node.location, severity: .warning)))
    }
}
