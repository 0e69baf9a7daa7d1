public import AssayFormats
internal import AssayNet
internal import AssayWire

extension Stub {
    /// The mapping as WireMock writes it: as it was given, or built from the model.
    public var json: JSON {
        if let definition { return .object(definition) }
        var object = JSONObject([("id", .string(id))])
        if let name { object["name"] = .string(name) }
        object["request"] = request.json
        switch answer {
        case .response(let response): object["response"] = response.json
        case .handler: object["response"] = ["transformers": ["assay"]]
        }
        object["uuid"] = .string(id)
        if let persistent { object["persistent"] = .bool(persistent) }
        if priority != Self.standardPriority { object["priority"] = .int(Int64(priority)) }
        if let scenario {
            object["scenarioName"] = .string(scenario.name)
            if let state = scenario.requiredState { object["requiredScenarioState"] = .string(state) }
            if let state = scenario.newState { object["newScenarioState"] = .string(state) }
        }
        if let metadata { object["metadata"] = .object(metadata) }
        return .object(object)
    }
}

extension RequestPattern {
    /// As WireMock writes it.
    public var json: JSON {
        var object = JSONObject()
        if let (key, value) = url.member { object[key] = value }
        switch methods {
        case .any: object["method"] = "ANY"
        case .oneOf(["GET", "HEAD"]): object["method"] = "GET_OR_HEAD"
        case .oneOf(let names): object["method"] = .string(names.joined(separator: "|"))
        }
        if let scheme { object["scheme"] = .string(scheme) }
        if let host { object["host"] = host.json }
        if let port { object["port"] = .int(Int64(port)) }
        let groups = [
            ("pathParameters", pathParameters), ("headers", headers), ("queryParameters", query),
            ("cookies", cookies), ("formParameters", form),
        ]
        for (key, matchers) in groups where !matchers.isEmpty { object[key] = Self.json(matchers) }
        if let basicAuth {
            object["basicAuthCredentials"] = [
                "username": .string(basicAuth.username), "password": .string(basicAuth.password),
            ]
        }
        if !body.isEmpty { object["bodyPatterns"] = .array(body.map(\.json)) }
        if !multipart.isEmpty { object["multipartPatterns"] = .array(multipart.map(\.json)) }
        return .object(object)
    }

    static func json(_ matchers: [NamedMatcher]) -> JSON {
        .object(JSONObject(matchers.map { ($0.name, $0.values.json) }))
    }
}

extension MultipartPattern {
    var json: JSON {
        var object = JSONObject()
        if let name { object["name"] = .string(name) }
        if let fileName { object["fileName"] = .string(fileName) }
        object["matchingType"] = .string(quantifier.rawValue)
        if !headers.isEmpty { object["headers"] = RequestPattern.json(headers) }
        if !body.isEmpty { object["bodyPatterns"] = .array(body.map(\.json)) }
        return .object(object)
    }
}

extension StubResponse {
    /// As WireMock writes it.
    public var json: JSON {
        var object = JSONObject([("status", .int(Int64(status)))])
        if let statusMessage { object["statusMessage"] = .string(statusMessage) }
        switch body {
        case .none: break
        case .text(let text): object["body"] = .string(text)
        case .json(let value): object["jsonBody"] = value
        case .bytes(let bytes): object["base64Body"] = .string(Base64.standard.encode(bytes))
        case .file(let name): object["bodyFileName"] = .string(name)
        }
        if !headers.fields.isEmpty { object["headers"] = headers.json }
        if let fixedDelayMilliseconds {
            object["fixedDelayMilliseconds"] = .int(Int64(fixedDelayMilliseconds))
        }
        if let delayDistribution { object["delayDistribution"] = delayDistribution.json }
        if let dribble {
            object["chunkedDribbleDelay"] = [
                "numberOfChunks": .int(Int64(dribble.pieces)),
                "totalDuration": .int(dribble.over.wholeMilliseconds),
            ]
        }
        if let fault = fault?.wireMockName { object["fault"] = .string(fault) }
        if let proxy { proxy.write(into: &object) }
        if !transformers.isEmpty { object["transformers"] = .array(transformers.map { .string($0) }) }
        if !transformerParameters.isEmpty { object["transformerParameters"] = .object(transformerParameters) }
        return .object(object)
    }
}

extension ProxyTarget {
    fileprivate func write(into object: inout JSONObject) {
        object["proxyBaseUrl"] = .string(baseURL)
        if !addedHeaders.fields.isEmpty { object["additionalProxyRequestHeaders"] = addedHeaders.json }
        if !removedHeaders.isEmpty {
            object["removeProxyRequestHeaders"] = .array(removedHeaders.map { .string($0) })
        }
        if let removedPrefix { object["proxyUrlPrefixToRemove"] = .string(removedPrefix) }
    }
}

extension StubResponse.DelayDistribution {
    var json: JSON {
        switch self {
        case .fixed(let milliseconds): ["type": "fixed", "milliseconds": .int(Int64(milliseconds))]
        case .uniform(let lower, let upper):
            ["type": "uniform", "lower": .int(Int64(lower)), "upper": .int(Int64(upper))]
        case .lognormal(let median, let sigma, let maximum?):
            [
                "type": "lognormal", "median": .double(median), "sigma": .double(sigma),
                "maxValue": .double(maximum),
            ]
        case .lognormal(let median, let sigma, nil):
            ["type": "lognormal", "median": .double(median), "sigma": .double(sigma)]
        }
    }
}

extension HTTPDelivery.Fault {
    /// WireMock's name for it; `nil` for those it has none for.
    var wireMockName: String? {
        switch self {
        case .resetBeforeHead: "CONNECTION_RESET_BY_PEER"
        case .empty: "EMPTY_RESPONSE"
        case .malformedChunk: "MALFORMED_RESPONSE_CHUNK"
        case .garbage: "RANDOM_DATA_THEN_CLOSE"
        default: nil
        }
    }
}

extension HTTPHeaders {
    /// A text a name, a list where one comes several times.
    var json: JSON {
        var object = JSONObject()
        var done: Set<String> = []
        for field in fields where done.insert(field.name.lowercased()).inserted {
            let all = values(of: field.name)
            object[field.name] = all.count == 1 ? .string(field.value) : .array(all.map { .string($0) })
        }
        return .object(object)
    }
}
