internal import AssayCore
internal import AssayFormats
internal import AssayPolicy
internal import AssayScenario

/// Reads what a level says of another runner.
struct LevelReading {
    let yaml: YAMLReading
    let stand: StandNames

    /// - Parameter fields: the level's mapping, of which all keys of a runner are asked for.
    /// - Returns: `nil` when something is wrong, which is in the bag.
    func runner(_ run: YAMLNode.Pair, of name: String, _ fields: inout MappingReader) -> RunnerLevel? {
        let command = command(run.value, of: name)
        let junit = fields.optional("junit", reports)
        let coverage = fields.optional("coverage", reports)
        let folder = fields.optional("folder", yaml.string)
        let environment = fields.value("env").map { yaml.entries($0, "env") } ?? []
        let within = fields.optional("within", yaml.duration)
        let needsStand = fields.optional("needs-stand", yaml.bool)
        guard let command else { return nil }
        var level = RunnerLevel(
            command: command, junit: junit ?? [], coverage: coverage ?? [], folder: folder)
        level.environment = environment.compactMap { entry in
            yaml.template(entry.value).map { (entry.name, $0) }
        }
        if let within, within > .zero { level.within = within }
        level.needsStand = needsStand ?? true
        checkNames(level, of: name)
        return level
    }

    private func command(_ node: YAMLNode, of name: String) -> RunnerLevel.Command? {
        guard node.elements != nil else { return yaml.template(node).map { .shell($0) } }
        return yaml.list(node, of: yaml.template).flatMap { words in
            guard words.isEmpty else { return .words(words) }
            yaml.error("AS070", "level '\(name)' has no program to run", at: node)
            return nil
        }
    }

    /// A path, a pattern, or a list of them.
    private func reports(_ node: YAMLNode) -> [GlobPattern]? {
        yaml.oneOrMore(node) { node in
            yaml.string(node).flatMap { text in
                yaml.parsed(node) { () throws(Diagnostic) in try GlobPattern(text) }
            }
        }
    }

    private func checkNames(_ level: RunnerLevel, of name: String) {
        let parts = level.needsStand ? stand.parts.map(\.name) : []
        let known = parts + ["env", "secret"]
        for read in level.templates.flatMap(\.freeNames) where !known.contains(read.name) {
            let isPart = stand.parts.contains { $0.name == read.name }
            yaml.error(
                "AS230",
                isPart
                    ? "level '\(name)' reads ${\(read.name)} and says `needs-stand: false`"
                    : "level '\(name)' reads ${\(read.name)}, which the stand does not have",
                at: read.location,
                fix: isPart
                    ? "take `needs-stand: false` out"
                    : nearestName(to: read.name, among: known).map { "did you mean '\($0)'?" }
                        ?? "a variable of the shell is written without braces: $\(read.name)")
        }
    }
}

/// Reads `policy: coverage:` with the project's `components:`.
struct CoverageGateReading {
    let yaml: YAMLReading
    /// Path patterns of the project's components, by name.
    let components: [String: PathPatterns]

    static func components(_ node: YAMLNode, _ yaml: YAMLReading) -> [String: PathPatterns] {
        var components: [String: PathPatterns] = [:]
        for pair in yaml.entries(node, "components") { components[pair.name] = yaml.pathPatterns(pair.value) }
        return components
    }

    /// - Parameter node: a percentage for everything, or a mapping of components.
    func policy(_ node: YAMLNode) -> CoveragePolicy {
        guard node.pairs != nil else {
            let minimum = share(node)
            return CoveragePolicy(
                gates: minimum.map {
                    [
                        CoverageGate(
                            component: "total", minimum: $0, scope: .everything, location: node.location)
                    ]
                } ?? [])
        }
        var policy = CoveragePolicy()
        for pair in yaml.entries(node, "coverage") {
            if pair.name == "ignore" {
                policy.ignored = yaml.pathPatterns(pair.value)
            } else if let gate = gate(pair) {
                policy.gates.append(gate)
            }
        }
        return policy
    }

    private func gate(_ pair: YAMLNode.Pair) -> CoverageGate? {
        let usual: CoverageGate.Scope =
            pair.name == "total"
            ? .everything : components[pair.name].map { .paths($0) } ?? .folder(pair.name)
        guard pair.value.pairs != nil else {
            return share(pair.value).map {
                CoverageGate(component: pair.name, minimum: $0, scope: usual, location: pair.key.location)
            }
        }
        return yaml.mapping(pair.value, "coverage of '\(pair.name)'") { fields in
            let minimum = fields.required("min", share)
            let paths = fields.optional("paths", yaml.pathPatterns)
            let ignored = fields.optional("ignore", yaml.pathPatterns)
            return minimum.map {
                CoverageGate(
                    component: pair.name, minimum: $0, scope: paths.map { .paths($0) } ?? usual,
                    ignored: ignored,
                    location: pair.key.location)
            }
        }.flatMap { $0 }
    }

    private func share(_ node: YAMLNode) -> Double? {
        guard let share = yaml.percent(node) else { return nil }
        guard share <= 1 else {
            yaml.error(
                "AS226", "nothing can be covered by more than 100 %, found \(node.scalarText ?? "")", at: node
            )
            return nil
        }
        return share
    }
}
