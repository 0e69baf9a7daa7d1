internal import AssayCore

/// Turns what a ``K6Layer`` says about load into scenarios, by k6's rules, and checks them.
struct K6Deriving {
    private let layer: K6Layer
    /// Names of the script's exported functions; `nil` when they are not known.
    private let functions: Set<String>?
    private(set) var drafts: [K6ScenarioDraft] = []
    private(set) var scenarios: [K6Scenario] = []
    /// Options that exclude each other, and wrong scenarios.
    private(set) var problems: [String] = []
    private(set) var warnings: [String] = []

    static let name = "default"

    init(_ layer: K6Layer, functions: Set<String>?) {
        self.layer = layer
        self.functions = functions
        derive()
        guard problems.isEmpty else { return }
        for draft in drafts {
            var check = K6ScenarioCheck(draft)
            if let scenario = check.scenario() {
                if let functions, !functions.contains(scenario.exec) {
                    problems.append(
                        "scenario '\(scenario.name)': the script exports no function '\(scenario.exec)'"
                            + (nearestName(to: scenario.exec, among: functions.sorted())
                                .map { "; did you mean '\($0)'?" } ?? ""))
                }
                if case .externallyControlled(1..., _) = scenario.executor {
                    warnings.append(
                        "scenario '\(scenario.name)': there is no REST API that could steer it, so it has its `vus` for its "
                            + "`duration`")
                }
                scenarios.append(scenario)
            }
            problems += check.problems
        }
        let idle = scenarios.filter { $0.maximumUsers == 0 }
        for scenario in idle {
            var reason = "has no users"
            if case .externallyControlled = scenario.executor {
                reason = "begins without users, and there is no REST API that could add some"
            }
            warnings.append("scenario '\(scenario.name)' \(reason): nothing of it is run")
        }
        scenarios.removeAll { $0.maximumUsers == 0 }
        if scenarios.isEmpty, problems.isEmpty {
            let isSteered = idle.contains {
                if case .externallyControlled = $0.executor { true } else { false }
            }
            problems.append(
                "no scenario has users"
                    + (isSteered ? ", and there is no REST API that could add some" : "")
                    + ": there is nothing to run")
        }
        checkSum()
        scenarios.sort { ($0.startTime, $0.name) < ($1.startTime, $1.name) }
    }

    /// Scenarios that each may have so many users may still have too many together.
    private mutating func checkSum() {
        var sum = 0
        for scenario in scenarios {
            let (next, overflows) = sum.addingReportingOverflow(scenario.maximumUsers)
            guard !overflows, next <= K6ScenarioCheck.mostUsers else {
                problems.append("all scenarios together have more than \(K6ScenarioCheck.mostUsers) users")
                return
            }
            sum = next
        }
    }

    private mutating func derive() {
        let hasStages = !(layer.stages ?? []).isEmpty
        if let iterations = layer.iterations {
            exclude("iterations", [("stages", hasStages), ("scenarios", layer.scenarios != nil)])
            var draft = K6ScenarioDraft(name: Self.name, executor: "shared-iterations")
            (draft.vus, draft.iterations, draft.maxDuration) = (layer.vus, iterations, layer.duration)
            drafts = [draft]
        } else if let duration = layer.duration {
            exclude("duration", [("stages", hasStages), ("scenarios", layer.scenarios != nil)])
            if duration <= .zero { problems.append("`duration` must be more than 0") }
            var draft = K6ScenarioDraft(name: Self.name, executor: "constant-vus")
            (draft.vus, draft.duration) = (layer.vus, duration)
            drafts = [draft]
        } else if hasStages, let stages = layer.stages {
            exclude("stages", [("scenarios", layer.scenarios != nil)])
            var draft = K6ScenarioDraft(name: Self.name, executor: "ramping-vus")
            (draft.startVUs, draft.stages) = (layer.vus, stages.filter { $0.duration != nil })
            drafts = [draft]
        } else if let scenarios = layer.scenarios, !scenarios.isEmpty {
            drafts = scenarios
        } else {
            if let vus = layer.vus, vus != 1 {
                warnings.append(
                    "`vus: \(vus)` counts only beside `iterations`, `duration` or `stages`: the script is run once by one user"
                )
            }
            for (name, isEmpty) in [("stages", layer.stages != nil), ("scenarios", layer.scenarios != nil)]
            where isEmpty {
                warnings.append("`\(name)` is empty: the script is run once by one user")
            }
            drafts = [K6ScenarioDraft(name: Self.name, executor: "per-vu-iterations")]
        }
    }

    private mutating func exclude(_ name: String, _ others: [(String, Bool)]) {
        for (other, isSaid) in others where isSaid {
            problems.append("`\(name)` and `\(other)` exclude each other")
        }
    }
}
