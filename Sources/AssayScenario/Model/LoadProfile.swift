public import AssayCore

/// How scenarios are driven as load, and what must hold.
public struct LoadProfile: Sendable {
    public var name: String
    public var location: SourceLocation
    public var scenarios: [WeightedScenario]
    /// Drives all scenarios, drawn by weight; `nil` when each has a schedule of its own.
    public var model: Model?
    /// Rows of data, each feed under its name; the one that is read as `${feed.…}` is called `feed`.
    public var feeds: [Feed]
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
    /// Bounds of the passes; a scenario with a schedule of its own may say others.
    public var pacing = Pacing()
    /// How long the set-up and the teardown may take, each.
    public var setupTimeout = Duration.seconds(60)
    public var teardownTimeout = Duration.seconds(60)
    /// How requests are made, where their scenarios do not say it.
    public var http = HTTPSettings()
    /// On the series of all steps.
    public var seriesTags: [SeriesTag] = []
    /// Most series of one metric when tags are computed; the rest is counted in one that is tagged `other`.
    public var seriesLimit = SeriesTag.usualLimit
    /// All that is measured of requests is kept apart by status, not their number alone.
    public var splitsByStatus = false

    public struct WeightedScenario: Sendable {
        /// Under the name that the profile gives it, with the parameters that the profile sets.
        public var scenario: Scenario
        public var weight: Double
        /// On the series of the scenario's steps.
        public var seriesTags: [SeriesTag] = []
        /// A schedule of its own; then every scenario has one, and weights mean nothing.
        public var model: Model?
        /// Of that schedule.
        public var pacing: Pacing
        public init(
            scenario: Scenario, weight: Double, model: Model? = nil, pacing: Pacing = Pacing()
        ) {
            self.scenario = scenario
            self.weight = weight
            self.model = model
            self.pacing = pacing
        }
    }

    public struct ThresholdText: Sendable {
        public var text: String
        public var location: SourceLocation
        /// What the text says, where it is not Assay's own form.
        public var parsed: Threshold?
        public init(text: String, location: SourceLocation, parsed: Threshold? = nil) {
            self.text = text
            self.location = location
            self.parsed = parsed
        }

        /// The threshold that is judged.
        ///
        /// - Parameter metrics: the names that it may use.
        /// - Throws: what ``Threshold/parse(_:metrics:at:)`` does.
        public func threshold(_ metrics: MetricRegistry) throws(Diagnostic) -> Threshold {
            if let parsed { return parsed }
            return try Threshold.parse(text, metrics: metrics, at: location)
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
        name: String, location: SourceLocation, scenarios: [WeightedScenario], model: Model?,
        feeds: [Feed] = [], thresholds: [ThresholdText] = [], search: Search? = nil, setup: [Step] = [],
        teardown: [Step] = [], lagBound: Duration = .milliseconds(10)
    ) {
        self.name = name
        self.location = location
        self.scenarios = scenarios
        self.model = model
        self.feeds = feeds
        self.thresholds = thresholds
        self.search = search
        self.setup = setup
        self.teardown = teardown
        self.lagBound = lagBound
    }
}

extension LoadProfile {
    /// What drives the scenarios, in their order: one schedule for all of them, or one each.
    public var schedules: [Schedule] {
        if let model {
            return [Schedule(name: nil, scenarios: Array(scenarios.indices), model: model, pacing: pacing)]
        }
        return scenarios.enumerated().compactMap { place, own in
            own.model.map {
                Schedule(name: own.scenario.name, scenarios: [place], model: $0, pacing: own.pacing)
            }
        }
    }

    /// The feed that is read as `${feed.…}`.
    public var feed: Feed? { feeds.first { $0.name == Feed.soleName } }

    /// The same profile with a shorter (or longer) schedule: stages, steps and start offsets take `factor` of their time.
    ///
    /// What is driven and judged stays: users, rates, thresholds with their limits and windows, think times and paces, the
    /// bound of the own lag and the time for a graceful end.
    ///
    /// - Returns: `nil` for a fixed amount of work, which has no schedule.
    public func scaled(by factor: Double) -> LoadProfile? {
        func scaled(_ length: Duration) -> Duration {
            .nanoseconds(Int64((Double(length.nanoseconds) * factor).rounded()))
        }
        var profile = self
        if let model {
            guard let shorter = model.scaled(scaled) else { return nil }
            profile.model = shorter
        }
        for place in scenarios.indices {
            guard let own = scenarios[place].model else { continue }
            guard let shorter = own.scaled(scaled) else { return nil }
            profile.scenarios[place].model = shorter
            profile.scenarios[place].pacing.startAfter = scaled(scenarios[place].pacing.startAfter)
        }
        profile.search?.steps = (search?.steps ?? []).map {
            Search.Step(load: $0.load, ramp: scaled($0.ramp), hold: scaled($0.hold))
        }
        profile.scale = scale * factor
        return profile
    }
}
