internal import AssayContracts
internal import AssayCore
internal import AssayFormats
internal import AssayNet
internal import AssayRunner
internal import AssayScenario
internal import AssayVerifier

/// Makes states by scenarios of the project, and all others by a URL, if there is one.
final class PactScenarioStates: PactStateMaker {
    /// A state's scenario, read and checked.
    struct Known: Sendable {
        var use: PactStateUse
        /// `nil` for a state that always holds.
        var scenario: Scenario?
    }

    private let known: [Known]
    private let rest: (any PactStateMaker)?
    private let context: RunContext?
    private let reactor: Reactor
    private let scope: CancelScope
    private let seed: UInt64
    private let timeout: Duration
    private let startedAt: Int64
    private var standing: [StandingScenario?] = []
    private var steps: [StepResult] = []
    private var count: UInt64 = 0

    /// - Parameters:
    ///   - rest: makes the states that have no scenario; `nil` when nobody can.
    ///   - context: what scenarios reach; `nil` when there are none.
    init(
        _ known: [Known], rest: (any PactStateMaker)?, context: RunContext?, seed: UInt64, timeout: Duration,
        startedAt: Int64, on reactor: Reactor, scope: CancelScope
    ) {
        self.known = known
        self.rest = rest
        self.context = context
        self.seed = seed
        self.timeout = timeout
        self.startedAt = startedAt
        self.reactor = reactor
        self.scope = scope
    }

    /// Reads the scenarios of all states.
    static func read(_ uses: [PactStateUse], _ workspace: Workspace) -> Result<[Known], Diagnostics> {
        var known: [Known] = []
        var problems: [Diagnostic] = []
        for use in uses {
            guard let file = use.file else {
                known.append(Known(use: use))
                continue
            }
            switch workspace.reader(forRun: true).scenario(file) {
            case .success(let scenario): known.append(Known(use: use, scenario: scenario))
            case .failure(let diagnostics): problems += diagnostics.all
            }
        }
        return problems.isEmpty ? .success(known) : .failure(Diagnostics(problems))
    }

    func setUp(
        _ state: PactState, for interaction: PactInteraction
    ) async -> Result<JSONObject, PactNoAnswer> {
        guard let found = known.first(where: { $0.use.name == state.name }) else {
            guard let rest else {
                let near = nearestName(to: state.name, among: known.map(\.use.name)).map {
                    "; did you mean '\($0)'?"
                }
                return .failure(PactNoAnswer("`states` does not have it\(near ?? "")"))
            }
            return await rest.setUp(state, for: interaction)
        }
        guard let scenario = found.scenario, let context else {
            standing.append(nil)
            return .success(JSONObject())
        }
        var values = found.use.values
        for (name, value) in state.parameters { values[name] = value }
        count += 1
        let made = await StandingScenario.begin(
            scenario, with: values, in: context, random: SeededRandom(seed: seed).split(count), on: reactor,
            scope: scope, timeout: timeout, startedAt: startedAt)
        if let failure = made.failure {
            _ = await made.end()
            steps += made.steps
            return .failure(PactNoAnswer("\(scenario.location.file): \(failure)"))
        }
        standing.append(made)
        return .success(made.values)
    }

    func tearDown(_ state: PactState, for interaction: PactInteraction) async -> String? {
        guard known.contains(where: { $0.use.name == state.name }) else {
            return await rest?.tearDown(state, for: interaction)
        }
        guard let made = standing.popLast() ?? nil else { return nil }
        let cleaned = await made.end()
        steps += made.steps
        return cleaned ? nil : "its cleanup failed"
    }

    func takeSteps() -> [StepResult] {
        defer { steps = [] }
        return steps
    }
}
