/// The figures of a load run that the history keeps, to be compared with those of later runs.
public struct PastLoad: Sendable, Equatable {
    /// Of the profile's own schedule; runs of different scales are not compared.
    public var scale: Double
    /// What the latencies are of: `http.response`, `call.response`.
    public var latencyMetric: String
    /// Nanoseconds; `nil` when nothing was measured.
    public var p50: UInt64?
    public var p95: UInt64?
    public var p99: UInt64?
    /// Requests, or calls where there were any, and how many of them failed.
    public var requests: UInt64
    public var failed: UInt64
    public var iterations: UInt64
    /// What was driven, without set-up and teardown.
    public var durationNanoseconds: Int64
    /// Of a rising load: what held last, and what broke first; users or starts a second.
    public var goodLoad: Double?
    public var brokenLoad: Double?

    public init(
        scale: Double = 1, latencyMetric: String, p50: UInt64? = nil, p95: UInt64? = nil, p99: UInt64? = nil,
        requests: UInt64 = 0, failed: UInt64 = 0, iterations: UInt64 = 0, durationNanoseconds: Int64 = 0,
        goodLoad: Double? = nil, brokenLoad: Double? = nil
    ) {
        self.scale = scale
        self.latencyMetric = latencyMetric
        self.p50 = p50
        self.p95 = p95
        self.p99 = p99
        self.requests = requests
        self.failed = failed
        self.iterations = iterations
        self.durationNanoseconds = durationNanoseconds
        self.goodLoad = goodLoad
        self.brokenLoad = brokenLoad
    }

    public var failedShare: Double { requests > 0 ? Double(failed) / Double(requests) : 0 }
    public var requestsPerMinute: Double { perMinute(requests) }
    public var iterationsPerMinute: Double { perMinute(iterations) }

    private func perMinute(_ count: UInt64) -> Double {
        durationNanoseconds > 0 ? Double(count) * 60e9 / Double(durationNanoseconds) : 0
    }

    /// Whether figures of both mean the same.
    public func isComparable(with other: PastLoad) -> Bool {
        scale == other.scale && latencyMetric == other.latencyMetric
    }
}
