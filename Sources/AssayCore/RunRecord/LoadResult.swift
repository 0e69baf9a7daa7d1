/// What a load run intended, for charts and reports.
public struct LoadPlan: Sendable, Equatable {
    public enum Model: String, Sendable { case users, arrivals, iterations }

    public var model: Model
    /// Corners of the planned line: users, or starts per second, over time. Empty for iterations. Of several schedules,
    /// the sum of those that are of ``model``.
    public var corners: [Corner]
    public var scenarios: [WeightedScenario]
    /// Steps in the order of the scenario files; the rows of the per-step table.
    public var steps: [StepName]
    /// Schedule lag (p99) above which the run has no verdict, nanoseconds.
    public var lagBoundNanoseconds: Int64
    /// How many reactors (cores) generated the load.
    public var reactors: Int
    /// Of voice calls; `nil` in a load without them.
    public var calls: Calls?

    /// How calls are kept in time.
    public struct Calls: Sendable, Equatable {
        /// Lateness of Assay's own frames (p99) above which the run has no verdict, nanoseconds; the worst frame may be
        /// ten times as late.
        public var latenessBoundNanoseconds: Int64
        /// What the threads got that write the frames: `SCHED_FIFO`, `nice` or `normal`.
        public var scheduling: String
        public init(latenessBoundNanoseconds: Int64, scheduling: String) {
            self.latenessBoundNanoseconds = latenessBoundNanoseconds
            self.scheduling = scheduling
        }
    }
    /// Of scenarios that each have a schedule of their own; empty when one drives all of them.
    public var schedules: [Schedule] = []

    /// A scenario's own schedule.
    public struct Schedule: Sendable, Equatable {
        public var scenario: String
        public var model: Model
        /// It begins so long after the run.
        public var startNanoseconds: Int64
        /// From the start of the run; empty for iterations.
        public var corners: [Corner]
        public init(scenario: String, model: Model, startNanoseconds: Int64, corners: [Corner]) {
            self.scenario = scenario
            self.model = model
            self.startNanoseconds = startNanoseconds
            self.corners = corners
        }
    }
    /// By how much the schedule was shortened, with `--scale`; 1 is the profile's own.
    public var scale: Double
    /// What a load that rises in steps looks for; `nil` for any other.
    public var search: LoadSearch?

    public struct Corner: Sendable, Equatable {
        public var atNanoseconds: Int64
        public var value: Double
        public init(atNanoseconds: Int64, value: Double) {
            self.atNanoseconds = atNanoseconds
            self.value = value
        }
    }

    public struct WeightedScenario: Sendable, Equatable {
        public var name: String
        public var weight: Double
        public init(name: String, weight: Double) {
            self.name = name
            self.weight = weight
        }
    }

    public struct StepName: Sendable, Equatable {
        public var scenario: String
        public var name: String
        /// The groups around it, outermost first: `checkout/pay`; `nil` outside of groups.
        public var group: String?
        public init(scenario: String, name: String, group: String? = nil) {
            self.scenario = scenario
            self.name = name
            self.group = group
        }
    }

    public init(
        model: Model, corners: [Corner], scenarios: [WeightedScenario], steps: [StepName],
        lagBoundNanoseconds: Int64, reactors: Int, scale: Double = 1, search: LoadSearch? = nil
    ) {
        self.model = model
        self.corners = corners
        self.scenarios = scenarios
        self.steps = steps
        self.lagBoundNanoseconds = lagBoundNanoseconds
        self.reactors = reactors
        self.scale = scale
        self.search = search
    }
}

/// A metric with one set of tags: `http.duration{name:login,scenario:checkout}`.
public struct Series: Sendable, Hashable {
    public enum Kind: String, Sendable { case trend, counter, rate, gauge }

    public var metric: String
    public var kind: Kind
    /// Sorted by key.
    public var tags: [Tag]
    /// Of the user's own metrics; `nil` of Assay's own, whose units are in ``MetricRegistry``.
    public var unit: Metric.Unit?
    /// What the numbers of a trend are divided by to be in ``unit``.
    public var scale = 1.0

    public struct Tag: Sendable, Hashable {
        public var key: String
        public var value: String
        public init(_ key: String, _ value: String) {
            self.key = key
            self.value = value
        }
    }

    public init(metric: String, kind: Kind, tags: [Tag] = []) {
        self.metric = metric
        self.kind = kind
        self.tags = tags.sorted { $0.key < $1.key }
    }

