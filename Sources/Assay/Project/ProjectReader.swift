internal import AssayCore
internal import AssayDoubles
internal import AssayFormats
internal import AssayPolicy
internal import AssayScenario
internal import AssayStand
internal import AssayVoice

/// Reads `assay.yml`; all of its problems come out at once.
struct ProjectReader {
    private let yaml: YAMLReading

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
        let reader = ProjectReader(yaml)
        let project = reader.project(folder: folder)
        guard let project, !bag.hasErrors else { return .failure(Diagnostics(bag.all)) }
        return .success(project)
    }

    private func project(folder: String) -> Project? {
        var fields = MappingReader(yaml.root, what: "project", yaml)
        guard fields.isMapping else { return nil }
        if let version = fields.required("assay", { yaml.int($0, in: 1...1) }) { assert(version == 1) }
        var project = Project(name: fields.required("project", yaml.string) ?? "", folder: folder)
        if let node = fields.value("stand") {
            readStand(
                ContractBindingReader(yaml: yaml).read(node, &project.contractBindings), &project)
        }
        project.contracts = fields.optional("contracts", ContractLevelReader(yaml: yaml).folders) ?? []
        checkContracts(project)
        project.factories = fields.optional("factories") { yaml.oneOrMore($0, of: yaml.string) } ?? []
        if let node = fields.value("levels") {
            project.levels = yaml.entries(node, "levels").compactMap { level($0, project) }
        }
        checkLevels(of: project)
        if let node = fields.value("pipelines") {
            project.pipelines = yaml.entries(node, "pipelines").compactMap { pipeline($0, project.levels) }
        }
        let components = fields.value("components").map { CoverageGateReading.components($0, yaml) } ?? [:]
        if let node = fields.value("policy") { readPolicy(node, &project, components) }
        project.http = fields.optional("http") { http($0, project) } ?? project.http
        project.push = fields.optional("outputs") { outputs($0, project) } ?? nil
        fields.finish()
        return project
    }

    private func readStand(_ node: YAMLNode, _ project: inout Project) {
        project.standFiles = [node["dependencies"], node["doubles"]].compactMap(\.self).flatMap { $0.paths() }
        if let doubles = node["doubles"] {
            KnownDoubles.connect()
            project.doubles = DoubleReader(yaml).read(doubles)
        }
        if let stand = StandReader(yaml).read(node, doubles: project.doubles.map(\.name)) {
            project.stand = stand
        }
        checkProxies(project)
        checkBots(project)
    }

    private func checkLevels(of project: Project) {
        let levels = project.levels.map(\.name)
        for service in project.stand.services {
            for level in service.levels where !levels.contains(level.name) {
                yaml.error(
                    "AS513",
                    "service '\(service.name)' is of level '\(level.name)', which is not among `levels`",
                    at: level.location,
                    fix: nearestName(to: level.name, among: levels).map { "did you mean '\($0)'?" })
            }
        }
    }

    /// A name that nothing has would only be missed in the middle of a call.
    private func checkBots(_ project: Project) {
        let members = project.standNames.parts.map(\.name)
        for double in project.doubles {
            guard let bot = double.kind as? BotDoubleKind else { continue }
            for name in bot.script.neededNames where !members.contains(name.name) {
                yaml.error(
                    "AS387", "bot '\(double.name)' reads ${\(name.name)}, which the stand does not have",
                    at: name.location,
                    fix: nearestName(to: name.name, among: members).map { "did you mean '\($0)'?" }
                        ?? "add it to `doubles`, `dependencies` or `services`")
            }
        }
    }

    /// A proxy in front of nothing would be waited for in vain.
    private func checkProxies(_ project: Project) {
        let members = project.standNames.parts.filter { $0.kind != .double }.map(\.name)
        for double in project.doubles {
            guard let proxy = double.kind as? ProxyDoubleKind else { continue }
            for name in proxy.to.freeNames where !(members + ["env", "secret"]).contains(name.name) {
                yaml.error(
                    "AS349", "'\(double.name)' leads to '\(name.name)', which the stand does not have",
                    at: name.location,
                    fix: nearestName(to: name.name, among: members).map { "did you mean '\($0)'?" }
                        ?? "add it to `dependencies` or `services`")
            }
        }
    }

    /// What is held to contracts speaks HTTP, and there are contracts.
    private func checkContracts(_ project: Project) {
        for (name, binding) in project.contractBindings.sorted(by: { $0.key < $1.key }) {
            if project.contracts.isEmpty, !binding.contracts.isEmpty {
                yaml.error(
                    "AS426", "\(binding.part) is bound to a contract, and the project has no `contracts:`",
                    at: binding.location, fix: "add `contracts: contracts/` to the project")
            }
            guard let double = project.doubles.first(where: { $0.name == name }),
                !(double.kind is HTTPDoubleKind), !binding.contracts.isEmpty
            else { continue }
            yaml.error(
                "AS427", "\(binding.part) does not speak HTTP and can be bound to no contract",
                at: binding.location, fix: "take `contract` out")
        }
    }

    private func level(_ pair: YAMLNode.Pair, _ project: Project) -> Project.Level? {
        var paths: PathPatterns?
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
            paths = fields.optional("paths", yaml.pathPatterns)
            if let contracts = ContractLevelReader(yaml: yaml).read(
                pair.name, &fields, stand: project.standNames)
            {
                return .contracts(contracts)
            }
            guard
                let work = fields.choice(
                    of: ["scenarios", "run", "profile"], isRequired: false, code: "AS070")
            else {
                yaml.error(
                    "AS070", "level '\(pair.name)' says nothing to run", at: pair.key,
                    fix:
                        "give it `scenarios: tests/\(pair.name)`, `run: …` or `profile: load/\(pair.name).yml`"
                )
                return nil
            }
            switch work.name {
            case "scenarios": return yaml.string(work.value).map { .scenarios($0) }
            case "profile": return yaml.string(work.value).map { .load(profile: $0) }
            default:
                return LevelReading(yaml: yaml, stand: project.standNames).runner(
                    work, of: pair.name, &fields
                )
                .map { .runner($0) }
            }
        }
        return work.flatMap { $0 }.map {
            Project.Level(
                name: pair.name, work: $0, location: pair.key.location, isolation: isolation, paths: paths)
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

    /// How requests are made; it may read what the stand, the environment and secrets have.
    private func http(_ node: YAMLNode, _ project: Project) -> HTTPSettings? {
        let settings = HTTPSettingsReader(yaml).settings(node)
        let known = project.standNames.parts.map(\.name) + ["env", "secret"]
        for name in (settings?.templates ?? []).flatMap(\.freeNames) where !known.contains(name.name) {
            yaml.error(
                "AS560", "'http' reads '${\(name.name)…}', which the stand does not have", at: name.location,
                fix: nearestName(to: name.name, among: known).map { "did you mean '\($0)'?" }
                    ?? "say it in the scenario or profile that has it")
        }
        return settings
    }

    /// `{push-gateway: URL}`, or the same with how often and with labels.
    private func outputs(_ node: YAMLNode, _ project: Project) -> PushSpec? {
        yaml.mapping(node, "'outputs'") { fields in
            fields.required("push-gateway") { node -> PushSpec? in
                guard node.pairs != nil else { return address(node, project).map { PushSpec(url: $0) } }
                return yaml.mapping(node, "'push-gateway'") { fields in
                    let url = fields.required("url") { address($0, project) }
                    let every = fields.optional("every", yaml.duration)
                    let labels = fields.optional("labels") { yaml.entries($0, "labels").compactMap(label) }
                    guard let url else { return nil }
                    let shortest = Duration.seconds(1)
                    return PushSpec(
                        url: url, every: max(shortest, every ?? .seconds(5)), labels: labels ?? [])
                }
            }
        }
    }

    private func address(_ node: YAMLNode, _ project: Project) -> Template? {
        guard let template = yaml.template(node) else { return nil }
        let known = project.standNames.parts.map(\.name) + ["env", "secret"]
        for name in template.freeNames where !known.contains(name.name) {
            yaml.error(
                "AS408", "the Pushgateway's address reads '${\(name.name)…}', which the stand does not have",
                at: name.location,
                fix: nearestName(to: name.name, among: known).map { "did you mean '\($0)'?" })
        }
        return template
    }

    /// Those that a push or the metrics themselves have.
    private static let ownLabels = [
        "job", "project", "profile", "instance", "name", "scenario", "check", "quantile", "threshold",
        "status",
    ]

    private func label(_ pair: YAMLNode.Pair) -> (name: String, value: String)? {
        let isName = pair.name.unicodeScalars.enumerated().allSatisfy { place, scalar in
            ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || scalar == "_"
                || (place > 0 && ("0"..."9").contains(scalar))
        }
        guard isName, !pair.name.hasPrefix("__"), !Self.ownLabels.contains(pair.name) else {
            yaml.error(
                "AS408", "'\(pair.name)' is no label of your own", at: pair.key,
                fix:
                    "letters, digits and _; \(Self.ownLabels.joined(separator: ", ")) and names from __ on are not free"
            )
            return nil
        }
        return yaml.text(pair.value).map { (pair.name, $0) }
    }

    private func readPolicy(
        _ node: YAMLNode, _ project: inout Project, _ components: [String: PathPatterns]
    ) {
        var read = project.policy
        var gates: YAMLNode?
        _ = yaml.mapping(node, "policy") { fields in
            if let limit = fields.value("slow-test") {
                read.slowTest = limit.stringValue == "off" ? nil : yaml.duration(limit) ?? read.slowTest
            }
            if let order = fields.optional("order", { yaml.enumeration($0, of: ["random", "declared"]) }) {
                read.randomOrder = order == "random"
            }
            if let bound = fields.optional("timeout", yaml.duration) { read.timeout = bound }
            if let node = fields.value("leftovers") { read.leftovers = leftovers(node) }
            gates = fields.value("coverage")
            let flakiness = FlakinessReading(yaml)
            read.flaky = fields.optional("flaky", flakiness.flaky) ?? read.flaky
            read.quarantine = fields.optional("quarantine", flakiness.quarantine) ?? read.quarantine
            read.externalCalls =
                fields.optional("external-calls") { yaml.enumeration($0) } ?? read.externalCalls
            read.recordings = fields.optional("keep-recordings") { yaml.enumeration($0) } ?? read.recordings
            return true
        }
        project.policy = read
        if let gates { readCoverage(gates, &project, components) }
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

    private func readCoverage(
        _ node: YAMLNode, _ project: inout Project, _ components: [String: PathPatterns]
    ) {
        project.coverage = CoverageGateReading(yaml: yaml, components: components).policy(node)
        guard !yaml.bag.hasErrors, !project.coverage.gates.isEmpty,
            !project.levels.contains(where: \.measuresCoverage)
        else { return }
        yaml.error(
            "AS227", "there are coverage gates, but no level says where its coverage report is", at: node,
            fix: "add `coverage: cover.out` to a level with `run`")
    }
}

extension Project.Level {
    /// Whether its runner leaves coverage reports.
    var measuresCoverage: Bool {
        if case .runner(let runner) = work { !runner.coverage.isEmpty } else { false }
    }
}

extension YAMLNode {
    /// Texts in the value that may be paths: those with a slash or a dot, and values of keys that take paths.
    fileprivate func paths(below key: String = "") -> [String] {
        switch content {
        case .string(let text):
            let isPath =
                text.contains("/") || text.contains(".")
                || ["schema", "migrations", "fixtures"].contains(key)
            return isPath ? [text] : []
        case .sequence(let nodes): return nodes.flatMap { $0.paths(below: key) }
        case .mapping(let pairs): return pairs.flatMap { $0.value.paths(below: $0.name) }
        case .null, .bool, .int, .double: return []
        }
    }
}
