public import AssayCore
internal import AssayFormats
public import AssayScenario

/// Writes scenarios and load profiles as files that read back as the same values.
///
/// The same value gives the same bytes: keys in one order, what is short on one line.
public struct ScenarioWriter: Sendable {
    /// Comments above everything.
    public var header: [String] = []
    /// The path of a scenario that another one uses or a profile drives, as the file writes it; by default its own file
    /// from the folder of the file that names it.
    public var path: @Sendable (Scenario) -> String = { $0.location.file }
    /// The same of a feed's rows.
    public var feedPath: @Sendable (LoadProfile.Feed) -> String = { $0.path }

    public init() {}

    /// - Throws: AS620 for each part that files have no words for, with its place.
    public func text(_ scenario: Scenario) throws(Diagnostics) -> String {
        let writing = ScenarioWriting(self)
        let tree = writing.tree(scenario)
        try writing.throwProblems()
        return tree.rendered(header: header)
    }

    /// The file with what there are words for, and AS620 for each part that is left out.
    func whatCanBeWritten(_ scenario: Scenario) -> (text: String, leftOut: [Diagnostic]) {
        let writing = ScenarioWriting(self)
        let tree = writing.tree(scenario)
        return (tree.rendered(header: header), writing.problems)
    }

    /// The same of a profile.
    func whatCanBeWritten(_ profile: LoadProfile) -> (text: String, leftOut: [Diagnostic]) {
        let writing = ScenarioWriting(self)
        let tree = writing.tree(profile)
        return (tree.rendered(header: header), writing.problems)
    }

    /// - Throws: AS620 for each part that files have no words for, with its place.
    public func text(_ profile: LoadProfile) throws(Diagnostics) -> String {
        let writing = ScenarioWriting(self)
        let tree = writing.tree(profile)
        try writing.throwProblems()
        return tree.rendered(header: header)
    }
}

/// One file while it is written; collects what cannot be.
final class ScenarioWriting {
    let options: ScenarioWriter
    var templates = TemplateWriting()
    private(set) var problems: [Diagnostic] = []

    init(_ options: ScenarioWriter) { self.options = options }

    func throwProblems() throws(Diagnostics) {
        guard problems.contains(where: { $0.severity == .error }) else { return }
        throw Diagnostics(problems)
    }

    /// Says that a part means something else than it did.
    func note(_ message: String, at location: SourceLocation) {
        problems.append(Diagnostic("AS620", message, at: location, severity: .warning))
    }

    /// Says that a part has no words in Assay's files.
    func cannotWrite(_ what: String, at location: SourceLocation) {
        problems.append(
            Diagnostic("AS620", "\(what) cannot be written as a file of Assay's own", at: location))
    }

    func tree(_ scenario: Scenario) -> YAMLTree {
        var pairs: [YAMLTree.Pair] = [
            .init("assay", .number(1)), .init("scenario", .text(scenario.name)),
        ]
        let tags =
            scenario.tags.map { YAMLTree.text($0) }
            + scenario.seriesTags.map { .mapping([.init($0.key, templates.tree($0.value))]) }
        if !tags.isEmpty { pairs.append(.init("tags", .list(tags))) }
        if !scenario.parameters.isEmpty {
            let parameters = scenario.parameters.map {
                YAMLTree.Pair($0.name, $0.standard.map(templates.tree) ?? .word("null"))
            }
            pairs.append(.init("params", .mapping(parameters, isBlock: true)))
        }
        if !scenario.variables.isEmpty {
            pairs.append(.init("vars", variables(scenario.variables, isBlock: true)))
        }
        if !scenario.cases.isEmpty {
            pairs.append(
                .init("cases", .list(scenario.cases.map { templates.tree($0.values) }, isBlock: true)))
        }
        if let timeout = scenario.timeout { pairs.append(.init("timeout", WrittenUnits.tree(timeout))) }
        if let paths = scenario.paths { pairs.append(.init("paths", .list(paths.sources.map { .text($0) }))) }
        let http = settings(scenario.http, at: scenario.location)
        if !http.isEmpty { pairs.append(.init("http", .mapping(http))) }
        if !scenario.blocks.isEmpty {
            pairs.append(
                .init(
                    "blocks",
                    .mapping(scenario.blocks.map { .init($0.name, steps($0.steps)) }, isBlock: true)))
        }
        pairs.append(.init("steps", steps(scenario.steps)))
        return .mapping(pairs, isBlock: true)
    }

