internal import AssayCore
internal import AssayFormats

/// Options as one source says them: the script, the environment or the command line; `nil` where it says nothing.
struct K6Layer {
    /// A stage whose parts may lack.
    struct Stage: Equatable {
        var duration: Duration?
        var target: Int?
    }

    var paused: Bool?
    var vus: Int?
    var duration: Duration?
    var iterations: Int?
    var stages: [Stage]?
    var scenarios: [K6ScenarioDraft]?
    var noSetup: Bool?
    var setupTimeout: Duration?
    var noTeardown: Bool?
    var teardownTimeout: Duration?
    var handleSummaryTimeout: Duration?
    var rps: Int?
    var dnsTTL: String?
    var dnsSelect: String?
    var dnsPolicy: String?
    var maxRedirects: Int?
    var userAgent: String?
    var batch: Int?
    var batchPerHost: Int?
    var httpDebug: String?
    var insecureSkipTLSVerify: Bool?
    var tlsCipherSuites: [String]?
    var tlsVersion: TLSVersions?
    var tlsAuth: [K6Options.ClientCertificate]?
    var throwsErrors: Bool?
    var thresholds: [K6ThresholdDraft]?
    /// Keys of thresholds with empty lists.
    var bareThresholds: [String]?
    var blacklistIPs: [String]?
    var blockHostnames: [String]?
    var hosts: [K6Options.Host]?
    var noConnectionReuse: Bool?
    var noVUConnectionReuse: Bool?
    var minIterationDuration: Duration?
    var ext: JSON?
    var summaryTrendStats: [String]?
    var summaryTimeUnit: String?
    var systemTags: [String]?
    var tags: [String: String]?
    var metricSamplesBufferSize: Int?
    var noCookiesReset: Bool?
    var discardResponseBodies: Bool?
    var consoleOutput: String?
    var localIPs: String?

    struct TLSVersions: Equatable {
        /// `tls1.2`; empty for any.
        var lowest: String
        var highest: String
    }

    /// Whether it says how much load there is; then it takes the place of what weaker sources said about that.
    var saysLoad: Bool { duration != nil || iterations != nil || stages != nil || scenarios != nil }

    /// This one with what a stronger source says over it.
    func under(_ stronger: K6Layer) -> K6Layer {
        var result = self
        if stronger.saysLoad {
            (result.duration, result.iterations) = (stronger.duration, stronger.iterations)
            // A stage without a time is left out, as k6 does.
            result.stages = stronger.stages.map { $0.filter { $0.duration != nil } }
            result.scenarios = stronger.scenarios
        }
        func take<Value>(_ path: WritableKeyPath<K6Layer, Value?>) {
            if let value = stronger[keyPath: path] { result[keyPath: path] = value }
        }
        take(\.paused)
        take(\.vus)
        take(\.noSetup)
        take(\.setupTimeout)
        take(\.noTeardown)
        take(\.teardownTimeout)
        take(\.handleSummaryTimeout)
        take(\.rps)
        take(\.dnsTTL)
        take(\.dnsSelect)
        take(\.dnsPolicy)
        take(\.maxRedirects)
        take(\.userAgent)
        take(\.batch)
        take(\.batchPerHost)
        take(\.httpDebug)
        take(\.insecureSkipTLSVerify)
        take(\.tlsCipherSuites)
        take(\.tlsVersion)
        take(\.tlsAuth)
        take(\.throwsErrors)
        take(\.thresholds)
        take(\.bareThresholds)
        take(\.blacklistIPs)
        take(\.blockHostnames)
        take(\.hosts)
        take(\.noConnectionReuse)
        take(\.noVUConnectionReuse)
        take(\.minIterationDuration)
        take(\.ext)
        take(\.summaryTrendStats)
        take(\.summaryTimeUnit)
        take(\.systemTags)
        take(\.metricSamplesBufferSize)
        take(\.noCookiesReset)
        take(\.discardResponseBodies)
        take(\.consoleOutput)
        take(\.localIPs)
        if let tags = stronger.tags, !tags.isEmpty { result.tags = tags }
        return result
    }
}

/// A scenario as it was written; `nil` where nothing was.
struct K6ScenarioDraft {
    var name: String
    var executor: String
    var startTime: Duration?
    var gracefulStop: Duration?
    var env: [String: String]?
    var exec: String?
    var tags: [String: String]?
    var vus: Int?
    var iterations: Int?
    var maxDuration: Duration?
    var duration: Duration?
    var startVUs: Int?
    var stages: [K6Layer.Stage]?
    var gracefulRampDown: Duration?
    var rate: Int?
    var startRate: Int?
    var timeUnit: Duration?
    var preAllocatedVUs: Int?
    var maxVUs: Int?

    init(name: String, executor: String) {
        self.name = name
        self.executor = executor
    }
}

/// A threshold as it was written.
struct K6ThresholdDraft {
    var key: String
    var source: String
    var abortOnFail = false
    var delayAbortEval: Duration?
}
