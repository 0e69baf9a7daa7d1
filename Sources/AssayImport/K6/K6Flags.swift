/// What the command line says about a k6 script, flag by flag, as texts.
///
/// Nothing is judged here: ``K6Options/read(_:flags:environment:functions:at:)`` reads the values as k6 does.
public struct K6Flags: Sendable, Equatable {
    /// The flags of `k6 run` that change options, by their long names.
    public enum Name: String, Sendable, CaseIterable {
        case vus, duration, iterations, stage, paused, rps, batch, tag, dns, linger
        case noSetup = "no-setup"
        case noTeardown = "no-teardown"
        case noThresholds = "no-thresholds"
        case noSummary = "no-summary"
        case maxRedirects = "max-redirects"
        case batchPerHost = "batch-per-host"
        case userAgent = "user-agent"
        case httpDebug = "http-debug"
        case insecureSkipTLSVerify = "insecure-skip-tls-verify"
        case noConnectionReuse = "no-connection-reuse"
        case noVUConnectionReuse = "no-vu-connection-reuse"
        case minIterationDuration = "min-iteration-duration"
        case throwsErrors = "throw"
        case blacklistIP = "blacklist-ip"
        case blockHostnames = "block-hostnames"
        case summaryTrendStats = "summary-trend-stats"
        case summaryTimeUnit = "summary-time-unit"
        case summaryMode = "summary-mode"
        case summaryExport = "summary-export"
        case systemTags = "system-tags"
        case consoleOutput = "console-output"
        case discardResponseBodies = "discard-response-bodies"
        case localIPs = "local-ips"
        case executionSegment = "execution-segment"
        case executionSegmentSequence = "execution-segment-sequence"

        /// The letter that `k6 run` takes for it.
        public var letter: Character? {
            switch self {
            case .vus: "u"
            case .duration: "d"
            case .iterations: "i"
            case .stage: "s"
            case .paused: "p"
            case .throwsErrors: "w"
            case .linger: "l"
            default: nil
            }
        }

        /// What a flag without a value says; `nil` of flags that need one.
        public var bareValue: String? {
            switch self {
            case .paused, .noSetup, .noTeardown, .noThresholds, .noSummary, .insecureSkipTLSVerify,
                .noConnectionReuse, .noVUConnectionReuse, .throwsErrors, .discardResponseBodies, .linger:
                "true"
            case .httpDebug: "headers"
            default: nil
            }
        }
    }

    private var given: [Name: [String]] = [:]

    public init() {}

    /// Adds one; those that may come several times add up, of the others the last one counts.
    public mutating func add(_ name: Name, _ value: String) { given[name, default: []].append(value) }

    /// All values of a flag in their order; empty when it was not given.
    public subscript(name: Name) -> [String] { given[name] ?? [] }

    public var isEmpty: Bool { given.isEmpty }

    /// Of a flag that counts once.
    func last(_ name: Name) -> String? { given[name]?.last }
}
