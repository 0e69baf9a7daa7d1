public import AssayCore
public import AssayFormats
internal import AssayNet
public import AssayScenario

/// Makes scenarios ready for one run: gives names their slots and steps their rows, fills in the stand's constants.
///
/// One planner a run, so that rows and check numbers are unique over all its scenarios.
public struct Planner {
    /// Values of the stand's parts, `env` and `secret`: constant for the run.
    private let constants: [String: JSON]
    let standardTimeout: Duration
    /// Where paths begin that are not absolute.
    public var projectFolder = "."
    /// Of the run's connections.
    let connects = ConnectPool()
    /// What a project or a profile says of requests, for scenarios that do not say it themselves.
    private let http: HTTPSettings
    /// The same with what the scenario says that is planned now.
    private(set) var scenarioHTTP = HTTPSettings()
    /// Whether exchanges are judged by contracts in load too, which is a longer way through a step.
    private let holdsToContracts: Bool
    /// Rows of the per-step table, in the order of the files.
    public private(set) var rows: [LoadPlan.StepName] = []
    /// What each of them speaks, which decides what its metrics are called.
    private(set) var rowProtocols: [StepProtocol] = []
    /// Names of all checks with the row of their step.
    public private(set) var checks: [PlannedCheckName] = []
    /// What the series of each row have besides its name and scenario.
    private(set) var rowTags: [[Series.Tag]] = []
    /// Series of the user's own metrics and of groups.
    var ownSeries: [Series] = []
    /// What the passes of each planned scenario are tagged with.
    private(set) var scenarioTags: [[Series.Tag]] = []
    /// Of what is planned now: tags, narrower ones last, and the groups around it.
    var openTags: [PlannedTag] = []
    var openGroups: [String] = []
    /// Row of the first step that begins a call.
    private(set) var firstCall: Int?
    /// What calls hear is compared with files somewhere in the scenario, so it is kept.
    private(set) var keepsCallAudio = false
    private(set) var scenario = ""
    /// Names that functions of a script's own code may set.
    var hookNames: [String] = []
    /// Names that the caller sets before each pass: scenarios that are used see them as well.
    private var outer: [String] = []
    private var nextSlot = 0

    /// - Parameter constants: what `${api.url}`, `${env.X}` and the like stand for.
    public init(
        constants: [String: JSON], requestTimeout: Duration = .seconds(30), holdsToContracts: Bool = false,
        http: HTTPSettings = HTTPSettings()
    ) {
        self.http = http
        self.constants = constants
        standardTimeout = requestTimeout
        self.holdsToContracts = holdsToContracts
    }

    /// - Parameters:
    ///   - outer: names whose values the caller sets before each pass, like what a load's set-up captured.
    ///   - tags: on the series of all its steps.
    public mutating func plan(
        _ scenario: Scenario, outer: [String] = [], tags: [SeriesTag] = []
    ) -> PlannedScenario {
        self.scenario = scenario.name
        scenarioHTTP = scenario.http.over(http)
        self.outer = outer
        nextSlot = 0
        keepsCallAudio = scenario.comparesCalls
        var names = NameTable()
        for name in ["case", "feed", "index"] + outer { _ = names.slot(of: name, next: &nextSlot) }
        let defaults = scenario.parameters.compactMap { parameter in
            parameter.standard.map { (parameter.name, $0, parameter.location) }
        }
        let ownVariables = scenario.variables.map { ($0.name, $0.value, $0.location) }
        let variables = slotValues(defaults + ownVariables, &names)
        declare(scenario.steps, in: &names)
        for name in hookNames { _ = names.slot(of: name, next: &nextSlot) }
        openTags = planned(tags + scenario.seriesTags, names)
        openGroups = []
        scenarioTags.append(seriesTags.constant)
        let steps = plan(scenario.steps, names)
        return PlannedScenario(
            name: scenario.name, location: scenario.location, tags: scenario.tags, timeout: scenario.timeout,
            slotCount: nextSlot, names: names, variables: variables, cases: scenario.cases, steps: steps,
            outer: outer)
    }

    /// Makes steps ready that belong to no scenario: a profile's set-up and teardown.
    public mutating func plan(
        _ steps: [Step], named name: String, at location: SourceLocation, outer: [String] = []
    )
        -> PlannedScenario
    {
        plan(Scenario(name: name, location: location, steps: steps), outer: outer)
    }

    // MARK: names

    private mutating func slotValues(
        _ values: [(name: String, value: ValueTemplate, location: SourceLocation)], _ names: inout NameTable
    ) -> [SlotValue] {
        values.map { name, value, location in
            let folded = fold(value, names)
            let slot = names.slot(of: name, next: &nextSlot)
            return SlotValue(name: name, slot: slot, value: folded, location: location)
        }
    }

