public import AssayCore
internal import AssayFormats
internal import AssayScenario

/// A scenario made ready to run: names are slots, the stand's addresses are filled in, requests are segments.
///
/// Made once after the stand is up, shared by every user on every reactor.
public final class PlannedScenario: Sendable {
    public let name: String
    public let location: SourceLocation
    public let tags: [String]
    let timeout: Duration?
    /// How many variables one pass needs.
    let slotCount: Int
    let names: NameTable
    /// Set in order before the first step.
    let variables: [SlotValue]
    let cases: [Scenario.Case]
    let steps: [PlannedStep]
    /// The only step, when that is a pass of a script.
    let script: ScriptAction?
    /// Slots that a load sets before every pass: the user's number, what the set-up captured, its rows of the feeds.
    let indexSlot: Int?
    let outerSlots: [Int]

    init(
        name: String, location: SourceLocation, tags: [String], timeout: Duration?, slotCount: Int,
        names: NameTable, variables: [SlotValue], cases: [Scenario.Case], steps: [PlannedStep],
        outer: [String]
    ) {
        self.name = name
        self.location = location
        self.tags = tags
        self.timeout = timeout
        self.slotCount = slotCount
        self.names = names
        self.variables = variables
        self.cases = cases
        self.steps = steps
        if steps.count == 1, case .script(let action) = steps[0].action {
            script = action
        } else {
            script = nil
        }
        indexSlot = names["index"]
        outerSlots = outer.compactMap { names[$0] }
    }
}

/// A variable and how its value is made.
struct SlotValue: Sendable {
    var name: String
    var slot: Int
    var value: ValueTemplate
    var location: SourceLocation
}

/// One step made ready.
final class PlannedStep: Sendable {
    /// As read, with the stand's constants filled in.
    let step: Step
    /// Row of the per-step table, counted over all scenarios of a run; `nil` for steps that measure nothing.
    let row: Int?
    let action: PlannedAction
    let checks: [PlannedCheck]
    let captures: [PlannedCapture]
    let cleanup: [PlannedStep]
    let names: NameTable
    /// The user's own metrics that it records.
    let metrics: [PlannedMetric]
    /// Tags that are computed before it runs; what it is measured as follows from them.
    let tags: [PlannedTag]
    /// Without retries, cleanup and contracts: one request and its judgement.
    let isPlain: Bool
    /// The checks and captures in the form that is judged on the response's bytes; `nil` when one has no such form.
    let fast: FastJudgement?

    init(
        step: Step, row: Int?, action: PlannedAction, checks: [PlannedCheck], captures: [PlannedCapture],
        cleanup: [PlannedStep], names: NameTable, isHeldToContracts: Bool = false,
        metrics: [PlannedMetric] = [], tags: [PlannedTag] = []
    ) {
        self.step = step
        self.row = row
        self.action = action
        self.checks = checks
        self.captures = captures
        self.cleanup = cleanup
        self.names = names
        self.metrics = metrics
        self.tags = tags
        isPlain = step.eventually == nil && cleanup.isEmpty && !isHeldToContracts && !action.hasHooks
        fast = FastJudgement(checks, captures, metrics)
    }

    /// The same with other places for what it measures.
    private init(
        _ step: PlannedStep, row: Int?, action: PlannedAction, checks: [PlannedCheck],
        metrics: [PlannedMetric]
    ) {
        self.step = step.step
        self.row = row
        self.action = action
        self.checks = checks
        self.metrics = metrics
        captures = step.captures
        cleanup = step.cleanup
        names = step.names
        tags = []
        isPlain = step.isPlain
        fast = FastJudgement(checks, captures, metrics)
    }

    /// Places of what it records besides requests: the user's own metrics, and how long it takes if it is a group.
    var ownPlaces: [Int] {
        if case .group(let group) = action { return metrics.map(\.place) + [group.place] }
        return metrics.map(\.place)
    }

    /// The same step, measured in other places.
    func variant(row: Int?, check: (Int) -> Int, own: (Int) -> Int) -> PlannedStep {
        var action = action
        if case .group(var group) = action {
            group.place = own(group.place)
            action = .group(group)
        }
        let checks = checks.map { PlannedCheck(check: $0.check, index: check($0.index)) }
        let metrics = metrics.map { metric in
            var metric = metric
            metric.place = own(metric.place)
            return metric
        }
        return PlannedStep(self, row: row, action: action, checks: checks, metrics: metrics)
    }
}

/// What a step does; the kinds whose model needs nothing more keep it.
enum PlannedAction: Sendable {
    case http(PlannedHTTP)
    case sql(SQLAction)
    case redis(PlannedRedis)
    case call(PlannedCall)
    case ws(PlannedWebSocket)
    case sse(PlannedSSE)
    case tcp(PlannedTCP)
    case factory(FactoryAction)
    case fixture(FixtureAction)
    case truncate(TruncateAction)
    /// Takes out again what a step put in, in the order given; registered as cleanup while the pass runs.
    case remove([Removal])
    case run(RunAction)
    case log(LogAction)
    case double(DoubleAction)
    case think(ThinkAction)
    case `repeat`(PlannedRepeat)
    case parallel(PlannedParallel)
    case `if`(condition: Expression, hook: String?, then: [PlannedStep], otherwise: [PlannedStep])
    case group(PlannedGroup)
    /// Nothing but its own metrics.
    case metric
    /// A function of a script; what it measures is known when it runs.
    case script(ScriptAction)
    case use(PlannedUse)
    case print(Template)
    /// A function of a script's own code.
    case hook(HookAction)
}

extension PlannedAction {
    /// A request with functions of a script's own code around it.
    var hasHooks: Bool {
        if case .http(let plan) = self { plan.action.hooks != nil } else { false }
    }
}

struct PlannedRepeat: Sendable {
    var action: RepeatAction
    /// Slot of `${index}`, and of the element when it goes over a list.
    var indexSlot: Int
    var elementSlot: Int
    var steps: [PlannedStep]
}

struct PlannedParallel: Sendable {
    var action: ParallelAction
    var indexSlot: Int
    var steps: [PlannedStep]
    var branches: [[PlannedStep]]
    var checks: [PlannedCheck]
}

struct PlannedGroup: Sendable {
    var steps: [PlannedStep]
    /// Among the run's own series: how long a pass takes.
    var place: Int
}

/// A tag whose value is computed.
struct PlannedTag: Sendable {
    var key: String
    var value: Template
    /// The names that the value is computed with: those of the file that says it.
    var names: NameTable
}

/// One of the user's own metrics, as a step records it.
struct PlannedMetric: Sendable {
    var own: OwnMetric
    /// Among the run's own series.
    var place: Int
    var value: Value

    enum Value: Sendable {
        case constant(JSON)
        case computed(ValueTemplate)
        /// Followed on the response's bytes where there are any.
        case path(CompiledPath, Capture)
        case taken(Capture)
    }
}

struct PlannedUse: Sendable {
    /// Values for the parameters, seen with the names of the using scenario.
    var given: [SlotValue]
    /// Defaults and variables, seen with the names of the used one.
    var own: [SlotValue]
    var names: NameTable
    var steps: [PlannedStep]
    var captures: [(name: String, from: Int, to: Int, isRequired: Bool)]
}

struct PlannedCapture: Sendable {
    var capture: Capture
    var slot: Int
    /// A path that is followed on the response's bytes.
    var path: CompiledPath?
}

/// One check made ready.
struct PlannedCheck: Sendable {
    var check: Check
    /// Counted over all checks of a run.
    var index: Int
}
