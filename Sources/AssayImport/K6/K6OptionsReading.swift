public import AssayCore
public import AssayFormats

extension K6Options {
    /// Puts the options together and checks them, by k6's rules: flags over environment over script over file.
    ///
    /// - Parameters:
    ///   - json: what the script exports as `options`; `null` says nothing.
    ///   - file: options of a file, which the script's own are over.
    ///   - flags: of the command line.
    ///   - environment: variables; those that k6 knows begin with `K6_`.
    ///   - functions: names of the script's exported functions, for `exec`; `nil` does not check it.
    ///   - location: of the options in the script, for the diagnostics.
    /// - Returns: the options, or all that is wrong; k6 ends with 104 then.
    public static func read(
        _ json: JSON, under file: JSON = .null, flags: K6Flags = K6Flags(),
        environment: [String: String] = [:], functions: Set<String>? = nil,
        at location: SourceLocation? = nil
    ) -> Result<K6Options, Diagnostics> {
        var reading = K6OptionsReading(functions: functions, location: location)
        let options = reading.options(json, file, flags, environment)
        return reading.errors.isEmpty ? .success(options) : .failure(Diagnostics(reading.errors))
    }

    /// Tags that samples must have because a threshold or the summary chooses by them, beyond those they always have.
    ///
    /// `expected_response` is one of them unless `systemTags` leaves it out: the summary always shows the durations of
    /// answers that were expected.
    public var wantedTags: Set<String> {
        var wanted = Set(thresholds.flatMap { $0.tags.map(\.key) })
        if systemTags.contains("expected_response") { wanted.insert("expected_response") }
        return wanted
    }
}

/// One reading of a script's options.
struct K6OptionsReading {
    let functions: Set<String>?
    let location: SourceLocation?
    private(set) var errors: [Diagnostic] = []
    private var warnings: [Diagnostic] = []
    private var hasNoThresholds = false

    init(functions: Set<String>?, location: SourceLocation?) {
        self.functions = functions
        self.location = location
    }

    /// What k6 keeps in such a file besides options, and what is so here without it.
    private static let ownOfFiles: Set<String> = ["noUsageReport"]

    mutating func options(
        _ json: JSON, _ file: JSON, _ flags: K6Flags, _ variables: [String: String]
    ) -> K6Options {
        if json != .null, json.objectValue == nil {
            refuse("AS635", "`options` is an object, found \(K6Fields.told(json))")
        }
        let script = K6ScriptOptions(json.objectValue ?? JSONObject())
        let configuration = K6ScriptOptions(file.objectValue ?? JSONObject())
        let environment = K6Environment(variables)
        let line = K6FlagReading(flags)
        for problem in script.problems { refuse("AS635", problem) }
        for problem in configuration.problems { refuse("AS635", "in the file of options: \(problem)") }
        for (said, place) in [(script, ""), (configuration, "in the file of options: ")] {
            for name in said.unknown where place.isEmpty || !Self.ownOfFiles.contains(name) {
                let near = nearestName(to: name, among: said.known).map { "did you mean '\($0)'?" }
                warn("AS636", "\(place)there is no option '\(name)'; it changes nothing", fix: near)
            }
            for remark in said.remarks { warn("AS636", place + remark) }
        }
        for problem in environment.problems + line.problems {
            errors.append(Diagnostic("AS644", problem))
        }
        for name in environment.ignored { warn("AS642", "\(name) is not supported; it changes nothing") }
        var layer = configuration.layer.under(script.layer)
        for (stronger, name) in [(environment.layer, "environment"), (line.layer, "command line")] {
            if layer.scenarios != nil, stronger.saysLoad {
                warn("AS643", "the \(name) takes the place of the script's scenarios")
            }
            layer = layer.under(stronger)
        }
        var options = K6Options()
        settle(&options, layer)
        readRunning(&options, flags, variables)
        if !hasNoThresholds { settleThresholds(&options, layer) }
        let deriving = K6Deriving(layer, functions: functions)
        for problem in deriving.problems { refuse("AS637", problem) }
        for warning in deriving.warnings { warn("AS643", warning) }
        options.scenarios = deriving.scenarios
        if options.minIterationDuration != nil, deriving.scenarios.contains(where: \.executor.isArrival) {
            warn("AS642", "`minIterationDuration` is not followed where iterations begin at a rate")
        }
        if errors.isEmpty { options.consolidated = layer.consolidated(deriving.drafts) }
        options.warnings = warnings
        return options
    }

    mutating func refuse(_ code: DiagnosticCode, _ text: String, fix: String? = nil) {
        errors.append(Diagnostic(code, text, at: location, fix: fix))
    }

    mutating func warn(_ code: DiagnosticCode, _ text: String, fix: String? = nil) {
        warnings.append(Diagnostic(code, text, at: location, fix: fix, severity: .warning))
    }

    // MARK: settling

    private mutating func settle(_ options: inout K6Options, _ layer: K6Layer) {
        options.tags = layer.tags ?? [:]
        options.systemTags =
            layer.systemTags.map { said in K6SystemTags.all.filter(said.contains) } ?? K6SystemTags.standard
        options.noSetup = layer.noSetup ?? false
        options.noTeardown = layer.noTeardown ?? false
        options.setupTimeout = layer.setupTimeout ?? .seconds(60)
        options.teardownTimeout = layer.teardownTimeout ?? .seconds(60)
        options.handleSummaryTimeout = layer.handleSummaryTimeout ?? .seconds(120)
        if let timeout = layer.setupTimeout, timeout <= .zero {
            refuse("AS635", "`setupTimeout` must be more than 0")
        }
        options.minIterationDuration = layer.minIterationDuration.flatMap { $0 > .zero ? $0 : nil }
        options.consoleOutput = layer.consoleOutput
        settleHTTP(&options.http, layer)
        settleTLS(&options.http, layer)
        settleNames(&options.http, layer)
        warnOfNames(options.http, layer)
        settleSummary(&options.summary, layer)
        if layer.paused == true { warn("AS642", "`paused` is not supported: the run begins at once") }
        if let ext = layer.ext?.objectValue, !ext.isEmpty {
            warn(
                "AS642",
                "`ext` is for services of others (\(ext.keys.joined(separator: ", "))); it changes nothing")
        }
        if layer.metricSamplesBufferSize != nil {
            warn("AS642", "`metricSamplesBufferSize` has no counterpart: samples are counted at once")
        }
    }

