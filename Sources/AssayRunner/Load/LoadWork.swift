public import AssayCore
public import AssayFormats
internal import AssayNet
public import AssayScenario

/// A load profile made ready: what every reactor needs to drive its share.
public struct LoadWork: Sendable {
    let profile: LoadProfile
    let scenarios: [PlannedScenario]
    let layout: MeterLayout
    let schedules: [PlannedSchedule]
    /// Names that the set-up captured, set before every pass.
    let outerNames: [String]
    /// By scenario: indices of the feeds that it reads.
    let feedsRead: [[Int]]
    /// By scenario: whether it reads `${load.user}` and the like.
    let readsFigures: [Bool]
    let setup: PlannedScenario?
    let teardown: PlannedScenario?
    let seed: UInt64
    /// Sounds that calls name, to be made ready before the load begins.
    let sounds: CallSounds
    /// What its scenarios are passes of; `nil` of scenarios that are steps.
    public let script: ScriptWork?
    /// Functions of JavaScript that its steps call; `nil` of steps that call none.
    let hooks: HookWork?
    /// What its series are told apart by, and what all of them have.
    let scriptKeys: ScriptTagKeys
    let scriptOwners: [ScriptSeries.Owner]
    let scriptTags: [Series.Tag]
    /// What is wrong with how connections are to be opened: every request it is about would fail.
    public let faults: [Diagnostic]

    /// - Parameters:
    ///   - constants: values of the stand's parts.
    ///   - http: how the project makes its requests, where neither profile nor scenario says it.
    ///   - projectFolder: where paths of certificates begin that are not absolute.
    ///   - script: what the profile's scenarios are passes of, when they are.
    ///   - hooks: functions that its steps call.
    ///   - seed: of all randomness; each user has a stream of its own.
    public init(
        _ profile: LoadProfile, constants: [String: JSON], http: HTTPSettings = HTTPSettings(),
        projectFolder: String = ".", script: ScriptWork? = nil, hooks: HookWork? = nil,
        seed: UInt64
    ) {
        self.profile = profile
        self.script = script
        self.hooks = hooks
        self.seed = seed
        var planner = Planner(
            constants: constants, holdsToContracts: profile.contractSample != nil,
            http: profile.http.over(http))
        planner.projectFolder = projectFolder
        planner.hookNames = hooks?.names ?? []
        outerNames = Self.captured(profile.setup)
        let outer = outerNames + profile.feeds.map(\.name) + [LoadProfile.figuresName]
        scenarios = profile.scenarios.map {
            planner.plan($0.scenario, outer: outer, tags: profile.seriesTags + $0.seriesTags)
        }
        let names = profile.scenarios.indices.map { profile.namesRead(byScenarioAt: $0) }
        feedsRead = names.map { names in
            profile.feeds.indices.filter { names.contains(profile.feeds[$0].name) }
        }
        let captured = outerNames
        readsFigures = names.map {
            $0.contains(LoadProfile.figuresName) && !captured.contains(LoadProfile.figuresName)
        }
        // Only the steps that users run have rows and checks; set-up and teardown are not measured.
        layout = MeterLayout(
            MeterLayout.Plan(
                steps: planner.rows, protocols: planner.rowProtocols, tags: planner.rowTags,
                checks: planner.checks, own: planner.ownSeries,
                scenarios: zip(profile.scenarios, planner.scenarioTags).map { ($0.scenario.name, $1) },
                droppedCalls: profile.scenarios.allSatisfy(\.scenario.hasCalls) ? planner.firstCall : nil,
                contractSample: profile.contractSample, seriesLimit: profile.seriesLimit,
                splitsByStatus: script == nil && Self.asksForStatus(profile),
                splitsDrops: script != nil))
        scriptKeys =
            script.map { ScriptTagKeys(profile, wanted: $0.wantedTags, shown: $0.shownTags) }
            ?? ScriptTagKeys()
        scriptOwners = zip(profile.scenarios, planner.scenarioTags).map {
            ScriptSeries.Owner(name: $0.scenario.name, tags: $1)
        }
        scriptTags = profile.seriesTags.compactMap { tag in
            tag.value.constantText.map { Series.Tag(tag.key, $0.asTag) }
        }
        var apart = Planner(constants: constants, http: profile.http.over(http))
        apart.projectFolder = projectFolder
        apart.hookNames = planner.hookNames
        setup = profile.setup.isEmpty ? nil : apart.plan(profile.setup, named: "setup", at: profile.location)
        teardown =
            profile.teardown.isEmpty
            ? nil
            : apart.plan(profile.teardown, named: "teardown", at: profile.location, outer: outerNames)
        sounds = CallSounds(profile.scenarios.map(\.scenario))
        faults = planner.faults + apart.faults
        var schedules: [PlannedSchedule] = []
        var firstUser = 0
        for (place, schedule) in profile.schedules.enumerated() {
            schedules.append(
                PlannedSchedule(
                    schedule, weights: schedule.scenarios.map { profile.scenarios[$0].weight },
                    firstUser: firstUser, random: Self.random(seed, .starts(place))))
            firstUser += schedules[place].maximumUsers
        }
        self.schedules = schedules
    }

