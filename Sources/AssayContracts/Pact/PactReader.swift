internal import AssayCore
public import AssayFormats

extension Pact {
    /// Reads a pact file of version 1 to 4.
    ///
    /// - Parameters:
    ///   - file: its path, for places.
    ///   - bag: takes what is wrong: AS470 to AS478. A rule or generator of a plugin is a warning.
    /// - Returns: `nil` when there are errors.
    public static func read(_ bytes: [UInt8], file: String, bag: DiagnosticBag) -> Pact? {
        guard let source = PactSource(bytes, file: file, bag: bag) else { return nil }
        return PactReader(source).pact()
    }

    /// Whether a JSON document is meant to be a pact: it has both parties, and interactions or messages.
    public static func isPact(_ json: JSON) -> Bool {
        json["consumer"]?.objectValue != nil && json["provider"]?.objectValue != nil
            && (json["interactions"] != nil || json["messages"] != nil)
    }
}

/// Reads one pact.
struct PactReader {
    let source: PactSource
    let rules: PactRuleReader

    init(_ source: PactSource) {
        self.source = source
        rules = PactRuleReader(source)
    }

    func pact() -> Pact? {
        let root = source.root
        guard root.value.objectValue != nil else {
            source.error("AS471", "a pact is an object, found \(PactSource.kind(of: root.value))", at: root)
            return nil
        }
        let consumer = party("consumer")
        let provider = party("provider")
        guard let version = version() else { return nil }
        guard root["interactions"] != nil || root["messages"] != nil else {
            source.error(
                "AS471", "a pact has 'interactions', found \(Self.names(root.value))", at: root,
                fix: "write `\"interactions\": []` for a pact that expects nothing")
            return nil
        }
        var interactions: [PactInteraction] = []
        for part in source.list(root["interactions"], "'interactions'") {
            if let found = interaction(part, version) { interactions.append(found) }
        }
        for part in source.list(root["messages"], "'messages'") {
            guard let part = source.object(part, "a message") else { continue }
            interactions.append(interaction(part) { .message(message(part, version)) })
        }
        guard !source.hasErrors, let consumer, let provider else { return nil }
        return Pact(
            consumer: consumer, provider: provider, version: version, interactions: interactions,
            metadata: root["metadata"]?.value.objectValue ?? JSONObject(), file: source.file)
    }

    private func party(_ role: String) -> String? {
        guard let part = source.root[role] else {
            source.error(
                "AS471", "a pact names its \(role), found \(Self.names(source.root.value))", at: source.root,
                fix: "write `\"\(role)\": {\"name\": …}`")
            return nil
        }
        guard let object = source.object(part, "'\(role)'") else { return nil }
        guard let name = object["name"] else {
            source.error("AS471", "'\(role)' has no 'name'", at: part)
            return nil
        }
        return source.text(name, "the \(role)'s name")
    }

    private static func names(_ value: JSON) -> String {
        let names = value.objectValue?.keys.prefix(8) ?? []
        return names.isEmpty ? "nothing" : names.map { "'\($0)'" }.joined(separator: ", ")
    }

    /// The version as tools of all times have written it.
    private func version() -> Pact.Version? {
        let metadata = source.root["metadata"]
        let part =
            metadata?["pactSpecification"]?["version"] ?? metadata?["pact-specification"]?["version"]
            ?? metadata?["pactSpecificationVersion"]
        guard let part else {
            return metadata?["pactSpecification"] == nil && source.root["messages"] != nil ? .v3 : .v2
        }
        guard let text = source.text(part, "the version of the specification") else { return nil }
        guard let major = text.split(separator: ".").first.flatMap({ Int($0) }),
            let version = Pact.Version(rawValue: major)
        else {
            source.error(
                "AS472", "pacts of version 1 to 4 are read, found version '\(text.prefix(40))'", at: part)
            return nil
        }
        return version
    }

    // MARK: Interactions

    private func interaction(_ part: PactPart, _ version: Pact.Version) -> PactInteraction? {
        guard let part = source.object(part, "an interaction") else { return nil }
        switch part.value["type"]?.stringValue {
        case nil, "Synchronous/HTTP"?:
            guard version == .v4 || part["contents"] == nil || part["request"] != nil else {
                return interaction(part) { .message(message(part, version)) }
            }
            return interaction(part) {
                .http(request(part["request"], version), response(part["response"], version))
            }
        case "Asynchronous/Messages"?:
            return interaction(part) { .message(message(part, version)) }
        case "Synchronous/Messages"?:
            guard let asked = source.object(part["request"], "'request'") else {
                source.error("AS473", "a message with an answer has a 'request'", at: part)
                return nil
            }
            let answers = source.list(part["response"], "'response'").compactMap {
                source.object($0, "an answer").map { message($0, version) }
            }
            return interaction(part) { .exchange(message(asked, version), answers) }
        case let type?:
            source.error(
                "AS473",
                "an interaction is of type Synchronous/HTTP, Asynchronous/Messages or Synchronous/Messages, found '\(type.prefix(60))'",
                at: part["type"] ?? part)
            return nil
        }
    }

    private func interaction(
        _ part: PactPart, _ content: () -> PactInteraction.Content
    ) -> PactInteraction {
        let known: Set<String> = [
            "type", "description", "providerStates", "providerState", "provider_state", "request", "response",
            "pending", "comments", "transport", "contents", "metadata", "metaData", "matchingRules",
            "generators",
            "_id",
        ]
        var others = JSONObject()
        for (name, member) in part.members where !known.contains(name) { others[name] = member.value }
        let description = source.text(part["description"], "a description")
        if part["description"] == nil {
            source.warn("AS473", "an interaction has no 'description'", at: part)
        }
        return PactInteraction(
            description ?? "an interaction without a description", states: states(part), content(),
            isPending: part["pending"]?.value == true,
            comments: part["comments"]?.value.objectValue ?? JSONObject(),
            transport: part["transport"]?.value.stringValue, others: others,
            location: source.location(of: part))
    }

    private func states(_ part: PactPart) -> [PactState] {
        if let states = part["providerStates"] {
            if states.value.stringValue != nil { return single(states) }
            return source.list(states, "'providerStates'").compactMap { state in
                if let name = state.value.stringValue { return PactState(name) }
                guard let object = source.object(state, "a provider state") else { return nil }
                guard let name = source.text(object["name"], "the name of a provider state") else {
                    if object["name"] == nil {
                        source.error("AS473", "a provider state has a 'name'", at: object)
                    }
                    return nil
                }
                return PactState(
                    name, source.object(object["params"], "'params'")?.value.objectValue ?? JSONObject())
            }
        }
        return (part["providerState"] ?? part["provider_state"]).map(single) ?? []
    }

    private func single(_ part: PactPart) -> [PactState] {
        guard part.value != .null, let name = source.text(part, "a provider state"), !name.isEmpty else {
            return []
        }
        return [PactState(name)]
    }
}
