internal import AssayCore
internal import AssayFormats

/// What is wrong with a script as a whole: states that nobody has written, back ends that are missing.
struct BotChecking {
    let yaml: YAMLReading
    /// The script's mapping.
    let node: YAMLNode

    func check(_ script: BotScript) {
        let states = script.states.map(\.name)
        for case .state(let name) in script.answers.map(\.then) where !states.contains(name) {
            let near = nearestName(to: name, among: states + ["listen", "hangup", "transfer"])
            yaml.error(
                "AS382", "'then' goes to '\(name)', and there is no such state", at: place(of: name) ?? node,
                fix: near.map { "did you mean '\($0)'?" } ?? "there are: " + states.joined(separator: ", "))
        }
        for case .text(let template) in script.phrases where script.speaking == nil {
            needs("tts", "a text is said", at: template.location)
        }
        if script.chatting != nil, script.speaking == nil {
            needs("tts", "a model's words are said", at: node.location)
        }
        for turn in script.states.flatMap(\.turns) {
            switch turn.heard {
            case .text where script.transcribing == nil:
                needs("stt", "a turn is heard by its text", at: place(of: "text", isKey: true)?.location)
            case .tool(let name) where script.chatting == nil:
                needs(
                    "llm", "a turn is heard as tool '\(name)'", at: place(of: "tool", isKey: true)?.location)
            default: break
            }
        }
        if script.chatting != nil, script.transcribing == nil {
            needs("stt", "a model reads what is heard", at: place(of: "llm", isKey: true)?.location)
        }
        for name in script.ownNames.duplicates {
            yaml.error(
                "AS383", "'\(name)' is a name of the bot's own", at: node,
                fix: "capture it under another name")
        }
    }

    private func needs(_ key: String, _ why: String, at location: SourceLocation?) {
        let (name, preset) = key == "llm" ? ("ai", "openai") : ("speech", "speech")
        yaml.error(
            "AS383", "\(why), but the bot has no '\(key)'", at: location ?? node.location,
            fix: "add `\(key): \"${\(name).url}\"`, with a double `\(name): {preset: \(preset)}`")
    }

    /// The first scalar or key with a text.
    private func place(of text: String, isKey: Bool = false) -> YAMLNode? {
        func find(_ node: YAMLNode) -> YAMLNode? {
            if !isKey, node.scalarText == text { return node }
            for pair in node.pairs ?? [] {
                if isKey, pair.name == text { return pair.key }
                if let found = find(pair.value) { return found }
            }
            for element in node.elements ?? [] { if let found = find(element) { return found } }
            return nil
        }
        return find(node)
    }
}

extension BotScript {
    /// Names that templates read besides those of the stand, and that captures may not take.
    static let reservedNames = ["call", "heard", "args", "env", "secret"]

    /// What captures set.
    var captured: [String] {
        (states.flatMap { $0.turns.compactMap(\.call) } + [transfer].compactMap(\.self)).flatMap {
            $0.capture.map(\.name)
        }
    }

    fileprivate var ownNames: (captured: [String], duplicates: [String]) {
        (captured, captured.filter(Self.reservedNames.contains))
    }
}
