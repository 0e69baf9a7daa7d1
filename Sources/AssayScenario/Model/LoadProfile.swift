public import AssayCore
public import AssayFormats

/// How scenarios are driven as load, and what must hold.
public struct LoadProfile: Sendable {
    public var name: String
    public var location: SourceLocation
    public var scenarios: [WeightedScenario]
    public var model: Model
    public var feed: Feed?
    public var thresholds: [ThresholdText]
    /// Of a load that rises in steps: the steps, and what is looked for in them.
    public var search: Search?
    /// By how much the schedule was shortened; 1 is the profile's own.
    public private(set) var scale = 1.0
    /// Run once before the load; what they capture is visible to every user.
    public var setup: [Step]
    /// Run once after the load, whatever happened.
    public var teardown: [Step]
    /// Own schedule lag (p99) above which there is no verdict; 10 ms unless said.
    public var lagBound: Duration
    /// How late Assay's own frames of audio may be (p99; ten times that for the worst) before there is no verdict; 2 ms
    /// unless said.
    public var latenessBound = Duration.milliseconds(2)
    /// Every how many-th exchange of a reactor is judged by the contracts of the stand; `nil` for none.
    public var contractSample: Int?
    /// How long running iterations may take to end after the schedule; 30 s unless said.
    public var gracefulStop: Duration
    /// How requests are made, where their scenarios do not say it.
    public var http = HTTPSettings()
    /// On the series of all steps.
    public var seriesTags: [SeriesTag] = []
    /// Most series of one metric when tags are computed; the rest is counted in one that is tagged `other`.
    public var seriesLimit = SeriesTag.usualLimit

    public struct WeightedScenario: Sendable {
        public var scenario: Scenario
        public var weight: Double
        /// On the series of the scenario's steps.
        public var seriesTags: [SeriesTag] = []
        public init(scenario: Scenario, weight: Double) {
            self.scenario = scenario
            self.weight = weight
        }
    }

    public enum Model: Sendable {
        /// A closed model: so many users, each starting again when it is done.
        case users(start: Int, stages: [Stage<Int>])
        /// An open model: so many starts a second, whatever the answers take.
        case arrivals(start: Rate, stages: [Stage<Rate>], maximumUsers: Int)
        /// A fixed amount of work.
        case iterationsEach(users: Int, each: Int)
        case iterationsTotal(users: Int, total: Int)
    }

    /// A linear change to `to` that takes `length`; length zero jumps.
    public struct Stage<Target: Sendable>: Sendable {
        public var length: Duration
        public var target: Target
        public init(length: Duration, target: Target) {
            self.length = length
            self.target = target
        }
    }

    /// Rows of data for users, read once.
    public struct Feed: Sendable {
        public enum Pick: String, Sendable, CaseIterable { case inOrder = "in-order", random }
        public enum Per: String, Sendable, CaseIterable { case user, iteration }
        /// CSV or JSON file, relative to the profile.
        public var path: String
        public var rows: [JSONObject]
        public var pick: Pick
        public var per: Per
        public init(path: String, rows: [JSONObject], pick: Pick, per: Per) {
            self.path = path
            self.rows = rows
            self.pick = pick
            self.per = per
        }
    }

    public struct ThresholdText: Sendable {
        public var text: String
        public var location: SourceLocation
        public init(text: String, location: SourceLocation) {
            self.text = text
            self.location = location
        }
    }

    /// A load that rises in steps; the profile's ``model`` has the same steps as stages.
    public struct Search: Sendable {
        public struct Step: Sendable, Equatable {
            /// Users, or starts a second.
            public var load: Double
            /// How long the load rises to it, which is not measured.
            public var ramp: Duration
            /// How long it is held and measured.
            public var hold: Duration
            public init(load: Double, ramp: Duration, hold: Duration) {
                self.load = load
                self.ramp = ramp
                self.hold = hold
            }
        }

        public var steps: [Step]
        /// Thresholds that are judged step by step.
        public var conditions: [ThresholdText]
        /// Users, or starts a second, that must hold.
        public var atLeast: Double?
        /// So many steps after a broken one must be broken too before the run ends.
        public var confirm: Int
        public init(
            steps: [Step], conditions: [ThresholdText] = [], atLeast: Double? = nil, confirm: Int = 1
        ) {
            self.steps = steps
            self.conditions = conditions
            self.atLeast = atLeast
            self.confirm = confirm
        }
    }

    public init(
        name: String, location: SourceLocation, scenarios: [WeightedScenario], model: Model,
        feed: Feed? = nil,
        thresholds: [ThresholdText] = [], search: Search? = nil, setup: [Step] = [], teardown: [Step] = [],
        lagBound: Duration = .milliseconds(10), gracefulStop: Duration = .seconds(30)
    ) {
        self.name = name
        self.location = location
        self.scenarios = scenarios
        self.model = model
        self.feed = feed
        self.thresholds = thresholds
        self.search = search
        self.setup = setup
        self.teardown = teardown
        self.lagBound = lagBound
        self.gracefulStop = gracefulStop
    }
}

extension LoadProfile {
    /// The same profile with a shorter (or longer) schedule: stages and steps take `factor` of their time.
    ///
    /// What is driven and judged stays: users, rates, thresholds with their limits and windows, think times, the bound of
    /// the own lag and the time for a graceful end.
    ///
    /// - Returns: `nil` for a fixed amount of work, which has no schedule.
    public func scaled(by factor: Double) -> LoadProfile? {
        func scaled(_ length: Duration) -> Duration {
            .nanoseconds(Int64((Double(length.nanoseconds) * factor).rounded()))
        }
        func stages<Target>(_ stages: [Stage<Target>]) -> [Stage<Target>] {
            stages.map { Stage(length: scaled($0.length), target: $0.target) }
        }
        var profile = self
        switch model {
        case .users(let start, let own): profile.model = .users(start: start, stages: stages(own))
        case .arrivals(let start, let own, let maximum):
            profile.model = .arrivals(start: start, stages: stages(own), maximumUsers: maximum)
        case .iterationsEach, .iterationsTotal: return nil
        }
        profile.search?.steps = (search?.steps ?? []).map {
            Search.Step(load: $0.load, ramp: scaled($0.ramp), hold: scaled($0.hold))
        }
        profile.scale = scale * factor
        return profile
    }
}
