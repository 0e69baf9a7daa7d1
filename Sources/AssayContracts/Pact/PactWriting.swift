public import AssayFormats

extension Pact {
    /// The pact as a file of version 3 or 4 has it; interactions in their order, names in the usual one.
    ///
    /// - Parameter version: version 3 keeps HTTP interactions, or messages, but not both; what it cannot say is left out.
    public func json(as version: Version = .v4) -> JSON {
        var metadata = self.metadata
        metadata["pactSpecification"] = ["version": version == .v4 ? "4.0" : "3.0.0"]
        metadata["pact-specification"] = nil
        metadata["pactSpecificationVersion"] = nil
        var json: JSONObject = [
            "consumer": ["name": .string(consumer)], "provider": ["name": .string(provider)],
        ]
        if version == .v4 {
            json["interactions"] = .array(interactions.map { $0.json })
        } else {
            let http = interactions.filter { if case .http = $0.content { true } else { false } }
            let messages = interactions.filter { if case .message = $0.content { true } else { false } }
            if !http.isEmpty || messages.isEmpty { json["interactions"] = .array(http.map { $0.thirdJSON }) }
            if http.isEmpty, !messages.isEmpty { json["messages"] = .array(messages.map { $0.thirdJSON }) }
        }
        json["metadata"] = .object(metadata)
        return .object(json)
    }

    /// What the pact says, without what tools wrote beside it: pacts with the same are the same contract.
    public var contract: JSON {
        var json = self.json()
        if case .object(var members) = json {
            members["metadata"] = nil
            json = .object(members)
        }
        return json
    }

    /// The file's text, with a line break at its end.
    public func text(as version: Version = .v4) -> String { json(as: version).rendered(pretty: true) + "\n" }
}

extension PactInteraction {
    /// As version 4 writes it.
    var json: JSON {
        var json = JSONObject()
        switch content {
        case .http(let request, let response):
            json["type"] = "Synchronous/HTTP"
            addHead(to: &json)
            json["request"] = request.json(as: .v4)
            json["response"] = response.json(as: .v4)
        case .message(let message):
            json["type"] = "Asynchronous/Messages"
            addHead(to: &json)
            for (name, value) in message.json(as: .v4) { json[name] = value }
        case .exchange(let request, let responses):
            json["type"] = "Synchronous/Messages"
            addHead(to: &json)
            json["request"] = .object(request.json(as: .v4))
            json["response"] = .array(responses.map { .object($0.json(as: .v4)) })
        }
        return .object(json)
    }

    /// As version 3 writes it.
    var thirdJSON: JSON {
        var json: JSONObject = ["description": .string(description)]
        if !states.isEmpty { json["providerStates"] = .array(states.map(\.json)) }
        switch content {
        case .http(let request, let response):
            json["request"] = request.json(as: .v3)
            json["response"] = response.json(as: .v3)
        case .message(let message): for (name, value) in message.json(as: .v3) { json[name] = value }
        case .exchange: break
        }
        return .object(json)
    }

    private func addHead(to json: inout JSONObject) {
        json["description"] = .string(description)
        for (name, value) in others { json[name] = value }
        if !states.isEmpty { json["providerStates"] = .array(states.map(\.json)) }
        json["pending"] = .bool(isPending)
        if !comments.isEmpty { json["comments"] = .object(comments) }
        if let transport { json["transport"] = .string(transport) }
    }
}

extension PactRequest {
    func json(as version: Pact.Version) -> JSON {
        var json: JSONObject = ["method": .string(method), "path": .string(path)]
        if let query {
            json["query"] = .object(
                JSONObject(query.map { ($0.name, .array($0.values.map { .string($0) })) }))
        }
        PactParts.add(
            headers, body, rules, generators, "body", headers.first("content-type"), to: &json, version)
        return .object(json)
    }
}

extension PactResponse {
    func json(as version: Pact.Version) -> JSON {
        var json: JSONObject = ["status": .int(Int64(status))]
        PactParts.add(
            headers, body, rules, generators, "body", headers.first("content-type"), to: &json, version)
        return .object(json)
    }
}

extension PactMessage {
    /// The members of a message: contents, metadata, rules.
    func json(as version: Pact.Version) -> JSONObject {
        var json = JSONObject()
        PactParts.add([], contents, rules, generators, "contents", metadata.contentType, to: &json, version)
        if !metadata.isEmpty { json["metadata"] = .object(metadata) }
        return json
    }
}

/// Writes what requests, responses and messages have in common.
enum PactParts {
    static func add(
        _ headers: [PactField], _ body: PactBody, _ rules: PactRules, _ generators: [PactGeneratorPlace],
        _ bodyName: String, _ declared: String?, to json: inout JSONObject, _ version: Pact.Version
    ) {
        var headers = headers
        // Before version 4 nothing but a header says what a body is.
        if version < .v4, bodyName == "body", declared == nil, case .bytes(_, let type?) = body {
            headers.append(PactField("Content-Type", [type]))
        }
        if !headers.isEmpty {
            json["headers"] = .object(
                JSONObject(
                    headers.map { field in
                        let values = JSON.array(field.values.map { .string($0) })
                        return (
                            field.name,
                            version == .v4 ? values : .string(field.values.joined(separator: ", "))
                        )
                    }))
        }
        json[bodyName] = version == .v4 ? fourth(body, declared) : third(body, declared)
        if !rules.isEmpty { json["matchingRules"] = rules.json }
        if !generators.isEmpty { json["generators"] = PactGeneratorPlace.json(generators) }
    }

    /// With its type and encoding beside it.
    private static func fourth(_ body: PactBody, _ declared: String?) -> JSON? {
        switch body {
        case .missing: return nil
        case .null: return .null
        case .empty: return ["content": ""]
        case .bytes(let bytes, let type):
            let content = PactContent(body, declared: declared)
            let name = type ?? declared ?? content.media.text
            if content.media.isJSON, let json = try? JSON(parsing: bytes) {
                return ["content": json, "contentType": .string(name), "encoded": false]
            }
            if content.media.isText || content.media.isUnknown,
                let text = String(validating: bytes, as: UTF8.self)
            {
                // JSON that cannot be read would be taken for a JSON text.
                let encoded: JSON = content.media.isJSON ? "JSON" : false
                return ["content": .string(text), "contentType": .string(name), "encoded": encoded]
            }
            return [
                "content": .string(Base64.standard.encode(bytes)), "contentType": .string(name),
                "encoded": "base64",
            ]
        }
    }

    private static func third(_ body: PactBody, _ declared: String?) -> JSON? {
        switch body {
        case .missing: return nil
        case .null: return .null
        case .empty: return ""
        case .bytes(let bytes, _):
            let media = PactContent(body, declared: declared).media
            if media.isJSON, let json = try? JSON(parsing: bytes) { return json }
            if media.isText, let text = String(validating: bytes, as: UTF8.self) { return .string(text) }
            return .string(Base64.standard.encode(bytes))
        }
    }
}
