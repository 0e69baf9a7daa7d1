internal import AssayCore
internal import AssayFormats
internal import AssayWire

extension MappingReading {
    /// Reads a document: one mapping, or `{"mappings": […]}`.
    ///
    /// - Parameter makeID: ids for mappings without one.
    /// - Returns: the mappings that could be read.
    public func stubs(_ document: MappingNode, makeID: () -> String) -> [Stub] {
        guard let several = document["mappings"] else {
            return stub(document, makeID: makeID).map { [$0] } ?? []
        }
        // `meta` is how the admin API lists them, `importOptions` how it takes them.
        unknown(in: document, known: ["mappings", "meta", "importOptions"])
        guard let elements = several.elements else {
            return wrong(several, expected: "a list of mappings") ?? []
        }
        return elements.compactMap { stub($0, makeID: makeID) }
    }

    /// Reads one mapping.
    public func stub(_ node: MappingNode, makeID: () -> String) -> Stub? {
        let before = errors.count
        guard node.members != nil else { return wrong(node, expected: "a stub mapping") }
        unknown(in: node, known: Self.stubKeys)
        for key in ["postServeActions", "serveEventListeners"] {
            guard let actions = node[key], actions.value != [], actions.value != [:] else { continue }
            warning("'\(key)' has no effect here: nothing is called after a response", at: actions)
        }
        let pattern = node["request"].map { requestPattern($0) } ?? RequestPattern()
        let (answer, response) = self.answer(node["response"])
        var stub = Stub(
            id: id(of: node) ?? makeID(), name: node["name"].flatMap { text($0) },
            request: pattern ?? RequestPattern(), answer: answer)
        stub.priority =
            node["priority"].flatMap { whole($0, in: 1...Int(Int32.max)) } ?? Stub.standardPriority
        stub.scenario = scenario(node)
        stub.persistent = node["persistent"].flatMap { flag($0) }
        if let metadata = node["metadata"] {
            stub.metadata = metadata.value.objectValue ?? wrong(metadata, expected: "an object")
        }
        if let templated = response, templated.isTemplated || templating?.isGlobal == true {
            if let templating {
                let place = node["response"] ?? node
                if let compiled = templating.compile(templated, at: place, self) {
                    stub.compiled = compiled
                }
            } else {
                error("response templates are not available here", at: node["response"] ?? node)
            }
        }
        stub.definition = definition(of: node, stub)
        return errors.count == before ? stub : nil
    }

    private static let stubKeys = [
        "id", "uuid", "name", "priority", "persistent", "scenarioName", "requiredScenarioState",
        "newScenarioState", "request", "response", "metadata", "postServeActions", "serveEventListeners",
        "insertionIndex",
    ]

    /// The mapping as given, with its id under both names, as WireMock answers it.
    private func definition(of node: MappingNode, _ stub: Stub) -> JSONObject {
        var object = JSONObject([("id", .string(stub.id))])
        for (key, value) in node.value.objectValue ?? JSONObject() where key != "id" && key != "uuid" {
            if case .null = value { continue }
            object[key] = value
        }
        if object["request"] == nil { object["request"] = stub.request.json }
        if object["response"] == nil { object["response"] = ["status": 200] }
        object["uuid"] = .string(stub.id)
        return object
    }

    private func id(of node: MappingNode) -> String? {
        guard let given = node["id"] ?? node["uuid"], let text = text(given) else { return nil }
        guard isUUID(text) else {
            return wrong(given, expected: "a UUID like 76ada7b0-49ae-4229-91c4-396a36f18e09")
        }
        return text.lowercased()
    }

    private func scenario(_ node: MappingNode) -> Stub.Scenario? {
        let required = node["requiredScenarioState"]
        let new = node["newScenarioState"]
        guard let name = node["scenarioName"] else {
            if let stray = required ?? new {
                error("a state needs a scenario", at: stray, fix: "add \"scenarioName\"")
            }
            return nil
        }
        return text(name).map { name in
            Stub.Scenario(
                name, requiredState: required.flatMap { text($0) }, newState: new.flatMap { text($0) })
        }
    }

    // MARK: Keys

    /// Records keys that nobody knows.
    func unknown(in node: MappingNode, known: [String]) {
        for member in node.members ?? [] where !known.contains(member.name) {
            let near = nearestName(to: member.name, among: known)
            error(
                "'\(member.name)' is not known here", at: member.node,
                fix: near.map { "did you mean '\($0)'?" }
                    ?? "known: " + known.sorted().joined(separator: ", "))
        }
    }
}

/// Whether a text is a UUID in its usual form.
func isUUID(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    guard bytes.count == 36 else { return false }
    return bytes.indices.allSatisfy { place in
        [8, 13, 18, 23].contains(place)
            ? bytes[place] == UInt8(ascii: "-")
            : bytes[place] &- 0x30 <= 9 || (bytes[place] | 0x20) &- 0x61 < 6
    }
}
