import AssayCore
import AssayFormats

extension ScenarioFile {
    /// A list of steps; an empty one is told.
    func steps(_ node: YAMLNode) -> [Step]? {
        guard let elements = node.elements else { return yaml.list(node, of: step) }
        if elements.isEmpty {
            yaml.error("AS040", "there are no steps", at: node, fix: "add a step: `- http: …`")
        }
        return elements.compactMap(step)
    }

    /// A step, also when parts of it are wrong: its captures still count as set for the steps after it.
    func step(_ node: YAMLNode) -> Step? {
        yaml.mapping(node, "step") { fields -> Step? in
            let metric = fields.pair("metric")
            let names = metric == nil ? StepKind.all.map(\.keyword) : StepKind.keywords
            let chosen = fields.choice(of: names, isRequired: metric == nil, code: "AS022")
            let keyword = chosen ?? metric
            let kind = keyword.flatMap { StepKind.named($0.name) }
            let id = fields.optional("id", self.id)
            let given = fields.optional("name") { constantText($0, "a step's name") }
            let read = keyword.flatMap { kind?.read($0, &fields, self) }
            if kind == nil { fields.allow("with", "then", "else") }
            let eventually = fields.optional("eventually", self.eventually)
            let expectation = fields.optional("expect") { self.expectation($0, of: kind) }
            let captures = fields.optional("capture") { self.captures($0, of: kind) }
            let metrics = metric.map { self.metrics($0.value, of: kind) }
            let tags = fields.optional("tags", self.seriesTags)
            let cleanup = fields.optional("defer") { yaml.oneOrMore($0, of: step) }
            let name = given ?? id ?? read?.name ?? kind?.keyword ?? "step"
            var result = Step(
                id: id, name: name, location: keyword?.key.location ?? node.location,
                action: read?.action ?? .think(.fixed(.zero)),
                expectation: completed(expectation, kind, node),
                captures: captures ?? [], cleanup: cleanup ?? [], eventually: eventually)
            result.metrics = metrics ?? []
            result.seriesTags = tags ?? []
            return result
        }
    }

    private func id(_ node: YAMLNode) -> String? {
        guard let id = constantText(node, "a step's id") else { return nil }
        if let first = ids[id] {
            yaml.error(
                "AS032", "the id '\(id)' is already used on line \(first.line)", at: node,
                fix: "give each step an id of its own")
        } else {
            ids[id] = node.location
        }
        return id
    }

    /// A program that says nothing of its exit must end with 0.
    private func completed(_ expectation: Expectation?, _ kind: StepKind?, _ node: YAMLNode) -> Expectation {
        var result = expectation ?? Expectation()
        let saysExit = result.checks.contains { if case .exit = $0.subject { true } else { false } }
        if kind?.expectations.contains("exit") == true, !saysExit {
            result.checks.insert(
                Check(
                    subject: .exit, matcher: .equals(.literal(.int(0))), location: node.location,
                    name: "exit is 0"), at: 0)
        }
        return result
    }

    private func eventually(_ node: YAMLNode) -> Step.Eventually? {
        let every = Duration.milliseconds(200)
        guard node.pairs != nil else {
            return yaml.duration(node).map { .init(within: $0, every: every) }
        }
        return yaml.mapping(node, "eventually") { fields in
            let within = fields.required("within", yaml.duration)
            let pause = fields.optional("every", yaml.duration) ?? every
            return within.map { .init(within: $0, every: pause) }
        }
    }

    /// A whole number, or a template that gives one.
    func count(_ node: YAMLNode) -> ValueTemplate? {
        if case .string = node.content, let template = yaml.valueTemplate(node) {
            if case .template = template { return template }
        }
        return yaml.int(node, in: 0...1_000_000).map { .literal(.int(Int64($0))) }
    }

    /// Names with texts: headers, query, form, environment.
    func fields(_ node: YAMLNode, _ what: String) -> [HTTPAction.Field] {
        yaml.entries(node, what).compactMap { pair in
            guard let value = yaml.template(pair.value) else { return nil }
            return .init(name: pair.name, value: value)
        }
    }

    /// The steps of `steps:` or `of:`; exactly one of them.
    func body(_ fields: inout MappingReader) -> [Step]? {
        guard let pair = fields.choice(of: ["steps", "of"], code: "AS024") else { return nil }
        if pair.name == "steps" { return steps(pair.value) }
        return stepsOf(pair.value, with: fields.value("with"))
    }
}
