internal import AssayFormats
internal import AssayStand

extension CIPlan {
    /// What the project file asks of a CI system.
    ///
    /// - Parameters:
    ///   - project: read without errors.
    ///   - root: the same file as it is written, for the keys of levels.
    ///   - pipeline: runs on every change; `nil` takes `pr` where there is one, else all levels.
    init(_ project: Project, root: YAMLNode, pipeline: String?) {
        self.init(project: project.name)
        let chosen = project.pipelines.first { $0.name == pipeline ?? "pr" }
        let names = chosen?.levels ?? project.levels.map(\.name)
        let levels = names.map { name in (name: name, node: root["levels"]?[name]) }
        let hasGates = root["policy"]?["coverage"] != nil
        let tests = levels.filter { $0.node?["profile"] == nil }
        if hasGates || tests.isEmpty {
            // Gates are judged on all levels of a run together.
            let choice = chosen.map { ["--pipeline", $0.name] } ?? []
            let title = tests.isEmpty ? "Tests" : "Tests: " + tests.map(\.name).joined(separator: ", ")
            steps.append(Step(title: title, command: Self.test(choice, "tests")))
        } else {
            // Units first, as the pipeline has them: what is cheap fails first.
            for level in tests {
                steps.append(
                    Step(
                        title: Self.title(level.name),
                        command: Self.test(["--level", level.name], level.name)))
            }
        }
        for level in levels {
            guard let profile = level.node?["profile"]?.stringValue else { continue }
            steps.append(Step(title: Self.title(level.name), command: Self.load(profile, level.name)))
        }
        nightly = project.pipelines.first { $0.name == "nightly" && $0.name != chosen?.name }?.name
        packages = project.stand.dependencies.compactMap(Self.package)
        needsEngine = project.stand.services.contains { $0.container != nil }
        for level in levels {
            let folder = level.node?["folder"]?.stringValue.map { $0 + "/" } ?? ""
            coverage += Self.texts(level.node?["coverage"]).map { folder + $0 }
        }
        paths = Self.paths(of: levels.map(\.node)) ?? []
    }

    private static func title(_ level: String) -> String {
        let name = level.prefix(1).uppercased() + level.dropFirst()
        return name + (level.hasSuffix("test") || level.hasSuffix("tests") ? "" : " tests")
    }

    private static func test(_ choice: [String], _ name: String) -> String {
        command(["assay", "test"] + choice, name)
    }

    private static func load(_ profile: String, _ name: String) -> String {
        command(["assay", "load", profile], name)
    }

    /// A command line that leaves its reports under a name.
    static func command(_ words: [String], _ name: String) -> String {
        let place = "\(reports)/\(CIScripts.imageName(name))"
        return (words + ["--junit", "\(place).xml", "--out", place]).map(quoted).joined(separator: " ")
    }

    private static func package(of dependency: DependencySpec) -> String? {
        switch dependency.kind {
        case .postgres(let postgres): postgres.version.map { "postgresql-\($0)" } ?? "postgresql"
        case .server(let server): server.recipe.package
        case .sqlite, .program: nil
        }
    }

    /// What a change must touch for these levels to matter; `nil` when one of them does not say.
    private static func paths(of levels: [YAMLNode?]) -> [String]? {
        var found: [String] = []
        for level in levels {
            let written = texts(level?["paths"])
            if written.isEmpty { return nil }
            // What a level leaves out is for `assay test --changed`; a workflow runs for what any of them takes in.
            found += written.filter { !$0.hasPrefix("!") }
            if let scenarios = level?["scenarios"]?.stringValue {
                found.append(
                    scenarios.hasSuffix(".yml") || scenarios.hasSuffix(".yaml")
                        ? scenarios : scenarios + "/**")
            }
            if let profile = level?["profile"]?.stringValue { found.append(profile) }
        }
        return found.isEmpty ? nil : found
    }

    /// A text, or a list of them.
    private static func texts(_ node: YAMLNode?) -> [String] {
        guard let node else { return [] }
        return node.stringValue.map { [$0] } ?? (node.elements ?? []).compactMap(\.stringValue)
    }
}
