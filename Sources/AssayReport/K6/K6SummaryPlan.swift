public import AssayCore
public import AssayFormats

/// What the summary of a k6 script needs to know besides the record of its run.
public struct K6SummaryPlan: Sendable {
    public enum Mode: String, Sendable, CaseIterable {
        case compact, full, legacy
    }

    public var mode = Mode.compact
    /// Figures of trends: `avg`, `min`, `med`, `max`, `count`, `p(N)`.
    public var trendStats = ["avg", "min", "med", "max", "p(90)", "p(95)"]
    /// `s`, `ms` or `us`; `nil` for what suits each figure.
    public var timeUnit: String?
    public var thresholds: [K6Threshold] = []
    /// Metrics, and parts of them, that are shown whatever they come to.
    public var shown: [Shown] = []
    /// The script's own metrics, as it registered them.
    public var metrics: [Metric] = []
    /// Durations of answers that were expected are shown by themselves.
    public var showsExpectedResponses = true
    /// Users that were made before the run, and by its end; k6 calls it `vus_max`.
    public var readyUsers = 0
    public var madeUsers = 0
    /// From the start of the run, set-up included, to the end of its teardown.
    public var duration = Duration.zero
    /// A function of the script has run besides its iterations: its set-up, or its teardown.
    public var ranApart = false
    /// Between what the script's own gauges were; of the others their values each second count.
    public var gaugeRanges: [Series: (least: Double, most: Double)] = [:]
    /// What the script's own counters came to beside their whole counts: a part of one, or what they fell below zero.
    public var untoldCounts: [Series: Double] = [:]
    /// What `setup()` returned; `nil` without one.
    public var setupData: JSON?
    public var isStandardOutputTerminal = false
    public var isStandardErrorTerminal = false
    /// Colours are not wanted.
    public var noColor = false

    public init() {}

    /// A metric or a part of one, as a threshold would choose it.
    public struct Shown: Sendable, Equatable {
        /// `http_reqs{status:200}`.
        public var key: String
        public var metric: String
        public var tags: [Series.Tag]

        public init(key: String, metric: String, tags: [Series.Tag]) {
            (self.key, self.metric, self.tags) = (key, metric, tags)
        }
    }
}
