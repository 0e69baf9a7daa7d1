public import AssayCore
public import AssayFormats
internal import AssayScenario

/// The functions in JavaScript that a script names: where they are, and what they see.
public struct ArtilleryProcessor: Sendable {
    /// Of the module, as the script's own path with the one that it names.
    public var path: String
    /// Where `config` names it.
    public var location: SourceLocation
    /// Where each is named, in the order of the file.
    public var functions: [Function]
    /// Variables that templates read or steps set: they are told to functions and taken back from them.
    public var names: [String]
    /// What `context.vars` has of itself.
    public var constants: JSONObject

    /// A function that the script names.
    public struct Function: Sendable, Equatable {
        public var name: String
        /// The word that names it: `beforeRequest`.
        public var key: String
        public var location: SourceLocation
    }
}

extension ArtilleryReading {
    func processorRead() -> ArtilleryProcessor? {
        guard let node = processor, let path = text(node) else { return nil }
        return ArtilleryProcessor(
            path: FileReader.resolve(path, from: node.location.file), location: node.location,
            functions: functions,
            names: names.settable.sorted(),
            constants: JSONObject(names.constants.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }))
    }

    /// Functions by their names; AS617 where there is no module that could have them.
    func functions(_ key: String, _ node: YAMLNode) -> [String] {
        let named = texts(node)
        guard processor != nil else {
            let shown = named.joined(separator: ", ")
            yaml.error(
                "AS617", "`\(key): \(shown)` calls a function, and the script has no `processor`", at: node,
                fix: "add `processor: ./functions.js` to `config`")
            return []
        }
        for (place, name) in named.enumerated() {
            let location = node.elements?[place].location ?? node.location
            functions.append(.init(name: name, key: key, location: location))
        }
        return named
    }

    func hooks(_ key: String, of node: YAMLNode) -> [String] {
        node[key].map { functions(key, $0) } ?? []
    }

    /// Steps with the functions before and behind them.
    func around(_ node: YAMLNode, _ steps: [Step]) -> [Step] {
        func calls(_ key: String) -> [Step] {
            hooks(key, of: node).map {
                Step(
                    name: $0, location: node[key]?.location ?? node.location,
                    action: .hook(HookAction(function: $0)))
            }
        }
        let before = calls("beforeScenario")
        return before + steps + calls("afterScenario")
    }

    /// Those of the scenario, then those of the request; `nil` when there are none.
    func requestHooks(_ node: YAMLNode, _ method: String, _ engine: ArtilleryEngine) -> RequestHooks? {
        let before = engine.before + hooks("beforeRequest", of: node)
        let after = engine.after + hooks("afterResponse", of: node)
        guard !before.isEmpty || !after.isEmpty || !engine.onError.isEmpty,
            let request = yaml.json(node)?.objectValue
        else {
            return nil
        }
        var given = request.map { ($0.key, $0.value) }.filter { $0.0 != "url" && $0.0 != "uri" }
        var address = (request["url"] ?? request["uri"])?.stringValue ?? ""
        if address.hasPrefix("/"), let target = defaults.target { address = target.source + address }
        given += [
            ("url", .string(address)), ("method", .string(method)), ("timeout", .double(defaults.timeout)),
        ]
        return RequestHooks(
            before: before, after: after, onError: engine.onError, request: JSONObject(given))
    }

    /// A function that `ifTrue` names: a plain name that no variable has.
    func conditionHook(_ node: YAMLNode) -> String? {
        guard processor != nil, case .string(let text) = node.content, !names.settable.contains(text),
            let first = text.first, first.isLetter || first == "_" || first == "$",
            text.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" || $0 == "$" })
        else { return nil }
        return functions("ifTrue", node).first
    }
}

extension ArtilleryNames {
    /// Collects what templates read, for functions may set it.
    mutating func collectRead(in nodes: [YAMLNode]) {
        for node in nodes {
            if let elements = node.elements { collectRead(in: elements) }
            for pair in node.pairs ?? [] {
                collectRead(in: [pair.key, pair.value])
                switch (pair.name, pair.value.content) {
                case ("over", .string(let path)): add(path)
                case ("ifTrue", .string(let text)):
                    let words = text.split { !($0.isLetter || $0.isNumber || "_$.".contains($0)) }
                    // A name alone is a function, or a variable that something else tells of.
                    guard words.count > 1 else { break }
                    for word in words where Double(word) == nil { add(String(word)) }
                default: break
                }
            }
            guard case .string(let text) = node.content, text.contains("{{") else { continue }
            for part in ArtilleryText(text).parts {
                if case .variable(let path) = part { add(path) }
            }
        }
    }

    private mutating func add(_ path: String) {
        guard let first = ArtilleryPath.parts(path).first, constants[first] == nil, !parts.contains(first)
        else { return }
        settable.insert(first)
    }
}
