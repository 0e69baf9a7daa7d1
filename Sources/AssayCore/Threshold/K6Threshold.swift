/// One expression of a k6 script's `thresholds`: `http_req_duration{status:200}` and `p(95)<500`.
public struct K6Threshold: Sendable, Equatable {
    /// What k6 calls an aggregation method.
    public enum Method: Sendable, Equatable {
        case value, count, rate, average, minimum, median, maximum
        /// 0…100.
        case percentile(Double)
    }

    /// The key as it was written, with its tags.
    public var key: String
    /// Name of the metric without tags.
    public var metric: String
    /// Tags of a sub-metric, in the order they were written.
    public var tags: [Series.Tag]
    /// The expression as it was written.
    public var source: String
    public var method: Method
    public var comparison: Threshold.Comparison
    /// In k6's units: milliseconds, parts of 1, bytes, counts.
    public var limit: Double
    /// Broken, it ends the run.
    public var abortOnFail = false
    /// It does not end the run before so much of it has passed.
    public var delayAbortEval: Duration?

    public init(
        key: String, metric: String, tags: [Series.Tag], source: String, method: Method,
        comparison: Threshold.Comparison, limit: Double
    ) {
        self.key = key
        self.metric = metric
        self.tags = tags
        self.source = source
        self.method = method
        self.comparison = comparison
        self.limit = limit
    }

    /// What reports and the record call it.
    public var text: String { "\(key): \(source)" }
}