    func variables(_ variables: [Scenario.Variable], isBlock: Bool = false) -> YAMLTree {
        .mapping(variables.map { .init(variableName($0.name), templates.tree($0.value)) }, isBlock: isBlock)
    }

    /// What cannot be written is left out; a list that would be empty waits for nothing.
    func steps(_ steps: [Step]) -> YAMLTree {
        let written = steps.compactMap(step)
        return .list(
            written.isEmpty ? [.mapping([.init("think", .word("0s"))], isBlock: true)] : written,
            isBlock: true)
    }

    // MARK: a step

    private func step(_ step: Step) -> YAMLTree? {
        var pairs: [YAMLTree.Pair] = []
        if let id = step.id { pairs.append(.init("id", .text(id))) }
        if let name = writtenName(step) { pairs.append(.init("name", .text(name))) }
        guard let action = self.action(step) else { return nil }
        if let eventually = step.eventually {
            let bounds: [YAMLTree.Pair] = [
                .init("within", WrittenUnits.tree(eventually.within)),
                .init("every", WrittenUnits.tree(eventually.every)),
            ]
            pairs.append(.init("eventually", .mapping(bounds)))
        }
        pairs += action
        let expected = expectation(step.expectation)
        if !expected.isEmpty { pairs.append(.init("expect", .mapping(expected))) }
        let captures = step.captures.compactMap(capture)
        if !captures.isEmpty { pairs.append(.init("capture", .mapping(captures))) }
        if !step.metrics.isEmpty {
            let metrics = step.metrics.map(metric)
            pairs.append(.init("metric", metrics.count == 1 ? metrics[0] : .list(metrics, isBlock: true)))
        }
        if !step.seriesTags.isEmpty { pairs.append(.init("tags", tags(step.seriesTags))) }
        if !step.cleanup.isEmpty { pairs.append(.init("defer", steps(step.cleanup))) }
        return .mapping(pairs, isBlock: true)
    }

    private func capture(_ capture: Capture) -> YAMLTree.Pair? {
        guard let source = source(capture.source) else {
            cannotWrite("the capture '\(capture.name)' from \(capture.source.name)", at: capture.location)
            return nil
        }
        if capture.whenAbsent != .breaksOff {
            note(
                "'\(capture.name)' must be found here: a capture that finds nothing fails its step",
                at: capture.location)
        }
        if capture.several == .oneAtRandom, case .jsonPath(let path) = capture.source,
            path.source.contains("*")
        {
            note(
                "where '\(capture.name)' finds several values, it has all of them, not one at random",
                at: capture.location)
        }
        return .init(variableName(capture.name), source)
    }

    /// A name as files have it.
    func variableName(_ name: String) -> String {
        templates.text(.name(name, SourceLocation(file: "", line: 1, column: 1)))
    }

    func tags(_ tags: [SeriesTag]) -> YAMLTree {
        .mapping(tags.map { .init($0.key, templates.tree($0.value)) })
    }

    /// The name, where the reader would not find it by itself.
    private func writtenName(_ step: Step) -> String? {
        if step.name == step.id { return nil }
        let usual: String? =
            switch step.action {
            case .http(let http): http.usualName
            case .think: "think"
            case .repeat: "repeat"
            case .parallel: "parallel"
            case .if: "if"
            case .group(let group): group.name
            case .use(let use): use.scenario.name
            case .sql(let sql): "sql on \(sql.on)"
            case .log(let log): "log of \(log.of)"
            case .metric: step.metrics.first?.metric.name
            default: nil
            }
        return step.id == nil && step.name == usual ? nil : step.name
    }

