public import AssayCore
public import AssayFormats
internal import AssayScenario

/// Makes Assay's files of a script of k6 that was run once against a recorder.
///
/// Who has the engine runs the script and hands over what it did, as JSON; this module knows no engine.
public struct K6Recording: Sendable {
    /// As the script is seen: random numbers are 0, variables that are not given are not there.
    public var plain: JSON
    /// The same with random numbers near 1; `nil` where that pass failed.
    public var random: JSON?
    /// The same with placeholders for variables of the environment; `nil` where that pass failed.
    public var marked: JSON?

    public init(plain: JSON, random: JSON? = nil, marked: JSON? = nil) {
        self.plain = plain
        self.random = random
        self.marked = marked
    }

    /// The statuses that checks ask of the answers, so that another pass can give them.
    public static func wantedStatuses(_ recording: JSON) -> [Int: Int] {
        var found: [Int: Int] = [:]
        func walk(_ events: JSON?) {
            for event in events?.arrayValue ?? [] {
                walk(event["events"])
                guard event["kind"]?.stringValue == "check", event["path"] == nil,
                    let response = event["response"]?.intValue, let source = event["source"]?.stringValue,
                    let checks = K6Checks.checks(
                        source, path: nil, of: nil, at: SourceLocation(file: "", line: 1, column: 1))
                else { continue }
                for check in checks {
                    guard case .status = check.subject, case .equals(let value) = check.matcher,
                        let code = value.constantValue?.intValue, (100...599).contains(code)
                    else { continue }
                    found[Int(response)] = Int(code)
                }
            }
        }
        walk(recording["setup"])
        for flow in recording["flows"]?.objectValue?.values ?? [] { walk(flow) }
        walk(recording["teardown"])
        return found
    }

    /// - Parameters:
    ///   - file: of the script, as notes show it.
    ///   - options: the script's, read by k6's rules.
    /// - Throws: AS629 for a script that makes no request.
    public func files(_ file: String, options: K6Options) throws(Diagnostics) -> ImportedFiles {
        let start = SourceLocation(file: file, line: 1, column: 1)
        var flows = K6Flows(self, file: file)
        flows.read()
        let setup = flows.steps("setup")
        var bodies: [String: [Step]] = [:]
        for name in plain["flows"]?.objectValue?.keys ?? [] { bodies[name] = flows.steps("flows/\(name)") }
        let teardown = flows.steps("teardown")
        guard flows.requestCount > 0 else {
            throw Diagnostics([
                Diagnostic(
                    "AS629", "the script makes no request that could be a step",
                    at: flows.notes.first?.location ?? start, fix: "run it as it is: assay load \(file)")
            ])
        }
        let metrics = flows.metrics
        let made = options.profile(named: HARImport.stem(of: file), at: start, metrics: ownMetrics) {
            scenario in
            // Scenarios are told apart by name and place.
            Scenario(
                name: scenario.name, location: start, tags: ["imported"], steps: bodies[scenario.exec] ?? [])
        }
        var profile = try made.get()
        profile.setup = setup
        profile.teardown = teardown
        profile.feeds = feeds(flows.feedNames)
        var bundle = ImportedBundle(source: file, verb: "k6")
        bundle.notes = flows.notes
        profile.thresholds = profile.thresholds.compactMap { threshold in
            guard let parsed = threshold.parsed else { return threshold }
            switch ThresholdWriting.text(parsed, metrics: metrics) {
            case .success(let text): return .init(text: text, location: threshold.location)
            case .failure(let reason):
                bundle.notes.append(
                    ImportNote(
                        location: start, subject: "threshold '\(parsed.text)'", message: reason.message))
                return nil
            }
        }
        for name in ["handleSummary"] where plain["exports"]?.arrayValue?.contains(.string(name)) == true {
            bundle.notes.append(
                ImportNote(
                    location: start, subject: name,
                    message: "is not carried over: Assay makes its own reports"))
        }
        for name in options.http.saidOfConnections {
            bundle.notes.append(
                ImportNote(location: start, subject: "option '\(name)'", message: "is not carried over"))
        }
        bundle.summary = flows.summary
        return bundle.files(of: profile)
    }

    private func feeds(_ names: [(name: String, variable: String)]) -> [LoadProfile.Feed] {
        names.compactMap { name, variable in
            guard let feed = plain["feeds"]?[name],
                let rows = feed["rows"]?.arrayValue?.compactMap(\.objectValue)
            else {
                return nil
            }
            let isRandom = feed["random"]?.boolValue == true
            return LoadProfile.Feed(
                name: variable, path: "", rows: FeedRows(rows), pick: isRandom ? .random : .inOrder,
                per: .iteration)
        }
    }

    private var ownMetrics: [Metric] {
        (plain["metrics"]?.arrayValue ?? []).compactMap { metric in
            guard let name = metric["name"]?.stringValue, let word = metric["kind"]?.stringValue,
                let kind = Series.Kind(rawValue: word)
            else { return nil }
            let isTime = metric["isTime"]?.boolValue == true
            return .own(name, kind, kind == .rate ? .fraction : isTime ? .time : .count)
        }
    }
}