    /// A series of a metric, with its unit when it is the user's own.
    public init(_ metric: Metric, tags: [Tag] = []) {
        self.init(metric: metric.name, kind: metric.kind, tags: tags)
        guard metric.isOwn else { return }
        unit = metric.unit
        scale = metric.scale
    }

    /// What it measures, as its record tells: Assay's own from the table, the user's by what the series says.
    public var definition: Metric {
        guard let unit else {
            return MetricRegistry.standard[metric] ?? Metric(metric, kind, .count, metric)
        }
        var own = Metric.own(metric, kind, unit)
        own.scale = scale
        return own
    }

    public subscript(tag key: String) -> String? { tags.first { $0.key == key }?.value }
}

/// What one series did within one interval.
public struct SeriesPoint: Sendable, Equatable {
    /// Index into ``RunRecord/series``.
    public var series: Int
    public var value: Value

    public enum Value: Sendable, Equatable {
        /// Nanoseconds for times; the unit of the metric otherwise.
        case trend(HistogramSnapshot)
        case counter(UInt64)
        case rate(passed: UInt64, total: UInt64)
        case gauge(Double)
    }

    public init(series: Int, value: Value) {
        self.series = series
        self.value = value
    }
}

/// One slice of a load run, usually a second.
public struct Interval: Sendable, Equatable {
    /// Start, nanoseconds from the start of the run.
    public var atNanoseconds: Int64
    public var lengthNanoseconds: Int64
    /// Only series that moved.
    public var points: [SeriesPoint]
    public init(atNanoseconds: Int64, lengthNanoseconds: Int64, points: [SeriesPoint]) {
        self.atNanoseconds = atNanoseconds
        self.lengthNanoseconds = lengthNanoseconds
        self.points = points
    }
}

/// How one threshold ended.
public struct ThresholdResult: Sendable, Equatable {
    public enum Status: String, Sendable { case held, broken, noData }

    /// As the person wrote it.
    public var text: String
    public var status: Status
    /// The figure judged last (for a window: the worst window), in the unit of the metric (nanoseconds for times,
    /// 0…1 for rates); `nil` without data.
    public var actual: Double?
    public var limit: Double
    /// The same two, for people: `18 ms`, `0.02 %`.
    public var actualText: String
    public var limitText: String
    /// When it first broke, nanoseconds from the start of the run.
    public var firstBrokenAtNanoseconds: Int64?
    /// How long it was broken in all.
    public var brokenForNanoseconds: Int64
    /// It ended the run.
    public var aborted: Bool

    public init(
        text: String, status: Status, actual: Double?, limit: Double, actualText: String, limitText: String,
        firstBrokenAtNanoseconds: Int64? = nil, brokenForNanoseconds: Int64 = 0, aborted: Bool = false
    ) {
        self.text = text
        self.status = status
        self.actual = actual
        self.limit = limit
        self.actualText = actualText
        self.limitText = limitText
        self.firstBrokenAtNanoseconds = firstBrokenAtNanoseconds
        self.brokenForNanoseconds = brokenForNanoseconds
        self.aborted = aborted
    }
}

/// Failures of one kind in a load run, with one sample.
public struct FailureGroup: Sendable, Equatable {
    public var scenario: String
    public var step: String
    /// An outcome's name, or the check that failed: `connect-refused`, `status is 200`.
    public var reason: String
    public var count: UInt64
    public var firstAtNanoseconds: Int64
    public var lastAtNanoseconds: Int64
    public var sample: ExchangeReport?
    public var mismatches: [Mismatch]

    public init(
        scenario: String, step: String, reason: String, count: UInt64, firstAtNanoseconds: Int64,
        lastAtNanoseconds: Int64, sample: ExchangeReport? = nil, mismatches: [Mismatch] = []
    ) {
        self.scenario = scenario
        self.step = step
        self.reason = reason
        self.count = count
        self.firstAtNanoseconds = firstAtNanoseconds
        self.lastAtNanoseconds = lastAtNanoseconds
        self.sample = sample
        self.mismatches = mismatches
    }
}

/// One of the slowest exchanges of a load run.
public struct ExchangeSample: Sendable, Equatable {
    public var scenario: String
    public var step: String
    public var atNanoseconds: Int64
    public var exchange: ExchangeReport
    public init(scenario: String, step: String, atNanoseconds: Int64, exchange: ExchangeReport) {
        self.scenario = scenario
        self.step = step
        self.atNanoseconds = atNanoseconds
        self.exchange = exchange
    }
}
