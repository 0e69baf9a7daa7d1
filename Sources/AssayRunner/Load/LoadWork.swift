public import AssayCore
public import AssayFormats
internal import AssayNet
public import AssayScenario

/// A load profile made ready: what every reactor needs to drive its share.
public struct LoadWork: Sendable {
    let profile: LoadProfile
    let scenarios: [PlannedScenario]
    let pick: WeightedPick?
    let layout: MeterLayout
    let schedule: Schedule
    /// Names that the set-up captured, set before every pass.
    let outerNames: [String]
    let setup: PlannedScenario?
    let teardown: PlannedScenario?
    let seed: UInt64
    /// Sounds that calls name, to be made ready before the load begins.
    let sounds: CallSounds

    enum Schedule: Sendable {
        case users(UserSchedule)
        case arrivals(ArrivalSchedule, maximumUsers: Int)
        case iterations(IterationSchedule)
    }

    /// - Parameters:
    ///   - constants: values of the stand's parts.
    ///   - http: how the project makes its requests, where neither profile nor scenario says it.
    ///   - seed: of all randomness; each user has a stream of its own.
    public init(
        _ profile: LoadProfile, constants: [String: JSON], http: HTTPSettings = HTTPSettings(), seed: UInt64
    ) {
        self.profile = profile
        self.seed = seed
        var planner = Planner(
            constants: constants, holdsToContracts: profile.contractSample != nil,
            http: profile.http.over(http))
        outerNames = Self.captured(profile.setup)
        let outer = outerNames
        scenarios = profile.scenarios.map {
            planner.plan($0.scenario, outer: outer, tags: profile.seriesTags + $0.seriesTags)
        }
        // Only the steps that users run have rows and checks; set-up and teardown are not measured.
        layout = MeterLayout(
            MeterLayout.Plan(
                steps: planner.rows, protocols: planner.rowProtocols, tags: planner.rowTags,
                checks: planner.checks, own: planner.ownSeries,
                scenarios: zip(profile.scenarios, planner.scenarioTags).map { ($0.scenario.name, $1) },
                droppedCalls: profile.scenarios.allSatisfy(\.scenario.hasCalls) ? planner.firstCall : nil,
                contractSample: profile.contractSample, seriesLimit: profile.seriesLimit))
        var apart = Planner(constants: constants, http: profile.http.over(http))
        setup = profile.setup.isEmpty ? nil : apart.plan(profile.setup, named: "setup", at: profile.location)
        teardown =
            profile.teardown.isEmpty
            ? nil : apart.plan(profile.teardown, named: "teardown", at: profile.location, outer: outer)
        sounds = CallSounds(profile.scenarios.map(\.scenario))
        pick = WeightedPick(weights: profile.scenarios.map(\.weight))
        switch profile.model {
        case .users(let start, let stages): schedule = .users(UserSchedule(start: start, stages: stages))
        case .arrivals(let start, let stages, let maximum):
            schedule = .arrivals(ArrivalSchedule(start: start, stages: stages), maximumUsers: maximum)
        case .iterationsEach(let users, let each):
            schedule = .iterations(IterationSchedule(users: users, work: .each(each)))
        case .iterationsTotal(let users, let total):
            schedule = .iterations(IterationSchedule(users: users, work: .total(total)))
        }
    }

    private static func captured(_ steps: [Step]) -> [String] {
        var names: [String] = []
        for step in steps {
            for capture in step.captures where !names.contains(capture.name) { names.append(capture.name) }
        }
        return names
    }

    public var series: [Series] { layout.series }

    /// Most series of one metric.
    public var seriesLimit: Int { layout.seriesLimit }

    /// Whether any step makes voice calls.
    public var hasCalls: Bool { layout.hasCalls }

    /// Judges the steps of a load that rises in steps; `nil` for any other.
    public var search: StepSearch? { profile.search.map { StepSearch($0, metrics: profile.metrics) } }

    /// Most users that can be active at once.
    public var maximumUsers: Int {
        switch schedule {
        case .users(let schedule): schedule.maximumUsers
        case .arrivals(_, let maximum): maximum
        case .iterations(let schedule): schedule.users
        }
    }

    /// Into how many stripes the numbers of sequences are divided: one a user, and the last for the teardown.
    func factoryStripes(segments: Int) -> Int { max(maximumUsers, segments) + 1 }

    /// Length of the schedule; `nil` for a fixed amount of work.
    public var length: Duration? {
        switch schedule {
        case .users(let schedule): .nanoseconds(schedule.lengthNanoseconds)
        case .arrivals(let schedule, _): .nanoseconds(schedule.lengthNanoseconds)
        case .iterations: nil
        }
    }

    private var planModel: LoadPlan.Model {
        switch schedule {
        case .users: .users
        case .arrivals: .arrivals
        case .iterations: .iterations
        }
    }

    /// What the run intends, for the record.
    ///
    /// - Parameter scheduling: what the threads got that pace calls.
    public func plan(reactors: Int, scheduling: String = "normal") -> LoadPlan {
        let corners =
            switch schedule {
            case .users(let schedule): schedule.corners
            case .arrivals(let schedule, _): schedule.corners
            case .iterations: [LoadPlan.Corner]()
            }
        var plan = LoadPlan(
            model: planModel, corners: corners,
            scenarios: profile.scenarios.map { .init(name: $0.scenario.name, weight: $0.weight) },
            steps: stepsOfPlan, lagBoundNanoseconds: profile.lagBound.nanoseconds, reactors: reactors,
            scale: profile.scale, search: search?.search)
        if hasCalls {
            plan.calls = LoadPlan.Calls(
                latenessBoundNanoseconds: profile.latenessBound.nanoseconds, scheduling: scheduling)
        }
        return plan
    }
}

extension LoadWork {
    public var name: String { profile.name }

    /// Names of the steps that are measured, in the order of the files.
    public var stepNames: [String] { stepsOfPlan.map(\.name) }

    /// Steps that ask something; those that only record the user's own metrics are no lines of a table.
    private var stepsOfPlan: [LoadPlan.StepName] {
        zip(layout.steps, layout.protocols).filter { $0.1 != .none }.map(\.0)
    }

    /// Where the schedule is, for people: `stage 2 of 5 → 100 users`.
    public func stageText(at elapsed: Int64) -> String {
        func text<Target>(_ stages: [LoadProfile.Stage<Target>], _ goal: (Target) -> String) -> String {
            var end: Int64 = 0
            for (index, stage) in stages.enumerated() {
                end += stage.length.nanoseconds
                if elapsed < end || index == stages.count - 1 {
                    let place = elapsed < end ? "stage \(index + 1) of \(stages.count)" : "ending"
                    return "\(place) → \(goal(stage.target))"
                }
            }
            return ""
        }
        if let search = profile.search {
            var end: Int64 = 0
            let place = search.steps.firstIndex { step in
                end += (step.ramp + step.hold).nanoseconds
                return elapsed < end
            }
            guard let place else { return "ending" }
            let load = search.steps[place].load
            return "step \(place + 1) of \(search.steps.count) → \(planModel.loadText(load))"
        }
        switch profile.model {
        case .users(_, let stages): return text(stages) { "\($0) users" }
        case .arrivals(_, let stages, _): return text(stages) { $0.shortText }
        case .iterationsEach(let users, let each): return "\(users) users × \(each)"
        case .iterationsTotal(let users, let total): return "\(total) by \(users) users"
        }
    }
}
