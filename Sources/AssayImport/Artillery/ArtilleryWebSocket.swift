internal import AssayCore
internal import AssayFormats
internal import AssayScenario

/// The engine `ws`: a connection a user, opened before its first step.
extension ArtilleryReading {
    var webSocketTimeout: Double {
        let node = config["timeout"] ?? defaults.webSocket?["timeout"]
        return node?.scalarText.flatMap { Double($0) } ?? 10
    }

    /// - Parameter first: of the flow; `connect` may say where and how.
    func connect(_ first: YAMLNode?, at flow: YAMLNode) -> Step? {
        let connect = first?["connect"]
        if let ws = defaults.webSocket {
            check(
                ws,
                [
                    "subprotocols", "headers", "proxy", "timeout", "maxPayload", "origin", "handshakeTimeout",
                    "rejectUnauthorized",
                ], in: "`ws`")
        }
        if let connect, connect.pairs != nil {
            check(
                connect,
                [
                    "target", "headers", "subprotocols", "proxy", "maxPayload", "origin", "handshakeTimeout",
                    "rejectUnauthorized", "function",
                ],
                in: "`connect`")
        }
        for node in [connect, defaults.webSocket] {
            if let proxy = node?["proxy"] { unsupported("`proxy` of a WebSocket", at: proxy) }
        }
        let address = connect?.pairs != nil ? connect?["target"] : connect
        guard let url = address.map(template) ?? defaults.target else {
            yaml.error(
                "AS605", "a WebSocket needs `config.target`", at: connect ?? flow, fix: "add `target: ws://…`"
            )
            return nil
        }
        var request = HTTPAction(method: "GET", url: url)
        let headers = (connect?["headers"] ?? defaults.webSocket?["headers"]).map(fields) ?? []
        request.headers = headers.filter { $0.name.lowercased() != "sec-websocket-protocol" }
        request.settings.accepts = []
        request.settings.connection.tls = defaults.settings.connection.tls
        func option(_ key: String) -> YAMLNode? { connect?[key] ?? defaults.webSocket?[key] }
        if let origin = option("origin").flatMap(template),
            !headers.contains(where: { $0.name.lowercased() == "origin" })
        {
            request.headers.append(.init(name: "Origin", value: origin))
        }
        if let check = option("rejectUnauthorized"), bool(check) == false {
            var tls = request.settings.connection.tls ?? .init()
            tls.insecure = true
            request.settings.connection.tls = tls
        }
        var opening = WebSocketOpeningWish(request, within: .seconds(60))
        if let bound = option("handshakeTimeout").flatMap(number), bound >= 1, bound < 1e9 {
            opening.within = .milliseconds(Int64(bound))
        }
        if let most = option("maxPayload").flatMap(number), most >= 1, most < 1e12 {
            opening.messageBytes = Int(most)
        }
        let written = (connect?["subprotocols"] ?? defaults.webSocket?["subprotocols"]).map(texts) ?? []
        let inHeaders =
            headers.first { $0.name.lowercased() == "sec-websocket-protocol" }?.value.source.split(
                separator: ","
            )
            .map { String($0.drop { $0 == " " }) } ?? []
        opening.protocols = (written + inHeaders).map { Template(constant: $0, at: flow.location) }
        if let function = connect?["function"], let name = functions("connect.function", function).first {
            opening.hook = OpeningHook(function: name, given: hookArguments)
        }
        return ws(.open(opening), "connect", at: connect ?? flow)
    }

    /// What `connect.function` is given: what `config` says of connections.
    private var hookArguments: JSONObject {
        var options = (defaults.webSocket.flatMap { yaml.json($0) }?.objectValue ?? [:])
        let protocols = options["subprotocols"] ?? .array([])
        if options["headers"] == nil { options["headers"] = [:] }
        let target = defaults.target.map { $0.constantText ?? $0.source }
        return JSONObject([
            ("options", .object(options)), ("subprotocols", protocols),
            ("target", target.map { .string($0) } ?? .null),
        ])
    }

    func webSocketStep(_ node: YAMLNode, _ engine: ArtilleryEngine) -> Step? {
        guard let pair = node.pairs?.first else { return nil }
        let within = Duration.milliseconds(Int64(min(engine.timeout, 1e6) * 1000))
        switch pair.name {
        // It was done before the first step.
        case "connect": return nil
        case "send":
            guard pair.value["capture"] != nil || pair.value["match"] != nil else {
                return payload(pair.value).map { ws(.send($0, within: within), "send", at: pair.key) }
            }
            guard let payload = pair.value["payload"] else {
                return answer(.receive(MessageFilter(), within: within), "send", pair)
            }
            return self.payload(payload).flatMap {
                answer(.ask($0, MessageFilter(), within: within), "send", pair)
            }
        case "wait":
            guard pair.value["capture"] != nil || pair.value["match"] != nil else {
                shape(pair.value, "a mapping with `capture` or `match` for `wait`")
                return nil
            }
            return answer(.receive(MessageFilter(), within: within), "wait", pair)
        default:
            let known = ["connect", "send", "wait", "think", "loop", "log", "function"]
            yaml.error(
                "AS605", "'\(pair.name)' is no step of a WebSocket", at: pair.key,
                fix: nearestName(to: pair.name, among: known).map { "did you mean '\($0)'?" }
                    ?? "steps are \(known.joined(separator: ", "))")
            return nil
        }
    }

    private func ws(_ wish: WebSocketAction.Wish, _ name: String, at node: YAMLNode) -> Step {
        Step(
            name: name, location: node.location,
            action: .ws(WebSocketAction(socketLocation: node.location, wish: wish)))
    }

    private func answer(_ wish: WebSocketAction.Wish, _ name: String, _ pair: YAMLNode.Pair) -> Step {
        check(pair.value, ["payload", "capture", "match"], in: "`\(name)`")
        var step = ws(wish, name, at: pair.key)
        step.captures = captures(pair.value)
        step.expectation = Expectation(checks: matches(pair.value))
        return step
    }

    /// A text as it is, any other value as JSON.
    private func payload(_ node: YAMLNode) -> WebSocketPayload? {
        if node.pairs != nil || node.elements != nil {
            return value(node).map { WebSocketPayload(.text, .json($0)) }
        }
        return template(node).map { WebSocketPayload(.text, .text($0)) }
    }
}
