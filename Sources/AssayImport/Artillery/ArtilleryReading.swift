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
        random = SeededRandom(seed: source.options.seed)
    }

    var root: YAMLNode { yaml.root }

    func test() -> ArtilleryTest? {
        guard root.pairs != nil else {
            shape(root, "a script: `config` and `scenarios`")
            return nil
        }
        check(root, ["config", "scenarios", "before", "after", "hooks"], in: "a script")
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
        let flows = elements.enumerated().compactMap { scenario($1, number: $0, variables) }
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
