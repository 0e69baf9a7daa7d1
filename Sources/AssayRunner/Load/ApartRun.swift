internal import AssayCore
internal import AssayFormats
internal import AssayNet
internal import AssayScenario

/// Steps that run once beside a load, as a test would run them: a profile's set-up or its teardown.
///
/// Belongs to its reactor's thread.
final class ApartRun {
    /// Ends the steps at once.
    let scope: CancelScope
    private let scenario: PlannedScenario
    private let outerNames: [String]
    private let session: Session
    private let journal: Journal

    init(
        _ scenario: PlannedScenario, of work: LoadWork, context: RunContext, on reactor: Reactor,
        _ factoryState: FactoryState
    ) {
        self.scenario = scenario
        outerNames = work.outerNames
        scope = CancelScope(on: reactor)
        journal = Journal(startedAt: Reactor.monotonicNow(), masker: context.masker)
        session = Session(
            on: reactor, context: context, scope: scope, random: LoadWork.random(work.seed, .apart),
            scratch: Scratch(), journal: journal)
        session.factoryState = factoryState
        session.hooks = work.hooks.map {
            SessionHooks(HookUsers($0, nil, on: reactor, within: scope), on: reactor)
        }
    }

    /// What is set when the steps are over.
    func values(of names: [String]) -> [JSON?] {
        names.map { name in scenario.names[name].flatMap { session.variables[$0] } }
    }

    var factoryState: FactoryState { session.factoryState }

    /// Runs the steps; what they registered as cleanup waits for ``cleanUp()``.
    ///
    /// - Parameters:
    ///   - outer: what the set-up captured.
    ///   - bound: for all steps together.
    /// - Returns: the step that failed.
    func run(_ outer: [JSON?], within bound: Duration) async -> StepResult? {
        session.begin(scenario)
        for (name, value) in zip(outerNames, outer) {
            if let slot = scenario.names[name] { session.variables[slot] = value }
        }
        let timer = ScopeTimer(scope, on: session.reactor, after: bound)
        let flow = await session.run(scenario.steps)
        timer.cancel()
        await session.endCalls(failed: flow != .finished)
        session.hooks?.endPass()
        session.closeConnections()
        guard flow != .finished else { return nil }
        if timer.hasFired || scope.isCancelled { return cutOff(timer.hasFired ? bound : nil) }
        return journal.steps.first { $0.status == .failed } ?? cutOff(nil)
    }

    /// The step that was running when the time was up, or when somebody ended the run.
    private func cutOff(_ bound: Duration?) -> StepResult {
        let running = journal.steps.last { $0.status != .skipped }
        return StepResult(
            name: running?.name ?? scenario.name, kind: running?.kind ?? scenario.name,
            location: running?.location ?? scenario.location, status: .failed,
            startedAtNanoseconds: running?.startedAtNanoseconds ?? 0,
            durationNanoseconds: running?.durationNanoseconds ?? 0,
            mismatches: [
                Mismatch(
                    subject: scenario.name,
                    expected: bound.map { "to end within \($0.shortText)" } ?? "to end",
                    actual: bound == nil ? "it was stopped" : "it was still running",
                    location: scenario.location)
            ])
    }

    /// Takes back what the steps registered, in reverse order.
    ///
    /// - Returns: the step that failed.
    func cleanUp() async -> StepResult? {
        guard !session.cleanup.isEmpty else { return nil }
        let before = journal.steps.count
        let succeeded = await session.runCleanup(within: .seconds(10))
        session.closeConnections()
        return succeeded ? nil : journal.steps.dropFirst(before).first { $0.status == .failed }
    }
}