    /// Whether a threshold chooses by status among more than the number of requests.
    private static func asksForStatus(_ profile: LoadProfile) -> Bool {
        if profile.splitsByStatus { return true }
        let metrics = profile.metrics
        return (profile.thresholds + (profile.search?.conditions ?? [])).contains { text in
            guard let threshold = try? text.threshold(metrics) else { return false }
            return threshold.metric.name != "http.requests"
                && threshold.tags.contains { $0.key == "status" || $0.key == "error" }
        }
    }

    private static func captured(_ steps: [Step]) -> [String] {
        var names: [String] = []
        for step in steps {
            for capture in step.captures where !names.contains(capture.name) { names.append(capture.name) }
        }
        return names
    }

    /// What random numbers are for; each has a stream of its own, whatever the others draw.
    enum Randomness {
        /// A user, counted over all schedules, and how often it came back after it had left.
        case user(Int, visit: UInt64)
        /// The starts of a schedule.
        case starts(Int)
        /// The order of a feed.
        case feed(Int)
        /// Set-up and teardown.
        case apart
    }

    static func random(_ seed: UInt64, _ randomness: Randomness) -> SeededRandom {
        let root = SeededRandom(seed: seed)
        switch randomness {
        case .user(let number, let visit):
            let own = root.split(UInt64(number))
            return visit == 0 ? own : own.split(visit)
        case .starts(let schedule): return root.split(.max - 1).split(UInt64(schedule))
        case .feed(let feed): return root.split(.max - 2).split(UInt64(feed))
        case .apart: return root.split(.max)
        }
    }

    public var series: [Series] { layout.series }

    /// Most series of one metric.
    public var seriesLimit: Int { layout.seriesLimit }

    /// Whether any step makes voice calls.
    public var hasCalls: Bool { layout.hasCalls }

    /// Judges the steps of a load that rises in steps; `nil` for any other.
    public var search: StepSearch? { profile.search.map { StepSearch($0, metrics: profile.metrics) } }

    /// Most users that can be active at once.
    public var maximumUsers: Int { schedules.reduce(0) { $0 + $1.maximumUsers } }

    /// Into how many stripes the numbers of sequences are divided: one a user, and the last for the teardown.
    func factoryStripes(segments: Int) -> Int { max(maximumUsers, segments) + 1 }

    /// Length of the schedule, the longest of several; `nil` when a fixed amount of work decides.
    public var length: Duration? {
        var end: Int64 = 0
        for schedule in schedules {
            guard let own = schedule.end else { return nil }
            end = max(end, own)
        }
        return .nanoseconds(end)
    }

    /// What all schedules are, when they are the same; users where they differ.
    private var planModel: LoadPlan.Model {
        let models = Set(schedules.map(\.model))
        return models.count == 1 ? schedules[0].model : .users
    }

    /// What the run intends, for the record.
    ///
    /// - Parameter scheduling: what the threads got that pace calls.
    public func plan(reactors: Int, scheduling: String = "normal") -> LoadPlan {
        let model = planModel
        let lines = schedules.filter { $0.model == model }.map(\.corners)
        var plan = LoadPlan(
            model: model, corners: lines.count == 1 ? lines[0] : summed(lines),
            scenarios: profile.scenarios.map { .init(name: $0.scenario.name, weight: $0.weight) },
            steps: stepsOfPlan, lagBoundNanoseconds: profile.lagBound.nanoseconds, reactors: reactors,
            scale: profile.scale, search: search?.search)
        plan.schedules = schedules.compactMap { schedule in
            schedule.name.map {
                LoadPlan.Schedule(
                    scenario: $0, model: schedule.model, startNanoseconds: schedule.startAfter,
                    corners: schedule.corners)
            }
        }
        if hasCalls {
            plan.calls = LoadPlan.Calls(
                latenessBoundNanoseconds: profile.latenessBound.nanoseconds, scheduling: scheduling)
        }
        return plan
    }
}
