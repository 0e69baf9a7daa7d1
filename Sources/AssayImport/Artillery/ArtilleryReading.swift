internal import AssayCore
internal import AssayFormats
internal import AssayScenario

/// One reading of a script.
///
/// Not `Sendable`: it belongs to one call.
final class ArtilleryReading {
    let source: ArtilleryImport
    let yaml: YAMLReading
    /// `config` with its environment, overrides and constants filled in.
    var config = YAMLNode(.mapping([]), at: SourceLocation(file: "", line: 1, column: 1))
    /// What flows may read.
    var names = ArtilleryNames()
    /// Names that were warned of.
    private var warned: Set<String> = []
    /// What `config` says of all requests.
    var defaults = Defaults()
    /// Where `config` names the module of its functions.
    var processor: YAMLNode?
    /// Functions that the script names.
    var functions: [ArtilleryProcessor.Function] = []
    var random: SeededRandom

    /// What `config` says of requests.
    struct Defaults {
        var target: Template?
        var headers: [HTTPAction.Field] = []
        var cookies: [HTTPAction.Field] = []
        var isStrict = true
        /// Of pauses: an absolute number of seconds, or a part.
        var jitter: Jitter?
        var judgesExpectations = false
        var expects200 = false
        var failsExpectations = false
        var settings = HTTPSettings()
        var webSocket: YAMLNode?
        var timeout = 10.0
    }

    enum Jitter: Equatable {
        case seconds(Double)
        case part(Double)
    }

    init(_ source: ArtilleryImport, _ yaml: YAMLReading) {
        self.source = source
        self.yaml = yaml
        root = yaml.root
        random = SeededRandom(seed: source.options.seed)
    }

    /// The script, with what the command line puts over it.
    var root: YAMLNode

    /// Puts the file of `--config` over the script.
    ///
    /// - Returns: whether it could be read.
    func put(over path: String) -> Bool {
        guard case .success(let bytes) = source.files.bytes(path) else {
            yaml.add(Diagnostic("AS691", "--config: there is no file '\(path)'"))
            return false
        }
        guard let config = YAMLReading(parsing: bytes, file: path, bag: yaml.bag) else { return false }
        root = root.merged(with: config.root, joinsLists: true)
        return true
    }

    func test() -> ArtilleryTest? {
        guard root.pairs != nil else {
            shape(root, "a script: `config` and `scenarios`")
            return nil
        }
        check(root, ["config", "scenarios", "before", "after", "hooks"], in: "a script")
        putOverrides()
        readConfig()
        guard let scenarios = root["scenarios"] else {
            yaml.error("AS605", "a script needs `scenarios`", at: root, fix: "add `scenarios:` with a `flow`")
            return nil
        }
        guard let elements = scenarios.elements, !elements.isEmpty else {
            shape(scenarios, "a list of scenarios")
            return nil
        }
        let flowNodes = elements + [root["before"], root["after"]].compactMap { $0 }
        names.collect(from: flowNodes)
        if processor != nil { names.collectRead(in: flowNodes) }
        let payload = readPayload()
        let variables = variables(payload)
        let phases = phases()
        let checks = ensure()
        guard let chosen = chosen(elements, at: scenarios) else { return nil }
        let flows = chosen.compactMap { scenario($1, number: $0, variables) }
        let setup = apart("before", payload)
        let teardown = apart("after", payload)
        guard let phases, !flows.isEmpty else { return nil }
        if flows.allSatisfy({ $0.weight == 0 }) {
            yaml.error("AS605", "every scenario has the weight 0, so none would run", at: scenarios)
        }
        let name = yaml.file.split(separator: "/").last.map(String.init) ?? yaml.file
        var profile = LoadProfile(
            name: name.split(separator: ".").first.map(String.init) ?? name, location: root.location,
            scenarios: flows, model: .arrivals(phases), feeds: payload.feeds, setup: setup, teardown: teardown
        )
        profile.pacing.renewsUsers = defaults.settings.connection.reuse == nil
        // A run waits for every user, however long it takes.
        profile.pacing.gracefulStop = .seconds(7 * 86_400)
        profile.setupTimeout = .seconds(86_400)
        profile.teardownTimeout = .seconds(86_400)
        profile.splitsByStatus = checks.contains { check in
            (2...5).contains { check.text.contains("response_time.\($0)xx") }
        }
        return ArtilleryTest(
            profile: profile, checks: checks, processor: processorRead())
    }

