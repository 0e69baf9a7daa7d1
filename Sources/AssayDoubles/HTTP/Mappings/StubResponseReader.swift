internal import AssayCore
internal import AssayFormats
internal import AssayNet
internal import AssayWire

extension MappingReading {
    private static let responseKeys = [
        "status", "statusMessage", "headers", "body", "jsonBody", "base64Body", "bodyFileName", "fault",
        "fixedDelayMilliseconds", "delayDistribution", "chunkedDribbleDelay", "proxyBaseUrl",
        "additionalProxyRequestHeaders", "removeProxyRequestHeaders", "proxyUrlPrefixToRemove",
        "transformers",
        "transformerParameters", "fromConfiguredStub",
    ]
    /// The longest delay that is taken, an hour.
    static let maxDelay = 3_600_000

    /// What a mapping's `response` answers; 200 without a body when there is none.
    func answer(_ node: MappingNode?) -> (answer: Stub.Answer, response: StubResponse?) {
        let response = node.flatMap { self.response($0) } ?? StubResponse()
        return (.response(response), response)
    }

    /// Reads a mapping's `response`.
    public func response(_ node: MappingNode) -> StubResponse? {
        guard node.members != nil else { return wrong(node, expected: "an object for a response") }
        unknown(in: node, known: Self.responseKeys)
        var response = StubResponse()
        response.status = node["status"].flatMap { whole($0, in: 100...999) } ?? 200
        response.statusMessage = node["statusMessage"].flatMap { statusMessage($0) }
        response.headers = headers(node["headers"])
        response.body = body(node)
        response.fault = node["fault"].flatMap { fault($0) }
        response.fixedDelayMilliseconds = node["fixedDelayMilliseconds"].flatMap {
            whole($0, in: 0...Self.maxDelay)
        }
        response.delayDistribution = node["delayDistribution"].flatMap { distribution($0) }
        response.dribble = node["chunkedDribbleDelay"].flatMap { dribble($0) }
        response.proxy = node["proxyBaseUrl"].flatMap { proxy($0, node) }
        if let names = node["transformers"] { response.transformers = transformers(names) }
        if let parameters = node["transformerParameters"] {
            response.transformerParameters =
                parameters.value.objectValue ?? wrong(parameters, expected: "an object") ?? JSONObject()
        }
        return response
    }

    private func statusMessage(_ node: MappingNode) -> String? {
        guard let words = text(node) else { return nil }
        return isHeaderValue(words.utf8) ? words : wrong(node, expected: "words without line breaks")
    }

    private func headers(_ node: MappingNode?) -> HTTPHeaders {
        var headers = HTTPHeaders()
        guard let node else { return headers }
        guard let members = node.members else {
            return wrong(node, expected: "an object of headers") ?? headers
        }
        for member in members {
            guard isHeaderName(member.name) else {
                error("\(quoted(member.name)) is no header name", at: member.node)
                continue
            }
            for value in member.node.elements ?? [member.node] {
                guard let text = scalar(value) else { continue }
                guard isHeaderValue(text.utf8) else {
                    error("a header's value has no line breaks or controls", at: value)
                    continue
                }
                headers.add(member.name, text)
            }
        }
        return headers
    }

    private func body(_ node: MappingNode) -> StubResponse.Body {
        let keys = ["body", "jsonBody", "base64Body", "bodyFileName"]
        // JSON's null is a body, too.
        let members = (node.members ?? []).filter { keys.contains($0.name) }
        let found = members.filter { $0.name == "jsonBody" || $0.node.value != .null }
        guard let first = found.first else { return .none }
        for other in found.dropFirst() {
            warning(
                "a response has one body: '\(first.name)' is sent, '\(other.name)' is not", at: other.node)
        }
        switch first.name {
        case "body": return text(first.node).map { .text($0) } ?? .none
        case "jsonBody": return .json(first.node.value)
        case "bodyFileName": return text(first.node).map { .file($0) } ?? .none
        default:
            guard let text = text(first.node) else { return .none }
            guard let bytes = Base64.decode(text) else {
                return wrong(first.node, expected: "Base64") ?? .none
            }
            return .bytes(bytes)
        }
    }

    private func transformers(_ node: MappingNode) -> [String] {
        let names = texts(node) ?? []
        for name in names where name != "response-template" {
            warning("the transformer '\(name)' has no effect here: 'response-template' is known", at: node)
        }
        return names
    }

