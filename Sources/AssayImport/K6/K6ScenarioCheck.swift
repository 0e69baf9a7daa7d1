internal import AssayCore

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
        scenario.gracefulStop = draft.gracefulStop ?? (steersItself ? .zero : .seconds(30))
        scenario.env = draft.env ?? [:]
        scenario.exec = draft.exec ?? K6Deriving.name
        scenario.tags = draft.tags ?? [:]
        return scenario
    }

    /// Iterations that run at its end are cut off, and it takes no time for them.
    private var steersItself: Bool { draft.executor == "externally-controlled" }

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
        case "externally-controlled":
            if draft.gracefulStop != nil { refuse("externally-controlled takes no `gracefulStop`") }
            let users = draft.vus ?? 0
            if users < 0 { refuse("`vus` is negative") }
            if let most = draft.maxVUs, users > most {
                refuse("`vus` (\(users)) is more than `maxVUs` (\(most))")
            }
            if draft.duration == .zero {
                refuse("`duration` 0 has no end, which nobody here could bring about; say how long it is")
            } else if draft.duration.map({ $0 < .zero }) ?? true {
                refuse(draft.duration == nil ? "`duration` is missing" : "`duration` is negative")
            }
            return .externallyControlled(users: users, duration: draft.duration ?? Self.shortest)
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