extension K6Options.HTTP {
    /// Options of how servers are found and connected to, as scripts write them.
    fileprivate var saidOfConnections: [String] {
        [
            ("insecureSkipTLSVerify", insecureTLS), ("tlsAuth", !certificates.isEmpty),
            ("tlsVersion", lowestTLS != nil || highestTLS != nil), ("tlsCipherSuites", cipherSuites != nil),
            ("hosts", !hosts.isEmpty), ("blacklistIPs", !blacklistIPs.isEmpty),
            ("blockHostnames", !blockedHostnames.isEmpty), ("localIPs", !localIPs.isEmpty),
        ].compactMap { name, isSaid in isSaid ? name : nil }
    }
}

/// Conditions of checks as their functions' texts have them.
enum K6Checks {
    /// - Parameters:
    ///   - source: of the function.
    ///   - path: where in a body its argument stands; `nil` when that is the answer itself.
    static func checks(_ source: String, path: String?, of kind: String?, at location: SourceLocation)
        -> [Check]?
    {
        guard case .function(let names, let body)? = ScriptParser.expression(of: source) else { return nil }
        var scope = ScriptScope()
        scope.meaning = meaning
        if let name = names.first {
            scope.names[name] = path.map { .json($0) } ?? (kind == "body" ? .body : .response)
        }
        for statement in body {
            switch statement.kind {
            case .declaration(let name, let value): scope.names[name] = scope.symbol(value)
            case .members(let names, let value):
                guard case .json(let path) = scope.symbol(value) else { return nil }
                for name in names { scope.names[name] = .json(path + Correlation.member(name)) }
            case .returned(let condition):
                return ScriptChecks(scope: scope, location: location).checks(condition)
            default: return nil
            }
        }
        return nil
    }

    private static func meaning(_ expression: ScriptExpression, _ scope: ScriptScope) -> ScriptSymbol? {
        switch expression {
        case .member(let base, let name):
            guard scope.symbol(base) == .response else { return nil }
            switch name {
            case "status": return .status
            case "body": return .body
            case "headers": return .headers
            case "timings": return .timings
            default: return .unknown
            }
        case .call(.member(let base, "json"), let arguments) where scope.symbol(base) == .response:
            guard let first = arguments.first else { return .json("$") }
            guard case .constant(.string(let path)) = scope.symbol(first) else { return .unknown }
            return .json("$" + DottedPath.path(path))
        case .call(let function, let arguments) where function.path == "JSON.parse" && arguments.count == 1:
            return scope.symbol(arguments[0]) == .body ? .json("$") : nil
        default: return nil
        }
    }
}

/// Thresholds as a profile writes them.
enum ThresholdWriting {
    struct Reason: Error { var message: String }

    /// - Parameter metrics: own metrics that the scenarios record.
    static func text(_ threshold: Threshold, metrics: Set<String>) -> Result<String, Reason> {
        let metric = threshold.metric
        if metric.isOwn, !metrics.contains(metric.name) {
            return .failure(Reason(message: "is not carried over, as nothing records '\(metric.name)'"))
        }
        if threshold.tags.contains(where: { $0.key == "check" }) {
            return .failure(Reason(message: "is not carried over: checks have other names here"))
        }
        let word: String
        switch threshold.statistic {
        case .percentile(let rank): word = "p\(WrittenUnits.number(rank))"
        case .average: word = "avg"
        case .minimum: word = "min"
        case .median: word = "med"
        case .maximum: word = "max"
        case .count: word = "count"
        case .rate: word = "rate"
        case .value: word = "value"
        }
        let tags = threshold.tags.map { "\($0.key): \(tagText($0.value))" }.joined(separator: ", ")
        var text =
            "\(word)(\(metric.name)\(tags.isEmpty ? "" : "{\(tags)}")) \(threshold.comparison.rawValue) "
        text += limit(threshold)
        if let window = threshold.window { text += " over \(WrittenUnits.text(window))" }
        if let after = threshold.abortAfter {
            text += ", abort" + (after > .zero ? " after \(WrittenUnits.text(after))" : "")
            if let from = threshold.abortFrom, from > .zero { text += " from \(WrittenUnits.text(from))" }
        }
        return .success(text)
    }

    private static func tagText(_ value: String) -> String {
        let isPlain =
            !value.isEmpty
            && value.utf8.allSatisfy {
                (0x30...0x39).contains($0) || ($0 | 0x20) >= 0x61 && ($0 | 0x20) <= 0x7A
                    || "._-".utf8.contains($0)
            }
        return isPlain ? value : JSON.string(value).rendered()
    }

    private static func limit(_ threshold: Threshold) -> String {
        let value = threshold.limit
        if threshold.statistic == .count, threshold.metric.kind != .counter {
            return WrittenUnits.number(value)
        }
        if threshold.metric.kind == .counter {
            let amount =
                threshold.metric.unit == .bytes
                ? "\(WrittenUnits.number(value)) B" : WrittenUnits.number(value)
            return threshold.statistic == .rate ? "\(amount)/s" : amount
        }
        switch threshold.metric.unit {
        case .time: return WrittenUnits.text(.nanoseconds(Int64(min(max(value, 0), 9e18))))
        case .fraction: return WrittenUnits.number((value * 1e8).rounded() / 1e6) + "%"
        case .bytes: return "\(WrittenUnits.number(value)) B"
        case .count: return WrittenUnits.number(value)
        }
    }
}
