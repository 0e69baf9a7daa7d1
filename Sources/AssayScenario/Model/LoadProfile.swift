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
    /// Run once before the load; what they capture is visible to every user.
    public var setup: [Step]
    /// Run once after the load, whatever happened.
    public var teardown: [Step]
    /// Own schedule lag (p99) above which there is no verdict; 10 ms unless said.
    public var lagBound: Duration
    /// How late Assay's own frames of audio may be (p99; ten times that for the worst) before there is no verdict; 2 ms
    /// unless said.
    public var latenessBound = Duration.milliseconds(2)
    /// How long running iterations may take to end after the schedule; 30 s unless said.
    public var gracefulStop: Duration

    public struct WeightedScenario: Sendable {
        public var scenario: Scenario
        public var weight: Double
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

    public init(
        name: String, location: SourceLocation, scenarios: [WeightedScenario], model: Model,
        feed: Feed? = nil,
        thresholds: [ThresholdText] = [], setup: [Step] = [], teardown: [Step] = [],
        lagBound: Duration = .milliseconds(10), gracefulStop: Duration = .seconds(30)
    ) {
        self.name = name
        self.location = location
        self.scenarios = scenarios
        self.model = model
        self.feed = feed
        self.thresholds = thresholds
        self.setup = setup
        self.teardown = teardown
        self.lagBound = lagBound
        self.gracefulStop = gracefulStop
    }
}