    private func action(_ step: Step) -> [YAMLTree.Pair]? {
        switch step.action {
        case .http(let action): return [.init("http", .mapping(request(action, at: step.location)))]
        case .ws(let action): return [.init("ws", .mapping(webSocket(action, at: step.location)))]
        case .sql(let action): return [.init("sql", sql(action))]
        case .redis(let action): return [.init("redis", redis(action))]
        case .run(let action): return [.init("run", run(action))]
        case .log(let action): return [.init("log", log(action))]
        case .think(.computed(let seconds, let spread)):
            guard let middle = seconds.constantValue?.doubleValue, middle >= 0, middle < 1e6 else {
                cannotWrite("a pause whose length is computed", at: step.location)
                return nil
            }
            func length(_ seconds: Double) -> Duration { .milliseconds(Int64((seconds * 1000).rounded())) }
            let bounds = (length(middle * (1 - spread)), length(middle * (1 + spread)))
            return [
                .init("think", think(spread == 0 ? .fixed(length(middle)) : .between(bounds.0, bounds.1)))
            ]
        case .think(let action): return [.init("think", think(action))]
        case .repeat(let action): return [.init("repeat", .mapping(loop(action), isBlock: true))]
        case .parallel(let action) where !action.branches.isEmpty:
            return [.init("parallel", branches(action, step))]
        case .print:
            cannotWrite("a line that is printed", at: step.location)
            return nil
        case .hook(let action):
            cannotWrite("the function '\(action.function)'", at: step.location)
            return nil
        case .parallel(let action):
            var pairs: [YAMLTree.Pair] = [.init("times", templates.tree(action.times))]
            let expected = expectation(action.expectation)
            if !expected.isEmpty { pairs.append(.init("expect", .mapping(expected))) }
            return [.init("parallel", .mapping(pairs + [.init("steps", steps(action.steps))], isBlock: true))]
        case .if(let action):
            let condition = YAMLTree.text("${" + templates.text(action.condition) + "}")
            let otherwise = action.otherwise.isEmpty ? [] : [YAMLTree.Pair("else", steps(action.otherwise))]
            return [.init("if", condition), .init("then", steps(action.then))] + otherwise
        case .group(let action):
            return [.init("group", .text(action.name)), .init("steps", steps(action.steps))]
        case .use(let action):
            let with = action.with.isEmpty ? [] : [YAMLTree.Pair("with", variables(action.with))]
            return [.init("use", .text(options.path(action.scenario)))] + with
        case .metric: return []
        default:
            cannotWrite("a step of kind '\(step.action.keyword)'", at: step.location)
            return nil
        }
    }

    private func think(_ action: ThinkAction) -> YAMLTree {
        func most(_ bound: Duration?) -> [YAMLTree.Pair] {
            bound.map { [.init("at-most", WrittenUnits.tree($0))] } ?? []
        }
        func way(_ name: String, _ pairs: [YAMLTree.Pair]) -> YAMLTree {
            .mapping([.init(name, .mapping(pairs))])
        }
        switch action {
        case .fixed(let length): return WrittenUnits.tree(length)
        case .between(let least, let most):
            return .mapping([.init("between", .list([WrittenUnits.tree(least), WrittenUnits.tree(most)]))])
        case .exponential(let mean, let bound):
            return way("exponential", [.init("mean", WrittenUnits.tree(mean))] + most(bound))
        case .normal(let mean, let deviation, let bound):
            return way(
                "normal",
                [
                    .init("mean", WrittenUnits.tree(mean)), .init("deviation", WrittenUnits.tree(deviation)),
                ] + most(bound))
        case .lognormal(let median, let sigma, let bound):
            return way(
                "lognormal",
                [
                    .init("median", WrittenUnits.tree(median)),
                    .init("sigma", .word(WrittenUnits.number(sigma))),
                ] + most(bound))
        case .computed: return .word("0s")
        }
    }

    /// Branches that differ, each under a condition on its number.
    private func branches(_ action: ParallelAction, _ step: Step) -> YAMLTree {
        if let limit = action.limit, limit < action.branches.count {
            note(
                "all \(action.branches.count) branches run at once, not \(limit) at a time", at: step.location
            )
        }
        let trees = action.branches.enumerated().map { number, steps in
            YAMLTree.mapping(
                [.init("if", .text("${index == \(number)}")), .init("then", self.steps(steps))], isBlock: true
            )
        }
        return .mapping(
            [.init("times", .number(action.branches.count)), .init("steps", .list(trees, isBlock: true))],
            isBlock: true)
    }

    private func loop(_ action: RepeatAction) -> [YAMLTree.Pair] {
        var pairs: [YAMLTree.Pair]
        let outer = templates.names
        defer { templates.names = outer }
        switch action.count {
        case .times(let count): pairs = [.init("times", templates.tree(count))]
        case .whileTrue(let condition, let limit):
            pairs = [
                .init("while", .text("${" + templates.text(condition) + "}")), .init("max", .number(limit)),
            ]
        case .over(let list, let name):
            pairs = [.init("over", templates.tree(list)), .init("as", .text(variableName(name)))]
        }
        if action.indexName != "index" || action.first != 0 {
            templates.names[action.indexName] = action.first == 0 ? "index" : "(index + \(action.first))"
        }
        if let pause = action.pause { pairs.append(.init("pause", WrittenUnits.tree(pause))) }
        return pairs + [.init("steps", steps(action.steps))]
    }
}