    private func proxy(_ url: MappingNode, _ node: MappingNode) -> ProxyTarget? {
        guard let base = text(url) else { return nil }
        // A template's URL is known later.
        if !base.contains("{{") {
            do {
                _ = try URLParts(parsing: base)
            } catch {
                self.error("\(error)", at: url)
                return nil
            }
        }
        var target = ProxyTarget(baseURL: base)
        target.addedHeaders = headers(node["additionalProxyRequestHeaders"])
        target.removedHeaders = node["removeProxyRequestHeaders"].flatMap { texts($0) } ?? []
        target.removedPrefix = node["proxyUrlPrefixToRemove"].flatMap { text($0) }
        return target
    }

    // MARK: Time and faults

    /// How many random bytes WireMock's RANDOM_DATA_THEN_CLOSE sends here.
    private static let garbageBytes = 256

    private func fault(_ node: MappingNode) -> HTTPDelivery.Fault? {
        let names: [(String, HTTPDelivery.Fault)] = [
            ("CONNECTION_RESET_BY_PEER", .resetBeforeHead), ("EMPTY_RESPONSE", .empty),
            ("MALFORMED_RESPONSE_CHUNK", .malformedChunk),
            ("RANDOM_DATA_THEN_CLOSE", .garbage(bytes: Self.garbageBytes)),
        ]
        guard let name = text(node) else { return nil }
        if let found = names.first(where: { $0.0 == name }) { return found.1 }
        error(
            "there is no fault '\(name)'", at: node,
            fix: nearestName(to: name, among: names.map(\.0)).map { "did you mean '\($0)'?" }
                ?? "known: " + names.map(\.0).joined(separator: ", "))
        return nil
    }

    /// `{"type": "lognormal", "median": 80, "sigma": 0.4}`.
    func distribution(_ node: MappingNode) -> StubResponse.DelayDistribution? {
        guard node.members != nil, let type = node["type"] else {
            return wrong(node, expected: "an object with 'type': uniform, lognormal or fixed")
        }
        func required<Value>(_ key: String, _ read: (MappingNode) -> Value?) -> Value? {
            guard let member = node[key] else {
                error("a \(type.value.stringValue ?? "") distribution needs '\(key)'", at: node)
                return nil
            }
            return read(member)
        }
        let delay = { (node: MappingNode) in self.whole(node, in: 0...Self.maxDelay) }
        switch text(type) {
        case "fixed":
            unknown(in: node, known: ["type", "milliseconds"])
            return required("milliseconds", delay).map { .fixed(milliseconds: $0) }
        case "uniform":
            unknown(in: node, known: ["type", "lower", "upper"])
            guard let lower = required("lower", delay), let upper = required("upper", delay) else {
                return nil
            }
            guard lower <= upper else {
                error("'lower' is at most 'upper', found \(lower) and \(upper)", at: node)
                return nil
            }
            return .uniform(lower: lower, upper: upper)
        case "lognormal":
            unknown(in: node, known: ["type", "median", "sigma", "maxValue"])
            guard let median = required("median", { number($0) }),
                let sigma = required("sigma", { number($0) })
            else { return nil }
            guard median > 0, median <= Double(Self.maxDelay), (0...10).contains(sigma) else {
                error("'median' is above 0 and 'sigma' from 0 to 10, found \(median) and \(sigma)", at: node)
                return nil
            }
            return .lognormal(median: median, sigma: sigma, maximum: node["maxValue"].flatMap { number($0) })
        case let name?:
            error("there is no distribution '\(name)'", at: type, fix: "known: fixed, lognormal, uniform")
            return nil
        case nil: return nil
        }
    }

    private func dribble(_ node: MappingNode) -> HTTPDelivery.Dribble? {
        unknown(in: node, known: ["numberOfChunks", "totalDuration"])
        guard let pieces = node["numberOfChunks"], let total = node["totalDuration"] else {
            return wrong(node, expected: "an object with 'numberOfChunks' and 'totalDuration'")
        }
        guard let pieces = whole(pieces, in: 1...100_000), let total = whole(total, in: 0...Self.maxDelay)
        else {
            return nil
        }
        return HTTPDelivery.Dribble(pieces: pieces, over: .milliseconds(total))
    }
}
