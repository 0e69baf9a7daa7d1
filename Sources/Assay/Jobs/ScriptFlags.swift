internal import AssayImport

/// What the command line says to scripts of other tools.
public struct ScriptFlags: Sendable {
    /// `NAME=VALUE`, over the environment of this process.
    public var environment: [String] = []
    /// Flags of `k6 run` by their long names without dashes, in their order.
    public var k6: [(name: String, value: String)] = []
    /// The process ends as k6 would: 99, 104, 107, 108.
    public var usesK6ExitCodes = false
    /// k6's own summary is printed behind Assay's.
    public var showsK6Summary = false
    /// Scripts see the environment of this process.
    public var includesEnvironment = true
    /// Where `k6 run --out` would send samples, as it was written.
    public var outputs: [String] = []

    public init() {}

    /// A flag of `k6 run` that `assay load` takes as well.
    public struct Row: Sendable {
        public var name: String
        public var letter: Character? = nil
        /// What stands behind it in help.
        public var placeholder: String
        /// What it says without a value; `nil` of flags that need one.
        public var bareValue: String? = nil
        public var help: String
    }

    /// All of them, in the order of help.
    public static let rows: [Row] =
        K6Flags.Name.allCases.compactMap { name in
            help(name).map { placeholder, help in
                Row(
                    name: name.rawValue, letter: name.letter, placeholder: placeholder,
                    bareValue: name.bareValue, help: help)
            }
        } + programRows

    /// Those that say nothing about the test: of the program itself.
    private static let programRows: [Row] = [
        Row(
            name: "verbose", letter: "v", placeholder: "BOOL", bareValue: "true",
            help: "lines of console.debug() as well"),
        Row(name: "log-format", placeholder: "FORM", help: "lines of the log as text, json or raw"),
        Row(
            name: "log-output", placeholder: "TARGET",
            help: "where they go: stderr, stdout, none or file=PATH"),
        Row(name: "no-color", placeholder: "BOOL", bareValue: "true", help: "the same as --color never"),
        Row(
            name: "address", letter: "a", placeholder: "ADDRESS",
            help: "taken and not followed: there is no REST API"),
        Row(name: "compatibility-mode", placeholder: "MODE", help: "taken and not followed: there is one"),
        Row(
            name: "no-usage-report", placeholder: "BOOL", bareValue: "true",
            help: "always: nothing is reported"),
        Row(
            name: "profiling-enabled", placeholder: "BOOL", bareValue: "true", help: "taken and not followed"),
        Row(
            name: "secret-source", placeholder: "SOURCE",
            help: "taken and not followed: k6/secrets is not there"),
        Row(
            name: "traces-output", placeholder: "TARGET", help: "taken and not followed: there are no traces"),
        Row(name: "type", letter: "t", placeholder: "TYPE", help: "taken and not followed: scripts are js"),
    ]

    /// Flags that have an effect in k6 and none here, as they were given.
    var notFollowed: [String] {
        outputs.map { "--out \($0)" }
            + ["address", "profiling-enabled", "secret-source", "traces-output"].compactMap { name in
                said(name).flatMap { ["", "none", "false"].contains($0) ? nil : "--\(name) \($0)" }
            }
    }

    /// Whether a word of the command line is a script of k6.
    public static func isScript(_ word: String) -> Bool {
        word == ScriptSource.standardInput || !word.hasPrefix("-") && ScriptSource.takes(word, [])
    }

    /// Whether a value of `--out` is one of k6's outputs, and no folder: without `=` only what no folder would be called.
    public static func isOutput(_ value: String) -> Bool {
        let name = value.prefix { $0 != "=" }
        if name == "cloud" || name.hasPrefix("xk6-") || name.hasPrefix("experimental-") { return true }
        return value.contains("=") && outputNames.contains(String(name))
    }

    private static let outputNames: Set<String> = [
        "json", "csv", "influxdb", "statsd", "datadog", "kafka", "web-dashboard", "dashboard", "timescaledb",
        "opentelemetry", "elasticsearch", "summary",
    ]

    /// What a flag of the program itself says; the last one counts.
    func said(_ name: String) -> String? { k6.last { $0.name == name }?.value }

