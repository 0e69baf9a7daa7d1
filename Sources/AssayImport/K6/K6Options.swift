public import AssayCore
public import AssayFormats

/// The options of a k6 script as they hold: flags over environment over script, shortcuts turned into scenarios, defaults
/// filled in, everything checked.
public struct K6Options: Sendable {
    /// By start time, then by name, as k6 sorts them; never empty.
    public var scenarios: [K6Scenario] = []
    /// By metric, each metric's in their order; empty with `--no-thresholds`.
    public var thresholds: [K6Threshold] = []
    /// Metrics that stand among the thresholds with an empty list, by key: the summary shows them, whatever they come to.
    public var shown: [Shown] = []
    /// On everything that is measured.
    public var tags: [String: String] = [:]
    /// System tags that samples have (`expected_response`, `status`, …), sorted.
    public var systemTags: [String] = K6SystemTags.standard
    public var http = HTTP()
    public var summary = Summary()

    public var setupTimeout = Duration.seconds(60)
    public var teardownTimeout = Duration.seconds(60)
    public var handleSummaryTimeout = Duration.seconds(120)
    public var noSetup = false
    public var noTeardown = false
    /// A user that was faster waits before its next iteration.
    public var minIterationDuration: Duration?
    /// File that console output goes to.
    public var consoleOutput: String?

    /// What a script reads as `exec.test.options`: what was said, with defaults where k6 shows them, `null` elsewhere.
    public var consolidated: JSON = .null
    /// What is told before the run: unknown options, options that Assay does not carry, contradictions.
    public var warnings: [Diagnostic] = []

    /// A metric, or a part of one that is chosen by tags.
    public struct Shown: Sendable, Equatable {
        /// `http_reqs{status:200}`.
        public var key: String
        public var metric: String
        public var tags: [Series.Tag]
    }

    /// Of requests.
    public struct HTTP: Sendable, Equatable {
        public var maxRedirects = 10
        /// `nil` when it was not said; empty sends none.
        public var userAgent: String?
        /// Requests of one `http.batch` at once, in all and to one host.
        public var batch = 20
        public var batchPerHost = 6
        /// Requests a second of all users together; `nil` without limit.
        public var requestsPerSecond: Int?
        /// `headers` or `full`: every exchange is logged.
        public var debug: String?
        /// Failed requests throw.
        public var throwsErrors = false
        public var discardsBodies = false
        public var keepsCookies = false
        public var noConnectionReuse = false
        public var noUserConnectionReuse = false
        public var insecureTLS = false
        /// `1.0` to `1.3`.
        public var lowestTLS: String?
        public var highestTLS: String?
        /// As Go names them: `TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256`.
        public var cipherSuites: [String]?
        public var certificates: [ClientCertificate] = []
        /// Names that are looked for elsewhere; the last pattern may begin with `*`.
        public var hosts: [Host] = []
        public var dns = DNS()
        /// Networks that may not be asked, as `10.0.0.0/8`.
        public var blacklistIPs: [String] = []
        /// Names that may not be asked; a pattern may begin with `*`.
        public var blockedHostnames: [String] = []
        /// Addresses, ranges and networks that connections are made from, in turn.
        public var localIPs: [String] = []
        public init() {}
    }

    public struct ClientCertificate: Sendable, Equatable {
        /// PEM.
        public var certificate: String
        public var key: String
        public var password: String?
        /// Names that it is shown to; empty for all.
        public var domains: [String]
    }

    public struct Host: Sendable, Equatable {
        /// `api.example.com`, `api.example.com:443`, `*.example.com`; lower case.
        public var pattern: String
        /// An address, or an address and a port.
        public var address: String
    }

    public struct DNS: Sendable, Equatable {
        /// How long an address is used; `nil` as long as the run. k6's own is five minutes.
        public var lifetime: Duration? = .seconds(300)
        /// `first`, `random` or `roundRobin`.
        public var select = "random"
        /// `preferIPv4`, `preferIPv6`, `onlyIPv4`, `onlyIPv6` or `any`.
        public var policy = "preferIPv4"
        public init() {}
    }

    /// Of what is shown at the end.
    public struct Summary: Sendable, Equatable {
        public enum Mode: String, Sendable, CaseIterable { case compact, full, legacy }
        public var trendStats = ["avg", "min", "med", "max", "p(90)", "p(95)"]
        /// `s`, `ms` or `us`; `nil` for what suits each figure.
        public var timeUnit: String?
        public var mode = Mode.compact
        /// File that the old form is written to.
        public var export: String?
        public var isOff = false
        public init() {}
    }

    init() {}
}

/// The tags that k6 itself puts on samples.
public enum K6SystemTags {
    /// Those it does unless told otherwise, sorted.
    public static let standard = [
        "check", "error", "error_code", "expected_response", "group", "method", "name", "proto", "scenario",
        "service", "status", "subproto", "tls_version", "url",
    ]
    /// All it knows, sorted.
    public static let all = (standard + ["ip", "iter", "ocsp_status", "vu"]).sorted()
}
