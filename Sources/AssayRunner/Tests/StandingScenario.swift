public import AssayCore
public import AssayFormats
public import AssayNet
public import AssayScenario

/// A scenario whose steps have run and whose cleanup waits: what it made stands until then.
///
/// Belongs to its reactor's task.
public final class StandingScenario {
    /// Why the steps did not all run; `nil` when they did.
    public private(set) var failure: String?
    private let session: Session
    private let journal: Journal
    private let names: NameTable
    private static let cleanupBound = Duration.seconds(10)

    /// Runs the steps of a scenario.
    ///
    /// - Parameters:
    ///   - values: for the scenario's parameters; others are left out.
    ///   - timeout: bound of the steps when the scenario names none.
    ///   - startedAt: when the run began, which results count from.
    public static func begin(
        _ scenario: Scenario, with values: JSONObject, in context: RunContext, random: SeededRandom,
        on reactor: Reactor, scope: CancelScope, timeout: Duration, startedAt: Int64
    ) async -> StandingScenario {
        var scenario = scenario
        for place in scenario.parameters.indices {
            if let value = values[scenario.parameters[place].name] {
                scenario.parameters[place].standard = .literal(value)
            }
        }
        let missing = scenario.parameters.filter { $0.standard == nil }.map { "'\($0.name)'" }
        var planner = Planner(constants: context.constants, http: context.http)
        planner.projectFolder = context.projectFolder
        let planned = planner.plan(scenario)
        let own = CancelScope(on: reactor, within: scope)
        let journal = Journal(startedAt: startedAt, masker: context.masker)
        let session = Session(
            on: reactor, context: context, scope: own, random: random, scratch: Scratch(), journal: journal)
        session.title = scenario.name
        session.logMarks = context.stand.logPositions
        session.requestMarks = context.stand.requestCounts
        let standing = StandingScenario(session, journal, planned.names)
        session.begin(planned)
        guard missing.isEmpty else {
            standing.failure = "it has no value for " + missing.joined(separator: ", ")
            return standing
        }
        let timer = ScopeTimer(own, on: reactor, after: planned.timeout ?? timeout)
        do {
            try session.setVariables(planned.variables, names: planned.names)
            switch await session.run(planned.steps) {
            case .finished: break
            case .failed: standing.failure = standing.firstMismatch ?? "a step failed"
            case .cancelled: standing.failure = timer.hasFired ? "it did not end in time" : "interrupted"
            }
        } catch {
            standing.failure = error.message
        }
        timer.cancel()
        return standing
    }

    private init(_ session: Session, _ journal: Journal, _ names: NameTable) {
        self.session = session
        self.journal = journal
        self.names = names
    }

    /// What its steps captured and its variables are, by name.
    public var values: JSONObject {
        JSONObject(
            names.all.sorted { $0.name < $1.name }.compactMap { entry in
                session.variables[entry.slot].map { (entry.name, $0) }
            })
    }

    /// Steps so far, those of the cleanup too once it has run.
    public var steps: [StepResult] { journal.steps }

    private var firstMismatch: String? {
        func first(_ steps: [StepResult]) -> String? {
            for step in steps where step.status == .failed {
                if let mismatch = step.mismatches.first {
                    return
                        "step '\(step.name)': \(mismatch.subject): expected \(mismatch.expected), found \(mismatch.actual)"
                }
                if let inner = first(step.children) { return inner }
            }
            return nil
        }
        return first(journal.steps)
    }

    /// Takes back what the steps made: runs the cleanup and closes connections.
    ///
    /// - Returns: whether all of it succeeded.
    public func end() async -> Bool {
        let cleaned = await session.runCleanup(within: Self.cleanupBound)
        await session.endCalls(failed: !cleaned)
        session.scope.leave()
        session.closeConnections()
        return cleaned
    }
}