    /// What was said in k6's own flags.
    var k6Flags: K6Flags {
        var flags = K6Flags()
        for (name, value) in k6 {
            if let known = K6Flags.Name(rawValue: name) { flags.add(known, value) }
        }
        return flags
    }

    /// Those that are given, as they are written, and that a file of another kind has no use for.
    func given(to kind: any LoadSource.Type) -> [String] {
        // So is `--config`.
        let own = k6.filter { $0.name != "config" || kind != ArtillerySource.self }
        var names = own.map { "--\($0.name)" } + outputs.map { "--out \($0)" }
        // `-e NAME` is Artillery's too.
        if !environment.isEmpty, kind != ArtillerySource.self { names.append("--env") }
        if usesK6ExitCodes { names.append("--k6-exit-codes") }
        if showsK6Summary { names.append("--k6-summary") }
        return names
    }

    /// What does here what a letter of `k6 run` is asked for, where the letter is Artillery's.
    static func instead(of flag: String) -> String? {
        switch flag {
        case "--output": whatIsKept
        case "--variables": "--http-debug tells every request and answer; --env NAME=VALUE sets a variable"
        case "--target": "--env NAME=VALUE sets a variable that the script reads"
        default: nil
        }
    }

    private static let whatIsKept =
        "everything measured is in record.jsonl of the run's folder; --summary-export FILE writes k6's summary, "
        + "--push-gateway URL pushes metrics"

    /// - Returns: `nil` of flags that say something about k6's own machinery, and those that `assay load` has itself.
    private static func help(_ name: K6Flags.Name) -> (placeholder: String, help: String)? {
        switch name {
        case .vus: ("N", "so many virtual users")
        case .duration: ("TIME", "for so long")
        case .iterations: ("N", "so many iterations of all users together")
        case .stage: ("TIME:N", "a stage, in place of the script's; may come several times")
        case .rps: ("N", "requests a second of all users, at most")
        case .batch: ("N", "requests of one http.batch() at once")
        case .batchPerHost: ("N", "the same to one host")
        case .tag: ("NAME=VALUE", "a tag on everything that is measured")
        case .dns: ("RULES", "how names are looked up: ttl=1m,select=random,policy=preferIPv4")
        case .paused: ("BOOL", "taken and not followed: a run begins at once")
        case .linger: ("BOOL", "taken and not followed: the program ends with its run")
        case .noSetup: ("BOOL", "setup() is not called")
        case .noTeardown: ("BOOL", "teardown() is not called")
        case .noThresholds: ("BOOL", "thresholds are not judged")
        case .noSummary: ("BOOL", "no summary of k6's, and no handleSummary()")
        case .maxRedirects: ("N", "redirects that are followed")
        case .userAgent: ("TEXT", "the header User-Agent of requests")
        case .httpDebug: ("KIND", "tell every request and answer: headers, or full")
        case .insecureSkipTLSVerify: ("BOOL", "certificates are not checked")
        case .noConnectionReuse: ("BOOL", "each request has a connection of its own")
        case .noVUConnectionReuse: ("BOOL", "connections end with each iteration")
        case .minIterationDuration: ("TIME", "an iteration takes so long at least")
        case .throwsErrors: ("BOOL", "failed requests are exceptions")
        case .blacklistIP: ("NET", "networks that may not be asked")
        case .blockHostnames: ("NAME", "names that may not be asked")
        case .summaryTrendStats: ("LIST", "figures of trends: avg,min,med,max,count,p(95)")
        case .summaryTimeUnit: ("UNIT", "s, ms or us")
        case .summaryMode: ("MODE", "k6's summary as compact, full or legacy; implies --k6-summary")
        case .summaryExport: ("FILE", "write k6's summary as JSON")
        case .systemTags: ("LIST", "the tags that k6 itself sets")
        case .consoleOutput: ("FILE", "where console lines go")
        case .discardResponseBodies: ("BOOL", "bodies of answers are not kept")
        case .localIPs: ("LIST", "addresses that requests are made from")
        case .executionSegment, .executionSegmentSequence:
            ("PART", "taken and not followed: all of it is run")
        }
    }
}