    /// Gives every name that steps set a slot; a scenario has one name space, blocks and branches included.
    private mutating func declare(_ steps: [Step], in names: inout NameTable) {
        for step in steps {
            for capture in step.captures { _ = names.slot(of: capture.name, next: &nextSlot) }
            switch step.action {
            case .repeat(let action):
                if case .over(_, let name) = action.count { _ = names.slot(of: name, next: &nextSlot) }
                if action.indexName != "index" { _ = names.slot(of: action.indexName, next: &nextSlot) }
                declare(action.steps, in: &names)
            case .parallel(let action):
                declare(action.steps, in: &names)
                for branch in action.branches { declare(branch, in: &names) }
            case .group(let action): declare(action.steps, in: &names)
            case .if(let action):
                declare(action.then, in: &names)
                declare(action.otherwise, in: &names)
            default: break
            }
            declare(step.cleanup, in: &names)
        }
    }

    // MARK: constants

    private func constant(_ name: String, _ names: NameTable) -> JSON? {
        names[name] == nil ? constants[name] : nil
    }

    func fold(_ template: Template, _ names: NameTable) -> Template {
        template.folded { constant($0, names) }
    }
    func fold(_ value: ValueTemplate, _ names: NameTable) -> ValueTemplate {
        value.folded { constant($0, names) }
    }
    func fold(_ expression: Expression, _ names: NameTable) -> Expression {
        expression.folded { constant($0, names) }
    }

    // MARK: steps

    mutating func plan(_ steps: [Step], _ names: NameTable) -> [PlannedStep] {
        steps.map { plan($0, names) }
    }

    /// Whether something of a step is told by itself: what it measures, or how it failed.
    private static func hasRow(_ action: Action) -> Bool {
        switch action {
        case .http, .sql, .redis, .call, .ws, .sse, .tcp, .factory, .fixture, .truncate, .run, .log, .double,
            .metric, .script, .hook:
            true
        case .repeat(let action): action.whileHook != nil
        case .think, .parallel, .if, .group, .use, .print: false
        }
    }

    private mutating func plan(_ step: Step, _ names: NameTable) -> PlannedStep {
        let wider = openTags
        openTags += planned(step.seriesTags, names)
        defer { openTags = wider }
        let tags = seriesTags
        var row: Int?
        if Self.hasRow(step.action) {
            row = rows.count
            rows.append(LoadPlan.StepName(scenario: scenario, name: step.name, group: group))
            rowProtocols.append(StepProtocol(step.action))
            rowTags.append(tags.constant + method(of: step.action))
            if case .call(let call) = step.action, case .connect = call.wish { firstCall = firstCall ?? row }
        }
        let checks = step.expectation.checks.map { plan($0, row: row, tags.constant, names) }
        let captures = step.captures.compactMap { capture -> PlannedCapture? in
            guard let slot = names[capture.name] else { return nil }
            var path: CompiledPath?
            if case .jsonPath(.fixed(let fixed, _)) = capture.source { path = fixed.compiled }
            return PlannedCapture(capture: capture, slot: slot, path: path)
        }
        let metrics = step.metrics.map { plan($0, of: step, tags.constant, names) }
        let action = plan(step, row: row, names)
        var measures = row != nil || !checks.isEmpty || !metrics.isEmpty
        if case .group = action { measures = true }
        return PlannedStep(
            step: step, row: row, action: action, checks: checks, captures: captures,
            cleanup: plan(step.cleanup, names), names: names, isHeldToContracts: holdsToContracts,
            metrics: metrics, tags: measures ? tags.computed : [])
    }

    private mutating func plan(
        _ check: Check, row: Int?, _ tags: [Series.Tag], _ names: NameTable
    ) -> PlannedCheck {
        let index = checks.count
        checks.append(PlannedCheckName(row: row, name: check.name, tags: tags))
        return PlannedCheck(check: fold(check, names), index: index)
    }

    func fold(_ check: Check, _ names: NameTable) -> Check {
        var check = check
        check.matcher = check.matcher.map { fold($0, names) }
        switch check.subject {
        case .json(.templated(let template)): check.subject = .json(.templated(fold(template, names)))
        case .computed(let value, let name): check.subject = .computed(fold(value, names), name: name)
        default: break
        }
        return check
    }