    private mutating func settleHTTP(_ http: inout K6Options.HTTP, _ layer: K6Layer) {
        http.maxRedirects = layer.maxRedirects ?? 10
        http.userAgent = layer.userAgent
        http.batch = layer.batch ?? 20
        http.batchPerHost = layer.batchPerHost ?? 6
        http.requestsPerSecond = layer.rps.flatMap { $0 > 0 ? $0 : nil }
        http.debug = layer.httpDebug.flatMap { $0.isEmpty ? nil : $0 }
        http.throwsErrors = layer.throwsErrors ?? false
        http.discardsBodies = layer.discardResponseBodies ?? false
        http.keepsCookies = layer.noCookiesReset ?? false
        http.noConnectionReuse = layer.noConnectionReuse ?? false
        http.noUserConnectionReuse = layer.noVUConnectionReuse ?? false
    }

    private mutating func settleTLS(_ http: inout K6Options.HTTP, _ layer: K6Layer) {
        http.insecureTLS = layer.insecureSkipTLSVerify ?? false
        http.certificates = layer.tlsAuth ?? []
        let versions = layer.tlsVersion ?? K6Layer.TLSVersions(lowest: "", highest: "")
        http.lowestTLS = tls(versions.lowest)
        http.highestTLS = versions.highest == versions.lowest ? http.lowestTLS : tls(versions.highest)
        guard let suites = layer.tlsCipherSuites else { return }
        http.cipherSuites = suites
        for suite in suites where K6CipherSuites.opensslName(of: suite) == nil {
            let near = nearestName(to: suite, among: K6CipherSuites.names).map { "did you mean '\($0)'?" }
            refuse("AS635", "`tlsCipherSuites`: there is no cipher suite '\(suite)'", fix: near)
        }
    }

    private mutating func tls(_ name: String) -> String? {
        if name.isEmpty { return nil }
        let version = String(name.dropFirst(3))
        if name.hasPrefix("tls"), ["1.0", "1.1", "1.2", "1.3"].contains(version) { return version }
        refuse("AS635", "`tlsVersion` is tls1.0, tls1.1, tls1.2 or tls1.3, found '\(name)'")
        return nil
    }

    private mutating func settleThresholds(_ options: inout K6Options, _ layer: K6Layer) {
        for draft in layer.thresholds ?? [] {
            do throws(K6Threshold.Problem) {
                options.thresholds.append(try K6Threshold(draft))
            } catch {
                refuse(
                    "AS640", "threshold '\(draft.source)' on '\(draft.key)': \(error.text)", fix: error.fix)
            }
        }
        // k6's own order is by name; that of one metric's expressions stays.
        let places = options.thresholds.enumerated().sorted {
            ($0.element.key, $0.offset) < ($1.element.key, $1.offset)
        }
        options.thresholds = places.map(\.element)
        for key in (layer.bareThresholds ?? []).sorted() {
            do throws(K6Threshold.Problem) {
                let (metric, tags) = try K6Threshold.selection(key)
                options.shown.append(K6Options.Shown(key: key, metric: metric, tags: tags))
            } catch {
                refuse("AS640", "threshold on '\(key)': \(error.text)", fix: error.fix)
            }
        }
    }

    private mutating func settleSummary(_ summary: inout K6Options.Summary, _ layer: K6Layer) {
        if let stats = layer.summaryTrendStats {
            for stat in stats where !K6Statistic.isKnown(stat) {
                refuse(
                    "AS635",
                    "`summaryTrendStats`: there is no figure '\(stat)'; there are avg, min, med, max, count and p(N)"
                )
            }
            summary.trendStats = stats
        }
        guard let unit = layer.summaryTimeUnit, !unit.isEmpty else { return }
        guard ["s", "ms", "us"].contains(unit) else {
            return refuse("AS635", "`summaryTimeUnit` is s, ms or us, found '\(unit)'")
        }
        summary.timeUnit = unit
    }

    /// What is said of the run and not of the test: thresholds, what is shown at the end.
    private mutating func readRunning(
        _ options: inout K6Options, _ flags: K6Flags, _ variables: [String: String]
    ) {
        func flag(_ name: K6Flags.Name, _ variable: String) -> Bool {
            (flags.last(name) ?? variables[variable]).flatMap(Bool.init) ?? false
        }
        hasNoThresholds = flag(.noThresholds, "K6_NO_THRESHOLDS")
        options.summary.isOff = flag(.noSummary, "K6_NO_SUMMARY")
        options.summary.export = (flags.last(.summaryExport) ?? variables["K6_SUMMARY_EXPORT"]).flatMap {
            $0.isEmpty ? nil : $0
        }
        if let word = flags.last(.summaryMode) ?? variables["K6_SUMMARY_MODE"] {
            if let mode = K6Options.Summary.Mode(rawValue: word) {
                options.summary.mode = mode
            } else {
                errors.append(
                    Diagnostic("AS644", "--summary-mode is compact, full or legacy, found '\(word)'"))
            }
        }
        if flag(.linger, "K6_LINGER") {
            warn("AS642", "`linger` is not supported: the program ends with the run")
        }
    }
}
