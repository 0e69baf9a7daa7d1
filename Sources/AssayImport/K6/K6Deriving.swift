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
                scenarios.append(scenario)
            }
            problems += check.problems
        }
        let idle = scenarios.filter { $0.maximumUsers == 0 }
        for scenario in idle {
            warnings.append("scenario '\(scenario.name)' has no users: nothing of it is run")
        }
        scenarios.removeAll { $0.maximumUsers == 0 }
        if scenarios.isEmpty, problems.isEmpty {
            problems.append("no scenario has users: there is nothing to run")
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

/// Checks one scenario and fills in what it leaves to k6.
struct K6ScenarioCheck {
    private let draft: K6ScenarioDraft
    private(set) var problems: [String] = []

    /// k6 takes no shorter times for what has a time.
    private static let shortest = Duration.seconds(1)
    static let mostUsers = 100_000_000
    /// Starts a second.
    private static let mostStarts = 10_000_000

    init(_ draft: K6ScenarioDraft) { self.draft = draft }

    /// - Returns: `nil` when something is wrong with it.
    mutating func scenario() -> K6Scenario? {
        checkCommon()
        guard let executor = executor(), problems.isEmpty else { return nil }
        var scenario = K6Scenario(name: draft.name, executor: executor)
        scenario.startTime = draft.startTime ?? .zero
        scenario.gracefulStop = draft.gracefulStop ?? .seconds(30)
        scenario.env = draft.env ?? [:]
        scenario.exec = draft.exec ?? K6Deriving.name
        scenario.tags = draft.tags ?? [:]
        return scenario
    }

    private mutating func refuse(_ text: String) { problems.append("scenario '\(draft.name)': \(text)") }

    private mutating func checkCommon() {
        let isName = draft.name.unicodeScalars.allSatisfy {
            $0.isASCII
                && ($0.properties.isAlphabetic || $0.properties.numericType != nil || $0 == "_" || $0 == "-")
        }
        if !isName || draft.name.isEmpty {
            refuse("a name has only latin letters, digits, underscores and dashes")
        }
        if draft.exec == "" { refuse("`exec` is empty") }
        if let start = draft.startTime, start < .zero { refuse("`startTime` is negative") }
        if let stop = draft.gracefulStop, stop < .zero { refuse("`gracefulStop` is negative") }
    }

    private mutating func executor() -> K6Executor? {
        switch draft.executor {
        case "shared-iterations":
            let (vus, iterations) = (positive(draft.vus ?? 1, "vus"), draft.iterations ?? 1)
            if vus > 0, iterations < vus {
                refuse("`iterations` (\(iterations)) is less than `vus` (\(vus))")
            }
            return .sharedIterations(users: vus, iterations: iterations, maxDuration: maxDuration())
        case "per-vu-iterations":
            return .perUserIterations(
                users: positive(draft.vus ?? 1, "vus"),
                iterations: positive(draft.iterations ?? 1, "iterations"), maxDuration: maxDuration())
        case "constant-vus":
            return .constantUsers(users: positive(draft.vus ?? 1, "vus"), duration: duration())
        case "ramping-vus":
            let start = draft.startVUs ?? 1
            if start < 0 { refuse("`startVUs` is negative") }
            if start > Self.mostUsers { refuse("`startVUs` is more than \(Self.mostUsers)") }
            let stages = stages()
            if stages.allSatisfy({ $0.target <= 0 }), start <= 0 {
                refuse("neither `startVUs` nor a stage's `target` is more than 0")
            }
            let rampDown = draft.gracefulRampDown ?? .seconds(30)
            if rampDown < .zero { refuse("`gracefulRampDown` is negative") }
            return .rampingUsers(start: start, stages: stages, gracefulRampDown: rampDown)
        case "constant-arrival-rate":
            let (ready, most) = users()
            if draft.rate == nil { refuse("`rate` is missing: iterations in a `timeUnit`") }
            let (rate, unit) = (positive(draft.rate ?? 1, "rate"), timeUnit())
            checkStarts(rate, unit, "`rate`")
            return .constantArrivalRate(
                rate: rate, timeUnit: unit, duration: duration(), readyUsers: ready, maximumUsers: most)
        case "ramping-arrival-rate":
            let (ready, most) = users()
            let start = draft.startRate ?? 0
            if start < 0 { refuse("`startRate` is negative") }
            let (unit, stages) = (timeUnit(), stages())
            checkStarts(start, unit, "`startRate`")
            for (place, stage) in stages.enumerated() {
                checkStarts(stage.target, unit, "the `target` of stage \(place + 1)")
            }
            return .rampingArrivalRate(
                start: start, timeUnit: unit, stages: stages, readyUsers: ready, maximumUsers: most)
        default: return nil
        }
    }

    private mutating func checkStarts(_ count: Int, _ unit: Duration, _ name: String) {
        guard unit > .zero, Double(count) / (unit / Duration.seconds(1)) > Double(Self.mostStarts) else {
            return
        }
        refuse("\(name) is more than \(Self.mostStarts) starts a second")
    }

    private mutating func positive(_ number: Int, _ name: String) -> Int {
        if number <= 0 { refuse("`\(name)` must be more than 0, but is \(number)") }
        if number > Self.mostUsers, name == "vus" { refuse("`vus` is more than \(Self.mostUsers)") }
        return number
    }

    private mutating func maxDuration() -> Duration {
        let most = draft.maxDuration ?? .seconds(600)
        if most < Self.shortest {
            refuse("`maxDuration` must be at least 1s, but is \(K6Duration.text(most))")
        }
        return most
    }

    private mutating func duration() -> Duration {
        guard let duration = draft.duration else {
            refuse("`duration` is missing")
            return Self.shortest
        }
        if duration < Self.shortest {
            refuse("`duration` must be at least 1s, but is \(K6Duration.text(duration))")
        }
        return duration
    }

    private mutating func timeUnit() -> Duration {
        let unit = draft.timeUnit ?? .seconds(1)
        if unit <= .zero { refuse("`timeUnit` must be more than 0, but is \(K6Duration.text(unit))") }
        return unit
    }

    private mutating func users() -> (ready: Int, most: Int) {
        guard let ready = draft.preAllocatedVUs else {
            refuse("`preAllocatedVUs` is missing")
            return (0, 0)
        }
        if ready < 0 { refuse("`preAllocatedVUs` is negative") }
        if ready > Self.mostUsers { refuse("`preAllocatedVUs` is more than \(Self.mostUsers)") }
        let most = draft.maxVUs ?? ready
        if most > Self.mostUsers, most != ready { refuse("`maxVUs` is more than \(Self.mostUsers)") }
        if most < ready { refuse("`maxVUs` (\(most)) is less than `preAllocatedVUs` (\(ready))") }
        return (ready, most)
    }

    private mutating func stages() -> [K6Stage] {
        let stages = draft.stages ?? []
        if stages.isEmpty { refuse("`stages` has no stage") }
        return stages.enumerated().map { place, stage in
            let name = "stage \(place + 1)"
            if stage.duration == nil { refuse("\(name) has no `duration`") }
            if let duration = stage.duration, duration < .zero {
                refuse("the `duration` of \(name) is negative")
            }
            if stage.target == nil { refuse("\(name) has no `target`") }
            if let target = stage.target, target > Self.mostUsers {
                refuse("the `target` of \(name) is more than \(Self.mostUsers)")
            }
            if let target = stage.target, target < 0 { refuse("the `target` of \(name) is negative") }
            return K6Stage(duration: stage.duration ?? .zero, target: stage.target ?? 0)
        }
    }
}
