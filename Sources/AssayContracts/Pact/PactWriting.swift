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
        var json: JSONObject = ["consumer": ["name": .string(consumer)], "provider": ["name": .string(provider)]]
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
        if let query { json["query"] = .object(JSONObject(query.map { ($0.name, .array($0.values.map { .string($0) })) })) }
        PactParts.add(headers, body, rules, generators, "body", headers.first("content-type"), to: &json, version)
        return .object(json)
    }
}

extension PactResponse {
    func json(as version: Pact.Version) -> JSON {
        var json: JSONObject = ["status": .int(Int64(status))]
        PactParts.add(headers, body, rules, generators, "body", headers.first("content-type"), to: &json, version)
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
        if !headers.isEmpty {
            json["headers"] = .object(
                JSONObject(
                    headers.map { field in
                        let values = JSON.array(field.values.map { .string($0) })
                        return (field.name, version == .v4 ? values : .string(field.values.joined(separator: ", ")))
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
            if content.media.isText || content.media.isUnknown, let text = String(validating: bytes, as: UTF8.self) {
                // JSON that cannot be read would be taken for a JSON text.
                let encoded: JSON = content.media.isJSON ? "JSON" : false
                return ["content": .string(text), "contentType": .string(name), "encoded": encoded]
            }
            return [
                "content": .string(Base64.standard.encode(bytes)), "contentType": .string(name), "encoded": "base64",
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

extension PactRules {
    /// As versions 3 and 4 write them.
    var json: JSON {
        var json = JSONObject()
        for category in Category.allCases where !self[category].isEmpty {
            json[category.rawValue] = self[category].json(of: category)
        }
        return .object(json)
    }
}

extension PactRuleSet {
    func json(of category: PactRules.Category) -> JSON {
        if entries.count == 1, entries[0].path == .whole { return entries[0].list.json }
        var json = JSONObject()
        for entry in entries {
            let isNamed = [.header, .query, .metadata].contains(category) && entry.path.tokens.count == 2
            json[isNamed ? entry.path.firstName ?? entry.path.description : entry.path.description] = entry.list.json
        }
        return .object(json)
    }
}

extension PactRuleList {
    var json: JSON {
        ["combine": .string(combination.rawValue), "matchers": .array(rules.map(\.json))]
    }
}

extension PactRule {
    var json: JSON {
        func rule(_ name: String, _ members: (String, JSON)...) -> JSON {
            .object(JSONObject([("match", .string(name))] + members))
        }
        switch self {
        case .equality: return rule("equality")
        case .regex(let pattern): return rule("regex", ("regex", .string(pattern.source)))
        case .type(let min, let max):
            var members: [(String, JSON)] = [("match", "type")]
            if let min { members.append(("min", .int(Int64(min)))) }
            if let max { members.append(("max", .int(Int64(max)))) }
            return .object(JSONObject(members))
        case .include(let text): return rule("include", ("value", .string(text)))
        case .number: return rule("number")
        case .integer: return rule("integer")
        case .decimal: return rule("decimal")
        case .boolean: return rule("boolean")
        case .null: return rule("null")
        case .date(let format): return rule("date", ("format", .string(format)))
        case .time(let format): return rule("time", ("format", .string(format)))
        case .datetime(let format): return rule("datetime", ("format", .string(format)))
        case .contentType(let type): return rule("contentType", ("value", .string(type)))
        case .arrayContains(let variants): return rule("arrayContains", ("variants", .array(variants.map(\.json))))
        case .eachKey(let rules): return rule("eachKey", ("rules", .array(rules.map(\.json))))
        case .eachValue(let rules): return rule("eachValue", ("rules", .array(rules.map(\.json))))
        case .values: return rule("values")
        case .semver: return rule("semver")
        case .statusCode(let status): return rule("statusCode", ("status", status.json))
        case .notEmpty: return rule("notEmpty")
        case .unknown(let name, let values):
            return .object(JSONObject([("match", .string(name))] + values.map { ($0.key, $0.value) }))
        }
    }
}

extension PactStatusClass {
    fileprivate var json: JSON {
        if case .codes(let codes) = self { return .array(codes.map { .int(Int64($0)) }) }
        return Self.names.first { $0.value == self }.map { .string($0.name) } ?? "success"
    }
}

extension PactVariant {
    fileprivate var json: JSON {
        var json: JSONObject = ["index": .int(Int64(index))]
        // An empty path is written as one: without a name the rules would be for all of the body.
        json["rules"] = .object(JSONObject(rules.entries.map { ($0.path.description, $0.list.json) }))
        if !generators.isEmpty {
            json["generators"] = .object(JSONObject(generators.map { ($0.path.description, $0.generator.json) }))
        }
        return .object(json)
    }
}

extension PactGeneratorPlace {
    static func json(_ places: [PactGeneratorPlace]) -> JSON {
        var json = JSONObject()
        for place in places {
            let category = place.category.rawValue
            if place.path == .whole {
                json[category] = place.generator.json
                continue
            }
            var members = json[category]?.objectValue ?? JSONObject()
            let isNamed = [.header, .query, .metadata].contains(place.category) && place.path.tokens.count == 2
            members[isNamed ? place.path.firstName ?? "" : place.path.description] = place.generator.json
            json[category] = .object(members)
        }
        return .object(json)
    }
}

extension PactGenerator {
    var json: JSON {
        var json = JSONObject()
        func dated(_ name: String, _ format: String?, _ expression: String?) {
            json["type"] = .string(name)
            if let format { json["format"] = .string(format) }
            if let expression { json["expression"] = .string(expression) }
        }
        switch self {
        case .randomInt(let min, let max): json = ["type": "RandomInt", "min": .int(min), "max": .int(max)]
        case .randomDecimal(let digits): json = ["type": "RandomDecimal", "digits": .int(Int64(digits))]
        case .randomHexadecimal(let digits): json = ["type": "RandomHexadecimal", "digits": .int(Int64(digits))]
        case .randomString(let size): json = ["type": "RandomString", "size": .int(Int64(size))]
        case .randomBoolean: json = ["type": "RandomBoolean"]
        case .uuid(let format):
            json["type"] = "Uuid"
            if let format { json["format"] = .string(format) }
        case .regex(let pattern): json = ["type": "Regex", "regex": .string(pattern)]
        case .date(let format, let expression): dated("Date", format, expression)
        case .time(let format, let expression): dated("Time", format, expression)
        case .dateTime(let format, let expression): dated("DateTime", format, expression)
        case .providerState(let expression, let type):
            json = ["type": "ProviderState", "expression": .string(expression)]
            if let type { json["dataType"] = .string(type) }
        case .mockServerURL(let example, let pattern):
            json = ["type": "MockServerURL", "example": .string(example), "regex": .string(pattern)]
        case .unknown(let name, let values):
            json["type"] = .string(name)
            for (name, value) in values { json[name] = value }
        }
        return .object(json)
    }
}
