import AssayCore
import AssayFormats

/// One scenario file while it is read; also the home of what the step kinds share.
final class ScenarioFile {
    let yaml: YAMLReading
    let session: ReadingSession
    /// Where each id was first given.
    var ids: [String: SourceLocation] = [:]
    var calls = CallNames()
    var streams = StreamNames()
    /// The rows of `cases`, for what they choose.
    private var caseNodes: [YAMLNode] = []
    private var blockNodes: [YAMLNode.Pair] = []
    private var blocks: [String: [Step]] = [:]
    private var openBlocks: [String] = []

    init(yaml: YAMLReading, session: ReadingSession) {
        self.yaml = yaml
        self.session = session
    }

    func scenario() -> Scenario? {
        yaml.mapping(yaml.root, "scenario file") { fields -> Scenario? in
            readVersion(&fields)
            let name = fields.required("scenario", yaml.text)
            let tags = fields.optional("tags", self.scenarioTags)
            let parameters = fields.optional("params", self.parameters)
            let variables = fields.optional("vars") { self.variables($0, "vars") }
            let cases = fields.optional("cases", self.cases)
            blockNodes = fields.optional("blocks") { yaml.entries($0, "blocks") } ?? []
            let timeout = fields.optional("timeout", yaml.duration)
            let paths = fields.optional("paths", yaml.pathPatterns)
            let http = fields.optional("http", HTTPSettingsReader(yaml).settings)
            let steps = fields.required("steps") { self.steps($0) }
            for pair in blockNodes { _ = block(pair.name, at: pair.key) }
            var scenario = Scenario(
                name: name ?? "", location: yaml.root.location, tags: tags?.selecting ?? [],
                parameters: parameters ?? [], variables: variables ?? [], cases: cases ?? [],
                blocks: blockNodes.map { Scenario.Block(name: $0.name, steps: blocks[$0.name] ?? []) },
                steps: steps ?? [], timeout: timeout, paths: paths)
            scenario.seriesTags = tags?.series ?? []
            scenario.http = http ?? scenario.http
            for problem in calls.problems(in: scenario) { yaml.add(problem) }
            for problem in streams.problems(in: scenario) { yaml.add(problem) }
            return scenario
        }
    }

    /// `assay: 1`, the version of the file's form.
    func readVersion(_ fields: inout MappingReader) {
        guard let pair = fields.pair("assay") else {
            if fields.isMapping {
                yaml.error(
                    "AS020", "the \(fields.what) needs `assay: 1`", at: fields.node,
                    fix: "begin it with `assay: 1`")
            }
            return
        }
        if case .int(1) = pair.value.content { return }
        yaml.error(
            "AS020", "this Assay reads `assay: 1`, found \(pair.value.kindText)", at: pair.value,
            fix: "write `assay: 1`")
    }

    // MARK: Names and values

    private func parameters(_ node: YAMLNode) -> [Scenario.Parameter]? {
        if node.elements != nil {
            return yaml.list(node) { node in
                name(node).map { .init(name: $0, standard: nil, location: node.location) }
            }
        }
        return yaml.entries(node, "params").compactMap { pair in
            guard let name = name(pair.key) else { return nil }
            let standard = pair.value.isNull ? nil : yaml.valueTemplate(pair.value)
            return .init(name: name, standard: standard, location: pair.key.location)
        }
    }

    func variables(_ node: YAMLNode, _ what: String) -> [Scenario.Variable] {
        yaml.entries(node, what).compactMap { pair in
            guard let name = name(pair.key) else { return nil }
            return .init(
                name: name, value: yaml.valueTemplate(pair.value) ?? .literal(.null),
                location: pair.key.location)
        }
    }

