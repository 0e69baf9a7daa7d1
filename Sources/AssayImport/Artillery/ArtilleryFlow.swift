internal import AssayCore
internal import AssayFormats
internal import AssayScenario

/// What the steps of a flow need to know of the scenario around them.
struct ArtilleryEngine {
    enum Kind { case http, webSocket }
    var kind = Kind.http
    /// Of a WebSocket: seconds for an answer.
    var timeout = 10.0
    /// Functions around every request.
    var before: [String] = []
    var after: [String] = []
    /// Functions that are told of a request that nothing answered.
    var onError: [String] = []
}

extension ArtilleryReading {
    private static let scenarioKeys = [
        "name", "weight", "flow", "engine", "beforeScenario", "afterScenario", "beforeRequest",
        "afterResponse",
        "onError", "tags",
    ]

    func scenario(
        _ node: YAMLNode, number: Int, _ variables: [Scenario.Variable]
    ) -> LoadProfile.WeightedScenario? {
        guard node.pairs != nil else {
            shape(node, "a scenario with a `flow`")
            return nil
        }
        check(node, Self.scenarioKeys, in: "a scenario")
        // As counters name it: by its place when it has no name.
        let name = node["name"].flatMap(text) ?? "\(number)"
        guard let steps = steps(of: node) else { return nil }
        var scenario = Scenario(
            name: name, location: node.location, variables: variables, steps: steps)
        scenario.http = defaults.settings
        return .init(scenario: scenario, weight: weight(node))
    }

    /// A whole number; nothing that can be read as one is 0.
    private func weight(_ node: YAMLNode) -> Double {
        guard let weight = node["weight"] else { return 1 }
        let text = filled(weight).scalarText ?? ""
        let digits = text.drop(while: \.isWhitespace).prefix { $0.isNumber || $0 == "-" || $0 == "+" }
        guard let value = Int(digits) else {
            yaml.warning("AS605", "a `weight` is a whole number, so this one counts as 0", at: weight)
            return 0
        }
        return Double(max(0, value))
    }

    /// The steps of a flow behind those that its engine needs first.
    private func steps(of node: YAMLNode) -> [Step]? {
        guard let flow = node["flow"], let elements = flow.elements else {
            if let flow = node["flow"] {
                shape(flow, "a list of steps for `flow`")
            } else {
                yaml.error("AS605", "a scenario needs a `flow`", at: node, fix: "add `flow:` with a step")
            }
            return nil
        }
        // Lists in the list, by references of YAML, are one list.
        let nodes = elements.flatMap { $0.elements ?? [$0] }
        var engine = ArtilleryEngine()
        let kind = node["engine"] ?? config["engine"]
        switch kind?.scalarText ?? "http" {
        case "http":
            engine.before = hooks("beforeRequest", of: node)
            engine.after = hooks("afterResponse", of: node)
            engine.onError = hooks("onError", of: node)
            return around(node, self.steps(nodes, engine))
        case "ws":
            engine.kind = .webSocket
            engine.timeout = webSocketTimeout
            return connect(nodes.first, at: flow).map { around(node, [$0] + self.steps(nodes, engine)) }
        case let other:
            unsupported("the engine '\(other)'", at: kind ?? node, fix: "`http` and `ws` are")
            return nil
        }
    }

    /// `before` and `after`: a flow that runs once.
    func apart(_ name: String, _ payload: ArtilleryPayload) -> [Step] {
        guard let node = root[name], !node.isNull else { return [] }
        guard node.pairs != nil else {
            shape(node, "a mapping with a `flow` for `\(name)`")
            return []
        }
        check(node, Self.scenarioKeys, in: "`\(name)`")
        guard let steps = steps(of: node), !steps.isEmpty else { return [] }
        var scenario = Scenario(
            name: name, location: node.location, variables: payload.apart + ownVariables(), steps: steps)
        scenario.http = defaults.settings
        var captured = ArtilleryNames()
        captured.collect(from: [node])
        // Functions may set any name that is read.
        if processor != nil { captured.settable.formUnion(names.settable) }
        let captures = captured.settable.sorted().filter { !$0.hasPrefix("$loop") }.map { name in
            var capture = Capture(name: name, source: .variable(name), location: node.location)
            capture.whenAbsent = .takes(nil)
            return capture
        }
        return [
            Step(
                name: name, location: node.location, action: .use(UseAction(scenario: scenario, with: [])),
                captures: captures)
        ]
    }

    // MARK: steps

    func steps(_ nodes: [YAMLNode], _ engine: ArtilleryEngine) -> [Step] {
        nodes.compactMap { step($0, engine) }
    }

    private func step(_ node: YAMLNode, _ engine: ArtilleryEngine) -> Step? {
        guard let pairs = node.pairs, let first = pairs.first else {
            shape(node, "a step")
            return nil
        }
        if let loop = node["loop"] { return self.loop(node, loop, engine) }
        if let branches = node["parallel"], engine.kind == .http { return parallel(node, branches, engine) }
        if let think = node["think"] { return self.think(node, think) }
        if let log = node["log"] {
            return template(log).map {
                Step(name: "log", location: node.location, action: .print($0))
            }
        }
        if let function = node["function"] {
            return functions("function", function).first.map {
                Step(name: $0, location: node.location, action: .hook(HookAction(function: $0)))
            }
        }
        if engine.kind == .webSocket { return webSocketStep(node, engine) }
        guard Self.methods.contains(first.name.lowercased()) else {
            let known = Self.methods + ["loop", "parallel", "think", "log", "function"]
            yaml.error(
                "AS605", "'\(first.name)' is no step", at: first.key,
                fix: nearestName(to: first.name, among: known).map { "did you mean '\($0)'?" }
                    ?? "steps are \(known.joined(separator: ", "))")
            return nil
        }
        for pair in pairs.dropFirst() {
            yaml.warning(
                "AS606", "a step is its first key, '\(first.name)'; '\(pair.name)' is passed over",
                at: pair.key,
                fix: "indent it by one more step to make it a part of '\(first.name)'")
        }
        return request(first, engine)
    }

    private static let methods = ["get", "post", "put", "patch", "delete", "head", "options"]
}
