public import AssayCore

/// How a load run stands at one moment; what the live block and the CI line show.
public struct LoadSnapshot: Sendable {
    public struct Step: Sendable {
        public var name: String
        public var response: HistogramSnapshot
        public init(name: String, response: HistogramSnapshot) {
            self.name = name
            self.response = response
        }
    }

    /// Voice calls.
    public struct Calls: Sendable {
        /// That are up.
        public var open: Int
        /// So far.
        public var begun: UInt64
        public var perMinute: Double
        public var failed: UInt64
        public var scheduled: UInt64
        /// From the end of the caller's speech.
        public var response: HistogramSnapshot
        public init(
            open: Int, begun: UInt64, perMinute: Double, failed: UInt64, scheduled: UInt64,
            response: HistogramSnapshot
        ) {
            self.open = open
            self.begun = begun
            self.perMinute = perMinute
            self.failed = failed
            self.scheduled = scheduled
            self.response = response
        }

        var failedShare: Double { scheduled > 0 ? Double(failed) / Double(scheduled) : 0 }
    }

    public struct Threshold: Sendable {
        public var text: String
        public var status: ThresholdResult.Status
        /// The figure for people; empty without data.
        public var actualText: String
        public var brokenForNanoseconds: Int64
        public init(
            text: String, status: ThresholdResult.Status, actualText: String, brokenForNanoseconds: Int64 = 0
        ) {
            self.text = text
            self.status = status
            self.actualText = actualText
            self.brokenForNanoseconds = brokenForNanoseconds
        }
    }

    public var project: String
    public var profile: String
    public var elapsedNanoseconds: Int64
    /// `nil` when the profile has no fixed length.
    public var totalNanoseconds: Int64?
    /// `stage 2 of 5 → 100 users`
    public var stage: String
    public var users: Int
    /// Users at regular times so far, oldest first; any number.
    public var usersOverTime: [Double]
    public var requests: UInt64
    /// Requests in the last second or so.
    public var requestsPerSecond: Double
    public var failed: UInt64
    /// Iterations that never started.
    public var dropped: UInt64
    /// From the intended start, so far.
    public var response: HistogramSnapshot
    public var steps: [Step]
    public var thresholds: [Threshold]
    /// `nil` in a load without voice calls.
    public var calls: Calls?

    public init(
        project: String, profile: String, elapsedNanoseconds: Int64, totalNanoseconds: Int64?, stage: String,
        users: Int, usersOverTime: [Double], requests: UInt64, requestsPerSecond: Double, failed: UInt64,
        dropped: UInt64 = 0, response: HistogramSnapshot, steps: [Step] = [], thresholds: [Threshold] = []
    ) {
        self.project = project
        self.profile = profile
        self.elapsedNanoseconds = elapsedNanoseconds
        self.totalNanoseconds = totalNanoseconds
        self.stage = stage
        self.users = users
        self.usersOverTime = usersOverTime
        self.requests = requests
        self.requestsPerSecond = requestsPerSecond
        self.failed = failed
        self.dropped = dropped
        self.response = response
        self.steps = steps
        self.thresholds = thresholds
    }

    var failedShare: Double { requests > 0 ? Double(failed) / Double(requests) : 0 }

    var clock: String {
        clockText(nanoseconds: elapsedNanoseconds)
            + (totalNanoseconds.map { " / " + clockText(nanoseconds: $0) } ?? "")
    }
}