    private mutating func plan(_ step: Step, row: Int?, _ names: NameTable) -> PlannedAction {
        var names = names
        switch step.action {
        case .http(let action): return .http(plan(action, names))
        case .sql(var action):
            action.statement = fold(action.statement, names)
            action.arguments = action.arguments.map { fold($0, names) }
            return .sql(action)
        case .redis(let action): return .redis(plan(action, step.expectation.checks, names))
        case .call(let action): return .call(plan(action, names))
        case .ws(let action): return .ws(plan(action, step, names))
        case .sse(let action): return .sse(plan(action, names))
        case .tcp(let action): return .tcp(plan(action, step.expectation.checks, names))
        case .factory(var action):
            action.call = action.call.folded { fold($0, names) }
            return .factory(action)
        case .fixture(let action): return .fixture(action)
        case .truncate(let action): return .truncate(action)
        case .run(let action): return .run(plan(action, names))
        case .log(let action): return .log(action)
        case .double(let action):
            return .double(action.mapped({ fold($0, names) }, { fold($0, names) }))
        case .think(.computed(let seconds, let spread)):
            return .think(.computed(fold(seconds, names), spread: spread))
        case .think(let action): return .think(action)
        case .print(let text): return .print(fold(text, names))
        case .repeat(let action):
            let index = names.slot(of: action.indexName, next: &nextSlot)
            var element = index
            if case .over(_, let name) = action.count { element = names.slot(of: name, next: &nextSlot) }
            return .repeat(
                PlannedRepeat(
                    action: action, indexSlot: index, elementSlot: element,
                    steps: plan(action.steps, names)))
        case .parallel(let action):
            return .parallel(
                PlannedParallel(
                    action: action, indexSlot: names.slot(of: "index", next: &nextSlot),
                    steps: plan(action.steps, names), branches: action.branches.map { plan($0, names) },
                    checks: action.expectation.checks.map { plan($0, row: row, seriesTags.constant, names) }))
        case .if(let action):
            return .if(
                condition: fold(action.condition, names), hook: action.hook, then: plan(action.then, names),
                otherwise: plan(action.otherwise, names))
        case .group(let action): return .group(plan(action, names))
        case .metric: return .metric
        case .script(let action): return .script(action)
        case .hook(let action): return .hook(action)
        case .use(let action): return .use(plan(action, captures: step.captures, names))
        }
    }

    private mutating func plan(_ action: UseAction, captures: [Capture], _ names: NameTable) -> PlannedUse {
        var inner = NameTable()
        for name in ["case", "feed"] + outer { if let slot = names[name] { inner.set(name, to: slot) } }
        _ = inner.slot(of: "index", next: &nextSlot)
        let given = action.with.map { variable in
            SlotValue(
                name: variable.name, slot: inner.slot(of: variable.name, next: &nextSlot),
                value: fold(variable.value, names), location: variable.location)
        }
        let givenNames = action.with.map(\.name)
        let defaults = action.scenario.parameters.compactMap { parameter in
            givenNames.contains(parameter.name)
                ? nil : parameter.standard.map { (parameter.name, $0, parameter.location) }
        }
        let variables = action.scenario.variables.map { ($0.name, $0.value, $0.location) }
        let own = slotValues(defaults + variables, &inner)
        let outerHTTP = scenarioHTTP
        scenarioHTTP = action.scenario.http.over(outerHTTP)
        defer { scenarioHTTP = outerHTTP }
        declare(action.scenario.steps, in: &inner)
        for name in hookNames { _ = inner.slot(of: name, next: &nextSlot) }
        let taken = captures.compactMap { capture -> (name: String, from: Int, to: Int, isRequired: Bool)? in
            guard case .variable(let name) = capture.source, let from = inner[name],
                let to = names[capture.name]
            else { return nil }
            return (capture.name, from, to, capture.whenAbsent == .breaksOff)
        }
        openTags += planned(action.scenario.seriesTags, inner)
        return PlannedUse(
            given: given, own: own, names: inner, steps: plan(action.scenario.steps, inner), captures: taken)
    }

    private func plan(_ action: RunAction, _ names: NameTable) -> RunAction {
        var action = action
        switch action.command {
        case .shell(let template): action.command = .shell(fold(template, names))
        case .words(let words): action.command = .words(words.map { fold($0, names) })
        }
        action.environment = action.environment.map { .init(name: $0.name, value: fold($0.value, names)) }
        action.folder = action.folder.map { fold($0, names) }
        action.input = action.input.map { fold($0, names) }
        return action
    }
}

/// A check as metrics name it.
public struct PlannedCheckName: Sendable, Equatable {
    /// Row of its step.
    public var row: Int?
    public var name: String
    /// What its series has besides.
    var tags: [Series.Tag] = []
}