    private func cases(_ node: YAMLNode) -> [Scenario.Case]? {
        caseNodes = node.elements ?? []
        var names: [String: SourceLocation] = [:]
        return yaml.list(node) { row in
            guard row.pairs != nil, let name = row["name"] else {
                yaml.error(
                    "AS045", "a case is a mapping with `name`, found \(row.kindText)", at: row,
                    fix: "write `- {name: small, quantity: 1}`")
                return nil
            }
            guard let text = yaml.text(name), let values = yaml.valueTemplate(row) else { return nil }
            if let first = names[text] {
                yaml.error(
                    "AS045", "two cases are named '\(text)', the first on line \(first.line)", at: name,
                    fix: "give each case a name of its own")
            }
            names[text] = names[text] ?? name.location
            return .init(name: text, values: values, location: row.location)
        }
    }

    /// Names that mean something of their own inside `${…}`.
    static let reservedNames: Set<String> = ["env", "secret", "case", "feed", "true", "false", "null"]

    /// A name as templates read it.
    func name(_ node: YAMLNode) -> String? {
        guard let text = yaml.text(node) else { return nil }
        if Self.reservedNames.contains(text) {
            yaml.error("AS044", "'\(text)' is a name of Assay's own", at: node, fix: "choose another name")
            return nil
        }
        guard Self.isName(text) else {
            yaml.error(
                "AS044", "'\(Shown.text(text, limit: 40))' cannot be read as `${…}`", at: node,
                fix: "use letters, digits, `_` and `-`, beginning with a letter")
            return nil
        }
        return text
    }

    private static func isName(_ text: String) -> Bool {
        let scalars = Array(text.unicodeScalars)
        func isLetter(_ scalar: Unicode.Scalar) -> Bool { scalar == "_" || scalar.properties.isAlphabetic }
        guard let first = scalars.first, isLetter(first) else { return false }
        return scalars.indices.allSatisfy { place in
            let scalar = scalars[place]
            if scalar == "-" { return place + 1 < scalars.count && isLetter(scalars[place + 1]) }
            return isLetter(scalar) || ("0"..."9").contains(scalar)
        }
    }

    /// Text that is shown and counted by, and so must be the same in every run.
    func constantText(_ node: YAMLNode, _ what: String) -> String? {
        guard let template = yaml.template(node) else { return nil }
        if let text = template.constantText { return text }
        yaml.error(
            "AS033", "\(what) must be constant, found \(template.source)", at: node,
            fix: "leave `${…}` out; results are counted by this text")
        return nil
    }

    /// A part of the stand that a step names, or that each case does: `${case.store}`.
    func chosenPart(
        _ node: YAMLNode, _ key: String, accepts: (StandNames.Part) -> Bool, _ what: String
    ) -> (name: String, choice: PartChoice?)? {
        guard let text = node.stringValue, text.contains("${"), let template = yaml.template(node) else {
            return part(node, key, accepts: accepts, what).map { ($0, nil) }
        }
        guard case .member(.name("case", _), let member)? = template.soleExpression, !caseNodes.isEmpty else {
            yaml.error(
                "AS039", "which part '\(key)' names must be known before the run, found \(text)", at: node,
                fix:
                    "name it, or let the cases say it: `\(key): ${case.store}` with `cases: [{name: a, store: …}]`"
            )
            return nil
        }
        var names: [String] = []
        for row in caseNodes {
            guard let value = row[member] else { continue }  // NameCheck tells of it
            guard let name = part(value, key, accepts: accepts, what) else { return nil }
            if !names.contains(name) { names.append(name) }
        }
        return (text, PartChoice(template: template, names: names))
    }