    /// The scenarios that run, by their places: all of the file, or the one that the command line names.
    private func chosen(_ elements: [YAMLNode], at scenarios: YAMLNode) -> [(Int, YAMLNode)]? {
        let all = elements.enumerated().map { ($0, $1) }
        guard let wanted = source.options.scenario else { return all }
        var found = all.filter { $0.1["name"]?.scalarText == wanted }
        if found.isEmpty, let pattern = try? Pattern(wanted) {
            found = all.filter { _, node in
                node["name"]?.scalarText.map { (try? pattern.matches(in: $0)) == true } ?? false
            }
        }
        if found.count == 1 {
            // A weight of 0 would keep it from running.
            let (place, node) = found[0]
            return [
                (
                    place,
                    YAMLNode(.mapping((node.pairs ?? []).filter { $0.name != "weight" }), at: node.location)
                )
            ]
        }
        let names = elements.compactMap { $0["name"]?.scalarText }
        yaml.add(
            Diagnostic(
                "AS691",
                found.isEmpty
                    ? "--scenario-name: the script has no scenario '\(wanted)'"
                    : "--scenario-name: \(found.count) scenarios are called '\(wanted)'",
                at: scenarios.location,
                fix: nearestName(to: wanted, among: names).map { "did you mean '\($0)'?" }
                    ?? (names.isEmpty
                        ? "give scenarios a `name`" : "there are: \(names.joined(separator: ", "))")))
        return nil
    }

    // MARK: faults

    /// AS605.
    func shape(_ node: YAMLNode, _ expected: String, fix: String? = nil) {
        yaml.error("AS605", "expected \(expected), found \(node.kindText)", at: node, fix: fix)
    }

    /// AS606 for keys that Artillery does not know: it passes over them without a word.
    func check(_ node: YAMLNode, _ known: [String], in what: String) {
        for pair in node.pairs ?? [] where !known.contains(pair.name) {
            let near = nearestName(to: pair.name, among: known)
            yaml.warning(
                "AS606", "Artillery knows no '\(pair.name)' in \(what), so it is passed over", at: pair.key,
                fix: near.map { "did you mean '\($0)'?" })
        }
    }

    /// AS607: what cannot be run.
    func unsupported(_ what: String, at node: YAMLNode, fix: String? = nil) {
        yaml.error("AS607", "\(what) is not supported", at: node, fix: fix)
    }

    /// AS608: what is left out and changes nothing of the load.
    func leftOut(_ what: String, at node: YAMLNode, fix: String? = nil) {
        yaml.warning("AS608", "\(what) is left out", at: node, fix: fix)
    }

    /// AS611, once a name.
    func warnUnset(_ name: String, _ shown: String, at location: SourceLocation, inConfig: Bool) {
        guard warned.insert("\(inConfig) \(name)").inserted else { return }
        let reason =
            inConfig
            ? "`config` is filled in before there is a user" : "nothing in the script sets it"
        yaml.add(
            Diagnostic(
                "AS611", "`{{\(name)}}` has no value, so it is sent as '\(shown)': \(reason)", at: location,
                fix: inConfig ? "move it to the requests" : nil, severity: .warning))
    }

    // MARK: scalars

    func text(_ node: YAMLNode) -> String? {
        guard let text = node.scalarText, !node.isNull else {
            shape(node, "text")
            return nil
        }
        return text
    }

    /// `true`, `false`, or the same as text.
    func bool(_ node: YAMLNode) -> Bool? {
        switch node.content {
        case .bool(let value): return value
        case .string("true"): return true
        case .string("false"): return false
        default:
            shape(node, "true or false")
            return nil
        }
    }

    func number(_ node: YAMLNode) -> Double? {
        if let text = node.scalarText, let value = Double(text), value.isFinite { return value }
        shape(node, "a number")
        return nil
    }

    /// One text, or several.
    func texts(_ node: YAMLNode) -> [String] {
        (node.elements ?? [node]).compactMap(text)
    }
}
