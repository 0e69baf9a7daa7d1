internal import AssayCore
internal import AssayFormats

/// Reads `K6_…` variables of the environment into a ``K6Layer``.
struct K6Environment {
    private let variables: [String: String]
    private(set) var layer = K6Layer()
    private(set) var problems: [String] = []
    /// Variables that k6 knows and that change nothing here.
    private(set) var ignored: [String] = []

    init(_ variables: [String: String]) {
        self.variables = variables
        layer.paused = bool("K6_PAUSED")
        layer.vus = int("K6_VUS")
        layer.duration = duration("K6_DURATION")
        layer.iterations = int("K6_ITERATIONS")
        readStages()
        layer.noSetup = bool("K6_NO_SETUP")
        layer.setupTimeout = duration("K6_SETUP_TIMEOUT")
        layer.noTeardown = bool("K6_NO_TEARDOWN")
        layer.teardownTimeout = duration("K6_TEARDOWN_TIMEOUT")
        layer.handleSummaryTimeout = duration("K6_HANDLE_SUMMARY_TIMEOUT")
        layer.minIterationDuration = duration("K6_MIN_ITERATION_DURATION")
        layer.metricSamplesBufferSize = int("K6_METRIC_SAMPLES_BUFFER_SIZE")
        readHTTP()
        readTags()
        layer.summaryTrendStats = list("K6_SUMMARY_TREND_STATS")
        layer.summaryTimeUnit = text("K6_SUMMARY_TIME_UNIT")
        layer.consoleOutput = text("K6_CONSOLE_OUTPUT")
        for name in [
            "K6_HOSTS", "K6_THRESHOLDS", "K6_TLS_CIPHER_SUITES", "K6_TLSAUTH", "K6_OUT", "K6_WEB_DASHBOARD",
            "K6_TRACES_OUTPUT", "K6_TYPE", "K6_COMPATIBILITY_MODE",
        ] where text(name) != nil {
            ignored.append(name)
        }
    }

    private mutating func readHTTP() {
        layer.rps = int("K6_RPS")
        layer.maxRedirects = int("K6_MAX_REDIRECTS")
        layer.userAgent = variables["K6_USER_AGENT"]
        layer.batch = int("K6_BATCH")
        layer.batchPerHost = int("K6_BATCH_PER_HOST")
        layer.httpDebug = text("K6_HTTP_DEBUG")
        layer.insecureSkipTLSVerify = bool("K6_INSECURE_SKIP_TLS_VERIFY")
        layer.throwsErrors = bool("K6_THROW")
        layer.noConnectionReuse = bool("K6_NO_CONNECTION_REUSE")
        layer.noVUConnectionReuse = bool("K6_NO_VU_CONNECTION_REUSE")
        layer.noCookiesReset = bool("K6_NO_COOKIES_RESET")
        layer.discardResponseBodies = bool("K6_DISCARD_RESPONSE_BODIES")
        layer.blacklistIPs = list("K6_BLACKLIST_IPS")
        layer.blockHostnames = list("K6_BLOCK_HOSTNAMES")
        layer.localIPs = text("K6_LOCAL_IPS")
        if let dns = text("K6_DNS") {
            if let problem = layer.readDNS(dns) { problems.append("K6_DNS \(problem)") }
        }
    }

    private mutating func readTags() {
        layer.systemTags = list("K6_SYSTEM_TAGS")?.map { $0.withoutSpaces }
        guard let pairs = list("K6_TAGS") else { return }
        var tags: [String: String] = [:]
        for pair in pairs {
            let parts = pair.split(separator: ":", omittingEmptySubsequences: false)
            guard parts.count == 2 else {
                problems.append("K6_TAGS is a list like 'name:value,other:value', found '\(pair)'")
                continue
            }
            tags[String(parts[0])] = String(parts[1])
        }
        layer.tags = tags
    }

    private mutating func readStages() {
        guard let stages = list("K6_STAGES") else { return }
        layer.stages = stages.compactMap { text in
            let stage = K6Layer.Stage(text: text)
            if stage == nil { problems.append("K6_STAGES is a list like '10s:5,1m:20', found '\(text)'") }
            return stage
        }
    }

    /// An empty one says nothing.
    private func text(_ name: String) -> String? { variables[name].flatMap { $0.isEmpty ? nil : $0 } }

    private func list(_ name: String) -> [String]? {
        text(name).map { $0.split(separator: ",").map(String.init) }
    }

    private mutating func int(_ name: String) -> Int? {
        guard let text = text(name) else { return nil }
        if let number = Int(text) { return number }
        problems.append("\(name) is a whole number, found '\(text)'")
        return nil
    }

    private mutating func bool(_ name: String) -> Bool? {
        guard let text = text(name) else { return nil }
        if let flag = Bool(text) { return flag }
        problems.append("\(name) is true or false, found '\(text)'")
        return nil
    }

    private mutating func duration(_ name: String) -> Duration? {
        guard let text = text(name) else { return nil }
        if let duration = K6Duration.extended(text) { return duration }
        problems.append("\(name) is a time like '1m30s' or a number of milliseconds, found '\(text)'")
        return nil
    }
}

extension K6Layer.Stage {
    /// `30s:10`; either side may lack.
    init?(text: String) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        if let first = parts.first, !first.isEmpty {
            guard let duration = K6Duration.units(String(first)) else { return nil }
            self.duration = duration
        }
        if parts.count > 1, !parts[1].isEmpty {
            guard let target = Int(parts[1]) else { return nil }
            self.target = target
        }
    }
}

extension K6Layer {
    /// `ttl=1m,select=first,policy=any`.
    ///
    /// - Returns: what is wrong; `nil` when nothing is.
    mutating func readDNS(_ text: String) -> String? {
        for part in text.split(separator: ",") {
            let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard pair.count == 2 else {
                return "is a list like 'ttl=1m,select=first,policy=any', found '\(part)'"
            }
            let value = String(pair[1])
            switch pair[0] {
            case "ttl": dnsTTL = value
            case "select": dnsSelect = value
            case "policy": dnsPolicy = value
            default: return "knows ttl, select and policy, found '\(pair[0])'"
            }
        }
        return nil
    }
}