    /// A part of the stand that a step names.
    func part(_ node: YAMLNode, _ key: String, accepts: (StandNames.Part) -> Bool, _ what: String) -> String?
    {
        guard let name = yaml.text(node) else { return nil }
        guard let stand = session.stand else { return name }
        let fitting = stand.parts.filter(accepts).map(\.name)
        if fitting.contains(name) { return name }
        if let (part, number) = stand.copied(name), accepts(part), let count = part.copies {
            if number >= count {
                yaml.error(
                    "AS512",
                    "'\(part.name)' has \(count) replicas, the last is '\(part.name)-\(count - 1)', found '\(name)'",
                    at: node)
            }
            return name
        }
        let fix =
            if let nearest = nearestName(to: name, among: fitting) {
                "did you mean '\(nearest)'?"
            } else if fitting.isEmpty {
                "add \(what) to the stand in assay.yml"
            } else {
                "the stand has: " + fitting.joined(separator: ", ")
            }
        let message =
            if let part = stand.part(name) {
                "'\(name)' is a \(part.kind.rawValue) of the stand, but not \(what)"
            } else {
                "the stand has no \(what.drop { $0 != " " }.dropFirst()) '\(name)'"
            }
        yaml.error("AS039", message, at: node, fix: fix)
        return name
    }

    // MARK: Other files and blocks

    /// A scenario that this file names.
    func scenario(named node: YAMLNode) -> Scenario? {
        guard let path = yaml.string(node) else { return nil }
        let resolved = FileReader.resolve(path, from: yaml.file)
        guard let scenario = session.scenario(resolved, namedAt: (node, yaml)) else {
            return nil
        }
        if !scenario.cases.isEmpty {
            yaml.error(
                "AS037", "'\(path)' has cases and cannot be a step of another scenario", at: node,
                fix: "move what both need into a scenario without `cases`, with `params`")
        }
        return scenario
    }

    /// Steps of a block of this file, or a scenario file as one step.
    func stepsOf(_ node: YAMLNode, with: YAMLNode?) -> [Step]? {
        guard let name = yaml.text(node) else { return nil }
        if name.hasSuffix(".yml") || name.hasSuffix(".yaml") {
            guard let scenario = scenario(named: node) else { return nil }
            let values = with.map { variables($0, "with") } ?? []
            checkWith(values, of: scenario, at: node)
            let step = Step(
                name: scenario.name, location: node.location,
                action: .use(UseAction(scenario: scenario, with: values)))
            return [step]
        }
        if let with { yaml.error("AS037", "a block has no parameters", at: with, fix: "remove `with`") }
        return block(name, at: node)
    }

    private func block(_ name: String, at node: YAMLNode) -> [Step]? {
        if let read = blocks[name] { return read }
        guard let pair = blockNodes.first(where: { $0.name == name }) else {
            let names = blockNodes.map(\.name)
            let fix =
                nearestName(to: name, among: names).map { "did you mean '\($0)'?" }
                ?? "add it: `blocks: {\(name): […]}`, or name a file like '\(name).yml'"
            yaml.error("AS036", "there is no block '\(name)'", at: node, fix: fix)
            return nil
        }
        guard !openBlocks.contains(name) else {
            let round = (openBlocks + [name]).joined(separator: " → ")
            yaml.error("AS035", "the block repeats itself: \(round)", at: node, fix: "take one `of` out")
            return nil
        }
        openBlocks.append(name)
        defer { openBlocks.removeLast() }
        let steps = steps(pair.value)
        blocks[name] = steps
        return steps
    }

    /// Values for parameters: none unknown, none missing.
    func checkWith(_ values: [Scenario.Variable], of scenario: Scenario, at node: YAMLNode) {
        let names = scenario.parameters.map(\.name)
        for value in values where !names.contains(value.name) {
            let fix =
                nearestName(to: value.name, among: names).map { "did you mean '\($0)'?" }
                ?? (names.isEmpty ? "it has no `params`" : "it has: " + names.joined(separator: ", "))
            yaml.error(
                "AS037", "'\(scenario.name)' has no parameter '\(value.name)'", at: value.location, fix: fix)
        }
        for parameter in scenario.parameters
        where parameter.standard == nil && !values.contains(where: { $0.name == parameter.name }) {
            yaml.error(
                "AS037", "'\(scenario.name)' needs a value for '\(parameter.name)'", at: node,
                fix: "add `with: {\(parameter.name): …}`")
        }
    }
}
